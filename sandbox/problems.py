"""Problems: how an OSDM distributor says no, and how it warns (RFC 9457; codes of the standard)."""

from collections.abc import Sequence

from sandbox.jsontypes import Json
from sandbox.personality import Personality

TITLES = {
    400: "Bad request",
    401: "Unauthorised",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported media type",
    429: "Too many requests",
    500: "Internal error",
    501: "Not implemented",
    503: "Unavailable",
}


class Problem(Exception):
    """A definite no, raised anywhere and answered as `application/problem+json`.

    `code` is the bare name of the standard's list; `pointers` are JSON pointers into the request.
    """

    def __init__(
        self, status: int, code: str, detail: str, *, pointers: Sequence[str] = ()
    ) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.pointers = tuple(pointers)

    def body(self, personality: Personality) -> Json:
        """The `Problem` object of the wire."""
        code = personality.code(self.code)
        body: Json = {
            "code": code,
            "title": TITLES.get(self.status, "Problem"),
            "status": self.status,
            "detail": self.detail,
        }
        if self.pointers:
            body["pointers"] = [
                {"code": code, "title": self.detail, "requestPointer": pointer}
                for pointer in self.pointers
            ]
        return body


class Warnings:
    """Collects what a successful answer still has to say (`problems` in a 2xx body)."""

    def __init__(self, personality: Personality) -> None:
        self._personality = personality
        self._found: dict[tuple[str, str], Json] = {}

    def add(self, code: str, detail: str, *, pointer: str = "", pointer_detail: str = "") -> None:
        """Add one warning; the same one twice is said once.

        `pointer` is a JSON pointer into the answer, and `pointer_detail` says what of it is meant.
        """
        warning: Json = {
            "code": self._personality.code(code),
            "title": code.replace("_", " ").capitalize(),
            "status": 200,
            "detail": detail,
        }
        if pointer:
            warning["pointers"] = [
                {
                    "code": warning["code"],
                    "title": warning["title"],
                    "detail": pointer_detail,
                    "responsePointer": pointer,
                }
            ]
        self._found.setdefault((code, detail), warning)

    def into(self, body: Json) -> Json:
        """`body` with the warnings in it, when there are any."""
        return {**body, "problems": list(self._found.values())} if self._found else body
