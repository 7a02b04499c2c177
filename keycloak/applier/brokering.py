"""Identity providers of agencies: their own sign-in in front of ours."""

from typing import Final

from keycloak.applier.admin import AdminApi
from keycloak.applier.clients import apply_mappers
from keycloak.applier.compare import Json, differences, merged

_PARTS: Final = ("mappers",)


def apply_identity_providers(
    api: AdminApi, realm: str, declared: list[Json], *, write_secrets: bool
) -> list[str]:
    """Make and update identity providers with their mappers. Raises AdminRefused."""
    changes: list[str] = []
    for provider in declared:
        alias = provider["alias"]
        root = f"{realm}/identity-provider/instances"
        own = {name: value for name, value in provider.items() if name not in _PARTS}
        actual = api.find(f"{root}/{alias}")
        found: list[str] = []
        if actual is None:
            api.post(root, own)
            found.append("made")
        elif changed := differences(own, actual, write_secrets=write_secrets):
            api.put(f"{root}/{alias}", merged(own, actual))
            found += [f"{name} changed" for name in changed]
        found += apply_mappers(api, f"{root}/{alias}/mappers", provider.get("mappers", []))
        changes += [f"identity provider {alias}: {change}" for change in found]
    return changes
