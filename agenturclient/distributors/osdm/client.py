"""OSDM over HTTP: headers, JSON, and every failure turned into one of the port's three."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from agenturclient.distributors import outcome
from agenturclient.distributors.osdm.problems import is_problem, problem_of, refusal_of
from agenturclient.distributors.osdm.token import Token
from agenturclient.distributors.osdm.wire import Node, Unreadable, parse
from agenturclient.outbound.messages import NoResponse, Operation, Request, Response
from agenturclient.sales.ports import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from agenturclient.distributors.osdm.capabilities import Capabilities, Feature
    from agenturclient.distributors.osdm.config import OsdmConfig
    from agenturclient.outbound.guard import Guard

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ask:
    """One call. `url` is absolute; `feature` is what a 501 tells us to be missing."""

    operation: Operation
    method: str
    url: str
    body: Mapping[str, object] | None = None
    key: UUID | None = None
    language: str = ""
    patient: bool = False
    feature: Feature | None = None


class OsdmClient:
    """Calls one OSDM distributor through the guarded way out."""

    def __init__(self, config: OsdmConfig, guard: Guard, capabilities: Capabilities) -> None:
        self._config = config
        self._guard = guard
        self._capabilities = capabilities
        self._token = Token(config.access, guard, seconds=config.deadlines.token)
        modules = config.modules
        self._own = {
            _origin(each)
            for each in (modules.journey, modules.offer, modules.booking, modules.after_sales)
        }

    def call(self, ask: Ask) -> Node:
        """The answer's JSON, an empty object when it has none. Raises the port's failures."""
        response = self._send(ask, self._headers(ask))
        if response.status == HTTPStatus.NO_CONTENT:
            return Node({})
        try:
            return parse(response.body)
        except Unreadable as failure:
            raise outcome.unreadable(str(failure), writes=ask.operation.writes) from failure

    def download(self, ask: Ask) -> bytes:
        """The bytes behind a link. Our token goes to the distributor's own hosts only, and only
        these are asked without TLS.

        Raises Unavailable for other links and when it fails.
        """
        own = _origin(ask.url) in self._own
        if not own and urlsplit(ask.url).scheme != "https":
            raise outcome.unreadable("a download link that is not https", writes=False)
        headers = {"Accept": "*/*", **(self._config.headers if own else {})}
        return self._send(ask, headers, authorized=own).body

    def _send(self, ask: Ask, headers: Mapping[str, str], *, authorized: bool = True) -> Response:
        body = None if ask.body is None else json.dumps(ask.body).encode()
        request = Request(ask.method, ask.url, headers, body)
        writes = ask.operation.writes
        try:
            response = self._guard.send(
                ask.operation,
                request,
                credentials=self._token if authorized else None,
                patient=ask.patient,
            )
        except NoResponse as failure:
            raise outcome.failure_of(failure, writes=writes) or failure from failure
        answer = _answer(ask.operation.name, response)
        if outcome.is_alarming(answer):
            logger.error(
                "ALARM: the distributor does not let us in: %s for %s",
                response.status,
                ask.operation.name,
            )
        failed = outcome.failure_of(answer, writes=writes)
        if failed is None:
            return response
        if response.status == HTTPStatus.NOT_IMPLEMENTED and ask.feature is not None:
            self._capabilities.lacks(ask.feature)
        level = logging.INFO if isinstance(failed, Refused) else logging.WARNING
        logger.log(level, "%s failed: %s (%s)", ask.operation.name, failed.code, answer.status)
        raise failed

    def _headers(self, ask: Ask) -> dict[str, str]:
        headers = {
            "Accept": "application/json, application/problem+json",
            **self._config.headers,
        }
        if ask.body is not None:
            headers["Content-Type"] = "application/json"
        if self._config.requestor:
            headers["Requestor"] = self._config.requestor
        if ask.language:
            headers["Accept-Language"] = ask.language
        if ask.key is not None:
            headers["Idempotency-Key"] = str(ask.key)
        return headers


def _answer(operation: str, response: Response) -> outcome.Answer:
    failed = response.status >= HTTPStatus.BAD_REQUEST and is_problem(response.body)
    problem = problem_of(parse(response.body)) if failed else None
    return outcome.Answer(
        status=response.status,
        refusal=refusal_of(operation, response.status, problem),
        uncertain=problem is not None and problem.uncertain,
        detail=problem.notice if problem else "",
        retry_after=response.retry_after,
    )


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
