"""Every route for every kind of person, on an own, on somebody else's and on a missing object.

The routes come from the URLconf: a new one fails here until it stands in ROUTES. Whoever is
refused has changed nothing and has sent nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session

from agenturclient import bootstrap
from agenturclient.api.access import Access, Resource
from agenturclient.api.missing import Missing
from agenturclient.api.urls import urlpatterns
from agenturclient.identity.actors import Permission, Role
from agenturclient.identity.models import SignInAttempt
from agenturclient.identity.users.links import new_link
from tests.api import steps
from tests.api.browser import Answer, Browser
from tests.factories import PASSWORD, make_user

if TYPE_CHECKING:
    from tests.api.conftest import Shop

SELL, REFUND = {"seller", "counter"}, {"refunder", "counter"}
MEMBERS = {"member", "financier", "admin"} | SELL | REFUND
WIDE = {"care", "operator"}
SIGNED_IN = MEMBERS | WIDE | {"stray"}
EVERYBODY = SIGNED_IN | {"anonymous"}
TARGETS = ("another agency's", "missing")


@dataclass(frozen=True)
class Route:
    """A method of a route: who may call it, with which body, and the code of a missing object."""

    method: str
    path: str
    allowed: set[str]
    body: dict[str, Any] = field(default_factory=dict)
    missing: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


CHF = {"amount": 100, "currency": "CHF"}
ORDER = "orders/<number>"
USER = "users/<user>"
ITEM = {"search": "<search>", "offer": 0}
ROUTES = [
    Route("GET", "session", SIGNED_IN),
    Route("POST", "session", EVERYBODY, {"username": "nobody", "password": "wrong"}),
    Route("PATCH", "session", MEMBERS, {"agency": "alpenreisen"}),
    Route("DELETE", "session", SIGNED_IN),
    Route("GET", "session/workplaces", SIGNED_IN),
    Route("GET", "places", MEMBERS),
    Route("POST", "searches", SELL, steps.trip_search()),
    Route("POST", "touristic-searches", SELL, {"day": "2026-12-12", "travellers": [steps.ADULT]}),
    Route("GET", "searches/<search>", SELL, missing="search-not-found"),
    Route("GET", "orders", MEMBERS | WIDE),
    Route("POST", "orders", SELL),
    Route("GET", ORDER, MEMBERS | WIDE, missing="order-not-found"),
    Route("PATCH", ORDER, SELL, missing="order-not-found"),
    Route("POST", f"{ORDER}/items", SELL, ITEM, missing="order-not-found"),
    Route("DELETE", f"{ORDER}/items/<position>", SELL, missing="order-not-found"),
    Route("POST", f"{ORDER}/hold", SELL, missing="order-not-found"),
    Route("POST", f"{ORDER}/sale", SELL, {"total": CHF}, missing="order-not-found"),
    Route("GET", f"{ORDER}/documents/<document>", MEMBERS | WIDE, missing="order-not-found"),
    Route("POST", f"{ORDER}/refunds", REFUND, {"tickets": [1]}, missing="order-not-found"),
    Route("DELETE", f"{ORDER}/refunds/<refund>", REFUND, missing="order-not-found"),
    Route(
        "POST",
        f"{ORDER}/refunds/<refund>/acceptance",
        REFUND,
        {"amount": CHF},
        missing="order-not-found",
    ),
    Route("GET", "users", {"admin"}),
    Route("POST", "users", {"admin"}, steps.IDA),
    Route("GET", USER, {"admin"}, missing="user-not-found"),
    Route("PATCH", USER, {"admin"}, {"first_name": "Lea"}, missing="user-not-found"),
    Route("PATCH", f"{USER}/permissions", {"admin"}, {"sell": False}, missing="user-not-found"),
    Route("POST", f"{USER}/block", {"admin"}, missing="user-not-found"),
    Route("DELETE", f"{USER}/block", {"admin"}, missing="user-not-found"),
    Route("DELETE", f"{USER}/sessions", {"admin"}, missing="user-not-found"),
    Route("POST", f"{USER}/invitation", {"admin"}, missing="user-not-found"),
    Route("GET", f"{USER}/changes", {"admin"}, missing="user-not-found"),
    Route("GET", "changes", {"admin"}),
    Route("GET", "branches", {"admin"}),
    Route("POST", "branches", {"admin"}, {"code": "chur", "name": "Chur"}),
    Route("PATCH", "branches/<branch>", {"admin"}, {"name": "Chur"}, missing="branch-not-found"),
    Route("GET", "agencies", {"operator"}),
    Route("POST", "agencies", {"operator"}, {"code": "new", "name": "New", "admin": steps.LUC}),
    Route("PATCH", "agencies/<agency>", {"operator"}, {"name": "New"}, missing="agency-not-found"),
    Route("POST", "agencies/<agency>/admins", {"operator"}, steps.LUC, missing="agency-not-found"),
    Route("POST", "invitations/look-up", EVERYBODY, {"token": "<token>"}),
    Route("POST", "invitations/password", EVERYBODY, {"token": "<token>", "password": PASSWORD}),
    Route("GET", "clarifications", MEMBERS | WIDE),
    Route("GET", "worklist", {"operator"}),
    Route(
        "POST",
        "worklist/<case>/decision",
        {"operator"},
        {"happened": False, "reason": "because"},
        missing="case-not-found",
    ),
    Route("GET", "reconciliations", {"operator"}),
    Route("POST", "reconciliations", {"operator"}),
    Route("GET", "differences", {"operator"}),
    Route(
        "POST",
        "differences/<difference>/resolution",
        {"operator"},
        {"reason": "because"},
        missing="difference-not-found",
    ),
]
PEOPLE: dict[str, tuple[Permission, ...]] = {
    "member": (),
    "seller": (Permission.SELL,),
    "refunder": (Permission.REFUND,),
    "counter": (Permission.SELL, Permission.REFUND),
    "financier": (Permission.FINANCE,),
    "admin": (Permission.ADMIN,),
}


def enter(shop: Shop, who: str, *, other: bool = False) -> Browser:
    """A browser with this kind of person."""
    if who == "anonymous":
        return visitor()
    if who in WIDE:
        return shop.enter(role=Role.OPERATOR if who == "operator" else Role.CUSTOMER_CARE)
    if who == "stray":  # an agent whose last membership has ended
        shop.agency.active, active = False, shop.agency.active
        shop.agency.save()
        browser = shop.enter()
        membership = apps.get_model("identity", "Membership").objects.latest("pk")
        membership.delete()
        shop.agency.active = active
        shop.agency.save()
        return browser
    return shop.enter(*PEOPLE[who], other=other)


def visitor() -> Browser:
    """A browser in which nobody is signed in, but that has loaded the page."""
    browser = Browser()
    browser.csrf_token = browser.get("session").body["facts"]["csrf_token"]
    return browser


def targets(counter: Browser) -> dict[str, str]:
    """The parts of the paths to a sold order with a quoted refund, and to a search."""
    order = steps.quoted(counter, steps.sold(counter))
    sale = order["items"][0]["sale"]
    return {
        "number": order["number"],
        "search": steps.search(counter)["id"],
        "position": "1",
        "document": str(sale["documents"][0]["id"]),
        "refund": str(order["refunds"][0]["id"]),
        **worklists(sale["id"]),
        **people(counter),
    }


def people(counter: Browser) -> dict[str, str]:
    """A colleague without rights, who was invited, and the branch and agency of both."""
    agency = counter.get("session").body["agency"]["code"]
    colleague = make_user(apps.get_model("identity", "Agency").objects.get(code=agency))
    membership = colleague.memberships.get()
    link = new_link(colleague, membership.agency, now=bootstrap.clock().now())
    return {
        "user": str(colleague.pk),
        "branch": str(membership.branch_id),
        "agency": agency,
        "token": link.url.partition("#")[2],
    }


def worklists(sale: int) -> dict[str, str]:
    """An operation of the sale that can be on the worklist, and a difference of it."""
    operation = apps.get_model("sales", "Operation").objects.get(sale=sale, kind="issue")
    difference = apps.get_model("sales", "Difference").objects.create(
        kind="price-differs",
        order_id=operation.order_id,
        sale_id=sale,
        open_subject=f"price-differs:sale:{sale}",
        first_seen=operation.created_at,
        last_seen=operation.created_at,
    )
    return {"case": str(operation.pk), "difference": str(difference.pk)}


MISSING = {
    "number": "AC9999999",
    "search": "00000000-0000-4000-8000-000000000000",
    "position": "1",
    "document": "1",
    "refund": "1",
    "case": "999999",
    "difference": "999999",
    "user": "999999",
    "branch": "999999",
    "agency": "nowhere",
    "token": "nothing",
}


def call(browser: Browser, route: Route, parts: dict[str, str]) -> Answer:
    """Call a route with these parts in its path and body."""
    path = re.sub("<([a-z]+)>", lambda part: parts[part[1]], route.path)
    if route.method == "GET":
        return browser.get(path, **({"q": "Bern"} if path == "places" else {}))
    body = {
        name: parts[value[1:-1]] if isinstance(value, str) and value.startswith("<") else value
        for name, value in route.body.items()
    }
    return browser.send(route.method, path, body, headers={"Idempotency-Key": str(uuid4())})


def state(shop: Shop) -> tuple[dict[str, int], int]:
    """Row counts of all tables that mean something, and the calls that the distributor got."""
    volatile = (Session, SignInAttempt)
    models = [model for model in apps.get_models() if model not in volatile]
    return {m._meta.label: m._base_manager.count() for m in models}, len(shop.distributor.calls)


def test_every_route_of_the_url_table_is_declared_here() -> None:
    declared = {(route.path, route.method) for route in ROUTES}
    served = set()
    for pattern in urlpatterns:
        view = pattern.callback.cls  # type: ignore[attr-defined]  # REST framework's as_view adds it
        path = re.sub(r"<\w+:(\w+)>", r"<\1>", str(pattern.pattern)).replace("search_id", "search")
        if view is not Missing:
            served |= {(path, method) for method in view.access}
    assert served == declared


def test_a_resource_that_does_not_state_its_access_cannot_be_defined() -> None:
    with pytest.raises(TypeError, match=r"Forgotten must state the access of \['GET', 'POST'\]"):
        type(
            "Forgotten",
            (Resource,),
            {"get": print, "post": print, "access": {"GET": Access.ANYONE}},
        )


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_what_somebody_may_not_do_is_refused_and_leaves_no_trace(shop: Shop, who: str) -> None:
    own = targets(shop.enter(*PEOPLE["counter"]))
    browser = enter(shop, who)
    before = state(shop)
    for route in [route for route in ROUTES if who not in route.allowed]:
        for parts in (own, MISSING):
            status, code, facts = call(browser, route, parts).problem
            if who == "anonymous":
                assert (status, code) == (401, "not-signed-in"), route
            else:
                assert (status, code) == (403, "permission-missing"), route
                assert facts["permission"] in {"sell", "refund", "admin", "member", "operator"}
    assert state(shop) == before


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("who", sorted(MEMBERS))
def test_another_agencys_object_looks_like_a_missing_one(shop: Shop, who: str, target: str) -> None:
    theirs = targets(shop.enter(*PEOPLE["counter"]))
    browser = enter(shop, who, other=True)
    parts = theirs if target == "another agency's" else MISSING
    before = state(shop)
    for route in [route for route in ROUTES if who in route.allowed and route.missing]:
        assert call(browser, route, parts).problem == (404, route.missing, {}), route
    assert state(shop) == before


@pytest.mark.parametrize("who", sorted(WIDE))
def test_a_missing_object_is_missing_for_the_wide_roles_too(shop: Shop, who: str) -> None:
    browser = enter(shop, who)
    for route in [route for route in ROUTES if who in route.allowed and route.missing]:
        assert call(browser, route, MISSING).problem == (404, route.missing, {}), route


@pytest.mark.parametrize(
    ("route", "who"),
    [(route, who) for route in ROUTES for who in sorted(route.allowed - {"anonymous"})],
    ids=str,
)
def test_what_somebody_may_do_is_let_in(shop: Shop, route: Route, who: str) -> None:
    own = targets(shop.enter(*PEOPLE["counter"]))
    answer = call(enter(shop, who), route, own)
    refusals = {403, 404, 500, 503} | (set() if route.path == "session" else {401})
    assert answer.status not in refusals, answer.body


def test_care_and_operators_read_the_orders_of_all_agencies(shop: Shop) -> None:
    numbers = {
        steps.sold(shop.enter(*PEOPLE["counter"]))["number"],
        steps.sold(shop.enter(*PEOPLE["counter"], other=True))["number"],
    }
    for who in sorted(WIDE):
        rows = enter(shop, who).get("orders").body["results"]
        assert {row["number"] for row in rows} == numbers
    for other in (False, True):
        rows = shop.enter(other=other).get("orders").body["results"]
        assert len(rows) == 1


def test_a_search_of_another_agency_cannot_be_sold_from(shop: Shop) -> None:
    theirs = steps.search(shop.enter(Permission.SELL))
    seller = shop.enter(Permission.SELL, other=True)
    number = seller.post("orders").body["number"]
    answer = seller.post(f"orders/{number}/items", {"search": theirs["id"], "offer": 0})
    assert answer.problem == (404, "search-not-found", {})


def test_a_right_that_is_taken_away_is_gone_at_the_next_request(shop: Shop) -> None:
    seller = shop.enter(Permission.SELL)
    assert seller.post("orders").status == 201
    apps.get_model("identity", "Membership").objects.update(sell=False)
    assert seller.post("orders").problem == (403, "permission-missing", {"permission": "sell"})


def test_a_person_who_is_retired_is_signed_out(shop: Shop) -> None:
    seller = shop.enter(Permission.SELL)
    apps.get_model("identity", "User").objects.update(is_active=False)
    assert seller.get("orders").problem[:2] == (401, "not-signed-in")
