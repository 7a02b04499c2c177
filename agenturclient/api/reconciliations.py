"""Runs of the reconciliation: when our books were compared with the distributor's, and "now"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.response import Response

from agenturclient import bootstrap
from agenturclient.api.access import Access, Resource
from agenturclient.api.openapi import ALWAYS, operation
from agenturclient.api.shapes.reconciliations import RunOut, RunsOut
from agenturclient.sales import reconciliation_runs

if TYPE_CHECKING:
    from rest_framework.request import Request


class Reconciliations(Resource):
    """The runs, nightly and asked for."""

    access = {"GET": Access.OPERATOR, "POST": Access.OPERATOR}

    @operation("reconciliations_list", {200: RunsOut}, ALWAYS)
    def get(self, _request: Request) -> Response:
        """The newest runs, newest first."""
        runs = reconciliation_runs.list_runs(actor=self.actor)
        return Response(RunsOut.render({"results": runs}))

    @operation("reconciliations_ask", {202: RunOut}, (*ALWAYS, 413, 415))
    def post(self, _request: Request) -> Response:
        """Have the books compared now; a run that is open already is the answer."""
        run = reconciliation_runs.ask(
            actor=self.actor, days=settings.RECONCILE_DAYS, clock=bootstrap.clock()
        )
        return Response(RunOut.render(run), status=202)
