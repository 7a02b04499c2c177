"""The boolean expression of what a distributor wants to know."""

from __future__ import annotations

import pytest

from agenturclient.distributors.osdm.requested_information import required

P = "passengerSpecifications[0]"
MAIL, PHONE = f"{P}.detail.contact.email", f"{P}.detail.contact.phoneNumber"
NAME = f"{P}.detail.firstName"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (None, ()),
        ("", ()),
        ("  ", ()),
        (NAME, ()),
        (f"{NAME} AND {P}.detail.lastName AND {P}.dateOfBirth", ()),
        (MAIL, ("email",)),
        ("passengerSpecifications[ANY].detail.email", ("email",)),
        (f"{MAIL} AND {PHONE}", ("email", "phone")),
        (f"{PHONE} OR {MAIL}", ("phone",)),
        (f"{NAME} AND ({MAIL} OR {PHONE})", ("email",)),
        (f"{MAIL} OR {NAME}", ()),
        (f"{MAIL} AND {PHONE} OR {PHONE}", ("phone",)),
        (f"({MAIL} OR {P}.gender) AND {NAME}", ("email",)),
        (f"{P}.gender OR {MAIL}", ("email",)),
        (f"{P}.gender", ()),
        (f"{NAME} and ({MAIL} or {PHONE})", ("email",)),
        (f"(({MAIL}))", ("email",)),
        ("p[6b1f0a52-aaaa-4bbb-8ccc-0123456789ab].detail.contact.phoneNumber", ("phone",)),
    ],
)
def test_the_least_that_satisfies_it_is_asked_for(
    expression: str | None, expected: tuple[str, ...]
) -> None:
    assert required(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [f"{NAME} AND", f"({MAIL}", f"{MAIL} {PHONE}", "AND", ")", f"{MAIL} & {PHONE}", "OR OR", "()"],
)
def test_what_cannot_be_parsed_demands_everything(expression: str) -> None:
    assert required(expression) == ("email", "phone")
