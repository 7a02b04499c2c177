"""What a distributor wants to know of the travellers: OSDM's boolean expression, parsed.

Example: `passengerSpecifications[0].detail.firstName AND (passengerSpecifications[0].detail.
contact.email OR passengerSpecifications[0].detail.contact.phoneNumber)`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

EVERYTHING = ("email", "phone")

# What a booking always says, and what the agent is asked for when it is wanted.
_ALWAYS = frozenset({"firstName", "lastName", "dateOfBirth", "type", "externalRef"})
_ASKED = {"email": "email", "phoneNumber": "phone"}
_UNKNOWN = "unknown"
_TOKEN = re.compile(r"\s*(\(|\)|\bAND\b|\bOR\b|[A-Za-z_$][\w.\[\]*$-]*)", re.IGNORECASE)

Needs = frozenset[str]


def required(expression: str | None) -> tuple[str, ...]:
    """The details beyond names and birth date that satisfy the expression with the least asking.

    An expression that cannot be parsed demands everything. Details that nobody could enter here
    count as the worst alternative, and are left out when there is no other.
    """
    if not expression or not expression.strip():
        return ()
    try:
        needs = _Parser(_tokens(expression)).parse()
    except ValueError:
        return EVERYTHING
    return tuple(name for name in EVERYTHING if name in needs)


def _tokens(expression: str) -> list[str]:
    found: list[str] = []
    position = 0
    text = expression.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ValueError("not an expression")
        found.append(match.group(1))
        position = match.end()
    return found


@dataclass
class _Parser:
    """Recursive descent: OR binds looser than AND. Each rule returns the cheapest needs."""

    tokens: list[str]
    position: int = 0

    def parse(self) -> Needs:
        needs = self._either()
        if self.position != len(self.tokens):
            raise ValueError("something is left")
        return needs

    def _either(self) -> Needs:
        best = self._all()
        while self._take("OR"):
            best = min(best, self._all(), key=_cost)
        return best

    def _all(self) -> Needs:
        needs = self._one()
        while self._take("AND"):
            needs |= self._one()
        return needs

    def _one(self) -> Needs:
        if self._take("("):
            needs = self._either()
            if not self._take(")"):
                raise ValueError("a bracket is not closed")
            return needs
        if self.position >= len(self.tokens):
            raise ValueError("something is missing")
        name = self.tokens[self.position]
        if name.upper() in {"AND", "OR", ")"}:
            raise ValueError("a name is expected")
        self.position += 1
        return _needs(name)

    def _take(self, word: str) -> bool:
        if self.position < len(self.tokens) and self.tokens[self.position].upper() == word:
            self.position += 1
            return True
        return False


def _needs(name: str) -> Needs:
    last = name.rsplit(".", 1)[-1]
    if last in _ALWAYS:
        return frozenset()
    return frozenset({_ASKED.get(last, _UNKNOWN)})


def _cost(needs: Needs) -> tuple[bool, int]:
    return _UNKNOWN in needs, len(needs)
