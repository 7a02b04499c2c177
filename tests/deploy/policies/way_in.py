"""What people reach: over TLS, the page and the sign-in, and nothing of Keycloak's administration.

Rules: reliability.md 1.4.
"""

from collections.abc import Iterator
from typing import Final

from tests.deploy.policies.installation import Installation
from tests.deploy.policies.rendering import Object

# Which service answers for which path; files of two releases come from `assets`.
_SHOWN: Final = {
    ("assets", "/static/"),
    ("web", "/"),
    ("keycloak", "/realms/agenturclient/"),
    ("keycloak", "/resources/"),
    ("keycloak", "/.well-known/"),
}

# The variables that hold an address which people type or are sent to.
_SHOP: Final = ("PUBLIC_URL", "AGENTURCLIENT_URL")
_SIGN_IN: Final = ("KC_HOSTNAME", "OIDC_ISSUER")


def only_what_people_need_is_shown(installation: Installation) -> list[str]:
    """These paths and no others, each to the service that answers for it."""
    shown = {
        (path["backend"]["service"]["name"], path["path"])
        for _, rule in _rules(installation)
        for path in rule["http"]["paths"]
    }
    return [f"{path} of {name} is shown" for name, path in sorted(shown - _SHOWN)] + [
        f"{path} of {name} is not shown" for name, path in sorted(_SHOWN - shown)
    ]


def every_host_has_tls(installation: Installation) -> list[str]:
    """The program and Keycloak trust what the way in says of it."""
    return [
        f"Ingress/{way['metadata']['name']}: {rule.get('host')} has no TLS"
        for way, rule in _rules(installation)
        if rule.get("host")
        not in {host for each in way["spec"].get("tls", []) for host in each["hosts"]}
    ]


def hosts_are_the_configured_ones(installation: Installation) -> list[str]:
    """Where people come in is what the program and Keycloak believe their address to be."""
    shop, sign_in = _hosts(installation, _SHOP), _hosts(installation, _SIGN_IN)
    found = [
        f"{names} name different hosts: {', '.join(sorted(hosts))}"
        for names, hosts in ((_SHOP, shop), (_SIGN_IN, sign_in))
        if len(hosts) != 1
    ]
    shown = {str(rule.get("host")) for _, rule in _rules(installation)}
    found += [f"{host} is no address of ours" for host in sorted(shown - shop - sign_in)]
    return found + [f"{host} leads nowhere" for host in sorted((shop | sign_in) - shown)]


def _hosts(installation: Installation, names: tuple[str, ...]) -> set[str]:
    told = [installation.environment(each.main) for each in installation.workloads]
    return {
        each[name].split("://")[-1].split("/")[0] for each in told for name in names if name in each
    }


def _rules(installation: Installation) -> Iterator[tuple[Object, Object]]:
    for way in installation.of("Ingress"):
        for rule in way["spec"]["rules"]:
            yield way, rule
