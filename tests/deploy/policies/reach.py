"""What network policies let through, worked out as a cluster's network would."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final, Literal

from tests.deploy.policies.installation import Installation, Workload, selects
from tests.deploy.policies.rendering import Object

Direction = Literal["ingress", "egress"]
_KEYS: Final = {"ingress": "from", "egress": "to"}


@dataclass(frozen=True)
class Peer:
    """The other side: a pod of ours, anything in a namespace with these labels, or an address."""

    pod: Workload | None = None
    namespace: Mapping[str, str] | None = None
    address: str = ""

    def is_meant_by(self, entry: Object) -> bool:
        """Whether an entry of a rule picks it."""
        if "ipBlock" in entry:
            return bool(self.address) and _within(self.address, entry["ipBlock"])
        if "namespaceSelector" in entry:
            # Of another namespace only its name is known here: its pods count as picked.
            return self.namespace is not None and selects(
                entry["namespaceSelector"], self.namespace
            )
        return self.pod is not None and selects(entry["podSelector"], self.pod.labels)


@dataclass(frozen=True)
class Port:
    """A port by number and, where the pod that listens is ours, by name."""

    number: int
    name: str = ""
    protocol: str = "TCP"

    def is_meant_by(self, entry: Object) -> bool:
        """Whether an entry of a rule picks it."""
        return entry.get("protocol", "TCP") == self.protocol and entry["port"] in {
            self.number,
            self.name,
        }


def ports_of(workload: Workload) -> list[Port]:
    """Where its pods listen."""
    return [Port(each["containerPort"], each["name"]) for each in workload.main.get("ports", [])]


def is_let(
    installation: Installation, workload: Workload, direction: Direction, peer: Peer, port: Port
) -> bool:
    """Whether a connection may come in to, or go out of, a workload's pods."""
    about = [
        each["spec"]
        for each in installation.of("NetworkPolicy")
        if direction.title() in each["spec"]["policyTypes"]
        and selects(each["spec"]["podSelector"], workload.labels)
    ]
    return not about or any(
        _covers(rule, _KEYS[direction], peer, port)
        for spec in about
        for rule in spec.get(direction) or []
    )


def _covers(rule: Object, key: str, peer: Peer, port: Port) -> bool:
    """An empty list of peers or of ports means all of them."""
    peers, ports = rule.get(key), rule.get("ports")
    return (not peers or any(peer.is_meant_by(each) for each in peers)) and (
        not ports or any(port.is_meant_by(each) for each in ports)
    )


def _within(address: str, block: Object) -> bool:
    known = ip_address(address)
    return known in ip_network(block["cidr"]) and not any(
        known in ip_network(each) for each in block.get("except", [])
    )
