"""What the sandbox does not do: answers that contradict each other, and doubt."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest

from agenturclient.kernel.money import Money
from agenturclient.sales.ports import (
    BookingState,
    OutcomeUnknown,
    RefundRequest,
    Refusals,
    Refused,
    Unavailable,
)
from tests.unit.osdm.messages import Json, booking, fulfillment, part, price, refund_offer
from tests.unit.osdm.provider import Provider, ok, problem

READ = "GET /bookings/b1"
ISSUE = "POST /bookings/b1/fulfillments"
QUOTE = "POST /bookings/b1/refund-offers"
ACCEPT = "PATCH /bookings/b1/refund-offers/r1"
READ_QUOTE = "GET /bookings/b1/refund-offers/r1"
DROP = "DELETE /bookings/b1/refund-offers/r1"
HELD = ok(booking(part()))
SOLD = ok(booking(part("FULFILLED"), fulfillments=[fulfillment()]))
REFUND = RefundRequest("b1", ("f1",))


def refused(provider: Provider, method: str) -> str:
    """The code with which a call about b1 and r1 is refused."""
    with pytest.raises(Refused) as caught:
        call(provider, method)
    return caught.value.code


def call(provider: Provider, method: str) -> object:
    """A call about b1 and r1."""
    distributor = provider.distributor()
    if method == "issue":
        return distributor.issue("b1", key=uuid4(), language="de")
    if method == "quote":
        return distributor.quote_refund(REFUND, key=uuid4())
    if method == "accept":
        return distributor.accept_refund("b1", "r1", key=uuid4())
    distributor.drop_quote("b1", "r1")
    return None


def test_a_confirmation_that_cannot_be_read_afterwards_is_one_all_the_same() -> None:
    provider = Provider().on(READ, HELD, httpx.ReadTimeout("late"))
    provider.on(ISSUE, ok({"fulfillments": [fulfillment("CONFIRMED")]}, 202))
    issued = provider.distributor().issue("b1", key=uuid4(), language="de")
    assert (issued.state, issued.price) == (BookingState.CONFIRMED, Money(3400, "CHF"))
    assert [(each.id, each.confirmed) for each in issued.parts] == [("p1", True)]
    assert [each.id for each in issued.fulfillments] == ["f1"]
    assert not issued.documents_complete


def test_a_confirmation_in_part_that_cannot_be_read_is_in_doubt() -> None:
    provider = Provider().on(READ, HELD, httpx.ReadTimeout("late"))
    provider.on(ISSUE, ok({"problems": [{"code": "CONFIRMATION_PARTIAL_SUCCESS"}]}))
    with pytest.raises(OutcomeUnknown):
        call(provider, "issue")


def test_a_confirmation_that_the_booking_does_not_show_is_told_as_it_is() -> None:
    provider = Provider().on(READ, HELD).on(ISSUE, ok({}, 202))
    issued = provider.distributor().issue("b1", key=uuid4(), language="de")
    assert issued.state is BookingState.HELD


def test_what_is_confirmed_already_is_not_confirmed_again() -> None:
    provider = Provider().on(READ, SOLD)
    assert refused(provider, "issue") == Refusals.ALREADY_CONFIRMED
    assert provider.requests(ISSUE) == []


def test_a_confirmation_is_not_sent_when_the_hold_cannot_be_read() -> None:
    provider = Provider().on(READ, httpx.ReadTimeout("late"))
    with pytest.raises(Unavailable):
        call(provider, "issue")
    assert provider.requests(ISSUE) == []


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (409, "X_ANYTHING", Refusals.ALREADY_CONFIRMED),
        (409, "CONFIRMATION_BOOKING_ALREADY_CANCELLED", Refusals.HOLD_LAPSED),
        (400, "CONFIRMATION_BOOKING_ALREADY_FULFILLED", Refusals.ALREADY_CONFIRMED),
        (400, "CONFIRMATION_INFORMATION_MISSING", Refusals.INFORMATION_MISSING),
        (404, "RESOURCE_NOT_FOUND", Refusals.BOOKING_NOT_FOUND),
        (400, "X_ANYTHING", Refusals.OTHER),
    ],
)
def test_a_refused_confirmation_has_our_code(status: int, code: str, expected: str) -> None:
    provider = Provider().on(READ, HELD).on(ISSUE, problem(status, code))
    assert refused(provider, "issue") == expected


def test_a_confirmation_that_does_not_know_itself_is_in_doubt() -> None:
    provider = Provider().on(READ, HELD)
    provider.on(ISSUE, problem(400, "CONFIRMATION_UNKNOWN_ERROR"))
    with pytest.raises(OutcomeUnknown):
        call(provider, "issue")


def test_the_best_of_several_refund_offers_is_quoted() -> None:
    several = [
        refund_offer(),
        refund_offer(id="r2", refundableAmount=price(3400)),
        refund_offer(id="r0", refundableAmount=price(1000), refundFee=price(2400)),
    ]
    provider = Provider().on(QUOTE, ok({"refundOffers": several[::-1]}))
    found = provider.distributor().quote_refund(REFUND, key=uuid4())
    assert found.amount == Money(3400, "CHF")


def test_no_refund_offer_is_no_refund() -> None:
    provider = Provider().on(QUOTE, ok({"refundOffers": []}))
    assert refused(provider, "quote") == Refusals.NOT_REFUNDABLE


@pytest.mark.parametrize("code", ["OPERATION_NOT_PERMITTED", "X_ANYTHING"])
def test_an_open_refund_offer_in_the_booking_explains_a_refusal(code: str) -> None:
    listed = ok(booking(part("FULFILLED"), refundOffers=[refund_offer()]))
    provider = Provider().on(QUOTE, problem(400, code)).on(READ, listed)
    assert refused(provider, "quote") == Refusals.QUOTE_BLOCKED


def test_a_refusal_without_an_open_refund_offer_stays_what_it_is() -> None:
    provider = Provider().on(QUOTE, problem(400, "OPERATION_NOT_PERMITTED")).on(READ, SOLD)
    assert refused(provider, "quote") == Refusals.NOT_REFUNDABLE


def test_a_refund_that_is_not_found_may_have_been_accepted() -> None:
    done = ok(booking(part("REFUNDED"), refundOffers=[refund_offer("CONFIRMED")]))
    provider = Provider().on(ACCEPT, problem(404, "RESOURCE_NOT_FOUND")).on(READ, done)
    assert refused(provider, "accept") == Refusals.ALREADY_CONFIRMED


def test_a_refund_that_is_not_found_anywhere_has_run_out() -> None:
    provider = Provider().on(ACCEPT, problem(404, "RESOURCE_NOT_FOUND")).on(READ, SOLD)
    assert refused(provider, "accept") == Refusals.QUOTE_LAPSED


def test_a_refund_that_is_not_found_while_nothing_can_be_read_is_in_doubt() -> None:
    provider = Provider().on(ACCEPT, problem(404, "RESOURCE_NOT_FOUND"))
    provider.on(READ, httpx.Response(503))
    with pytest.raises(OutcomeUnknown):
        call(provider, "accept")


def test_an_acceptance_that_still_is_a_proposal_is_in_doubt() -> None:
    provider = Provider().on(ACCEPT, ok({"refundOffer": refund_offer()}))
    with pytest.raises(OutcomeUnknown):
        call(provider, "accept")


@pytest.mark.parametrize("answer", [problem(404, "X"), problem(501, "X")])
def test_a_quote_that_nobody_tells_any_more_is_none(answer: httpx.Response) -> None:
    provider = Provider().on(READ, SOLD).on(READ_QUOTE, answer)
    assert provider.distributor().read_quote("b1", "r1") is None


def test_a_quote_is_read_at_its_own_address_where_the_booking_lists_none() -> None:
    provider = Provider().on(READ, SOLD).on(READ_QUOTE, ok({"refundOffer": refund_offer()}))
    found = provider.distributor().read_quote("b1", "r1")
    assert found is not None
    assert not found.confirmed


def test_an_accepted_quote_that_is_not_found_when_dropped_is_told() -> None:
    done = ok(booking(part("REFUNDED"), refundOffers=[refund_offer("CONFIRMED")]))
    provider = Provider().on(DROP, problem(404, "RESOURCE_NOT_FOUND")).on(READ, done)
    assert refused(provider, "drop") == Refusals.ALREADY_CONFIRMED


def test_a_partial_refund_names_the_parts_of_each_fulfillment() -> None:
    two = ok(
        booking(
            part("FULFILLED"),
            part("FULFILLED", id="p2"),
            fulfillments=[fulfillment(bookingParts=[{"id": "p1"}, {"id": "p2"}])],
        )
    )
    provider = Provider().on(READ, two).on(QUOTE, ok({"refundOffers": [refund_offer()]}))
    provider.distributor().quote_refund(RefundRequest("b1", ("f1",), ("p2",)), key=uuid4())
    assert b'"bookingPartIds": ["p2"]' in provider.requests(QUOTE)[0].content


def test_a_partial_refund_is_not_asked_for_where_there_is_none() -> None:
    provider = Provider(missing=("partial-refund",))
    request = RefundRequest("b1", ("f1",), ("p1",))
    with pytest.raises(Refused) as caught:
        provider.distributor().quote_refund(request, key=uuid4())
    assert caught.value.code == Refusals.CANNOT_DO_THAT
    assert provider.sent == []


def found_bookings(*found: tuple[str, str, str]) -> Provider:
    """A search that finds bookings of (id, status, created)."""
    results = [{"id": each[0]} for each in found]
    provider = Provider().on("POST /bookings-search", ok({"bookingSearchResults": results}))
    for booking_id, status, at in found:
        answer = booking(part(status), id=booking_id, createdOn=at)
        provider.on(f"GET /bookings/{booking_id}", ok(answer))
    return provider


def test_all_bookings_that_are_not_gone_are_found_the_newest_first() -> None:
    provider = found_bookings(
        ("old", "PREBOOKED", "2026-11-21T10:00:00Z"),
        ("new", "PREBOOKED", "2026-11-21T12:30:00+01:00"),
        ("gone", "CANCELLED", "2026-11-21T12:00:00Z"),
    )
    found = provider.distributor().find_bookings("AC-1")
    assert [each.id for each in found] == ["new", "old"]


def test_a_booking_with_another_reference_is_not_ours() -> None:
    provider = found_bookings(("other", "PREBOOKED", "2026-11-21T10:00:00Z"))
    assert provider.distributor().find_bookings("AC-2") == ()


def test_a_booking_that_was_purged_after_the_search_is_passed_over() -> None:
    provider = found_bookings(("kept", "PREBOOKED", "2026-11-21T10:00:00Z"))
    results = [{"id": "purged"}, {"id": "kept"}]
    provider.on("POST /bookings-search", ok({"bookingSearchResults": results}))
    (found,) = provider.distributor().find_bookings("AC-1")
    assert found.id == "kept"


def documents_of(*documents: Json) -> Provider:
    """A sold booking with these documents."""
    proof = fulfillment(fulfillmentDocuments=list(documents))
    return Provider().on(READ, ok(booking(part("FULFILLED"), fulfillments=[proof])))


def test_a_link_is_followed_with_our_token_on_the_distributors_own_host_only() -> None:
    own = {"id": "own", "format": "application/pdf", "downloadLink": "https://osdm.example/d/1"}
    other = {"id": "other", "format": "image/png", "downloadLink": "https://files.example/d/2"}
    provider = documents_of(own, other)
    provider.on("GET /d/1", httpx.Response(200, content=b"%PDF-own"))
    provider.on("GET files.example/d/2", httpx.Response(200, content=b"png"))
    files = provider.distributor().fetch_documents("b1")
    assert [(file.id, file.content) for file in files] == [("own", b"%PDF-own"), ("other", b"png")]
    assert "authorization" in provider.requests("GET /d/1")[0].headers
    assert "authorization" not in provider.requests("GET files.example/d/2")[0].headers


@pytest.mark.parametrize("link", ["http://files.example/1", "file:///etc/passwd", "ftp://x/1"])
def test_a_foreign_link_without_tls_is_not_followed(link: str) -> None:
    provider = documents_of({"id": "d", "format": "application/pdf", "downloadLink": link})
    with pytest.raises(Unavailable):
        provider.distributor().fetch_documents("b1")
    assert {each.url.host for each in provider.sent} == {"osdm.example"}


def test_a_document_that_fails_does_not_hold_up_the_others() -> None:
    good = {"id": "good", "format": "application/pdf", "content": "JVBERi0="}
    broken = {"id": "broken", "format": "application/pdf", "content": "not base64!"}
    empty = {"id": "empty", "format": "application/pdf"}
    files = documents_of(broken, empty, good).distributor().fetch_documents("b1")
    assert [(file.id, file.content) for file in files] == [("good", b"%PDF-")]


def test_documents_told_only_by_the_fulfillment_itself_are_fetched_there() -> None:
    provider = Provider().on(READ, SOLD)
    document = {"id": "d1", "format": "application/pdf", "content": "JVBERi0="}
    proof = fulfillment(fulfillmentDocumentRefs=["d1"])
    answer = {"fulfillment": proof, "fulfillmentDocuments": [document]}
    provider.on("GET /fulfillments/f1", ok(answer))
    files = provider.distributor().fetch_documents("b1")
    assert [(file.fulfillment, file.id) for file in files] == [("f1", "d1")]


def test_no_documents_yet_is_an_empty_answer() -> None:
    assert Provider().on(READ, SOLD).distributor().fetch_documents("b1") == ()
