"""Applies one declared realm: its settings, then all that is in it."""

from typing import Final

from keycloak.applier.admin import AdminApi
from keycloak.applier.brokering import apply_identity_providers
from keycloak.applier.clients import apply_clients
from keycloak.applier.compare import Json, differences
from keycloak.applier.people import apply_groups, apply_users

# What has an endpoint of its own; the rest of a declaration are the realm's settings.
_PARTS: Final = ("clients", "groups", "identityProviders", "userProfile", "users")


def apply_realm(api: AdminApi, declared: Json, *, write_secrets: bool = False) -> list[str]:
    """Make the realm so; returns one sentence for each change, none when all was so already.

    Secrets that Keycloak masks are sent again only with `write_secrets`.

    Raises AdminRefused. Applying it again goes on where it stopped.
    """
    realm = f"/{declared['realm']}"
    settings = {name: value for name, value in declared.items() if name not in _PARTS}
    changes = _apply_settings(api, realm, settings, write_secrets=write_secrets)
    changes += _apply_profile(api, realm, declared.get("userProfile"))
    changes += apply_groups(api, realm, declared.get("groups", []))
    changes += apply_clients(api, realm, declared.get("clients", []))
    changes += apply_identity_providers(
        api, realm, declared.get("identityProviders", []), write_secrets=write_secrets
    )
    changes += apply_users(api, realm, declared.get("users", []))
    return [f"{declared['realm']}: {change}" for change in changes]


def _apply_settings(api: AdminApi, realm: str, settings: Json, *, write_secrets: bool) -> list[str]:
    actual = api.find(realm)
    if actual is None:
        api.post("", settings)
        return ["realm made"]
    changed = differences(settings, actual, write_secrets=write_secrets)
    if changed:
        api.put(realm, settings)  # Keycloak leaves what is not sent
    return [f"setting {name} changed" for name in changed]


def _apply_profile(api: AdminApi, realm: str, profile: Json | None) -> list[str]:
    path = f"{realm}/users/profile"
    if profile is None or not differences(profile, api.get(path)):
        return []
    api.put(path, profile)
    return ["user profile changed"]
