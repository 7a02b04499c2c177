"""The operator's worklist: operations that nobody could clear up, for a person to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.response import Response

from agenturclient import bootstrap
from agenturclient.api.access import Access, Resource
from agenturclient.api.keys import key_of
from agenturclient.api.openapi import ALWAYS, MOVE, operation
from agenturclient.api.shapes.worklist import CaseCriteriaIn, CaseOut, CasePageOut, DecisionIn
from agenturclient.sales import decisions, worklist

if TYPE_CHECKING:
    from rest_framework.request import Request


class Worklist(Resource):
    """What waits for a person, of all agencies."""

    access = {"GET": Access.OPERATOR}

    @operation("worklist_list", {200: CasePageOut}, ALWAYS, query=CaseCriteriaIn)
    def get(self, request: Request) -> Response:
        """Flagged operations that are open (or settled), a page at a time."""
        criteria = CaseCriteriaIn.read(request.query_params)
        page = worklist.list_cases(actor=self.actor, **criteria)
        return Response(CasePageOut.render(page))


class Decision(Resource):
    """The decision about one operation."""

    access = {"POST": Access.OPERATOR}

    @operation("worklist_decide", {200: CaseOut}, MOVE, body=DecisionIn, keyed=True)
    def post(self, request: Request, case: int) -> Response:
        """Say whether it happened."""
        case_after = decisions.decide(
            case,
            DecisionIn.read(request.data),
            key=key_of(request),
            actor=self.actor,
            distributor=bootstrap.distributor(),
            clock=bootstrap.clock(),
        )
        return Response(CaseOut.render(case_after))
