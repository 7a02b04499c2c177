"""The readers of the environment: what they accept, and what they say when they do not."""

from datetime import time
from pathlib import Path

import pytest

from agenturclient.env import Database, Environment, EnvironmentProblem


def problems_of(env: Environment) -> tuple[str, ...]:
    with pytest.raises(EnvironmentProblem) as caught:
        env.complete()
    return caught.value.problems


def test_each_reader_returns_what_the_variable_says() -> None:
    env = Environment(
        {
            "NAME": " Alpenreisen ",
            "ON": "yes",
            "OFF": "0",
            "COUNT": "7",
            "WAIT": "1.5",
            "AT": "02:30",
            "OFTEN": "Never",
            "SHARE": "0.25",
            "ADDRESS": "https://host/osdm/",
            "MODE": "oidc",
            "WORDS": "a, b ,,c",
            "HEADERS": '{"x-channel": "agency"}',
            "CARDS": '{"half-fare": ["REDUCTION_CARD", "HTA"]}',
        }
    )

    assert env.text("NAME") == "Alpenreisen"
    assert env.flag("ON", default=False) is True
    assert env.flag("OFF", default=True) is False
    assert env.number("COUNT") == 7
    assert env.seconds("WAIT") == 1.5
    assert env.daily("AT", time(1)) == time(2, 30)
    assert env.daily("OFTEN", time(1)) is None
    assert env.daily("ELSE", time(1)) == time(1)
    assert env.share("SHARE") == 0.25
    assert env.url("ADDRESS") == "https://host/osdm"
    assert env.choice("MODE", ["local", "oidc"]) == "oidc"
    assert env.comma_list("WORDS") == ["a", "b", "c"]
    assert env.json_texts("HEADERS", {}) == {"x-channel": "agency"}
    assert env.json_lists("CARDS", {}) == {"half-fare": ["REDUCTION_CARD", "HTA"]}
    env.complete()


def test_an_empty_variable_counts_as_not_set() -> None:
    env = Environment({"LEVEL": "  "})

    assert env.text("LEVEL", "INFO") == "INFO"
    assert env.given("LEVEL") is False
    env.complete()


def test_all_problems_are_told_together_each_with_its_name_and_what_was_expected() -> None:
    env = Environment(
        {"ON": "maybe", "COUNT": "-1", "WAIT": "nan", "SHARE": "2", "ADDRESS": "host", "MODE": "x"}
        | {"AT": "25:00"}
    )
    env.text("NAME")
    env.flag("ON", default=False)
    env.number("COUNT", 1)
    env.seconds("WAIT", 1.0)
    env.share("SHARE", 0.5)
    env.url("ADDRESS")
    env.choice("MODE", ["local", "oidc"])
    env.daily("AT", time(1))

    assert problems_of(env) == (
        "NAME: is missing; expected a text",
        "ON: expected 1 or 0, got 'maybe'",
        "COUNT: expected a whole number, 0 or more, got '-1'",
        "WAIT: expected seconds, more than 0, got 'nan'",
        "SHARE: expected a share from 0 to 1, got '2'",
        "ADDRESS: expected an address such as https://host/path, got 'host'",
        "MODE: expected one of local, oidc, got 'x'",
        "AT: expected a time of day, HH:MM, or never, got '25:00'",
    )


@pytest.mark.parametrize("raw", ["[]", "{", '{"a": 1}', '{"a": ["b", 2]}'])
def test_json_of_another_shape_is_a_problem_that_does_not_show_the_value(raw: str) -> None:
    env = Environment({"HEADERS": raw, "CARDS": raw})

    assert env.json_texts("HEADERS", {"x": "y"}) == {}
    assert env.json_lists("CARDS", {"x": ["y"]}) == {}
    assert problems_of(env) == (
        'HEADERS: expected a JSON object of texts, {"name": "value"}',
        'CARDS: expected a JSON object of lists, {"name": ["text", "text"]}',
    )


def test_a_secret_is_read_from_the_file_that_is_named(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("s3cret\n", encoding="utf-8")
    env = Environment({"KEY_FILE": str(file), "OTHER": "direct"})

    assert env.secret("KEY") == "s3cret"
    assert env.secret("OTHER") == "direct"
    env.complete()


def test_a_secret_that_is_missing_unreadable_empty_or_given_twice_is_a_problem(
    tmp_path: Path,
) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    env = Environment(
        {
            "LOST_FILE": str(tmp_path / "nowhere"),
            "EMPTY_FILE": str(empty),
            "TWICE": "s3cret",
            "TWICE_FILE": str(empty),
        }
    )
    for name in ("KEY", "LOST", "EMPTY", "TWICE"):
        env.secret(name)

    problems = problems_of(env)

    assert problems == (
        "KEY: is missing; set it, or KEY_FILE",
        "LOST_FILE: cannot be read (No such file or directory)",
        "EMPTY_FILE: names an empty file",
        "TWICE: is set twice, as TWICE and as TWICE_FILE",
        "TWICE_FILE: names an empty file",
    )
    assert "s3cret" not in "".join(problems)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("sqlite:///var/shop.sqlite3", Database("sqlite", "var/shop.sqlite3")),
        ("sqlite:////data/shop.sqlite3", Database("sqlite", "/data/shop.sqlite3")),
        ("sqlite:///:memory:", Database("sqlite", ":memory:")),
        (
            "mysql://shop:p%40ss@db.internal:3307/agentur",
            Database("mysql", "agentur", "shop", "p@ss", "db.internal", 3307),
        ),
        ("mysql://shop@db/agentur", Database("mysql", "agentur", "shop", "", "db", 3306)),
    ],
)
def test_a_database_is_named_by_its_address(address: str, expected: Database) -> None:
    env = Environment({"DATABASE_URL": address})

    assert env.database("DATABASE_URL") == expected
    env.complete()


@pytest.mark.parametrize(
    "address", ["postgres://u:s3cret@db/x", "mysql://u:s3cret@db:port/x", "sqlite://", "s3cret"]
)
def test_another_database_is_a_problem_that_does_not_show_its_password(address: str) -> None:
    env = Environment({"DATABASE_URL": address})
    env.database("DATABASE_URL")

    assert problems_of(env) == ("DATABASE_URL: expected sqlite:///path or mysql://user@host/name",)


def test_mysql_needs_a_host() -> None:
    env = Environment({"DATABASE_URL": "mysql:///agentur"})
    env.database("DATABASE_URL")

    assert problems_of(env) == ("DATABASE_URL: names no host; expected mysql://user@host/name",)
