"""Documents over HTTP: shown where that is safe, handed out as a file otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agenturclient.sales.ports import Unavailable
from tests.api import steps

if TYPE_CHECKING:
    from tests.api.browser import Browser
    from tests.api.conftest import Shop


def test_a_ticket_opens_in_the_browser_even_when_the_distributor_is_down(
    counter: Browser, shop: Shop
) -> None:
    order = steps.sold(counter)
    (document,) = order["items"][0]["sale"]["documents"]
    shop.distributor.fail_next("fetch_documents", Unavailable("distributor-unavailable"))
    answer = counter.get(f"orders/{order['number']}/documents/{document['id']}")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="{document["name"]}"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content.startswith(b"%PDF-")
    assert len(answer.content) == document["size"]


def test_a_document_of_another_order_is_not_found_here(counter: Browser) -> None:
    first, second = steps.sold(counter), steps.sold(counter)
    (document,) = first["items"][0]["sale"]["documents"]
    answer = counter.get(f"orders/{second['number']}/documents/{document['id']}")
    assert answer.problem == (404, "document-not-found", {})


def test_no_accept_header_stands_in_the_way_of_a_ticket(counter: Browser) -> None:
    order = steps.sold(counter)
    (document,) = order["items"][0]["sale"]["documents"]
    path = f"/api/v1/orders/{order['number']}/documents/{document['id']}"
    assert counter.client.get(path, headers={"Accept": "application/pdf"}).status_code == 200
