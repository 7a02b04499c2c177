"""The table: which answer, or silence, of a distributor means which of the port's three failures.

Pure; law 3 of the design is written down here and nowhere else.

| what came back                        | a read        | a write          |
|---------------------------------------|---------------|------------------|
| nothing, certainly never sent         | Unavailable   | Unavailable      |
| nothing, perhaps sent                 | Unavailable   | OutcomeUnknown   |
| 2xx that can be read                  | -             | -                |
| 2xx that cannot be read               | Unavailable   | OutcomeUnknown   |
| 401, 403 (an alarm)                   | Unavailable   | Unavailable      |
| 429                                   | Unavailable   | Unavailable      |
| 501                                   | Refused       | Refused          |
| 408, other 5xx, anything but 2xx, 4xx | Unavailable   | OutcomeUnknown   |
| 4xx that says it does not know itself | Unavailable   | OutcomeUnknown   |
| 4xx with a reason                     | Refused       | Refused          |
| 4xx without one (a proxy's page)      | Unavailable   | Unavailable      |
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from agenturclient.outbound.messages import NoResponse, NotSent
from agenturclient.sales.ports import OutcomeUnknown, Refusals, Refused, Unavailable

if TYPE_CHECKING:
    from agenturclient.sales.ports import DistributorFailure

_NOT_LET_IN = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_SUCCESS, _REFUSAL = 2, 4  # hundreds of a status


@dataclass(frozen=True)
class Answer:
    """A complete answer, as far as the table needs it.

    `refusal` is our code for the reason it gives, None when it gives none. `uncertain`: it says
    itself that it does not know what happened.
    """

    status: int
    refusal: Refusals | None = None
    uncertain: bool = False
    detail: str = ""
    retry_after: float | None = None


def failure_of(came: Answer | NoResponse, *, writes: bool) -> DistributorFailure | None:
    """What the port raises; None when nothing failed."""
    if isinstance(came, NoResponse):
        return _of_silence(came, writes=writes)
    if came.status // 100 == _SUCCESS:
        return None
    if came.status in _NOT_LET_IN:
        return Unavailable("not-let-in", came.detail)
    if came.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Unavailable("too-many-requests", came.detail, retry_after=came.retry_after)
    if came.status == HTTPStatus.NOT_IMPLEMENTED:
        return Refused(Refusals.CANNOT_DO_THAT, came.detail)
    return _of_other(came, writes=writes)


def unreadable(detail: str, *, writes: bool) -> DistributorFailure:
    """A success whose content is of no use."""
    return _in_doubt("unreadable-answer", detail, writes=writes)


def is_alarming(came: Answer) -> bool:
    """Whether somebody has to look at our access to the distributor."""
    return came.status in _NOT_LET_IN


def _of_silence(failure: NoResponse, *, writes: bool) -> DistributorFailure:
    if isinstance(failure, NotSent):
        return Unavailable(failure.reason.value, str(failure), retry_after=failure.retry_after)
    return _in_doubt(failure.reason.value, str(failure), writes=writes)


def _of_other(came: Answer, *, writes: bool) -> DistributorFailure:
    refused = came.status // 100 == _REFUSAL and came.status != HTTPStatus.REQUEST_TIMEOUT
    if not refused:
        if not writes:
            return Unavailable(f"status-{came.status}", came.detail, retry_after=came.retry_after)
        return OutcomeUnknown(f"status-{came.status}", came.detail)
    if came.uncertain:
        return _in_doubt("uncertain-answer", came.detail, writes=writes)
    if came.refusal is None:
        return Unavailable(f"status-{came.status}", came.detail)
    return Refused(came.refusal, came.detail)


def _in_doubt(code: str, detail: str, *, writes: bool) -> DistributorFailure:
    return OutcomeUnknown(code, detail) if writes else Unavailable(code, detail)
