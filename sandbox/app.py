"""The WSGI application: token, faults, idempotency, one operation, and its answer as JSON."""

import json
import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter
from werkzeug.wrappers import Request, Response

from sandbox import auth, clock, control, faults, replays
from sandbox.config import Config
from sandbox.connection_loss import Lost, cut
from sandbox.documents import download
from sandbox.faults import Fault
from sandbox.problems import Problem, Warnings
from sandbox.products import LANGUAGES
from sandbox.routes import OF_THE_STANDARD, URLS, Operation
from sandbox.shelf import booking_of_fulfillment
from sandbox.store import Store
from sandbox.wire import Answer, Call

LARGEST_BODY = 2_000_000
RETRY_AFTER = "2"
logger = logging.getLogger(__name__)

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Sandbox:
    """The distributor. Thread-safe: requests share nothing but the state file."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.store = Store(config.state)
        with self.store.write() as connection:
            self._key = auth.signing_key(connection)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """The WSGI call."""
        request = Request(environ)
        request.max_content_length = LARGEST_BODY
        try:
            response = self._dispatch(request)
        except Lost:
            raise
        except Problem as problem:
            response = self._problem(problem)
        except Exception:
            logger.exception("%s %s failed", request.method, request.path)
            response = self._problem(Problem(500, "UNKNOWN_ERROR", "an error of the sandbox"))
        return response(environ, start_response)

    def _dispatch(self, request: Request) -> Response:
        if request.path == "/" or request.path.startswith("/sandbox/"):
            return control.answer(request, self.store)
        if request.path == "/oauth/token":
            return self._struck(request, "token", lambda _: self._token(request))
        if request.path.startswith("/documents/"):
            return self._struck(request, "document", lambda _: self._document(request))
        auth.check(request, self._key)
        operation, params = _matched(URLS.bind_to_environ(request.environ))
        if self.config.basic and not operation.basic:
            raise Problem(501, "OPERATION_NOT_PERMITTED", "this distributor cannot do that")
        return self._struck(
            request,
            operation.fault,
            lambda effects: self._json(self._operate(request, operation, params, effects)),
        )

    def _struck(
        self,
        request: Request,
        name: str | None,
        act: Callable[[dict[str, float]], Response],
    ) -> Response:
        """Act, with what the switched-on faults do before and after."""
        struck = self._faults(name, request)
        for fault in struck:
            _before(fault, request)
        response = act(faults.effects(struck))
        for fault in struck:
            if fault.fault == "lost-after":
                cut(request.environ, reset=False)
            if fault.fault == "error-after":
                raise Problem(500, "UNKNOWN_ERROR", "switched-on fault after the effect")
        return response

    def _faults(self, name: str | None, request: Request) -> list[Fault]:
        if name is None:
            return []
        with self.store.read() as connection:
            if not faults.any_for(connection, name):
                return []
        with self.store.write() as connection:
            said = request.path + request.data.decode(errors="replace")
            return faults.striking(connection, name, said)

    def _operate(
        self,
        request: Request,
        operation: Operation,
        params: dict[str, str],
        effects: dict[str, float],
    ) -> Answer:
        body = _body(request)
        if not operation.writes:
            with self.store.read() as connection:
                return operation.handler(self._call(request, connection, params, body, effects))
        key = request.headers.get("Idempotency-Key", "")[: replays.LONGEST_KEY]
        remembers = bool(key) and self.config.personality.honours_keys
        what, fingerprint = f"{request.method} {request.path}", replays.fingerprint(request.data)
        with self.store.write() as connection:
            if remembers:
                known = replays.recorded(connection, key, what, fingerprint)
                if known is not None:
                    return known
            answer = operation.handler(self._call(request, connection, params, body, effects))
            if remembers:
                replays.record(connection, key, what, fingerprint, answer)
        return answer

    def _call(
        self, request: Request, connection: Any, params: dict[str, str], body: Any, effects: Any
    ) -> Call:
        languages = request.accept_languages
        return Call(
            connection=connection,
            personality=self.config.personality,
            now=clock.now(connection),
            language=languages.best_match(LANGUAGES, default="de") or "de",
            base_url=request.host_url.rstrip("/"),
            params=params,
            query={name: request.args.getlist(name) for name in request.args},
            body=body,
            warnings=Warnings(self.config.personality),
            effects=effects,
        )

    def _token(self, request: Request) -> Response:
        granted = auth.grant(request, self.config.client, self._key)
        if granted is None:
            return _as_json({"error": "invalid_client"}, 401)
        return _as_json(granted, 200)

    def _document(self, request: Request) -> Response:
        names = request.path.removesuffix(".pdf").split("/")[2:]
        if len(names) != 3 or not names[2].isdigit():  # noqa: PLR2004 - fulfillment, key and end
            raise Problem(404, "RESOURCE_NOT_FOUND", "no such document")
        fulfillment, key, until = names
        with self.store.read() as connection:
            now = clock.now(connection)
            booking = booking_of_fulfillment(connection, fulfillment, now)
        content = download(booking, fulfillment, key, int(until), now)
        return Response(content, content_type="application/pdf")

    def _json(self, answer: Answer) -> Response:
        if answer.body is None:
            return Response(status=answer.status)
        return _as_json(answer.body, answer.status)

    def _problem(self, problem: Problem) -> Response:
        body = problem.body(self.config.personality)
        response = _as_json(body, problem.status, "application/problem+json")
        if problem.status == 429:  # noqa: PLR2004 - too many requests
            response.headers["Retry-After"] = RETRY_AFTER
        return response


def create_app(config: Config) -> Sandbox:
    """The sandbox distributor as a WSGI application."""
    return Sandbox(config)


def _matched(adapter: MapAdapter) -> tuple[Operation, dict[str, str]]:
    try:
        operation, params = adapter.match()
    except HTTPException:
        if adapter.path_info.split("/")[1] in OF_THE_STANDARD:
            raise Problem(501, "OPERATION_NOT_PERMITTED", "this is not offered here") from None
        raise Problem(404, "RESOURCE_NOT_FOUND", "there is nothing of that name") from None
    return operation, dict(params)


def _body(request: Request) -> dict[str, Any]:
    if request.method in {"GET", "DELETE"}:
        return {}
    try:
        found = json.loads(request.data or b"{}")
    except ValueError:
        raise Problem(400, "MALFORMED_REQUEST", "the body is not JSON") from None
    if not isinstance(found, dict):
        raise Problem(400, "MALFORMED_REQUEST", "the body is not a JSON object")
    return found


def _before(fault: Fault, request: Request) -> None:
    if fault.fault == "delay":
        # Sleeps like an event that nobody sets: the caller waits, other threads go on.
        threading.Event().wait(fault.seconds)
    elif fault.fault == "refuse":
        raise Problem(fault.status, fault.problem, "switched-on refusal")
    elif fault.fault == "error-before":
        raise Problem(500, "UNKNOWN_ERROR", "switched-on fault before the effect")
    elif fault.fault == "too-many-requests":
        raise Problem(429, "SERVICE_UNAVAILABLE", "switched-on limit")
    elif fault.fault == "reset-before":
        cut(request.environ, reset=True)


def _as_json(body: object, status: int, media_type: str = "application/json") -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status=status, content_type=media_type)
