"""Which calls of the directory are missing between an account and what a change wants. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agenturclient.identity.actors import Permission
from agenturclient.identity.changes import ChangeKind
from agenturclient.identity.directory.port import Profile, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from agenturclient.identity.directory.port import Account, Directory
    from agenturclient.identity.models import Change

    Step = Callable[[Directory], None]

_FOR_MEMBERS = (ChangeKind.EDIT, ChangeKind.RIGHTS, ChangeKind.SESSIONS, ChangeKind.LINK)


def rights_in(facts: Mapping[str, Any]) -> frozenset[Permission]:
    """The rights that a change's `before` or `after` names."""
    return frozenset(Permission(name) for name in facts.get("permissions", ()))


def written(rights: frozenset[Permission]) -> list[str]:
    """Rights as a change's `before` or `after` names them."""
    return [right.value for right in Permission if right in rights]


def profile_in(facts: Mapping[str, Any]) -> Profile:
    """Name and address that a change's `before` or `after` names."""
    return Profile(facts["first_name"], facts["last_name"], facts["email"])


def takes_away(change: Change) -> bool:
    """Whether the change ends something, so that it must come to its end."""
    if change.kind == ChangeKind.RIGHTS:
        return bool(rights_in(change.before) - rights_in(change.after))
    return change.kind in (ChangeKind.BLOCK, ChangeKind.SESSIONS)


def can_be_taken_over(account: Account) -> bool:
    """Whether the account belongs to nobody yet, as one does whose invitation broke off."""
    return account.pending and not account.memberships and not account.guarded


def elsewhere(account: Account, agency: str) -> bool:
    """Whether the account is not this agency's alone."""
    return account.guarded or any(code != agency for code in account.memberships)


def steps(change: Change, account: Account, *, by_mail: bool) -> Iterator[Step]:
    """The calls that are missing, in the order in which they must be made.

    Raises Refused where the change is none of the agency's business.
    """
    agency = change.agency.code
    if account.guarded:
        raise Refused("shared-account")
    if change.kind in _FOR_MEMBERS and agency not in account.memberships:
        raise Refused("user-blocked")
    if change.kind in (ChangeKind.EDIT, ChangeKind.LINK) and elsewhere(account, agency):
        raise Refused("shared-account")
    yield from _STEPS[ChangeKind(change.kind)](change, account)
    invites = account.pending and change.kind in (ChangeKind.INVITE, ChangeKind.AGENCY)
    if by_mail and (invites or change.kind == ChangeKind.LINK):
        # Sent again when nobody knows whether it was: two letters do no harm, none does.
        yield lambda directory: directory.send_invitation(account.subject)


def _rights(change: Change, account: Account) -> Iterator[Step]:
    wanted = rights_in(change.after)
    agency = change.agency.code
    if account.memberships.get(agency) != wanted:
        yield lambda directory: directory.change_rights(account.subject, agency, wanted)


def _agency(change: Change, account: Account) -> Iterator[Step]:
    yield lambda directory: directory.create_agency(change.agency.code)
    yield from _rights(change, account)


def _unblock(change: Change, account: Account) -> Iterator[Step]:
    yield from _rights(change, account)
    if not account.enabled:
        yield lambda directory: directory.set_enabled(account.subject, enabled=True)


def _edit(change: Change, account: Account) -> Iterator[Step]:
    wanted = profile_in(change.after)
    if account.profile != wanted:
        yield lambda directory: directory.change_profile(account.subject, wanted)


def _block(change: Change, account: Account) -> Iterator[Step]:
    """Disable there, then log out there: the directory ends no session by disabling alone."""
    agency = change.agency.code
    if not elsewhere(account, agency):
        if account.enabled:
            yield lambda directory: directory.set_enabled(account.subject, enabled=False)
        yield lambda directory: directory.end_sessions(account.subject)
    if agency in account.memberships:
        yield lambda directory: directory.change_rights(account.subject, agency, None)


def _sessions(_change: Change, account: Account) -> Iterator[Step]:
    yield lambda directory: directory.end_sessions(account.subject)


def _password(_change: Change, account: Account) -> Iterator[Step]:
    """The password is not kept, so what is asked is only whether it was set."""
    if account.pending:
        raise Refused("not-done")
    yield from ()


def _nothing(_change: Change, _account: Account) -> Iterator[Step]:
    yield from ()


_STEPS: Mapping[ChangeKind, Callable[[Change, Account], Iterator[Step]]] = {
    ChangeKind.AGENCY: _agency,
    ChangeKind.INVITE: _rights,
    ChangeKind.RIGHTS: _rights,
    ChangeKind.UNBLOCK: _unblock,
    ChangeKind.EDIT: _edit,
    ChangeKind.BLOCK: _block,
    ChangeKind.SESSIONS: _sessions,
    ChangeKind.PASSWORD: _password,
    ChangeKind.LINK: _nothing,
}
