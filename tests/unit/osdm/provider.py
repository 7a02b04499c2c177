"""A distributor in memory that answers as a test scripts it."""

from __future__ import annotations

import httpx

from agenturclient.distributors.osdm.config import Access, Modules, OsdmConfig
from agenturclient.distributors.osdm.distributor import OsdmDistributor
from agenturclient.outbound.client import Clients
from agenturclient.outbound.guard import Guard, GuardConfig, Lane
from agenturclient.outbound.retry import RetryPolicy

Answer = httpx.Response | Exception
SECRET = "very-secret"
HOST = "https://osdm.example"


class Provider:
    """Routes are "METHOD /path"; what is not scripted is a 404 problem."""

    def __init__(self, **config: object) -> None:
        self.routes: dict[str, list[Answer]] = {
            "POST /token": [ok({"access_token": "t1", "expires_in": 300})]
        }
        self.sent: list[httpx.Request] = []
        self._config = config

    def on(self, route: str, *answers: Answer) -> Provider:
        """Script a route; the last answer is repeated."""
        self.routes[route] = list(answers)
        return self

    def requests(self, route: str) -> list[httpx.Request]:
        """What was sent there."""
        return [each for each in self.sent if _route(each) == route]

    def distributor(self) -> OsdmDistributor:
        """The adapter to it."""
        settings: dict[str, object] = {
            "name": "osdm",
            "modules": Modules(HOST, HOST, HOST, HOST),
            "access": Access(f"{HOST}/token", "client", SECRET),
            **self._config,
        }
        lanes = {name: Lane(places=4) for name in ("search", "hold", "issue", "after-sales")}
        clients = Clients(transport=lambda _keep, _context: httpx.MockTransport(self._answer))
        guard = Guard(GuardConfig(lanes, retry=RetryPolicy(attempts=1)), clients=clients)
        return OsdmDistributor(OsdmConfig(**settings), guard)  # type: ignore[arg-type]  # the dataclass checks the names

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        answers = self.routes.get(_route(request)) or [problem(404, "RESOURCE_NOT_FOUND")]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def ok(body: object, status: int = 200) -> httpx.Response:
    """A success."""
    return httpx.Response(status, json=body)


def problem(status: int, code: str, **more: object) -> httpx.Response:
    """A refusal."""
    return httpx.Response(status, json={"code": f"urn:uic:problem:{code}", **more})


def _route(request: httpx.Request) -> str:
    host = "" if request.url.host == "osdm.example" else str(request.url.host)
    return f"{request.method} {host}{request.url.raw_path.decode().partition('?')[0]}"
