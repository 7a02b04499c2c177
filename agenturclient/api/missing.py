"""Every address that the API does not have, so that a wrong one is a problem too."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from drf_spectacular.utils import extend_schema

from agenturclient.api.access import Access, Resource
from agenturclient.api.errors import NoSuchRoute

if TYPE_CHECKING:
    from rest_framework.request import Request


class Missing(Resource):
    """Nothing."""

    access = dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), Access.ANYONE)

    @extend_schema(exclude=True)
    def get(self, _request: Request) -> NoReturn:
        """Say that there is no such address."""
        raise NoSuchRoute

    post = patch = delete = get
