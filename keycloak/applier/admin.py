"""Keycloak's Admin API, as far as the applier needs it."""

import time
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final, Self

import httpx

_TIMEOUT_SECONDS: Final = 30.0
_EARLY_SECONDS: Final = 10.0


class AdminRefused(Exception):
    """Keycloak said no, or nothing at all; the text holds what was asked and the answer."""


class AdminApi:
    """Calls below `/admin/realms` with a token of a service account."""

    def __init__(self, address: str, client_id: str, secret: str, *, realm: str = "master") -> None:
        """`realm` is where the service account lives."""
        self._token_path = f"/realms/{realm}/protocol/openid-connect/token"
        self._login = {"grant_type": "client_credentials", "client_id": client_id}
        self._login["client_secret"] = secret
        self._http = httpx.Client(base_url=address, timeout=_TIMEOUT_SECONDS, trust_env=False)
        self._token_until = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def get(self, path: str, **query: str | int | bool) -> Any:
        """What is there. Raises AdminRefused."""
        return self._call("GET", path, query=query).json()

    def find(self, path: str) -> Any | None:
        """What is there, None when nothing is. Raises AdminRefused."""
        answer = self._call("GET", path, allowed=HTTPStatus.NOT_FOUND)
        return None if answer.status_code == HTTPStatus.NOT_FOUND else answer.json()

    def post(self, path: str, body: object) -> str:
        """Make something; the id of what was made, when Keycloak tells. Raises AdminRefused."""
        location: str = self._call("POST", path, body=body).headers.get("location", "")
        return location.rpartition("/")[2]

    def put(self, path: str, body: object | None = None) -> None:
        """Replace something. Raises AdminRefused."""
        self._call("PUT", path, body=body)

    def delete(self, path: str, body: object | None = None) -> None:
        """Take something away. Raises AdminRefused."""
        self._call("DELETE", path, body=body)

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str | int | bool] | None = None,
        body: object | None = None,
        allowed: int = 0,
    ) -> httpx.Response:
        self._refresh()
        about = f"{method} {path}"
        answer = self._send(about, method, f"/admin/realms{path}", params=query, json=body)
        if answer.is_success or answer.status_code == allowed:
            return answer
        raise AdminRefused(f"{about}: {answer.status_code} {answer.text[:300]}")

    def _refresh(self) -> None:
        if time.monotonic() < self._token_until:
            return
        answer = self._send("Token", "POST", self._token_path, data=self._login)
        if not answer.is_success:
            raise AdminRefused(f"Keycloak refuses the admin client: {answer.text[:300]}")
        token = answer.json()
        self._token_until = time.monotonic() + float(token["expires_in"]) - _EARLY_SECONDS
        self._http.headers["Authorization"] = f"Bearer {token['access_token']}"

    def _send(self, about: str, method: str, path: str, **parts: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **parts)
        except httpx.HTTPError as error:
            raise AdminRefused(f"{about}: {error!r}") from error
