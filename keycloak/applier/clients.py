"""Clients of a realm, with their mappers, scopes and the roles of their service accounts."""

from typing import Any, Final

from keycloak.applier.admin import AdminApi
from keycloak.applier.compare import Json, differences, merged

# What has an endpoint of its own once a client exists.
_PARTS: Final = (
    "protocolMappers",
    "defaultClientScopes",
    "optionalClientScopes",
    "serviceAccountRoles",
)


def apply_clients(api: AdminApi, realm: str, declared: list[Json]) -> list[str]:
    """Make and update clients; returns one sentence for each change. Raises AdminRefused."""
    return [change for client in declared for change in _apply_client(api, realm, client)]


def client_path(api: AdminApi, realm: str, client_id: str) -> str | None:
    """The path of a client, None when there is none. Raises AdminRefused."""
    found = api.get(f"{realm}/clients", clientId=client_id)
    return f"{realm}/clients/{found[0]['id']}" if found else None


def _apply_client(api: AdminApi, realm: str, declared: Json) -> list[str]:
    name = declared["clientId"]
    own = {key: value for key, value in declared.items() if key not in _PARTS}
    path = client_path(api, realm, name)
    if path is None:
        made = {key: value for key, value in declared.items() if key != "serviceAccountRoles"}
        path = f"{realm}/clients/{api.post(f'{realm}/clients', made)}"
        changes = ["made"]
    else:
        actual = api.get(path)
        changes = [f"{field} changed" for field in differences(own, actual)]
        if changes:
            api.put(path, merged(own, actual))
    changes += apply_mappers(
        api, f"{path}/protocol-mappers/models", declared.get("protocolMappers", [])
    )
    for kind in ("default", "optional"):
        if (wanted := declared.get(f"{kind}ClientScopes")) is not None:
            changes += _apply_scopes(api, realm, f"{path}/{kind}-client-scopes", wanted)
    for owner, roles in declared.get("serviceAccountRoles", {}).items():
        changes += _apply_service_roles(api, realm, path, owner, roles)
    return [f"client {name}: {change}" for change in changes]


def apply_mappers(api: AdminApi, path: str, declared: list[Json]) -> list[str]:
    """Mappers below a path, told apart by name. Raises AdminRefused."""
    if not declared:
        return []
    actual = {mapper["name"]: mapper for mapper in api.get(path)}
    changes = []
    for mapper in declared:
        known = actual.get(mapper["name"])
        if known is None:
            api.post(path, mapper)
            changes.append(f"mapper {mapper['name']!r} made")
        elif differences(mapper, known):
            api.put(f"{path}/{known['id']}", merged(mapper, known))
            changes.append(f"mapper {mapper['name']!r} changed")
    return changes


def _apply_scopes(api: AdminApi, realm: str, path: str, wanted: list[str]) -> list[str]:
    """Exactly these scopes: one too many would put more into a token than was meant."""
    actual = {scope["name"]: scope["id"] for scope in api.get(path)}
    changes = []
    for name in sorted(set(actual) - set(wanted)):
        api.delete(f"{path}/{actual[name]}")
        changes.append(f"scope {name} taken away")
    missing = sorted(set(wanted) - set(actual))
    if missing:
        known = {scope["name"]: scope["id"] for scope in api.get(f"{realm}/client-scopes")}
        for name in missing:
            api.put(f"{path}/{known[name]}")
            changes.append(f"scope {name} given")
    return changes


def _apply_service_roles(
    api: AdminApi, realm: str, path: str, owner: str, roles: list[str]
) -> list[str]:
    """Exactly these roles of another client, for the service account and for its tokens.

    A client whose `fullScopeAllowed` is off carries only the roles that are in its scope, so
    both are kept.
    """
    owner_path = client_path(api, realm, owner)
    if owner_path is None:
        return [f"no client {owner} to take roles from"]
    owner_id = owner_path.rpartition("/")[2]
    account = api.get(f"{path}/service-account-user")["id"]
    changes = []
    for what, where in (
        ("role", f"{realm}/users/{account}/role-mappings/clients/{owner_id}"),
        ("role in scope", f"{path}/scope-mappings/clients/{owner_id}"),
    ):
        actual: dict[str, Any] = {role["name"]: role for role in api.get(where)}
        extra = [actual[name] for name in sorted(set(actual) - set(roles))]
        missing = [
            api.get(f"{owner_path}/roles/{name}") for name in sorted(set(roles) - set(actual))
        ]
        if extra:
            api.delete(where, extra)
        if missing:
            api.post(where, missing)
        changes += [f"{what} {owner}/{role['name']} taken away" for role in extra]
        changes += [f"{what} {owner}/{role['name']} given" for role in missing]
    return changes
