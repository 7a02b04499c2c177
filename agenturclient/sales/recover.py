"""Recovery: finds out what became of every -ing row that its request left, and carries unfinished
work to its end.

Any number of workers may run it beside each other and beside the requests: each takes an operation
over by its lease and writes under its fence. An intent that was never sent is undone; what was sent
is looked up, never guessed; it is repeated only with the same key, only after the distributor's
state has said "not done" twice, and a confirmation only as long as the customer may still be at the
counter.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from django.db import DatabaseError
from django.db.models import Model

from agenturclient.sales import journal
from agenturclient.sales.deadlines import issue_lasts
from agenturclient.sales.documents import drop_old, fetch
from agenturclient.sales.journal import Lease, LeaseLost
from agenturclient.sales.looks import undo_intent
from agenturclient.sales.models import Operation, Refund, Sale, Search
from agenturclient.sales.models.journal import OperationKind, OperationState
from agenturclient.sales.moves import MoveLost
from agenturclient.sales.ports import DistributorFailure
from agenturclient.sales.refund_looks import (
    end_quote,
    look_at_acceptance,
    look_at_drop,
    look_at_quote,
)
from agenturclient.sales.sale_looks import (
    end_hold,
    look_at_cleaning,
    look_at_hold,
    look_at_issue,
    look_at_release,
)
from agenturclient.sales.sell import carry_on
from agenturclient.sales.states import RefundState, SaleState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import QuerySet

    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.ports import Distributor

_Row = TypeVar("_Row", bound=Model)
_LOG = logging.getLogger(__name__)
_BATCH = 20
_TIDIED = 1000
# A hold or a quote that has ended by our clock is given this long to end by the distributor's.
_GRACE = timedelta(seconds=30)
_SEARCHES_KEPT = timedelta(hours=1)


_LOOKS = {
    OperationKind.HOLD: look_at_hold,
    OperationKind.RELEASE: look_at_release,
    OperationKind.ISSUE: look_at_issue,
    OperationKind.CLEAN_UP: look_at_cleaning,
    OperationKind.QUOTE: look_at_quote,
    OperationKind.ACCEPT: look_at_acceptance,
    OperationKind.DROP: look_at_drop,
}


@dataclass(frozen=True)
class Recovery:
    """One worker's tools. `run_once` is a pass; the process that calls it again and again is in
    `ops`.
    """

    distributor: Distributor
    clock: Clock

    def run_once(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Handle what is due. Returns how many rows were handled, zero when nothing is to do.

        Operations are claimed one by one: a lease is as old as its operation's own handling, other
        workers share the rest, and `stopping` is asked in between.
        """
        handled = 0
        while handled < _BATCH and not stopping():
            leases = journal.claim(
                now=self.clock.now(), lasts=issue_lasts() + journal.LEASE_SLACK, limit=1
            )
            if not leases:
                break
            self._handle(leases[0], stopping)
            handled += 1
        return handled + self._end(self._holds(), stopping) + self._end(self._quotes(), stopping)

    def tidy(self, *, document_days: int) -> None:
        """Forget what has served: ended searches, and files some days after travel."""
        now = self.clock.now()
        old = Search.objects.filter(expires_at__lt=now - _SEARCHES_KEPT)
        Search.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:_TIDIED])).delete()
        drop_old(now=now, days=document_days)

    def _handle(self, lease: Lease, stopping: Callable[[], bool]) -> None:
        operation = _read(lease)
        try:
            if operation.state == OperationState.INTENDED and operation.kind not in (
                OperationKind.SELL,
                OperationKind.DOCUMENTS,
                OperationKind.CLEAN_UP,
            ):
                undo_intent(lease, operation, clock=self.clock)
            else:
                self._look(lease, operation, stopping)
        except (LeaseLost, MoveLost):
            _LOG.info("operation taken over", extra={"operation": operation.pk})
        except DistributorFailure as failure:
            # It has been recorded; there is nobody here to tell.
            _LOG.info("operation ended", extra={"operation": operation.pk, "code": failure.code})
        except DatabaseError:
            raise
        except Exception:  # noqa: BLE001 - told below, with its traceback
            # An answer that we cannot digest must not keep the others waiting, and a person has to
            # hear of it: it is looked at again ever later, and flagged when it is old.
            _LOG.exception("an operation cannot be handled", extra={"operation": operation.pk})
            with suppress(LeaseLost):
                journal.look_later(lease, now=self.clock.now())
        # Not for the intent to sell itself: it would be due again at once, again and again.
        if operation.sale and operation.kind != OperationKind.DOCUMENTS:
            journal.wake(operation.order, now=self.clock.now())

    def _look(self, lease: Lease, operation: Operation, stopping: Callable[[], bool]) -> None:
        if operation.kind == OperationKind.SELL:
            carry_on(lease, distributor=self.distributor, clock=self.clock, stopping=stopping)
        elif operation.kind == OperationKind.DOCUMENTS and operation.sale:
            fetch(lease, operation.sale, distributor=self.distributor, clock=self.clock)
        else:
            look = _LOOKS[OperationKind(operation.kind)]
            look(lease, operation, distributor=self.distributor, clock=self.clock)

    def _holds(self) -> Iterable[Callable[[], bool]]:
        """Holds past their limit lapse; one that was ever sent to be issued only after the
        distributor said so.
        """
        ended = Sale.objects.filter(state=SaleState.HELD, hold_until__lt=self.clock.now() - _GRACE)
        for sale in _batch(ended.select_related("order", "item"), newest="-hold_until"):
            yield partial(end_hold, sale, distributor=self.distributor, clock=self.clock)

    def _quotes(self) -> Iterable[Callable[[], bool]]:
        """Quotes past their limit lapse; one that was ever sent to be accepted only after the
        distributor said so.
        """
        ended = Refund.objects.filter(
            state=RefundState.QUOTED, valid_until__lt=self.clock.now() - _GRACE
        )
        related = ended.select_related("order", "sale__item", "sale__order__agency")
        for refund in _batch(related, newest="-valid_until"):
            yield partial(end_quote, refund, distributor=self.distributor, clock=self.clock)

    def _end(self, ends: Iterable[Callable[[], bool]], stopping: Callable[[], bool]) -> int:
        """End what has run out, whatever goes wrong with one; returns how many did end."""
        ended = 0
        for end in ends:
            if stopping():
                break
            try:
                ended += end()
            except (LeaseLost, MoveLost):
                _LOG.info("what had run out was moved meanwhile")
            except DatabaseError:
                raise
            except Exception:  # noqa: BLE001 - told below, with its traceback
                _LOG.exception("what has run out cannot be ended")
        return ended


def _read(lease: Lease) -> Operation:
    """The operation with all that is known of its subject; the order is one for all of it.

    The subject is asked for by itself: joined with all that it could be, a row has 129 columns.
    """
    operation = Operation.objects.select_related("order__agency").get(pk=lease.operation)
    if operation.sale_id:
        operation.sale = Sale.objects.select_related("item").get(pk=operation.sale_id)
        operation.sale.order = operation.order
    if operation.refund_id:
        operation.refund = Refund.objects.select_related("sale__item").get(pk=operation.refund_id)
        operation.refund.order = operation.refund.sale.order = operation.order
    return operation


def _batch(rows: QuerySet[_Row], *, newest: str) -> Iterable[_Row]:
    """The newest first: those that could not be asked about do not keep them waiting. Most passes
    find none, so the keys are asked for alone.
    """
    keys = list(rows.order_by(newest).values_list("pk", flat=True)[:_BATCH])
    return rows.filter(pk__in=keys).order_by(newest) if keys else ()
