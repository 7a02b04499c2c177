"""A directory in memory whose answers can be lost, before or after it has done what was asked."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from agenturclient.identity.directory.port import Account, Profile, Refusals, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from agenturclient.identity.directory.port import DirectoryFailure, Rights

_numbers = count(1)


class FakeDirectory:
    """Knows what a directory must; `calls` are the changes it was asked for, in order."""

    issuer = "https://sso.example/realms/agenturclient"

    def __init__(self, *, sends_mail: bool = False) -> None:
        self.sends_mail = sends_mail
        self.accounts: dict[str, Account] = {}
        self.agencies: set[str] = set()
        self.calls: list[str] = []
        self.mails: list[str] = []
        self.on_call: Callable[[str], None] = lambda _call: None
        self._faults: list[tuple[str, DirectoryFailure, bool]] = []

    def fail_next(self, call: str, failure: DirectoryFailure, *, effect: bool = False) -> None:
        """Let the next such call fail, with or without having done it."""
        self._faults.append((call, failure, effect))

    def account(self, subject: str) -> Account | None:
        """The account of that subject."""
        self._meet("account")
        return self.accounts.get(subject)

    def find(self, email: str) -> Account | None:
        """The account with that address."""
        self._meet("find")
        found = (each for each in self.accounts.values() if each.profile.email == email)
        return next(found, None)

    def members(self, agency: str) -> tuple[Account, ...]:
        """The members of an agency."""
        self._meet("members")
        found = [each for each in self.accounts.values() if agency in each.memberships]
        return tuple(
            replace(each, memberships={agency: each.memberships[agency]}) for each in found
        )

    def create(self, profile: Profile) -> str:
        """Make an account."""
        subject = f"subject-{next(_numbers)}"

        def act() -> None:
            if any(each.profile.email == profile.email for each in self.accounts.values()):
                raise Refused(Refusals.EMAIL_TAKEN)
            self.accounts[subject] = Account(subject, profile, pending=True)

        self._do("create", act)
        return subject

    def change_profile(self, subject: str, profile: Profile) -> None:
        """Set the profile."""
        self._do("change_profile", lambda: self._set(subject, profile=profile))

    def change_rights(self, subject: str, agency: str, rights: Rights | None) -> None:
        """Set the rights."""
        memberships = dict(self.accounts[subject].memberships)
        memberships.pop(agency, None)
        after = memberships if rights is None else {**memberships, agency: rights}
        self._do("change_rights", lambda: self._set(subject, memberships=after))

    def set_enabled(self, subject: str, *, enabled: bool) -> None:
        """Enable or disable."""
        name = "enable" if enabled else "disable"
        self._do(name, lambda: self._set(subject, enabled=enabled))

    def end_sessions(self, subject: str) -> None:
        """Log out."""
        self._do(f"log out {self.accounts[subject].profile.first_name}", lambda: None)

    def set_password(self, subject: str, password: str) -> None:
        """Set the password."""

        def act() -> None:
            if len(password) < 12:
                raise Refused(Refusals.PASSWORD_REFUSED)
            self._set(subject, pending=False)

        self._do("set_password", act)

    def send_invitation(self, subject: str) -> None:
        """Send a mail."""
        self._do("mail", lambda: self.mails.append(self.accounts[subject].profile.email))

    def create_agency(self, code: str) -> None:
        """Make the groups."""
        self._do("create_agency", lambda: self.agencies.add(code))

    def _set(self, subject: str, **fields: object) -> None:
        self.accounts[subject] = replace(self.accounts[subject], **fields)  # type: ignore[arg-type]  # any field

    def _do(self, call: str, act: Callable[[], None]) -> None:
        self.calls.append(call)
        self._meet(call, act)

    def _meet(self, call: str, act: Callable[[], None] = lambda: None) -> None:
        self.on_call(call)
        fault = next((each for each in self._faults if each[0] == call), None)
        if fault is None:
            act()
            return
        self._faults.remove(fault)
        _, failure, effect = fault
        if effect:
            act()
        raise failure
