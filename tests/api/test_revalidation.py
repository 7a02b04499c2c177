"""Asking the identity provider again about somebody who is signed in."""

from __future__ import annotations

import threading
from threading import Event
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from django.contrib.sessions.models import Session
from django.db import connections

from agenturclient import bootstrap
from agenturclient.identity.models import Change, Membership, OpenSession, User
from agenturclient.identity.revalidation import UNCONFIRMED_SINCE
from tests.api.login import MEMBER, SELLER, Visitor, make_due
from tests.fakes import FakeDistributor

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from agenturclient.kernel.clock import SettableClock
    from tests.identity_provider import Account, Provider


@pytest.fixture
def account(visitor: Visitor) -> Account:
    """Somebody who is signed in in `visitor` and may sell."""
    made = visitor.provider.account(SELLER)
    visitor.sign_in(made)
    visitor.provider.sent.clear()
    return made


def permissions(visitor: Visitor) -> list[str]:
    """What the session may do now."""
    found: list[str] = visitor.client.get("/api/v1/session").json()["permissions"]
    return found


def test_nobody_is_asked_before_five_minutes_have_gone(visitor: Visitor, account: Account) -> None:
    del account
    assert [visitor.status() for _ in range(3)] == [200, 200, 200]
    assert visitor.provider.sent == []


def test_knowing_who_asks_costs_no_query_more_than_with_local_sign_in(
    visitor: Visitor, account: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    del account
    with django_assert_num_queries(3):  # session, user, memberships
        visitor.status()


def test_after_five_minutes_the_next_request_asks_and_the_one_after_it_does_not(
    visitor: Visitor, account: Account
) -> None:
    make_due(visitor)
    assert [visitor.status() for _ in range(3)] == [200, 200, 200]
    user = f"/admin/realms/agenturclient/users/{account.subject}"
    assert visitor.provider.sent == [
        "POST /realms/agenturclient/protocol/openid-connect/token",
        f"GET {user}",
        f"GET {user}/groups",
    ]


def test_a_right_taken_away_is_gone_and_a_new_one_there(visitor: Visitor, account: Account) -> None:
    assert permissions(visitor) == ["sell"]
    account.groups = (MEMBER, f"{MEMBER}/refund")
    assert permissions(visitor) == ["sell"]
    make_due(visitor)
    assert permissions(visitor) == ["refund"]


def test_somebody_who_was_disabled_is_out_in_every_browser(
    visitor: Visitor, account: Account
) -> None:
    other = Visitor(visitor.provider)
    other.sign_in(account)
    account.enabled = False
    make_due(visitor)
    assert (visitor.status(), other.status()) == (401, 401)
    assert OpenSession.objects.count() == 0
    assert not User.objects.get().is_active


def test_somebody_who_was_deleted_is_out(visitor: Visitor, account: Account) -> None:
    del visitor.provider.accounts[account.subject]
    make_due(visitor)
    assert visitor.status() == 401


def test_somebody_without_any_place_left_is_out(visitor: Visitor, account: Account) -> None:
    account.groups = ("/agencies/unknown/sell",)
    make_due(visitor)
    assert visitor.status() == 401
    assert User.objects.get().is_active  # the account lives on elsewhere
    assert Membership.objects.get().active is False


def test_somebody_enabled_again_signs_in_again(visitor: Visitor, account: Account) -> None:
    account.enabled = False
    make_due(visitor)
    assert visitor.status() == 401
    account.enabled = True
    visitor.sign_in(account)
    assert visitor.status() == 200


@pytest.mark.parametrize(
    "away", [httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), 500, 503, 404]
)
def test_nobody_is_signed_out_by_a_provider_that_is_away(
    visitor: Visitor, account: Account, away: Exception | int
) -> None:
    del account
    visitor.provider.away = away
    make_due(visitor)
    assert [visitor.status() for _ in range(3)] == [200, 200, 200]
    assert visitor.provider.calls("") == 1
    assert UNCONFIRMED_SINCE in visitor.client.session
    assert visitor.client.get("/api/v1/session").json()["unconfirmed_since"] is not None
    visitor.provider.away = None
    make_due(visitor)
    assert visitor.client.get("/api/v1/session").json()["unconfirmed_since"] is None


