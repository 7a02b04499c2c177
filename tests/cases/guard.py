"""A guard of the product, where it stands in the source, and how it is taken away."""

from __future__ import annotations

from dataclasses import dataclass, field

SALES = "agenturclient/sales"
OSDM = "agenturclient/distributors/osdm"
OUTBOUND = "agenturclient/outbound"


@dataclass(frozen=True)
class Edit:
    """One text in one file, found exactly once, and what stands in its place without the guard."""

    file: str
    kept: str
    removed: str = ""


@dataclass(frozen=True)
class Guard:
    """`case` names the test that fails without it; a part of a name stands for several."""

    case: str
    rule: str
    edits: tuple[Edit, ...] = field(repr=False)


def guard(case: str, rule: str, file: str, kept: str, removed: str = "") -> Guard:
    """A guard that is one text in one file."""
    return Guard(f"test_case_{case}", rule, (Edit(file, kept, removed),))


_SENT = """    journal.send(lease, now=clock.now(), lasts=issue_lasts())
    try:
        booking = distributor.issue("""
_NOT_SENT = """    try:
        booking = distributor.issue("""


def without_sent(case: str) -> Guard:
    """The guard that several cases rest on: what may have happened is known to have been sent."""
    return guard(case, "sent is committed before the call", f"{SALES}/issuing.py", _SENT, _NOT_SENT)
