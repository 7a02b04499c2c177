"""Reading requests: small typed readers over JSON that say precisely what is wrong with it."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sandbox import clock
from sandbox.jsontypes import Json
from sandbox.personality import Personality
from sandbox.problems import Problem, Warnings


@dataclass(frozen=True)
class Call:
    """One authorised request inside its transaction.

    `effects` are the names of faults that change what the operation does (see `sandbox.faults`),
    with their seconds; `base_url` has no slash at its end.
    """

    connection: sqlite3.Connection
    personality: Personality
    now: datetime
    language: str
    base_url: str
    params: Mapping[str, str]
    query: Mapping[str, list[str]]
    body: Json
    warnings: Warnings
    effects: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What an operation answers; no body is a 204."""

    body: Json | list[Json] | None
    status: int = 200


def invalid(detail: str, pointer: str) -> Problem:
    """The problem for a property that cannot be read."""
    return Problem(400, "VALIDATION_ERROR", detail, pointers=[pointer])


def mapping(value: Any, pointer: str) -> Json:
    """A JSON object; absent and null are an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise invalid("an object is expected", pointer)
    return value


def mappings(value: Any, pointer: str) -> list[Json]:
    """A list of JSON objects; absent and null are an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise invalid("a list is expected", pointer)
    return [mapping(each, f"{pointer}/{index}") for index, each in enumerate(value)]


def texts(value: Any, pointer: str) -> list[str]:
    """A list of texts; absent and null are an empty one."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise invalid("a list of texts is expected", pointer)
    return list(value)


def text(value: Any, pointer: str) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise invalid("a text is expected", pointer)
    return value


def count(value: Any, pointer: str, *, default: int, most: int) -> int:
    """A whole number from 0, cut off at `most`; absent and null are the default."""
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise invalid("a whole number from 0 is expected", pointer)
    return min(value, most)


def moment(value: Any, pointer: str) -> datetime:
    """A time; without an offset it is Swiss wall-clock time."""
    try:
        return clock.moment_of(text(value, pointer))
    except ValueError:
        raise invalid("an ISO 8601 time is expected", pointer) from None


def day(value: Any, pointer: str) -> date | None:
    """A calendar day, or None when absent."""
    if value is None:
        return None
    try:
        return date.fromisoformat(text(value, pointer))
    except ValueError:
        raise invalid("an ISO 8601 date is expected", pointer) from None
