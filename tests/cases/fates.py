"""A sale that is killed, put to sleep or robbed of its disk at a precise moment.

The moments are reached through the ports: the clock, which every act reads before it begins, and
the distributor. Nothing of the product is replaced.
"""

from __future__ import annotations

import json
import os
import resource
import signal
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from agenturclient import bootstrap
from agenturclient.distributors.osdm.distributor import OsdmDistributor
from agenturclient.identity.actors import Actor, Permission, Role
from agenturclient.kernel.clock import SettableClock
from agenturclient.outbound.guard import Guard
from agenturclient.sales import queries, sell
from agenturclient.sales.models import Operation
from agenturclient.sales.models.journal import OperationKind, OperationState
from agenturclient.sales.ports import DistributorFailure

if TYPE_CHECKING:
    from agenturclient.sales.ports import Booking


class Fate(StrEnum):
    """What happens to the process, and when."""

    NONE = "none"
    KILLED_BEFORE_SENT = "killed-before-sent"
    KILLED_BEFORE_THE_CALL = "killed-before-the-call"
    KILLED_AFTER_THE_ANSWER = "killed-after-the-answer"
    ASLEEP_AFTER_THE_ANSWER = "asleep-after-the-answer"
    DISK_FULL = "disk-full"
    DISK_FULL_AFTER_THE_ANSWER = "disk-full-after-the-answer"


class FatedClock(SettableClock):
    """Kills the process when an intent is written and nothing is sent yet."""

    def __init__(self, moment: datetime, fate: Fate) -> None:
        super().__init__(moment)
        self._fate = fate

    def now(self) -> datetime:
        """The moment, if it comes to that."""
        if self._fate is Fate.KILLED_BEFORE_SENT:
            intents = Operation.objects.filter(state=OperationState.INTENDED)
            if intents.filter(kind=OperationKind.ISSUE).exists():
                _end(signal.SIGKILL)
        return super().now()


class FatedDistributor(OsdmDistributor):
    """The adapter; something happens to the process beside a confirmation."""

    fate = Fate.NONE

    def issue(self, booking: str, *, key: UUID, language: str, patient: bool = False) -> Booking:
        """Confirm, and meet the fate."""
        if self.fate is Fate.KILLED_BEFORE_THE_CALL:
            _end(signal.SIGKILL)
        try:
            return super().issue(booking, key=key, language=language, patient=patient)
        finally:
            self._has_answered()

    def _has_answered(self) -> None:
        if self.fate is Fate.KILLED_AFTER_THE_ANSWER:
            _end(signal.SIGKILL)
        if self.fate is Fate.ASLEEP_AFTER_THE_ANSWER:
            _end(signal.SIGSTOP)
        if self.fate is Fate.DISK_FULL_AFTER_THE_ANSWER:
            _fill_the_disk()


def sell_under(fate: Fate, number: str, agent: Actor, moment: datetime, key: UUID) -> None:
    """Sell the order, as far as the fate lets it come. Ends quietly when it is not sold."""
    clock = FatedClock(moment, fate)
    distributor = FatedDistributor(bootstrap._osdm_config(), Guard(bootstrap._guard_config()))
    distributor.fate = fate
    order = queries.get_order(number, actor=agent, clock=clock)
    if fate is Fate.DISK_FULL:
        _fill_the_disk()
    with suppress(DistributorFailure):
        sell.sell_order(
            number, key=key, total=order.total, actor=agent, distributor=distributor, clock=clock
        )


def main(fate: str, number: str, agent: str, moment: str, key: str) -> None:
    """The same, from words of a command line."""
    facts = json.loads(agent)
    facts["role"] = Role(facts["role"])
    facts["permissions"] = frozenset(Permission(each) for each in facts["permissions"])
    sell_under(Fate(fate), number, Actor(**facts), datetime.fromisoformat(moment), UUID(key))


def _fill_the_disk() -> None:
    """From now on no file takes another byte from this process."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


def _end(number: signal.Signals) -> None:
    """The kernel does it: nothing of ours can prevent it."""
    os.kill(os.getpid(), number)
