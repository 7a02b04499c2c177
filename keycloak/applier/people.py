"""Groups and users of a realm: made when they are missing, then left to those who manage them."""

from urllib.parse import quote

from keycloak.applier.admin import AdminApi
from keycloak.applier.compare import Json


def apply_groups(api: AdminApi, realm: str, declared: list[Json]) -> list[str]:
    """Make the groups whose full path does not exist, parents first. Raises AdminRefused."""
    return [
        f"group {path} made"
        for path in (group["path"] for group in declared)
        if _find_group(api, realm, path) is None and _make_group(api, realm, path)
    ]


def apply_users(api: AdminApi, realm: str, declared: list[Json]) -> list[str]:
    """Make the users that are missing; one that exists belongs to its agency by now.

    Raises AdminRefused.
    """
    changes = []
    for user in declared:
        name = user["username"]
        if not api.get(f"{realm}/users", username=name, exact=True):
            api.post(f"{realm}/users", user)
            changes.append(f"user {name} made")
    return changes


def _find_group(api: AdminApi, realm: str, path: str) -> Json | None:
    found: Json | None = api.find(f"{realm}/group-by-path{quote(path)}")
    return found


def _make_group(api: AdminApi, realm: str, path: str) -> str:
    parent_path, _, name = path.rpartition("/")
    if not parent_path:
        return api.post(f"{realm}/groups", {"name": name})
    parent = _find_group(api, realm, parent_path)
    parent_id = parent["id"] if parent else _make_group(api, realm, parent_path)
    return api.post(f"{realm}/groups/{parent_id}/children", {"name": name})
