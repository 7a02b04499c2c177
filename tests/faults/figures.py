"""What the real thing came to: figures as a table, a histogram, and as JSON for a machine."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Final

from tests.faults.agents import Agents
from tests.faults.books import differences, sold_here, sold_there, sold_twice
from tests.faults.cluster import Cluster

# What recovery took over: its outcome was not known, or its process had died.
_IN_DOUBT: Final = """
    SELECT operation.kind, operation.created_at, operation.settled_at,
        COALESCE(sale.reference, ''), COALESCE(sale.booking_id, '')
    FROM sales_operation AS operation LEFT JOIN sales_sale AS sale ON sale.id = operation.sale_id
    WHERE operation.fence > 1 AND operation.kind NOT IN ('documents', 'sell')
        AND operation.state = 'settled'
"""
_STEPS: Final = (1, 2, 5, 10, 15, 20, 30, 45, 60)
_BAR: Final = 50


@dataclass(frozen=True)
class Doubt:
    """An operation whose outcome was not known: seconds in all, and after its last fault ended."""

    kind: str
    seconds: float
    after_fault: float


@dataclass(frozen=True)
class Figures:
    """What one shop came to; money in minor units."""

    personality: str
    agents: int
    seconds: float
    calm_after: float
    sales: int
    refunds: int
    barred: int
    sold_amount: int
    refunded_amount: int
    sold_twice: int
    lost: int
    difference_sold: int
    difference_refunded: int
    calls: int
    broken: dict[str, int]
    kills: dict[str, int]
    pauses: dict[str, int]
    repeated: int
    met: dict[str, int]
    differences: list[str]
    reconciled: int
    doubts: list[Doubt] = field(repr=False)

    @property
    def faulted_share(self) -> float:
        """How many of the calls to the distributor went wrong, 0 to 1."""
        return sum(self.broken.values()) / max(1, self.calls)


def gathered(cluster: Cluster, agents: Agents, *, seconds: float, calm_after: float) -> Figures:
    """The figures of a shop in which everything has come to rest."""
    theirs, ours = sold_there(cluster), sold_here(cluster)
    sold = sum(money.sold for rows in theirs.values() for _, money in rows)
    refunded = sum(money.refunded for rows in theirs.values() for _, money in rows)
    return Figures(
        personality=cluster.personality,
        agents=len(agents.counters),
        seconds=seconds,
        calm_after=calm_after,
        sales=len(ours),
        refunds=sum(money.refunded > 0 for money in ours.values()),
        barred=len(agents.work.barred),
        sold_amount=sold,
        refunded_amount=refunded,
        sold_twice=len(sold_twice(theirs)),
        lost=len(theirs.keys() ^ ours.keys()),
        difference_sold=sold - sum(money.sold for money in ours.values()),
        difference_refunded=refunded - sum(money.refunded for money in ours.values()),
        calls=cluster.proxy.calls,
        broken=cluster.proxy.tally(),
        kills=dict(cluster.harm.kills),
        pauses=dict(cluster.harm.pauses),
        repeated=agents.repeated(),
        met=agents.met(),
        differences=differences(cluster),
        reconciled=cluster.reconcile(),
        doubts=_doubts(cluster),
    )


def _doubts(cluster: Cluster) -> list[Doubt]:
    """How long each operation was in doubt.

    Its fault ends with the last broken call about its booking, and with the last outage that began
    before it was settled; looks that met a fault of their own are part of it.
    """
    broken: dict[str, list[float]] = {}
    for each in list(cluster.proxy.broken):
        for name in set(_NAMES.findall(each.about)):
            broken.setdefault(name.decode(), []).append(each.until)
    found = []
    for kind, created_at, settled_at, reference, booking in cluster.rows(_IN_DOUBT):
        begun = created_at.replace(tzinfo=UTC).timestamp()
        ended = settled_at.replace(tzinfo=UTC).timestamp()
        faults = [begun, *broken.get(reference, []), *broken.get(booking, [])]
        faults += [until for since, until in cluster.harm.outages if since < ended]
        last = max((until for until in faults if until < ended), default=begun)
        found.append(Doubt(kind, ended - begun, ended - max(begun, last)))
    return found


# A booking's id in a path, our reference in a body.
_NAMES: Final = re.compile(rb"(?<=/bookings/)[^/? ]+|(?<=\"externalRef\":\")[^\"]+")


def written(figures: Sequence[Figures], folder: Path) -> str:
    """Write `faults.json` and `faults.txt`; returns the text."""
    text = f"{_table(figures)}\n\n{_histogram([d for each in figures for d in each.doubts])}\n"
    (folder / "faults.txt").write_text(text, encoding="utf-8")
    document = [asdict(each) for each in figures]
    (folder / "faults.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    return text


def _table(figures: Sequence[Figures]) -> str:
    rows = [
        ("", [each.personality for each in figures]),
        ("agents at once", [str(each.agents) for each in figures]),
        ("seconds, then until calm", [f"{f.seconds:.0f}, {f.calm_after:.0f}" for f in figures]),
        ("sales", [f"{f.sales} ({f.sold_amount / 100:.2f})" for f in figures]),
        ("refunds", [f"{f.refunds} ({f.refunded_amount / 100:.2f})" for f in figures]),
        ("barred by a lost quote", [str(f.barred) for f in figures]),
        ("calls to the distributor", [str(f.calls) for f in figures]),
        ("of these broken", [_share(f) for f in figures]),
        ("kills", [str(sum(f.kills.values())) for f in figures]),
        ("sold twice", [str(f.sold_twice) for f in figures]),
        ("lost", [str(f.lost) for f in figures]),
        ("difference sold", [f"{f.difference_sold / 100:.2f}" for f in figures]),
        ("difference refunded", [f"{f.difference_refunded / 100:.2f}" for f in figures]),
        ("outcomes in doubt", [str(len(f.doubts)) for f in figures]),
        ("longest, s", [_longest(d.seconds for d in f.doubts) for f in figures]),
        (
            "longest after its fault, s",
            [_longest(d.after_fault for d in f.doubts) for f in figures],
        ),
    ]
    lines = [name.ljust(30) + "".join(cell.rjust(24) for cell in cells) for name, cells in rows]
    for each in figures:
        lines += ["", f"{each.personality}: broken calls {_listed(each.broken)}"]
        lines += [f"  killed {_listed(each.kills)}; stopped {_listed(each.pauses)}"]
        lines += [f"  agents asked again {each.repeated} times and met {_listed(each.met)}"]
    return "\n".join(lines)


def _histogram(doubts: Sequence[Doubt]) -> str:
    bounds = [0, *_STEPS]
    counts = [
        sum(low <= doubt.seconds < high for doubt in doubts)
        for low, high in zip(bounds, [*_STEPS, float("inf")], strict=True)
    ]
    labels = [f"{low}-{high} s" for low, high in zip(bounds, _STEPS, strict=False)]
    labels.append(f"over {_STEPS[-1]} s")
    most = max(1, *counts)
    lines = [
        f"{label:>10} {count:5d} {'#' * round(_BAR * count / most)}".rstrip()
        for label, count in zip(labels, counts, strict=True)
    ]
    return "Time in doubt, from the intent to the fact:\n" + "\n".join(lines)


def _share(figures: Figures) -> str:
    return f"{sum(figures.broken.values())} ({figures.faulted_share:.1%})"


def _longest(seconds: Iterable[float]) -> str:
    return f"{max(seconds, default=0.0):.1f}"


def _listed(counts: dict[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda each: -each[1])
    return ", ".join(f"{name} {count}" for name, count in ordered) or "nothing"
