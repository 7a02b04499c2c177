"""A browser as the API sees one: it keeps cookies, sends the CSRF token and makes keys."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.test import Client

from tests.factories import PASSWORD

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

    from agenturclient.identity.models import User


@dataclass(frozen=True)
class Answer:
    """An answer of the API."""

    status: int
    body: Any
    headers: dict[str, str] = field(repr=False)
    content: bytes = field(repr=False)

    @property
    def problem(self) -> tuple[int, str, dict[str, Any]]:
        """Status, code and facts of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json", self.status
        assert self.status == self.body["status"]
        return self.status, self.body["code"], self.body["facts"]


@dataclass(frozen=True)
class Exchange:
    """A request and its answer."""

    method: str
    path: str
    answer: Answer


class Browser:
    """Sends requests and remembers the answers in `exchanges`."""

    def __init__(self, address: str = "192.0.2.7") -> None:
        self.client = Client(enforce_csrf_checks=True, REMOTE_ADDR=address)
        self.csrf_token = ""
        self.exchanges: list[Exchange] = []

    def sign_in(self, user: User) -> Browser:
        """Sign in as the page does."""
        self.csrf_token = self.get("session").body["facts"]["csrf_token"]
        credentials = {"username": user.username, "password": PASSWORD}
        answer = self.post("session", credentials)
        assert answer.status == 200, answer.body
        self.csrf_token = answer.body["csrf_token"]
        return self

    def get(self, path: str, **query: str | int) -> Answer:
        """GET."""
        path = f"/api/v1/{path}"
        return self._noted("GET", path, self.client.get(path, query))

    def post(self, path: str, body: object = None, *, key: object = None) -> Answer:
        """POST under a key of its own unless one is given."""
        return self.send("POST", path, body, headers={"Idempotency-Key": str(key or uuid4())})

    def patch(self, path: str, body: object) -> Answer:
        """PATCH."""
        return self.send("PATCH", path, body)

    def delete(self, path: str) -> Answer:
        """DELETE."""
        return self.send("DELETE", path)

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: dict[str, str] | None = None,
        content_type: str = "application/json",
    ) -> Answer:
        """Any request, with the CSRF token and a JSON body (text is sent as it is)."""
        text = body if isinstance(body, str) else json.dumps({} if body is None else body)
        path = f"/api/v1/{path}"
        response = self.client.generic(
            method,
            path,
            text,
            content_type=content_type,
            headers={"X-CSRFToken": self.csrf_token, **(headers or {})},
        )
        return self._noted(method, path, response)

    def _noted(self, method: str, path: str, response: Response) -> Answer:
        answer = _answer(response)
        self.exchanges.append(Exchange(method, path, answer))
        return answer


def _answer(response: Response) -> Answer:
    content = response.content
    is_json = "json" in response.headers.get("Content-Type", "")
    return Answer(
        status=response.status_code,
        body=json.loads(content) if is_json and content else None,
        headers=dict(response.headers.items()),
        content=content,
    )
