"""A distributor that has only what the standard demands can be sold on all the same."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from agenturclient.sales.ports import BookingState, Refusals, Refused
from sandbox.testing import RunningSandbox, running_sandbox
from tests.contract.distributor.counter import BERN, Counter
from tests.contract.distributor.subjects import OsdmSubject, adapter

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def basic_sandbox() -> Iterator[RunningSandbox]:
    """One that answers 501 to everything that may be missing."""
    with running_sandbox(personality="strict", capabilities="basic") as sandbox:
        yield sandbox


@pytest.fixture
def counter(basic_sandbox: RunningSandbox) -> Counter:
    """A counter connected to it."""
    return Counter(OsdmSubject(basic_sandbox, plain=False))


def test_stations_come_from_the_shipped_list(counter: Counter) -> None:
    found = counter.distributor.find_places("BN", language="de", limit=3)
    assert (found[0].id, found[0].name, found[0].code) == (BERN, "Bern", "BN")


def test_a_ticket_is_sold_and_refunded(counter: Counter) -> None:
    booking = counter.sell()
    assert booking.state is BookingState.CONFIRMED
    assert len(counter.distributor.fetch_documents(booking.id)) == 1
    quote = counter.quote(booking)
    assert counter.accept(booking, quote).amount == booking.price


def test_what_is_missing_is_said_once_and_the_abilities_follow(
    basic_sandbox: RunningSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    distributor = adapter(basic_sandbox, plain=True)
    with caplog.at_level(logging.WARNING, logger="agenturclient.distributors.osdm.capabilities"):
        distributor.introduce()
        distributor.introduce()
    said = [
        record.getMessage()
        for record in caplog.records
        if record.name == "agenturclient.distributors.osdm.capabilities"
    ]
    assert said == [
        "the distributor does not offer places: doing without",
        "the distributor does not offer bookings-search: doing without",
    ]
    assert not distributor.abilities.find_by_reference
    assert distributor.abilities.place_search


def test_what_cannot_be_done_is_refused_as_such(counter: Counter) -> None:
    for _ in range(2):
        with pytest.raises(Refused) as caught:
            counter.distributor.find_bookings("anything")
        assert caught.value.code == Refusals.CANNOT_DO_THAT
    with pytest.raises(Refused) as caught:
        counter.distributor.clean_up("anything", key=uuid4())
    assert caught.value.code == Refusals.CANNOT_DO_THAT
    assert not counter.distributor.abilities.cleanup
