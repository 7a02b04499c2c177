"""Runs of the reconciliation."""

from __future__ import annotations

from rest_framework import serializers

from agenturclient.api.shapes.base import Moment, Out


class RunOut(Out):
    """One comparison of our books with the distributor's; `ended_at` is null while it goes on.

    `asked_by` is empty for a nightly run. `compared` and `skipped` count sales, `seen` and `gone`
    differences; `stopped` is the code of what keeps or kept it from its end.
    """

    id = serializers.IntegerField()
    night = serializers.DateField(allow_null=True)
    asked_by = serializers.CharField()
    since = Moment()
    asked_at = Moment()
    ended_at = Moment(allow_null=True)
    compared = serializers.IntegerField()
    skipped = serializers.IntegerField()
    seen = serializers.IntegerField()
    gone = serializers.IntegerField()
    stopped = serializers.CharField()


class RunsOut(Out):
    """The newest runs, newest first."""

    results = RunOut(many=True)
