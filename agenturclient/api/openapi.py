"""How routes describe themselves: one decorator, so that every one tells its problems alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from agenturclient.api.keys import HEADER
from agenturclient.api.problems import MEDIA_TYPE
from agenturclient.api.shapes.base import In, Out, ProblemOut

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from drf_spectacular.openapi import AutoSchema

F = TypeVar("F", bound="Callable[..., Any]")
Shape = type[In[Any]] | type[Out]

_KEY: Final = OpenApiParameter(
    HEADER,
    OpenApiTypes.UUID,
    OpenApiParameter.HEADER,
    required=True,
    description="One key per intent: the same request under the same key happens once.",
)
ALWAYS: Final = (400, 401, 403, 500)
READ: Final = (*ALWAYS, 404)
ASK: Final = (*READ, 413, 415, 422, 503)
CHANGE: Final = (*READ, 409, 413, 415)
MOVE: Final = (*CHANGE, 422, 503)


class CookieScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # has no types
    """Tells the description what the session cookie is."""

    target_class = "agenturclient.api.access.SessionSignIn"
    name = "session"

    def get_security_definition(self, _auto_schema: AutoSchema) -> dict[str, str]:
        """A cookie; changes need the header X-CSRFToken too."""
        return {"type": "apiKey", "in": "cookie", "name": "session"}


def operation(
    name: str,
    answers: Mapping[int, type[Out] | OpenApiTypes | None],
    problems: tuple[int, ...],
    *,
    body: type[In[Any]] | None = None,
    query: type[In[Any]] | None = None,
    keyed: bool = False,
) -> Callable[[F], F]:
    """Describe a method: its name, what it takes, its answers and the statuses of its problems."""
    parameters: list[Any] = [query] if query else []
    return extend_schema(
        operation_id=name,
        tags=[name.partition("_")[0]],
        parameters=[*parameters, _KEY] if keyed else parameters,
        request=body,
        responses={
            **{status: OpenApiResponse(answer) for status, answer in answers.items()},
            **{(status, MEDIA_TYPE): ProblemOut for status in sorted(problems)},
        },
    )
