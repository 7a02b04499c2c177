"""Runs of the reconciliation: one a night, or when a person asks; taken further in small steps.

Any number of workers may try: a run is a row that one of them holds by lease and fence, and what it
has done is written after each step. One that dies is followed by another, from the row's cursor.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import F

from agenturclient.sales.access import require_operator
from agenturclient.sales.details import RunDetail
from agenturclient.sales.models import ReconciliationRun
from agenturclient.sales.reconciliation import Report, Window, reconcile

if TYPE_CHECKING:
    from collections.abc import Callable

    from agenturclient.identity.actors import Actor
    from agenturclient.kernel.clock import Clock
    from agenturclient.sales.ports import Distributor

logger = logging.getLogger(__name__)

_ZONE = ZoneInfo("Europe/Zurich")
_OPEN = "open"
_STEP = 10
_SHOWN = 10
# Longer than a step's reads can take; a worker that is slower loses the step, not the run.
_LEASE = timedelta(minutes=10)
# A distributor that is away is asked again, but the run does not wait for it for ever.
_TRY_AGAIN = timedelta(minutes=5)
_GIVE_UP = timedelta(hours=6)


@dataclass(frozen=True)
class Schedule:
    """When a nightly run is due (None: never), in Swiss time, and how many days it looks back."""

    at: time | None
    days: int

    def night(self, now: datetime) -> date | None:
        """The day whose nightly run is due by now, None before its time."""
        here = now.astimezone(_ZONE)
        return here.date() if self.at is not None and here.time() >= self.at else None


def ask(*, actor: Actor, days: int, clock: Clock) -> RunDetail:
    """Have the books compared now; a run that is open already is the answer.

    Raises PermissionMissing.
    """
    require_operator(actor)
    now = clock.now()
    row = _begin(now=now, days=days, user=actor.user_id)
    return _detail(row or ReconciliationRun.objects.select_related("user").latest("pk"))


def list_runs(*, actor: Actor) -> tuple[RunDetail, ...]:
    """The newest runs, newest first. Raises PermissionMissing."""
    require_operator(actor)
    rows = ReconciliationRun.objects.select_related("user").order_by("-pk")
    return tuple(_detail(row) for row in rows[:_SHOWN])


@dataclass(frozen=True)
class Reconciler:
    """One worker's tools: it begins the nightly run when it is due, and takes an open one
    further.
    """

    distributor: Distributor
    clock: Clock
    schedule: Schedule

    def run_once(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """One step of the open run. Returns how many sales were handled, zero when there is none
        or the distributor is away. `stopping` is asked between two sales; what has been done is
        written, and the run given back.
        """
        if stopping():
            return 0
        now = self.clock.now()
        night = self.schedule.night(now)
        if night is not None and not ReconciliationRun.objects.filter(night=night).exists():
            _begin(now=now, days=self.schedule.days, night=night)
        run = _claim(now)
        if run is None:
            return 0
        window = Window(since=run.since, until=run.asked_at)
        report = reconcile(
            window,
            distributor=self.distributor,
            clock=self.clock,
            after=run.cursor,
            page_size=_STEP + 1,
            enough=lambda report: report.compared + report.skipped == _STEP or stopping(),
        )
        _note(run, report, now=self.clock.now())
        return 0 if report.stopped else report.compared + report.skipped


def _begin(
    *, now: datetime, days: int, user: int | None = None, night: date | None = None
) -> ReconciliationRun | None:
    """A new run, or None: another one is open, or the night has had its run."""
    since = now - timedelta(days=days)
    done = ReconciliationRun.objects.filter(ended_at__isnull=False, stopped="")
    last = done.order_by("-pk").values_list("asked_at", flat=True).first()
    try:
        with transaction.atomic():
            return ReconciliationRun.objects.create(
                open_mark=_OPEN,
                night=night,
                user_id=user,
                # Nights on which nothing ran, or ran to its end, are made up for.
                since=since if last is None else min(since, last),
                asked_at=now,
                lease_until=now,
            )
    except IntegrityError:
        return None


def _claim(now: datetime) -> ReconciliationRun | None:
    """The open run, held by this worker; None when there is none or another one holds it."""
    run = ReconciliationRun.objects.filter(open_mark=_OPEN, lease_until__lte=now).first()
    if run is None:
        return None
    held = ReconciliationRun.objects.filter(
        pk=run.pk, fence=run.fence, open_mark=_OPEN, lease_until__lte=now
    ).update(fence=F("fence") + 1, lease_until=now + _LEASE)
    run.fence += 1
    return run if held == 1 else None


def _note(run: ReconciliationRun, report: Report, *, now: datetime) -> None:
    """What a step did; the run ends with the last sale, or with the worker's patience."""
    given_up = report.stopped != "" and now - run.asked_at >= _GIVE_UP
    ends = report.finished or given_up
    changed = ReconciliationRun.objects.filter(pk=run.pk, fence=run.fence).update(
        cursor=report.cursor,
        compared=F("compared") + report.compared,
        skipped=F("skipped") + report.skipped,
        seen=F("seen") + report.seen,
        gone=F("gone") + report.gone,
        stopped=report.stopped,
        lease_until=now + _TRY_AGAIN if report.stopped else now,
        **({"open_mark": None, "ended_at": now} if ends else {}),
    )
    if changed and ends:
        logger.info(
            "a reconciliation has ended",
            extra={"run": run.pk, "compared": run.compared + report.compared},
        )


def _detail(row: ReconciliationRun) -> RunDetail:
    return RunDetail(
        id=row.pk,
        night=row.night,
        asked_by=row.user.full_name if row.user else "",
        since=row.since,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
        compared=row.compared,
        skipped=row.skipped,
        seen=row.seen,
        gone=row.gone,
        stopped=row.stopped,
    )
