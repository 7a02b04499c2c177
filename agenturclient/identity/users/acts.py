"""What is still missing of a change is asked of the directory; what came of it is written down.

The directory's state is read first, so carrying on after a lost answer repeats nothing that is
done: every call sets a state. A change that takes something away goes on until it is done; any
other ends when the first call certainly did nothing.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from django.db import transaction

from agenturclient.identity.changes import ChangeState
from agenturclient.identity.directory.port import (
    Account,
    OutcomeUnknown,
    Refusals,
    Refused,
    Unavailable,
)
from agenturclient.identity.models import Change
from agenturclient.identity.users import effects, journal, mirror, plan
from agenturclient.identity.users.failures import told
from agenturclient.outbound import deadline

if TYPE_CHECKING:
    from agenturclient.identity.directory.port import Directory, DirectoryFailure
    from agenturclient.identity.users.journal import Lease
    from agenturclient.kernel.clock import Clock

logger = logging.getLogger(__name__)

_SECONDS: Final = 12.0
"""All calls of one attempt together; fewer than a lease lasts."""


class _Attempt:
    """One go at a change. `wrote`: it, or an earlier one, may have changed something there."""

    def __init__(self, lease: Lease, change: Change, directory: Directory) -> None:
        self._lease = lease
        self._change = change
        self._directory = directory
        self.wrote = change.attempts > 1

    def run(self) -> Account | None:
        """The account as it is when nothing is missing any more; None: there is none."""
        account = self._account()
        if account is None:
            return None
        for step in plan.steps(self._change, account, by_mail=self._directory.sends_mail):
            journal.check(self._lease)
            step(self._directory)
            self.wrote = True
        return self._directory.account(account.subject)

    def _account(self) -> Account | None:
        change = self._change
        if change.user is None:
            return self._invited()
        account = self._directory.account(change.user.subject)
        if account is None and not plan.takes_away(change):
            raise Refused(Refusals.USER_NOT_FOUND)
        return account

    def _invited(self) -> Account:
        profile = plan.profile_in(self._change.after)
        account = self._directory.find(profile.email)
        if account is None:
            subject = self._directory.create(profile)
            self.wrote = True
            account = Account(subject, profile, pending=True)
        elif not plan.can_be_taken_over(account) and not self._change.after.get("join"):
            raise Refused(Refusals.EMAIL_TAKEN)
        with transaction.atomic(durable=True):
            user = mirror.record(account, issuer=self._directory.issuer)
            journal.name_user(self._lease, user)
        self._change.user = user
        return account


def carry_out(lease: Lease, *, directory: Directory, clock: Clock) -> None:
    """Bring a change to its end, or leave it to recovery when nobody knows, or to whoever has taken
    it over meanwhile.

    Raises the refusal that says why it failed.
    """
    try:
        _carry_out(lease, directory, clock)
    except journal.LeaseLost:
        logger.info("change taken over", extra={"change": lease.change})


def _carry_out(lease: Lease, directory: Directory, clock: Clock) -> None:
    change = Change.objects.select_related("agency", "user").get(pk=lease.change)
    attempt = _Attempt(lease, change, directory)
    try:
        with deadline.within(_SECONDS):
            account = attempt.run()
    except (Unavailable, OutcomeUnknown) as failure:
        unknown = isinstance(failure, OutcomeUnknown) or attempt.wrote
        if unknown or plan.takes_away(change):
            logger.warning(
                "change goes on later", extra={"change": change.pk, "code": failure.code}
            )
            journal.later(lease, now=clock.now(), code=failure.code)
            return
        _fail(lease, change, failure, clock)
    except Refused as failure:
        _fail(lease, change, failure, clock)
    else:
        with transaction.atomic(durable=True):
            effects.when_done(change, account, issuer=directory.issuer)
            journal.settle(lease, ChangeState.DONE, now=clock.now())


def _fail(lease: Lease, change: Change, failure: DirectoryFailure, clock: Clock) -> None:
    with transaction.atomic(durable=True):
        effects.when_failed(change)
        journal.settle(lease, ChangeState.FAILED, now=clock.now(), code=failure.code)
    raise told(failure) from failure
