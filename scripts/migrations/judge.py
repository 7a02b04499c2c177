"""Judges a migration operation by operation.

A migration can say two things about itself, as attributes of its class:

    contracts = ("sales.0007_order_channel",)    the release that brought these keeps the stricter
                                                 rule already: this is the release after it
    online = "touches rows of ended searches"    why the running version can live with what cannot
                                                 be derived: data, or a rule it never breaks

Nothing excuses a table or column that the running version still reads: its models must have
forgotten it, by a state operation, a release before.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Final

from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from scripts.migrations.rules import (
    BY_CONTRACT,
    BY_REASON,
    INSTEAD,
    Breach,
    breaches,
    left_required,
)
from scripts.migrations.schema import Schema, schema

_STATE_ONLY: Final = (operations.AlterModelOptions, operations.AlterModelManagers)
_DATA: Final = (operations.RunPython, operations.RunSQL)
_DJANGOS: Final = tuple(getattr(operations, name) for name in operations.__all__)


@dataclass(frozen=True)
class Finding:
    """A migration and what the running version could not live with."""

    migration: str
    breach: Breach

    def __str__(self) -> str:
        """One line: where, which rule, about what, and what to do instead."""
        rule = self.breach.rule
        return f"{self.migration}: {rule}: {self.breach.about}; {INSTEAD[rule]}"


def judge(
    migrations: Iterable[Migration], *, running: ProjectState, released: Set[str]
) -> list[Finding]:
    """What is wrong with migrations that no release has brought yet, in the order they are run.

    `running` is the state of the models in the version that runs, `released` the names
    (app.migration) of all that it knows.
    """
    used, state = schema(running), running.clone()
    found = []
    for migration in migrations:
        one = _Judgement(migration, used)
        state = one.pass_over(state)
        named = f"{migration.app_label}.{migration.name}"
        excused = _excused(migration, released)
        unknown = set(getattr(migration, "contracts", ())) - released
        left = [breach for breach in one.found if breach.rule not in excused]
        left += [Breach("contracts-unreleased", name) for name in sorted(unknown)]
        found += [Finding(named, breach) for breach in left]
    return found


def _excused(migration: Migration, released: Set[str]) -> Set[str]:
    contracts = set(getattr(migration, "contracts", ()))
    by_contract = BY_CONTRACT if contracts and contracts <= released else frozenset()
    return by_contract | (BY_REASON if getattr(migration, "online", "") else frozenset())


class _Judgement:
    """One migration, against the tables that the running version uses."""

    def __init__(self, migration: Migration, used: Schema) -> None:
        self.found: list[Breach] = []
        self._migration = migration
        self._used = used
        self._changes = 0

    def pass_over(self, state: ProjectState) -> ProjectState:
        """Judge all operations; returns the state after them."""
        for operation in self._migration.operations:
            after = self._after(operation, state)
            if isinstance(operation, operations.SeparateDatabaseAndState):
                database = state
                for part in operation.database_operations:
                    database = self._judge(part, database)
                self.found += left_required(schema(database), schema(after))
            else:
                self._judge(operation, state)
            state = after
        if self._changes > 1:
            self.found.append(Breach("several-changes", f"{self._changes} operations"))
        return state

    def _judge(self, operation: Operation, before: ProjectState) -> ProjectState:
        after = self._after(operation, before)
        old, new = schema(before), schema(after)
        self.found += breaches(old, new, self._used)
        if isinstance(operation, _DATA) or not isinstance(operation, _DJANGOS):
            self.found.append(Breach("unexplained", type(operation).__name__))
        self._changes += _acts(operation, is_changed=old != new)
        return after

    def _after(self, operation: Operation, before: ProjectState) -> ProjectState:
        after = before.clone()
        operation.state_forwards(self._migration.app_label, after)
        return after


def _acts(operation: Operation, *, is_changed: bool) -> bool:
    """Whether it does anything to the database: choices and labels do not."""
    if isinstance(operation, operations.AlterField):
        return is_changed
    return not isinstance(operation, _STATE_ONLY)
