"""The directory that Keycloak keeps: users, and groups by a closed list of paths.

No id and no group name ever comes from outside: paths are made here of an agency's code and our own
four rights, and ids are asked of Keycloak by these paths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from agenturclient.identity.actors import Permission
from agenturclient.identity.directory.keycloak import accounts
from agenturclient.identity.directory.keycloak.accounts import UPDATE_PASSWORD
from agenturclient.identity.directory.port import Account, Profile, Refusals, Refused

if TYPE_CHECKING:
    from agenturclient.identity.directory.keycloak.admin_api import AdminApi
    from agenturclient.identity.directory.port import Rights


class KeycloakDirectory:
    """Accounts are the realm's users; whoever is invited signs in with the e-mail address."""

    def __init__(self, issuer: str, api: AdminApi, *, sends_mail: bool) -> None:
        self.issuer = issuer
        self.sends_mail = sends_mail
        self._api = api

    def account(self, subject: str) -> Account | None:
        """The user with groups and roles, None where there is none. Three reads."""
        user = self._api.get(_user(subject))
        return None if user is None else self._account(user)

    def find(self, email: str) -> Account | None:
        """The user with that address, or who signs in with it."""
        for name in ("email", "username"):
            query = urlencode({name: email, "exact": "true", "max": 1})
            users = self._api.get(f"/users?{query}")
            if users:
                return self._account(users[0])
        return None

    def members(self, agency: str) -> tuple[Account, ...]:
        """The members of the agency's group, and of the group of each right. Five lists."""
        rights: dict[str, set[Permission]] = {}
        for right in Permission:
            for user in self._members(agency, right):
                rights.setdefault(str(user["id"]), set()).add(right)
        return tuple(
            accounts.account(user, {agency: frozenset(rights.get(str(user["id"]), ()))})
            for user in self._members(agency)
        )

    def create(self, profile: Profile) -> str:
        """Make a user who has to choose a password. Refused `email-taken`."""
        body = {
            **accounts.representation(profile),
            "username": profile.email.lower(),
            "enabled": True,
            "requiredActions": [UPDATE_PASSWORD],
        }
        return self._api.create("/users", body).id

    def change_profile(self, subject: str, profile: Profile) -> None:
        """Set name and address. Refused `email-taken`."""
        user = self._api.get(_user(subject))
        if user is None:
            raise Refused(Refusals.USER_NOT_FOUND)
        # The whole user goes back: with a user profile, what is left out would be emptied.
        self._api.change("PUT", _user(subject), {**user, **accounts.representation(profile)})

    def change_rights(self, subject: str, agency: str, rights: Rights | None) -> None:
        """Put the user into exactly the groups of these rights, taking away first."""
        has = self._api.pages(f"{_user(subject)}/groups?briefRepresentation=true")
        present = {str(group["path"]): str(group["id"]) for group in has}
        wanted = {_path(agency, right) for right in rights or ()}
        if rights is not None:
            wanted.add(_path(agency))
        ours = [_path(agency), *(_path(agency, right) for right in Permission)]
        taken = [present[path] for path in reversed(ours) if path in present and path not in wanted]
        given = [self._group(path) for path in ours if path in wanted and path not in present]
        groups = f"{_user(subject)}/groups"
        self._api.changes(
            [
                *(("DELETE", f"{groups}/{group}", None) for group in taken),
                *(("PUT", f"{groups}/{group}", None) for group in given),
            ]
        )

    def set_enabled(self, subject: str, *, enabled: bool) -> None:
        """Whether the user can sign in."""
        user = self._api.get(_user(subject))
        if user is None:
            raise Refused(Refusals.USER_NOT_FOUND)
        self._api.change("PUT", _user(subject), {**user, "enabled": enabled})

    def end_sessions(self, subject: str) -> None:
        """Log the user out of the realm, which also tells every client by back-channel."""
        self._api.change("POST", f"{_user(subject)}/logout")

    def set_password(self, subject: str, password: str) -> None:
        """Set the password. Refused `password-refused` by the realm's policy."""
        user = self._api.get(_user(subject))
        if user is None:
            raise Refused(Refusals.USER_NOT_FOUND)
        body = {"type": "password", "value": password, "temporary": False}
        left = [each for each in user.get("requiredActions", ()) if each != UPDATE_PASSWORD]
        self._api.changes(
            [
                ("PUT", f"{_user(subject)}/reset-password", body),
                ("PUT", _user(subject), {**user, "requiredActions": left}),
            ]
        )

    def send_invitation(self, subject: str) -> None:
        """Have Keycloak mail a link for a password."""
        self._api.change("PUT", f"{_user(subject)}/execute-actions-email", [UPDATE_PASSWORD])

    def create_agency(self, code: str) -> None:
        """Make the agency's groups; those that are there stay."""
        self._make_group(_path(code))
        for right in Permission:
            self._make_group(_path(code, right))

    def _account(self, user: dict[str, Any]) -> Account:
        subject = str(user["id"])
        groups = self._api.pages(f"{_user(subject)}/groups?briefRepresentation=true")
        paths = [str(group["path"]) for group in groups]
        roles = self._api.get(f"{_user(subject)}/role-mappings")
        guarded = accounts.is_guarded(paths, roles or {})
        return accounts.account(user, accounts.memberships(paths), guarded=guarded)

    def _members(self, agency: str, right: Permission | None = None) -> list[dict[str, Any]]:
        found = self._api.get(f"/group-by-path{quote(_path(agency, right))}")
        if found is None:  # no group, no member
            return []
        members = f"/groups/{found['id']}/members?briefRepresentation=false"
        return list(self._api.pages(members))

    def _group(self, path: str) -> str:
        """The id of a group. Refused where there is none."""
        found = self._api.get(f"/group-by-path{quote(path)}")
        if found is None:
            raise Refused(Refusals.OTHER, f"no group {path}")
        return str(found["id"])

    def _make_group(self, path: str) -> None:
        if self._api.get(f"/group-by-path{quote(path)}") is not None:
            return
        above, _, name = path.rpartition("/")
        self._api.change("POST", f"/groups/{self._group(above)}/children", {"name": name})


def _user(subject: str) -> str:
    return f"/users/{quote(subject, safe='')}"


def _path(agency: str, right: Permission | None = None) -> str:
    return f"/agencies/{agency}" + (f"/{right.value}" if right else "")
