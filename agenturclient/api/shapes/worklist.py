"""What the operator's people work off: undecided operations, and differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from agenturclient.api.shapes.base import Choice, In, Moment, MoneyOut, Out, PartyOut
from agenturclient.sales.details import (
    CaseKind,
    Decision,
    DifferenceCause,
    DifferenceKind,
    Proposal,
    Question,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_CURSOR = r"^[0-9]{0,18}$"


class CaseCriteriaIn(In["dict[str, Any]"]):
    """Which cases: those that are open, or those that are settled."""

    open = serializers.BooleanField(default=True, source="only_open")
    cursor = serializers.RegexField(_CURSOR, allow_blank=True, default="")


class DifferenceCriteriaIn(In["dict[str, Any]"]):
    """Which differences: those that are open, or those that are resolved."""

    open = serializers.BooleanField(default=True, source="only_open")
    cursor = serializers.RegexField(_CURSOR, allow_blank=True, default="")


class DecisionIn(In[Decision]):
    """Whether it happened, and why; who says that it was sold names the booking."""

    happened = serializers.BooleanField()
    booking_code = serializers.CharField(max_length=40, allow_blank=True, default="")
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")

    def build(self, values: Mapping[str, Any]) -> Decision:
        """The decision."""
        return Decision(**values)


class ResolutionIn(In[str]):
    """What was done about a difference."""

    reason = serializers.CharField(max_length=200, allow_blank=True, default="")

    def build(self, values: Mapping[str, Any]) -> str:
        """The reason."""
        return str(values["reason"])


class SeenOut(Out):
    """The distributor's last answer: the booking's state, or the code of its refusal."""

    at = Moment()
    answer = serializers.CharField()
    booking_code = serializers.CharField()
    price = MoneyOut(allow_null=True)
    parts = serializers.IntegerField()
    confirmed = serializers.IntegerField()
    refunded = serializers.IntegerField()


class DecidedOut(Out):
    """Who decided, what, why and when."""

    by = serializers.CharField()
    at = Moment()
    happened = serializers.BooleanField()
    reason = serializers.CharField()
    booking_code = serializers.CharField()


class CaseOut(Out):
    """An operation that waits for a person, or did; `outcome` is empty until it is settled.

    `amount` is what is posted if it happened; `answers` are those that can be given.
    """

    operation = serializers.IntegerField()
    kind = Choice(CaseKind)
    question = Choice(Question)
    answers = serializers.ListField(child=serializers.BooleanField())
    needs_booking_code = serializers.BooleanField()
    number = serializers.CharField()
    agency = PartyOut()
    reference = serializers.CharField()
    state = serializers.CharField()
    booking_code = serializers.CharField()
    amount = MoneyOut(allow_null=True)
    attempts = serializers.IntegerField()
    asked_at = Moment()
    sent_at = Moment(allow_null=True)
    flagged_at = Moment(allow_null=True)
    looks = serializers.IntegerField()
    last_look_at = Moment(allow_null=True)
    next_look_at = Moment(allow_null=True)
    ends_at = Moment(allow_null=True)
    seen = SeenOut(allow_null=True)
    outcome = serializers.CharField()
    settled_at = Moment(allow_null=True)
    decided = DecidedOut(allow_null=True)


class CasePageOut(Out):
    """A page of cases, the oldest open or the newest settled first; `count` are open in all."""

    count = serializers.IntegerField()
    results = CaseOut(many=True)
    next = serializers.CharField(allow_null=True)


class DifferenceOut(Out):
    """Something that our books (`expected`) and the other side (`found`) say differently."""

    id = serializers.IntegerField()
    kind = Choice(DifferenceKind)
    cause = Choice(DifferenceCause)
    proposal = Choice(Proposal)
    number = serializers.CharField()
    agency = PartyOut()
    reference = serializers.CharField()
    refund = serializers.IntegerField(allow_null=True)
    expected = MoneyOut(allow_null=True)
    found = MoneyOut(allow_null=True)
    first_seen = Moment()
    last_seen = Moment()
    resolved_at = Moment(allow_null=True)
    resolved_by = serializers.CharField()
    resolution = serializers.CharField()


class DifferencePageOut(Out):
    """A page of differences, newest first; `count` are open in all."""

    count = serializers.IntegerField()
    results = DifferenceOut(many=True)
    next = serializers.CharField(allow_null=True)
