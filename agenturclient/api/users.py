"""The people of an agency, as its admin manages them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.response import Response

from agenturclient import bootstrap
from agenturclient.api.access import Access, Resource
from agenturclient.api.keys import key_of
from agenturclient.api.openapi import MOVE, READ, operation
from agenturclient.api.shapes.requests import NothingIn
from agenturclient.api.shapes.users import (
    ChangePageOut,
    CursorIn,
    InvitedOut,
    InviteIn,
    PermissionsIn,
    UserChangeIn,
    UserCriteriaIn,
    UserOut,
    UserPageOut,
)
from agenturclient.identity.users import block, edit, invite, listing, story

if TYPE_CHECKING:
    from rest_framework.request import Request

    from agenturclient.identity.users.details import UserDetail


def answer(user: UserDetail) -> Response:
    """The person after a change: 202 while nobody knows what the directory has done."""
    return Response(UserOut.render(user), 202 if user.changing else 200)


class Users(Resource):
    """The agency's people."""

    access = {"GET": Access.ADMIN, "POST": Access.ADMIN}

    @operation("users_list", {200: UserPageOut}, (*READ, 503), query=UserCriteriaIn)
    def get(self, request: Request) -> Response:
        """People by name, a page at a time."""
        page = listing.list_users(
            UserCriteriaIn.read(request.query_params),
            actor=self.actor,
            directory=bootstrap.directory(),
        )
        return Response(UserPageOut.render(page))

    @operation("users_invite", {201: InvitedOut, 202: InvitedOut}, MOVE, body=InviteIn, keyed=True)
    def post(self, request: Request) -> Response:
        """Invite somebody; the link is told this once."""
        invited = invite.invite(
            InviteIn.read(request.data),
            key=key_of(request),
            actor=self.actor,
            directory=bootstrap.directory(),
            clock=bootstrap.clock(),
        )
        if invited is None:
            return Response(InvitedOut.render({"user": None, "link": None}), 202)
        return Response(InvitedOut.render(invited), 202 if invited.user.changing else 201)


class User(Resource):
    """One person."""

    access = {"GET": Access.ADMIN, "PATCH": Access.ADMIN}

    @operation("users_read", {200: UserOut}, READ)
    def get(self, _request: Request, user: int) -> Response:
        """The person as known here."""
        return Response(UserOut.render(listing.get_user(user, actor=self.actor)))

    @operation("users_change", {200: UserOut, 202: UserOut}, MOVE, body=UserChangeIn)
    def patch(self, request: Request, user: int) -> Response:
        """Change name, e-mail address and branch."""
        return answer(
            edit.change_user(
                user,
                UserChangeIn.read(request.data),
                actor=self.actor,
                directory=bootstrap.directory(),
                clock=bootstrap.clock(),
            )
        )


class Permissions(Resource):
    """The rights of one person."""

    access = {"PATCH": Access.ADMIN}

    @operation("users_permit", {200: UserOut, 202: UserOut}, MOVE, body=PermissionsIn)
    def patch(self, request: Request, user: int) -> Response:
        """Give and take rights, which counts from the person's next request on."""
        return answer(
            edit.change_rights(
                user,
                PermissionsIn.read(request.data),
                actor=self.actor,
                directory=bootstrap.directory(),
                clock=bootstrap.clock(),
            )
        )


class Block(Resource):
    """Being kept out of the agency."""

    access = {"POST": Access.ADMIN, "DELETE": Access.ADMIN}

    @operation("users_block", {200: UserOut, 202: UserOut}, MOVE, body=NothingIn)
    def post(self, request: Request, user: int) -> Response:
        """Keep somebody out, at once."""
        NothingIn.read(request.data)
        return answer(
            block.block(
                user,
                actor=self.actor,
                directory=bootstrap.directory(),
                clock=bootstrap.clock(),
            )
        )

    @operation("users_unblock", {200: UserOut, 202: UserOut}, MOVE)
    def delete(self, _request: Request, user: int) -> Response:
        """Let somebody in again."""
        return answer(
            block.unblock(
                user,
                actor=self.actor,
                directory=bootstrap.directory(),
                clock=bootstrap.clock(),
            )
        )


class Sessions(Resource):
    """Where somebody is signed in."""

    access = {"DELETE": Access.ADMIN}

    @operation("users_sign_out", {200: UserOut, 202: UserOut}, MOVE)
    def delete(self, _request: Request, user: int) -> Response:
        """Sign the person out everywhere, at once."""
        return answer(
            block.end_sessions(
                user,
                actor=self.actor,
                directory=bootstrap.directory(),
                clock=bootstrap.clock(),
            )
        )


class InvitationOf(Resource):
    """The way in for one person."""

    access = {"POST": Access.ADMIN}

    @operation("users_invite_again", {201: InvitedOut}, MOVE, body=NothingIn, keyed=True)
    def post(self, request: Request, user: int) -> Response:
        """Another link (or mail), which makes the earlier ones worthless; it is told this once."""
        NothingIn.read(request.data)
        invited = invite.renew_link(
            user,
            key=key_of(request),
            actor=self.actor,
            directory=bootstrap.directory(),
            clock=bootstrap.clock(),
        )
        return Response(InvitedOut.render(invited), 201)


class ChangesOf(Resource):
    """What was changed of one person."""

    access = {"GET": Access.ADMIN}

    @operation("users_story", {200: ChangePageOut}, READ, query=CursorIn)
    def get(self, request: Request, user: int) -> Response:
        """The audit trail of the person in this agency, newest first, a page at a time."""
        cursor = CursorIn.read(request.query_params)
        page = story.list_changes_of(user, actor=self.actor, cursor=cursor)
        return Response(ChangePageOut.render(page))


class Changes(Resource):
    """What was changed in the agency."""

    access = {"GET": Access.ADMIN}

    @operation("changes_list", {200: ChangePageOut}, READ, query=CursorIn)
    def get(self, request: Request) -> Response:
        """The audit trail of the agency, newest first, a page at a time."""
        cursor = CursorIn.read(request.query_params)
        return Response(ChangePageOut.render(story.list_changes(actor=self.actor, cursor=cursor)))
