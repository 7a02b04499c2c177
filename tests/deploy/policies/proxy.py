"""The proxy in front of the processes, held against how they stop and what they are asked.

It is the one of `make ha`, and what a cluster's gateway has to do alike. Rules: reliability.md 5.3.
"""

import re
from collections.abc import Callable
from typing import Final

from tests.deploy.policies.installation import Program

ProxyPolicy = Callable[[str, Program], list[str]]
_HEARD: Final = 15.0  # how long a pod that was told to stop serves on
_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0}


def it_waits_for_what_is_under_way(config: str, program: Program) -> list[str]:
    """Longer than a stop allows a request: else it gives one up that comes to its end."""
    server = _seconds(config, r"^\s*timeout server\s+(\d+)(ms|s|m)\b")
    if server > program.graceful_timeout:
        return []
    return [f"gives a request up after {server:g} s; a stop allows {program.graceful_timeout:g} s"]


def it_notices_before_a_process_stops(config: str, program: Program) -> list[str]:
    """Its checks find "not ready" well within the time for which a process serves on."""
    every = _seconds(config, r"\binter\s+(\d+)(ms|s|m)\b")
    fall = re.search(r"\bfall\s+(\d+)", config)
    noticed = every * int(fall[1] if fall else 3) + _seconds(
        config, r"timeout check\s+(\d+)(ms|s|m)\b"
    )
    return [] if 2 * noticed <= _HEARD else [f"notices after {noticed:g} s at worst"]


def it_asks_readiness(config: str, program: Program) -> list[str]:
    """Not whether a process lives: one that drains lives."""
    asked = re.search(r"^\s*option httpchk GET (\S+)", config, re.MULTILINE)
    return [] if asked and asked[1] == "/health/ready" else ["does not ask /health/ready"]


def it_never_repeats_what_may_have_happened(config: str, program: Program) -> list[str]:
    """A change is asked again only when not even the connection came about."""
    writes = re.search(r"^backend writes\n(.*?)(?=^\S|\Z)", config, re.MULTILINE | re.DOTALL)
    repeated = re.search(r"retry-on (.+)", writes[1]) if writes else None
    if repeated and repeated[1].split() == ["conn-failure"]:
        return []
    return ["repeats a change that may have been made"]


def _seconds(config: str, pattern: str) -> float:
    """A duration as HAProxy writes it; 0 when it says none."""
    found = re.search(pattern, config, re.MULTILINE)
    return float(found[1]) * _UNITS[found[2]] if found else 0.0


PROXY_POLICIES: Final[dict[ProxyPolicy, tuple[str, str]]] = {
    it_waits_for_what_is_under_way: ("timeout server 60s", "timeout server 30s"),
    it_notices_before_a_process_stops: ("inter 500ms fall 2", "inter 5s fall 3"),
    it_asks_readiness: ("GET /health/ready", "GET /health/live"),
    it_never_repeats_what_may_have_happened: (
        "    retry-on conn-failure\n",
        "    retry-on conn-failure empty-response\n",
    ),
}
"""Each policy with what to change, and to what, so that it finds something."""
