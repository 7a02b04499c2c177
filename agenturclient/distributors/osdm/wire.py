"""Reading OSDM's JSON: tolerant of what we do not know, strict about what we need."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from agenturclient.kernel.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping

SWITZERLAND = ZoneInfo("Europe/Zurich")
_DEFAULT_SCALE = 2  # "scale may be absent or null"
_DURATION = re.compile(
    r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)


class Unreadable(ValueError):
    """The answer lacks something that we need, or has it in a form we cannot use."""


@dataclass(frozen=True)
class Node:
    """A JSON object of an answer. `where` is its path, for the log; values are never shown."""

    data: Mapping[str, object] = field(repr=False)
    where: str = "$"

    def has(self, name: str) -> bool:
        """Whether the property is there and not null."""
        return self.data.get(name) is not None

    def text(self, name: str) -> str:
        """A text that has to be there."""
        value = self.data.get(name)
        if not isinstance(value, str) or not value:
            raise self._unreadable(name, "a text")
        return value

    def text_or(self, name: str, default: str = "") -> str:
        """A text, or the default for anything else."""
        value = self.data.get(name)
        return value if isinstance(value, str) else default

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a list; none when it is missing."""
        value = self.data.get(name)
        return (
            tuple(each for each in value if isinstance(each, str))
            if isinstance(value, list)
            else ()
        )

    def flag(self, name: str) -> bool | None:
        """True, False, or None when it is not said."""
        value = self.data.get(name)
        return value if isinstance(value, bool) else None

    def number(self, name: str) -> int | None:
        """A whole number, or None when it is not said."""
        value = self.data.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def node(self, name: str) -> Node:
        """An object; empty when it is missing."""
        value = self.data.get(name)
        return Node(value if isinstance(value, dict) else {}, f"{self.where}.{name}")

    def nodes(self, name: str) -> tuple[Node, ...]:
        """The objects of a list; none when it is missing."""
        value = self.data.get(name)
        if not isinstance(value, list):
            return ()
        return tuple(
            Node(each, f"{self.where}.{name}[{index}]")
            for index, each in enumerate(value)
            if isinstance(each, dict)
        )

    def moment(self, name: str) -> datetime:
        """A time that has to be there; without an offset it is Swiss wall-clock time."""
        found = self.moment_or_none(name)
        if found is None:
            raise self._unreadable(name, "a time")
        return found

    def moment_or_none(self, name: str) -> datetime | None:
        """A time, or None when it is missing."""
        value = self.data.get(name)
        if value is None:
            return None
        try:
            found = datetime.fromisoformat(str(value))
        except ValueError:
            raise self._unreadable(name, "a time") from None
        return found if found.tzinfo else found.replace(tzinfo=SWITZERLAND)

    def duration(self, name: str) -> timedelta | None:
        """An ISO 8601 duration of days and less, or None when it is missing or of another form."""
        found = _DURATION.fullmatch(self.text_or(name, "-"))
        if found is None:
            return None
        return timedelta(**{unit: int(value or 0) for unit, value in found.groupdict().items()})

    def price(self, name: str) -> Money:
        """A Price that has to be there and has to fit into minor units."""
        price = self.node(name)
        amount = price.number("amount")
        if amount is None:
            raise self._unreadable(name, "a price")
        scale = price.number("scale")
        try:
            return Money.from_scaled(
                amount, _DEFAULT_SCALE if scale is None else scale, price.text("currency")
            )
        except ValueError:
            raise self._unreadable(name, "a price in minor units") from None

    def _unreadable(self, name: str, expected: str) -> Unreadable:
        return Unreadable(f"{self.where}.{name}: {expected} is expected")


def parse(body: bytes) -> Node:
    """The JSON object of an answer. Raises Unreadable for anything else."""
    try:
        content = json.loads(body)
    except ValueError:
        raise Unreadable("$: JSON is expected") from None
    if not isinstance(content, dict):
        raise Unreadable("$: an object is expected")
    return Node(content)
