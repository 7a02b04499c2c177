"""The branches of an agency, as its admin manages them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.response import Response

from agenturclient import bootstrap
from agenturclient.api.access import Access, Resource
from agenturclient.api.keys import key_of
from agenturclient.api.openapi import CHANGE, READ, operation
from agenturclient.api.shapes.users import (
    BranchOut,
    BranchPageOut,
    CodeCursorIn,
    NamedIn,
    OpenBranchIn,
)
from agenturclient.identity.users import branches

if TYPE_CHECKING:
    from rest_framework.request import Request


class Branches(Resource):
    """The agency's branches."""

    access = {"GET": Access.ADMIN, "POST": Access.ADMIN}

    @operation("branches_list", {200: BranchPageOut}, READ, query=CodeCursorIn)
    def get(self, request: Request) -> Response:
        """Branches by code, a page at a time."""
        cursor = CodeCursorIn.read(request.query_params)
        page = branches.list_branches(actor=self.actor, cursor=cursor)
        return Response(BranchPageOut.render(page))

    @operation("branches_open", {201: BranchOut}, CHANGE, body=OpenBranchIn, keyed=True)
    def post(self, request: Request) -> Response:
        """Open a branch."""
        code, name = OpenBranchIn.read(request.data)
        opened = branches.open_branch(
            code, name, key=key_of(request), actor=self.actor, clock=bootstrap.clock()
        )
        return Response(BranchOut.render(opened), 201)


class Branch(Resource):
    """One branch."""

    access = {"PATCH": Access.ADMIN}

    @operation("branches_change", {200: BranchOut}, CHANGE, body=NamedIn)
    def patch(self, request: Request, branch: int) -> Response:
        """Rename it, close it, open it again."""
        words = NamedIn.read(request.data)
        changed = branches.change_branch(branch, **words, actor=self.actor, clock=bootstrap.clock())
        return Response(BranchOut.render(changed))
