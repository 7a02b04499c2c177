"""A client of a running shop: what the page does over the API, for scripts and tests."""

import contextlib
import json
import sys
import time
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener
from uuid import uuid4

_TIMEOUT_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.5


class Problem(Exception):
    """The API said no: a code and what it is about."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(f"{code} {about}".strip())
        self.code = code


def read_users(path: Path) -> dict[str, str]:
    """User name -> password of the demonstration; ends the program when there is none."""
    if not path.exists():
        sys.exit("There is no running shop: start one with `make run` first.")
    users: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return {user["username"]: user["password"] for user in users}


class Shop:
    """A signed-in agent."""

    def __init__(self, address: str, opener: OpenerDirector) -> None:
        self._address = address
        self._opener = opener
        self._token = ""

    @classmethod
    def sign_in(cls, address: str, username: str, password: str) -> "Shop":
        """Sign in; ends the program with a sentence when nobody answers there."""
        shop = cls(address, build_opener(HTTPCookieProcessor(CookieJar())))
        try:
            shop.enter(username, password)
        except URLError:
            sys.exit(f"No shop answers at {address}: start one with `make run` first.")
        return shop

    def enter(self, username: str, password: str) -> None:
        """Begin a session. Raises Problem."""
        with contextlib.suppress(Problem):  # nobody is signed in, but the answer brings a token
            self.get("/session")
        self._call("POST", "/session", {"username": username, "password": password})
        self.get("/session")

    def get(self, path: str) -> dict[str, Any]:
        """Read."""
        return self._call("GET", path, None)

    def post(self, path: str, body: dict[str, Any], *, key: str = "") -> dict[str, Any]:
        """Ask for something under this key, else under one of its own."""
        return self._call("POST", path, body, key=key or str(uuid4()))

    def patch(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Change."""
        return self._call("PATCH", path, body)

    def settled(self, order: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The order once nothing of it is in an -ing state. Raises Problem after `seconds`."""
        end = time.monotonic() + seconds
        while is_open(order):
            if time.monotonic() > end:
                raise Problem("still-open", order["number"])
            time.sleep(_POLL_SECONDS)
            order = self.get(f"/orders/{order['number']}")
        return order

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None, key: str = ""
    ) -> dict[str, Any]:
        headers = {"Accept": "application/json", "X-CSRFToken": self._token}
        headers |= {"Referer": self._address, "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        data = None if body is None else json.dumps(body).encode()
        request = Request(  # noqa: S310 - the address of the shop on this machine
            f"{self._address}/api/v1{path}", data=data, headers=headers, method=method
        )
        try:
            with self._opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
                read: dict[str, Any] = json.loads(answer.read() or b"{}")
        except HTTPError as error:
            problem = json.loads(error.read() or b"{}")
            facts = problem.get("facts", {})
            self._token = facts.get("csrf_token", self._token)
            about = problem.get("fields") or facts
            raise Problem(problem.get("code", str(error.code)), str(about or "")) from error
        self._token = read.get("csrf_token", self._token)
        return read


def is_open(order: dict[str, Any]) -> bool:
    """Whether anything of the order is in an -ing state."""
    states = [order["state"], *(refund["state"] for refund in order["refunds"])]
    states += [item["sale"]["state"] for item in order["items"] if item["sale"]]
    return any(state.endswith("ing") for state in states)
