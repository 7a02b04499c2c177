"""A client that believes nothing: every message in both directions is held against the file."""

from typing import Any, Self

import httpx

from sandbox.testing import RunningSandbox
from tests.contract.sandbox.osdm_file import OsdmFile

Json = dict[str, Any]


class OsdmClient:
    """Speaks OSDM with a running sandbox, signed in, and asserts that all of it is legal."""

    def __init__(
        self,
        sandbox: RunningSandbox,
        file: OsdmFile,
        language: str = "de",
        *,
        late_documents: bool = False,
    ) -> None:
        self._file = file
        self.late_documents = late_documents
        self.sandbox = sandbox
        self.http = httpx.Client(
            base_url=sandbox.base_url, timeout=20, headers={"Accept-Language": language}
        )
        identity, secret = sandbox.client
        answer = self.http.post(
            "/oauth/token",
            data={
                "grant_type": "client_credentials",
                "client_id": identity,
                "client_secret": secret,
            },
        )
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def call(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        expect: int = 200,
        key: str | None = None,
    ) -> Json:
        """One call; asserts its status and that both messages are legal. The answer's body."""
        self._judge(self._file.request_schema(method, path), body, f"{method} {path} request")
        headers = {} if key is None else {"Idempotency-Key": key}
        response = self.http.request(method, path, json=body, headers=headers)
        assert response.status_code == expect, f"{method} {path}: {response.text}"
        answer: Json | None = response.json() if response.content else None
        kind = "application/problem+json" if expect >= 400 else "application/json"
        if answer is not None:
            assert response.headers["Content-Type"] == kind
        schema = self._file.response_schema(method, path.partition("?")[0], expect)
        self._judge(schema, answer, f"{method} {path} {expect}")
        return answer or {}

    def _judge(self, schema: Json | None, message: object, what: str) -> None:
        if schema is None or message is None:
            assert message is None or message == {}, f"{what}: the file knows no body here"
            return
        assert self._file.errors(schema, message) == [], what
        assert self._file.unknown_properties(schema, message) == [], what
