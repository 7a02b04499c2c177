"""Every problem code over HTTP, with its status and its facts; and what no problem tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agenturclient.api.problems import STATUS, told_code
from agenturclient.kernel.errors import Refusal
from agenturclient.sales.ports import OutcomeUnknown, Refused, Unavailable
from tests.api import (
    scenarios_orders,
    scenarios_requests,
    scenarios_users,
    scenarios_worklist,
    steps,
)
from tests.api.scenarios import SCENARIOS

if TYPE_CHECKING:
    from tests.api.browser import Browser
    from tests.api.conftest import Shop

PLAYED = (scenarios_requests, scenarios_orders, scenarios_users, scenarios_worklist)


@pytest.mark.parametrize("code", sorted(SCENARIOS))
def test_each_code_is_told_with_its_status_and_facts(
    shop: Shop, counter: Browser, code: str
) -> None:
    status, facts, scenario = SCENARIOS[code]
    answer = scenario(shop, counter)
    told_status, told_code, told_facts = answer.problem
    assert (told_status, told_code) == (status, code)
    assert set(told_facts) == set(facts)
    assert {name: told_facts[name] for name in facts if facts[name] is not ...} == {
        name: fact for name, fact in facts.items() if fact is not ...
    }
    assert set(answer.body) <= {
        "type",
        "title",
        "status",
        "code",
        "facts",
        "fields",
        "request_id",
    }


def test_each_code_has_a_scenario() -> None:
    assert set(SCENARIOS) == set(STATUS)


def test_each_refusal_of_a_use_case_has_a_status() -> None:
    kinds = list(Refusal.__subclasses__())
    assert len(kinds) > 30
    assert [kind.__name__ for kind in kinds if kind.code not in STATUS] == []


def test_a_defect_is_logged_and_nothing_of_it_is_told(
    shop: Shop, counter: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    answer = scenarios_requests.a_defect(shop, counter)
    assert answer.body == {
        "type": "urn:agenturclient:problem:internal-error",
        "title": "Internal error",
        "status": 500,
        "code": "internal-error",
        "facts": {},
        "request_id": answer.headers["X-Request-ID"],
    }
    (record,) = [each for each in caplog.records if each.name == "agenturclient.api.problems"]
    assert record.exc_info is not None
    assert "a name in it" not in record.getMessage()


def test_the_distributors_own_words_are_not_told(shop: Shop, counter: Browser) -> None:
    shop.distributor.fail_next("find_offers", Refused("their-code", "Mrs Muster is unknown"))
    answer = counter.post("searches", steps.trip_search())
    assert b"Muster" not in answer.content
    assert b"their-code" not in answer.content


@pytest.mark.parametrize(
    ("called", "told"),
    [
        ("busy", "distributor-busy"),
        ("too-many-requests", "distributor-busy"),
        ("breaker-open", "distributor-paused"),
        ("deadline", "distributor-slow"),
        ("not-let-in", "distributor-unavailable"),
        ("status-503", "distributor-unavailable"),
        ("information-missing", "distributor-refused"),
        ("booking-not-found", "distributor-refused"),
        ("sold-out", "sold-out"),
    ],
)
def test_what_an_adapter_calls_a_failure_is_told_in_the_contracts_words(
    called: str, told: str
) -> None:
    assert told_code(called) == told
    assert told in STATUS


def test_a_row_tells_its_problem_in_the_contracts_words_too(shop: Shop, counter: Browser) -> None:
    order = steps.draft(counter)
    shop.distributor.fail_next("hold", Unavailable("breaker-open", retry_after=9))
    answer = counter.post(f"orders/{order['number']}/hold")
    assert answer.problem == (503, "distributor-paused", {"retry_after": 9})
    sale = counter.get(f"orders/{order['number']}").body["items"][0]["sale"]
    assert sale["problem"]["code"] == "distributor-paused"


def test_the_page_learns_when_to_try_again(shop: Shop, counter: Browser) -> None:
    shop.distributor.fail_next("find_places", Unavailable("their-code", retry_after=29.1))
    answer = counter.get("places", q="Bern")
    assert answer.problem == (503, "distributor-unavailable", {"retry_after": 30})
    assert answer.headers["Retry-After"] == "30"


def test_an_unknown_outcome_is_never_told_as_a_failure(shop: Shop, counter: Browser) -> None:
    shop.distributor.fail_next("find_places", OutcomeUnknown("no-answer"))
    assert counter.get("places", q="Bern").problem == (409, "being-clarified", {})