def test_a_session_that_ends_while_its_user_is_asked_about_is_over(
    visitor: Visitor, account: Account
) -> None:
    honest = visitor.provider.answer

    def slow(request: httpx.Request) -> httpx.Response:
        Session.objects.all().delete()
        return honest(request)

    visitor.provider.wire = slow
    make_due(visitor)
    assert visitor.status() == 401
    assert Session.objects.count() == 0
    del account


def test_a_session_that_ends_during_a_long_request_does_not_spoil_its_answer(
    visitor: Visitor, account: Account, slow_place: Event
) -> None:
    make_due(visitor)
    answer = visitor.client.get("/api/v1/places", {"q": "Bern"})
    assert slow_place.is_set()
    assert answer.status_code == 200
    assert visitor.status() == 401
    del account


@pytest.fixture
def slow_place(provider: Provider, clock: SettableClock) -> Event:
    """Whether a look-up of places was made; during it all sessions end."""
    asked = Event()

    class Slow(FakeDistributor):
        def find_places(self, *args: Any, **kwargs: Any) -> Any:
            asked.set()
            Session.objects.all().delete()
            return super().find_places(*args, **kwargs)

    bootstrap.use(distributor=Slow(clock), keycloak=provider.keycloak())
    return asked


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_an_admin_api_that_says_anything_else_signs_nobody_out(
    visitor: Visitor, account: Account, status: int
) -> None:
    del account
    visitor.provider.admin_status = status
    make_due(visitor)
    assert visitor.status() == 200
    assert UNCONFIRMED_SINCE in visitor.client.session


def test_a_change_under_way_is_not_undone_by_what_the_provider_still_tells(
    visitor: Visitor, account: Account, pending_change: Any
) -> None:
    assert permissions(visitor) == ["sell"]
    Membership.objects.update(sell=False)
    make_due(visitor)
    assert permissions(visitor) == []
    Change.objects.update(open_subject=None)
    make_due(visitor)
    assert permissions(visitor) == ["sell"]
    del account, pending_change


@pytest.fixture
def pending_change(account: Account) -> Change:
    """An admin's change of the person that has not come to its end."""
    user = User.objects.get(subject=account.subject)
    agency = Membership.objects.get(user=user).agency
    moment = user.last_login
    assert moment is not None
    return Change.objects.create(
        key="00000000-0000-4000-8000-000000000001",
        kind="rights",
        state="unknown",
        agency=agency,
        actor=user,
        user=user,
        open_subject=f"user:{user.pk}",
        lease_until=moment,
        next_at=moment,
        asked_at=moment,
    )


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_one_request_of_a_session_asks_and_the_others_go_on(visitor: Visitor) -> None:
    visitor.sign_in(visitor.provider.account(SELLER))
    make_due(visitor)
    cookie = visitor.cookie
    asked, answer = threading.Event(), threading.Event()
    honest = visitor.provider.answer

    def slow(request: httpx.Request) -> httpx.Response:
        asked.set()
        assert answer.wait(20)
        return honest(request)

    visitor.provider.wire = slow
    visitor.provider.sent.clear()
    statuses: list[int] = []

    def ask() -> None:
        other = Visitor(visitor.provider)
        other.client.cookies["session"] = cookie
        statuses.append(other.status())
        connections.close_all()

    first = threading.Thread(target=ask)
    first.start()
    assert asked.wait(20)
    others = [threading.Thread(target=ask) for _ in range(5)]
    for each in others:
        each.start()
    for each in others:
        each.join(20)
    assert statuses == [200] * 5  # while the first still waits
    answer.set()
    first.join(20)
    assert statuses == [200] * 6
    assert visitor.provider.calls("/groups") == 1
    assert Session.objects.filter(pk=cookie).exists()
