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
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

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
    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.ports import Distributor

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

    def run_once(self) -> int:
        """Handle what is due. Returns how many rows were handled, zero when nothing is to do."""
        leases = journal.claim(
            now=self.clock.now(), lasts=issue_lasts() + journal.LEASE_SLACK, limit=_BATCH
        )
        for lease in leases:
            self._handle(lease)
        return len(leases) + self._end_holds() + self._end_quotes()

    def tidy(self, *, document_days: int) -> None:
        """Forget what has served: ended searches, and files some days after travel."""
        now = self.clock.now()
        old = Search.objects.filter(expires_at__lt=now - _SEARCHES_KEPT)
        Search.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:_TIDIED])).delete()
        drop_old(now=now, days=document_days)

    def _handle(self, lease: Lease) -> None:
        operation = Operation.objects.select_related(
            "order__agency",
            "sale__item",
            "sale__order__agency",
            "refund__order",
            "refund__sale__item",
            "refund__sale__order__agency",
        ).get(pk=lease.operation)
        try:
            if operation.state == OperationState.INTENDED and operation.kind not in (
                OperationKind.SELL,
                OperationKind.DOCUMENTS,
                OperationKind.CLEAN_UP,
            ):
                undo_intent(lease, operation, clock=self.clock)
            else:
                self._look(lease, operation)
        except (LeaseLost, MoveLost):
            _LOG.info("operation taken over", extra={"operation": operation.pk})
        except DistributorFailure as failure:
            # It has been recorded; there is nobody here to tell.
            _LOG.info("operation ended", extra={"operation": operation.pk, "code": failure.code})
        journal.wake(operation.order, now=self.clock.now())

    def _look(self, lease: Lease, operation: Operation) -> None:
        if operation.kind == OperationKind.SELL:
            carry_on(lease, distributor=self.distributor, clock=self.clock)
        elif operation.kind == OperationKind.DOCUMENTS and operation.sale:
            fetch(lease, operation.sale, distributor=self.distributor, clock=self.clock)
        else:
            look = _LOOKS[OperationKind(operation.kind)]
            look(lease, operation, distributor=self.distributor, clock=self.clock)

    def _end_holds(self) -> int:
        """Holds past their limit lapse; one that was ever sent to be issued only after the
        distributor said so.
        """
        ended = Sale.objects.filter(
            state=SaleState.HELD, hold_until__lt=self.clock.now() - _GRACE
        ).select_related("order", "item")
        # The newest first: those that could not be asked about do not keep them waiting.
        chosen = ended.order_by("-hold_until")[:_BATCH]
        return sum(
            end_hold(sale, distributor=self.distributor, clock=self.clock) for sale in chosen
        )

    def _end_quotes(self) -> int:
        """Quotes past their limit lapse; one that was ever sent to be accepted only after the
        distributor said so.
        """
        ended = Refund.objects.filter(
            state=RefundState.QUOTED, valid_until__lt=self.clock.now() - _GRACE
        ).select_related("order", "sale__item", "sale__order__agency")
        chosen = ended.order_by("-valid_until")[:_BATCH]
        return sum(
            end_quote(refund, distributor=self.distributor, clock=self.clock) for refund in chosen
        )
