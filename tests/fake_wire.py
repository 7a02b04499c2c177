"""How a call reaches the fake distributor: recorded, failed on demand, answered once per key."""

from __future__ import annotations

import contextlib
from collections import defaultdict, deque
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, TypeVar

from django.db import connections

from agenturclient.sales.ports import Abilities, DistributorFailure

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    """A call that reached the distributor: for assertions."""

    method: str
    about: object = None
    key: UUID | None = None
    patient: bool = False


class FakeWire:
    """Runs the calls of a fake one after another.

    `fail_next("issue", OutcomeUnknown("no-answer"), effect=True)` makes the next issue happen and
    lose its answer.
    """

    def __init__(self, abilities: Abilities, on_call: Callable[[str], None]) -> None:
        self.abilities = abilities
        self.calls: list[Call] = []
        self._on_call = on_call
        self._lock = RLock()
        self._failures: dict[str, deque[tuple[BaseException, bool]]] = defaultdict(deque)
        self._answers: dict[UUID, tuple[object, object]] = {}

    def fail_next(self, method: str, failure: BaseException, *, effect: bool = False) -> None:
        """Let the next call of a method fail; with `effect` it happens, only the answer is lost."""
        self._failures[method].append((failure, effect))

    def count(self, method: str) -> int:
        """How often a method was called."""
        return sum(call.method == method for call in self.calls)

    def run(self, call: Call, work: Callable[[], T]) -> T:
        """Do the work of a call, unless it is to fail."""
        _assert_no_transaction(call.method)
        self._on_call(call.method)
        with self._lock:
            self.calls.append(call)
            queue = self._failures[call.method]
            failure, effect = queue.popleft() if queue else (None, False)
            if failure is None:
                return self._once(call, work)
            if effect:
                with contextlib.suppress(DistributorFailure):
                    self._once(call, work)
            raise failure

    def _once(self, call: Call, work: Callable[[], T]) -> T:
        """The answer to a key stays the same, where keys are honoured."""
        if call.key is None or not self.abilities.honours_keys:
            return work()
        question = (call.method, call.about)
        if call.key in self._answers:
            asked, answer = self._answers[call.key]
            if asked != question:
                raise AssertionError(f"key {call.key} was used for something else before")
            return answer  # type: ignore[return-value]  # stored under the same question, thus of its type
        result = work()
        self._answers[call.key] = (question, result)
        return result


def _assert_no_transaction(method: str) -> None:
    """Law 1. The transaction that a test framework opens around a test does not count."""
    for each in connections.all(initialized_only=True):
        if any(not getattr(block, "_from_testcase", False) for block in each.atomic_blocks):
            raise AssertionError(f"{method} was called inside an open database transaction")
