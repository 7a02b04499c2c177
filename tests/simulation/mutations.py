"""The guards, each taken away: the simulator has to notice every one of them.

The one place where functions of the product are replaced, because that is what is tested here.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from unittest import mock
from uuid import UUID

from django.db import connection, models

from agenturclient.sales import journal, recover
from agenturclient.sales.holding import send_hold
from agenturclient.sales.issuing import send_issue
from agenturclient.sales.models import Item, Operation, Sale
from agenturclient.sales.models.journal import OperationKind, OperationState
from agenturclient.sales.refunding import send_acceptance
from tests.simulation.network import Network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.journal import Lease
    from agenturclient.sales.ports import Booking, Distributor, HoldRequest, RefundQuote
    from tests.simulation.plan import Plan


def _update_without_fence(lease: Lease, **fields: Any) -> None:
    rows = Operation.objects.filter(pk=lease.operation).exclude(state=OperationState.SETTLED)
    if rows.update(**fields) != 1:
        raise journal.LeaseLost(f"operation {lease.operation}")


@contextmanager
def _without_fence() -> Iterator[None]:
    with mock.patch.object(journal, "_update", _update_without_fence):
        yield


@contextmanager
def _without_sent() -> Iterator[None]:
    with mock.patch.object(journal, "send", return_value=None):
        yield


@contextmanager
def _without_unique_key() -> Iterator[None]:
    """Two sales may stand for an item, and two operations be open on a subject."""
    loose = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+")
    loose.set_attributes_from_name("live_item")
    loose.model = Sale
    with connection.schema_editor() as editor:
        editor.alter_field(Sale, Sale._meta.get_field("live_item"), loose)
    yield


def _issue_blindly(
    lease: Lease, operation: Operation, *, distributor: Distributor, clock: Clock
) -> None:
    assert operation.sale is not None
    send_issue(lease, operation.sale, distributor=distributor, clock=clock, patient=True)


def _hold_blindly(
    lease: Lease, operation: Operation, *, distributor: Distributor, clock: Clock
) -> None:
    assert operation.sale is not None
    send_hold(lease, operation.sale, distributor=distributor, clock=clock)


def _accept_blindly(
    lease: Lease, operation: Operation, *, distributor: Distributor, clock: Clock
) -> None:
    assert operation.refund is not None
    send_acceptance(lease, operation.refund, distributor=distributor, clock=clock, patient=True)


@contextmanager
def _without_reading() -> Iterator[None]:
    blind = {
        OperationKind.ISSUE: _issue_blindly,
        OperationKind.HOLD: _hold_blindly,
        OperationKind.ACCEPT: _accept_blindly,
    }
    with mock.patch.dict(recover._LOOKS, blind):
        yield


class FreshKeys(Network):
    """Every attempt carries a key of its own."""

    def hold(self, request: HoldRequest, *, key: UUID) -> Booking:
        """Under another key."""
        return super().hold(request, key=self._fresh(key))

    def issue(self, booking: str, *, key: UUID, language: str, patient: bool = False) -> Booking:
        """Under another key."""
        return super().issue(booking, key=self._fresh(key), language=language, patient=patient)

    def accept_refund(
        self, booking: str, quote: str, *, key: UUID, patient: bool = False
    ) -> RefundQuote:
        """Under another key."""
        return super().accept_refund(booking, quote, key=self._fresh(key), patient=patient)

    def _fresh(self, key: UUID) -> UUID:
        return UUID(int=key.int ^ self._random.getrandbits(100))


def _zombies(plan: Plan) -> Plan:
    """Processes freeze around confirmations and acceptances that fail."""
    chaos = replace(plan.chaos, freeze=0.02, at_calls=15.0)
    weather = replace(plan.weather, fault=0.5, favourite="unavailable", latency=6.0)
    return replace(plan, stage=plan.stage | 1, chaos=chaos, weather=weather)


def _keys_count(plan: Plan) -> Plan:
    """The distributor honours keys and cannot be asked for our reference."""
    able = replace(plan.abilities, honours_keys=True, find_by_reference=False)
    return replace(plan, stage=plan.stage & ~3, abilities=able)


def _drafts(plan: Plan) -> Plan:
    """Two tabs hold the same draft."""
    return replace(plan, stage=plan.stage & ~3, tabs=2)


def _as_it_comes(plan: Plan) -> Plan:
    return plan


@dataclass(frozen=True)
class Mutation:
    """A guard taken away: in the program while `inside` is open, or on the line.

    `focus` brings about the circumstances that the guard is for.
    """

    name: str
    inside: Callable[[], AbstractContextManager[None]] = nullcontext
    line: type[Network] = Network
    focus: Callable[[Plan], Plan] = _as_it_comes


NOTHING = Mutation("nothing")
MUTATIONS = (
    Mutation("fence", _without_fence, focus=_zombies),
    Mutation("sent-commit", _without_sent),
    Mutation("unique-key", _without_unique_key, focus=_drafts),
    Mutation("same-provider-key", line=FreshKeys, focus=_keys_count),
    Mutation("read-before-repeat", _without_reading),
)
