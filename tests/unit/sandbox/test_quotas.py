"""Quotas: stable, exhaustible, and given back."""

from datetime import date, datetime, timedelta
from pathlib import Path

from sandbox.model import QuotaClaim
from sandbox.quotas import capacity, claim, give_back, keep, places_left, quota_name
from sandbox.store import Store

NOW = datetime.fromisoformat("2027-03-02T10:00:00+01:00")
LATER = NOW + timedelta(minutes=30)
QUOTA = quota_name(711, date(2027, 3, 9), "SECOND")


def test_a_quota_is_between_three_and_thirty_places_and_always_the_same() -> None:
    sizes = [
        capacity(quota_name(train, date(2027, 3, 9), travel_class))
        for train in range(500, 1500)
        for travel_class in ("FIRST", "SECOND")
    ]
    assert (min(sizes), max(sizes)) == (3, 30)
    assert capacity(QUOTA) == capacity("711/2027-03-09/SECOND")


def test_places_are_taken_together_or_not_at_all(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.sqlite3")
    other = quota_name(712, date(2027, 3, 9), "SECOND")
    both = [QuotaClaim(QUOTA, capacity(QUOTA), 1), QuotaClaim(other, 0, capacity(other) + 1)]
    with store.write() as connection:
        assert not claim(connection, "b1", both, NOW, LATER)
        assert places_left(connection, [QUOTA], NOW) == {QUOTA: capacity(QUOTA)}
    store.close()


def test_a_hold_takes_its_places_until_it_lapses_and_a_sale_keeps_them(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.sqlite3")
    whole = capacity(QUOTA)
    with store.write() as connection:
        assert claim(connection, "b1", [QuotaClaim(QUOTA, whole, whole)], NOW, LATER)
        assert not claim(connection, "b2", [QuotaClaim(QUOTA, whole, 1)], NOW, LATER)
        assert places_left(connection, [QUOTA], LATER) == {QUOTA: whole}
        keep(connection, "b1")
        assert places_left(connection, [QUOTA], LATER) == {QUOTA: 0}
        give_back(connection, "b1")
        assert places_left(connection, [QUOTA], LATER) == {QUOTA: whole}
    store.close()
