"""Who may decide, and that an operation is decided once, whoever else works on it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from agenturclient.identity.actors import PermissionMissing, Role
from agenturclient.sales import decisions, journal, worklist
from agenturclient.sales.details import Decision
from agenturclient.sales.errors import (
    AlreadySettled,
    BookingNumberMissing,
    CaseNotFound,
    KeyReused,
    NotDecidable,
    ReasonMissing,
)
from agenturclient.sales.issuing import record_not_issued
from agenturclient.sales.journal import LeaseLost
from agenturclient.sales.models import Operation, Sale
from agenturclient.sales.models.journal import OperationKind, OperationState
from agenturclient.sales.ports import Refused, Unavailable
from agenturclient.sales.states import SaleState
from agenturclient.settlement.models import Posting
from tests.flows.operators import (
    LOST,
    NO,
    READS,
    YES,
    away,
    carrier,
    decide,
    events,
    flagged,
    stuck_issue,
    wide_actor,
)

if TYPE_CHECKING:
    from agenturclient.kernel.errors import Refusal
    from tests.flows.conftest import Desk


def test_a_recovery_pass_that_held_an_older_fence_writes_nothing(desk: Desk) -> None:
    stuck_issue(desk, effect=False)
    operation = flagged()
    desk.clock.advance(timedelta(minutes=2))
    leases = journal.claim(now=desk.clock.now(), lasts=timedelta(minutes=1), limit=20)
    (stale,) = [lease for lease in leases if lease.operation == operation.pk]
    with away(desk, *READS):
        decide(desk, YES, code="PNR1")
    sale = Sale.objects.get()
    with pytest.raises(LeaseLost):
        record_not_issued(stale, sale, Unavailable("not-done"), clock=desk.clock)
    with pytest.raises(LeaseLost):
        journal.look_later(stale, now=desk.clock.now())
    with pytest.raises(LeaseLost):
        journal.send(stale, now=desk.clock.now(), lasts=timedelta(minutes=1))
    assert Sale.objects.get().state == SaleState.ISSUED
    assert carrier() == -2600


def test_a_decision_takes_the_operation_away_from_a_pass_under_way(desk: Desk) -> None:
    """Recovery reads while the person decides; what it read has no effect any more."""
    stuck_issue(desk, effect=False)

    def decide_meanwhile(method: str) -> None:
        if method == "read_booking":
            desk.distributor.knobs.on_call = refuse_reads
            decide(desk, NO)
            desk.distributor.knobs.on_call = lambda _method: None

    def refuse_reads(method: str) -> None:
        if method in READS:
            raise Unavailable("no-route-to-host")

    desk.clock.advance(timedelta(minutes=2))
    desk.distributor.knobs.on_call = decide_meanwhile
    desk.recover(minutes=0.2)
    assert Sale.objects.get().state == SaleState.LAPSED
    assert [facts for _, facts in events("lapsed")] == [
        {"decided": True, "happened": False, "reason": "seen in their back office"}
    ]


def test_the_same_decision_sent_twice_is_one_decision(desk: Desk) -> None:
    stuck_issue(desk, effect=False)
    key, actor = uuid4(), wide_actor()
    with away(desk, *READS):
        first = decide(desk, YES, code="PNR1", key=key, actor=actor)
        again = decide(desk, YES, code="PNR1", key=key, actor=actor)
        with pytest.raises(KeyReused):
            decide(desk, NO, key=key, actor=actor)
    assert first == again
    assert Posting.objects.count() == 1
    assert Operation.objects.get(pk=first.operation).facts["decision"]["key"] == str(key)


def test_a_second_decision_comes_too_late(desk: Desk) -> None:
    stuck_issue(desk, effect=False)
    with away(desk, *READS):
        decide(desk, NO)
        with pytest.raises(AlreadySettled) as refusal:
            decide(desk, YES, code="PNR1")
    assert refusal.value.facts == {"state": "lapsed"}


def test_of_two_people_who_decide_at_once_one_is_too_late(desk: Desk) -> None:
    """The second takes the fence while the distributor is asked for the first."""
    stuck_issue(desk, effect=False)
    asked = iter(range(100))

    def decide_the_other_way(method: str) -> None:
        if method == "read_booking":
            if next(asked) == 0:
                decide(desk, YES, code="PNR1")
            raise Unavailable("no-route-to-host")

    desk.distributor.knobs.on_call = decide_the_other_way
    with pytest.raises(AlreadySettled) as refusal:
        decide(desk, NO)
    assert refusal.value.facts == {"state": "issued"}
    assert carrier() == -2600
    assert len(events("issued")) == 1
    assert events("lapsed") == []


def test_a_person_whose_process_dies_leaves_the_operation_to_the_next(desk: Desk) -> None:
    stuck_issue(desk, effect=False)
    key, actor = uuid4(), wide_actor()
    desk.distributor.fail_next("read_booking", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        decide(desk, NO, key=key, actor=actor)
    assert flagged().state == OperationState.SENT
    with away(desk, *READS):
        assert decide(desk, NO, key=key, actor=actor).state == "lapsed"


def test_what_recovery_settled_meanwhile_cannot_be_decided(desk: Desk) -> None:
    stuck_issue(desk, effect=True)
    desk.clock.advance(timedelta(minutes=2))
    desk.recover(minutes=0.2)
    with pytest.raises(AlreadySettled) as refusal:
        decide(desk, NO)
    assert refusal.value.facts == {"state": "issued"}


def test_what_is_not_flagged_yet_cannot_be_decided(desk: Desk) -> None:
    number = desk.prepare()
    desk.hold(number)
    desk.distributor.fail_next("issue", LOST)
    desk.sell(number)
    Operation.objects.filter(kind=OperationKind.ISSUE).update(flagged_at=None)
    operation = Operation.objects.get(kind=OperationKind.ISSUE).pk
    with pytest.raises(NotDecidable) as refusal:
        say(desk, operation, Decision(NO, "because"))
    assert refusal.value.facts == {"kind": "issue"}


@pytest.mark.parametrize(
    ("decision", "refusal"),
    [
        (Decision(YES, "because"), BookingNumberMissing),
        (Decision(YES, "because", "  "), BookingNumberMissing),
        (Decision(NO, " "), ReasonMissing),
    ],
)
def test_a_decision_is_complete(desk: Desk, decision: Decision, refusal: type[Refusal]) -> None:
    stuck_issue(desk, effect=False)
    with pytest.raises(refusal):
        say(desk, flagged().pk, decision)
    assert flagged().state == OperationState.SENT


def test_an_operation_that_never_was_is_not_found(desk: Desk) -> None:
    desk.sold()
    documents = Operation.objects.get(kind=OperationKind.DOCUMENTS).pk
    for operation in (documents, 999_999):
        with pytest.raises(CaseNotFound):
            say(desk, operation, Decision(NO, "because"))


def test_only_the_operators_people_see_and_decide(desk: Desk) -> None:
    stuck_issue(desk, effect=False)
    for actor in (desk.actor, wide_actor(Role.CUSTOMER_CARE)):
        with pytest.raises(PermissionMissing) as refusal:
            worklist.list_cases(actor=actor)
        assert refusal.value.facts == {"permission": "operator"}
        with pytest.raises(PermissionMissing):
            decide(desk, NO, actor=actor)
    assert flagged().state == OperationState.SENT


def test_a_booking_that_cannot_be_read_does_not_keep_a_person_from_deciding(desk: Desk) -> None:
    stuck_issue(desk, effect=False)
    desk.distributor.fail_next("read_booking", Refused("something-of-theirs"))
    assert decide(desk, NO).state == "lapsed"


def say(desk: Desk, operation: int, decision: Decision) -> None:
    """Decide about an operation by its id."""
    decisions.decide(
        operation,
        decision,
        key=uuid4(),
        actor=wide_actor(),
        distributor=desk.distributor,
        clock=desk.clock,
    )
