"""Who may talk to whom: nobody, but for what the tables below say.

Rules: reliability.md 8.1.
"""

from collections.abc import Iterable, Iterator
from ipaddress import ip_network
from typing import Final

from tests.deploy.policies.installation import COMPONENT, Installation, selects
from tests.deploy.policies.reach import Peer, Port, is_let, ports_of
from tests.deploy.policies.rendering import Object

# Between pods: who asks, who answers, where.
_BETWEEN: Final = {
    ("web", "keycloak", 8080),  # sign-in, accounts
    ("recover", "keycloak", 8080),  # changes of accounts that a request left behind
    ("realm", "keycloak", 8080),
    ("keycloak", "web", 8000),  # back-channel logout
}
_FROM_THE_GATEWAY: Final = {("web", 8000), ("assets", 8000), ("keycloak", 8080)}
# The distributor; an agency's own sign-in.
_TO_THE_INTERNET: Final = {("web", 443), ("recover", 443), ("keycloak", 443)}
_GATEWAY: Final = Peer(namespace={"kubernetes.io/metadata.name": "gateway"})
_SYSTEM: Final = Peer(namespace={"kubernetes.io/metadata.name": "kube-system"})
_STRANGER: Final = Peer(namespace={"kubernetes.io/metadata.name": "of-somebody-else"})
_OUTSIDE: Final = Peer(address="203.0.113.9")
# Our own networks, and where a cloud tells a machine its credentials.
_INSIDE: Final = ("10.200.0.9", "172.20.0.9", "192.168.7.9", "169.254.169.254")
_DATABASE: Final = Port(3306)
_WEB_PORTS: Final = (Port(80), Port(443))


def nobody_talks_by_default(installation: Installation) -> list[str]:
    """One policy picks every pod and allows nothing, in or out."""
    specs = [each["spec"] for each in installation.of("NetworkPolicy")]
    if any(
        spec["podSelector"] == {}
        and set(spec["policyTypes"]) == {"Ingress", "Egress"}
        and not spec.get("ingress")
        and not spec.get("egress")
        for spec in specs
    ):
        return []
    return ["a pod that no policy names may talk to anyone"]


def only_these_talk(installation: Installation) -> list[str]:
    """What is let through between pods is what the program needs, no more and no less."""
    found = {
        (asking.name, answering.name, port.number)
        for asking in installation.workloads
        for answering in installation.workloads
        for port in ports_of(answering)
        if asking is not answering
        and is_let(installation, asking, "egress", Peer(pod=answering), port)
        and is_let(installation, answering, "ingress", Peer(pod=asking), port)
    }
    return _compared(found, _BETWEEN, "between pods")


def only_the_gateway_comes_in(installation: Installation) -> list[str]:
    """Its namespace reaches what people ask for, on the ports that serve it; no other does."""
    found, strangers = set(), []
    for workload in installation.workloads:
        for port in ports_of(workload):
            if is_let(installation, workload, "ingress", _GATEWAY, port):
                found.add((workload.name, port.number))
            if is_let(installation, workload, "ingress", _STRANGER, port):
                strangers.append(f"{workload.where}: any namespace reaches port {port.number}")
    return strangers + _compared(found, _FROM_THE_GATEWAY, "from the gateway")


def only_these_reach_the_outside(installation: Installation) -> list[str]:
    """TLS to the internet for those who sell and sign in, and nobody reaches our own networks."""
    found, inside = set(), []
    for workload in installation.workloads:
        for port in (*_WEB_PORTS, _DATABASE):
            if is_let(installation, workload, "egress", _OUTSIDE, port):
                found.add((workload.name, port.number))
        inside += [
            f"{workload.where}: reaches {address} on port {port.number}"
            for address in _INSIDE
            for port in _WEB_PORTS
            if is_let(installation, workload, "egress", Peer(address=address), port)
        ]
    return inside + _compared(found, _TO_THE_INTERNET, "to the internet")


def the_database_is_for_those_who_use_it(installation: Installation) -> list[str]:
    """Who is told where the database is reaches it, and nobody else."""
    reached = {
        each.name
        for each in installation.workloads
        for address in _database_addresses(installation)
        if is_let(installation, each, "egress", Peer(address=address), _DATABASE)
    }
    told = {
        each.name
        for each in installation.workloads
        if {"DATABASE_URL", "KC_DB_URL_HOST"} & installation.environment(each.main).keys()
    }
    return _compared(reached, told, "to the database")


def _database_addresses(installation: Installation) -> Iterator[str]:
    """One in each network that some rule opens the database's port to."""
    for policy in installation.of("NetworkPolicy"):
        for rule in policy["spec"].get("egress") or []:
            if any(_DATABASE.is_meant_by(each) for each in rule.get("ports", [])):
                for peer in rule.get("to", []):
                    if "ipBlock" in peer:
                        yield str(ip_network(peer["ipBlock"]["cidr"])[1])


def everyone_finds_names(installation: Installation) -> list[str]:
    """DNS, over both protocols, at the cluster's own."""
    return [
        f"{each.where}: cannot look up names over {protocol}"
        for each in installation.workloads
        for protocol in ("UDP", "TCP")
        if not is_let(installation, each, "egress", _SYSTEM, Port(53, protocol=protocol))
    ]


def network_policies_pick_something(installation: Installation) -> list[str]:
    """A selector with a slip in it picks nothing, and nobody would hear of it."""
    names = {each.name for each in installation.workloads}
    found = []
    for policy in installation.of("NetworkPolicy"):
        where = f"NetworkPolicy/{policy['metadata']['name']}"
        for selector in _selectors(policy["spec"]):
            if not any(selects(selector, each.labels) for each in installation.workloads):
                found.append(f"{where}: picks no pod with {selector}")
            found += [
                f"{where}: there is no {value}"
                for value in _components(selector)
                if value not in names
            ]
    return found


def _selectors(spec: Object) -> Iterator[Object]:
    yield spec["podSelector"]
    for rule in (*(spec.get("ingress") or []), *(spec.get("egress") or [])):
        for peer in (*rule.get("from", []), *rule.get("to", [])):
            if "podSelector" in peer and "namespaceSelector" not in peer:
                yield peer["podSelector"]


def _components(selector: Object) -> Iterator[str]:
    if COMPONENT in selector.get("matchLabels", {}):
        yield selector["matchLabels"][COMPONENT]
    for each in selector.get("matchExpressions", []):
        if each["key"] == COMPONENT:
            yield from each["values"]


def _compared(found: Iterable[object], wanted: Iterable[object], what: str) -> list[str]:
    have, want = set(found), set(wanted)
    return [f"{what}: {each} is let through" for each in sorted(have - want, key=str)] + [
        f"{what}: {each} is not let through" for each in sorted(want - have, key=str)
    ]
