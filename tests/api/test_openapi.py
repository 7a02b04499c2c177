"""The description of the API: current, complete, and true of every answer."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator, FormatChecker

from agenturclient import api
from tests.api import steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.browser import Browser, Exchange
    from tests.api.conftest import Shop


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    """The description as it is generated from the code."""
    found: dict[str, Any] = SchemaGenerator().get_schema(  # type: ignore[no-untyped-call]  # has no types
        request=None, public=True
    )
    return found


def test_the_committed_description_is_current() -> None:
    committed = Path(api.__file__).with_name("openapi.yaml")
    generated = StringIO()
    call_command("spectacular", fail_on_warn=True, validate=True, stdout=generated)
    assert committed.read_text(encoding="utf-8") == generated.getvalue(), "run: make api"


def test_every_operation_tells_its_problems_alike(description: dict[str, Any]) -> None:
    problem = {"$ref": "#/components/schemas/ProblemOut"}
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            told = {
                status: set(answer.get("content", {}))
                for status, answer in operation["responses"].items()
                if int(status) >= 400
            }
            assert {"400", "401", "403", "500"} <= set(told), (path, method)
            assert set(map(frozenset, told.values())) == {frozenset({"application/problem+json"})}
            schemas = [
                media["schema"]
                for status in told
                for media in operation["responses"][status]["content"].values()
            ]
            assert schemas == [problem] * len(told)


def test_every_operation_with_a_key_and_no_other_asks_for_it(description: dict[str, Any]) -> None:
    keyed = {
        operation["operationId"]
        for operations in description["paths"].values()
        for operation in operations.values()
        if any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", ()))
    }
    assert keyed == {
        "orders_start",
        "items_add",
        "sales_hold",
        "sales_sell",
        "refunds_quote",
        "refunds_accept",
        "worklist_decide",
        "users_invite",
        "users_invite_again",
        "branches_open",
        "agencies_create",
        "agencies_invite",
    }


def faults(exchange: Exchange, description: dict[str, Any]) -> Iterator[str]:
    """What of an answer is not as described."""
    for path, operations in description["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), exchange.path):
            operation = operations[exchange.method.lower()]
            break
    else:
        raise LookupError(exchange.path)
    answer = operation["responses"].get(str(exchange.answer.status))
    if answer is None:
        yield f"{exchange.method} {exchange.path}: {exchange.answer.status} is not described"
        return
    media = exchange.answer.headers.get("Content-Type", "")
    if exchange.answer.body is not None:
        schema = {**answer["content"][media]["schema"], "components": description["components"]}
        validator = Draft202012Validator(schema, format_checker=FormatChecker())
        for error in validator.iter_errors(exchange.answer.body):
            yield f"{exchange.method} {exchange.path}: {error.json_path} {error.message}"


def test_every_answer_on_the_way_of_an_order_is_as_described(
    counter: Browser, shop: Shop, description: dict[str, Any]
) -> None:
    counter.get("places", q="Bern")
    counter.post("touristic-searches", {"day": "2026-12-12", "travellers": [steps.ADULT]})
    order = steps.draft(counter, "supersaver", return_when="2026-12-12T18:00")
    steps.add(counter, order["number"], travellers=[{"ref": "d", "kind": "dog"}, steps.ADULT])
    counter.post(f"orders/{order['number']}/hold")
    counter.delete(f"orders/{order['number']}/items/1")
    order = counter.get(f"orders/{order['number']}").body
    order = counter.post(f"orders/{order['number']}/sale", {"total": order["total"]}).body
    steps.refunded(counter, steps.quoted(counter, order))
    counter.get("orders")
    counter.get("clarifications")
    counter.get("orders", state="gone")
    counter.get("orders/AC0000099")
    steps.search(counter)
    counter.delete("session")
    counter.get("session")
    assert len(counter.exchanges) == 24
    assert [fault for each in counter.exchanges for fault in faults(each, description)] == []
