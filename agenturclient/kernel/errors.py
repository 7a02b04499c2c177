"""Refusal: a definite no with a stable code, raised by use cases and told to the agent."""

from __future__ import annotations

from typing import ClassVar

Fact = str | int | bool | None


class Refusal(Exception):
    """A definite no. `code` is kebab-case and never changes; `facts` fill the translated text.

    Whoever raises one has changed nothing.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, **facts: Fact) -> None:
        super().__init__(self.code)
        self.facts = facts
