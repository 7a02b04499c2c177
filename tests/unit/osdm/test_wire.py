"""Reading JSON: tolerant of the unknown, strict about what we need."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agenturclient.distributors.osdm.wire import Node, Unreadable, parse
from agenturclient.kernel.money import Money


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        ({"currency": "CHF", "amount": 3400, "scale": 2}, Money(3400, "CHF")),
        ({"currency": "CHF", "amount": 3400}, Money(3400, "CHF")),
        ({"currency": "CHF", "amount": 3400, "scale": None}, Money(3400, "CHF")),
        ({"currency": "CHF", "amount": 34, "scale": 0}, Money(3400, "CHF")),
        ({"currency": "CHF", "amount": 34000, "scale": 3}, Money(3400, "CHF")),
        ({"currency": "JPY", "amount": 3400, "scale": 0}, Money(3400, "JPY")),
    ],
)
def test_a_price_becomes_money(price: dict[str, object], expected: Money) -> None:
    assert Node({"price": price}).price("price") == expected


@pytest.mark.parametrize(
    "price",
    [
        None,
        {},
        {"amount": 3400},
        {"currency": "CHF"},
        {"currency": "CHF", "amount": 34.5},
        {"currency": "CHF", "amount": True},
        {"currency": "CHF", "amount": 34001, "scale": 3},
    ],
)
def test_a_price_that_does_not_fit_cannot_be_used(price: object) -> None:
    with pytest.raises(Unreadable):
        Node({"price": price}).price("price")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-10T07:00:00+01:00", datetime(2026, 12, 10, 6, tzinfo=UTC)),
        ("2026-12-10T06:00:00Z", datetime(2026, 12, 10, 6, tzinfo=UTC)),
        ("2026-12-10T07:00:00", datetime(2026, 12, 10, 6, tzinfo=UTC)),
        ("2026-07-10T07:00:00", datetime(2026, 7, 10, 5, tzinfo=UTC)),
    ],
)
def test_a_time_comes_in_any_zone_and_without_one_it_is_swiss(
    text: str, expected: datetime
) -> None:
    assert Node({"at": text}).moment("at") == expected


@pytest.mark.parametrize("text", ["yesterday", 7, ["2026-12-10"]])
def test_a_time_that_is_none_cannot_be_used(text: object) -> None:
    with pytest.raises(Unreadable):
        Node({"at": text}).moment_or_none("at")


@pytest.mark.parametrize(
    ("text", "minutes"), [("PT56M", 56), ("PT1H", 60), ("P1DT2H3M", 1563), ("PT90S", 1.5)]
)
def test_a_duration_is_read(text: str, minutes: float) -> None:
    assert Node({"d": text}).duration("d") == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["P1M", "1 hour", 60, None])
def test_another_duration_is_not_known(text: object) -> None:
    assert Node({"d": text}).duration("d") is None


def test_the_unknown_and_the_misshapen_are_passed_over() -> None:
    node = parse(b'{"new": 1, "list": [{"a": 1}, 7, null], "texts": ["a", 1], "node": "text"}')
    assert [each.number("a") for each in node.nodes("list")] == [1]
    assert node.texts("texts") == ("a",)
    assert node.node("node").data == {}
    assert node.nodes("missing") == ()


def test_what_is_missing_is_named_by_its_path_and_no_value_is_shown() -> None:
    node = parse(b'{"booking": {"passengers": [{"lastName": "Muster"}]}}')
    passenger = node.node("booking").nodes("passengers")[0]
    with pytest.raises(Unreadable, match=r"^\$\.booking\.passengers\[0\]\.id: a text is expected$"):
        passenger.text("id")
    assert "Muster" not in repr(passenger)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"7", b"\xff\xfe"])
def test_anything_but_an_object_cannot_be_read(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(body)
