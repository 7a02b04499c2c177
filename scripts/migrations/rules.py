"""What the version that runs cannot live with, found by comparing tables before and after."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from scripts.migrations.schema import Column, Schema, Table

INSTEAD: Final = {
    "table-dropped": "first a release whose models do not know it (state operation), then drop it",
    "table-renamed": "add the new one, fill it, and drop the old one a release later",
    "column-dropped": "first a release whose models do not know it (state operation), then drop it",
    "column-renamed": "add the new one, fill it, and drop the old one a release later",
    "column-required": "give it db_default= or null=True: MariaDB forgets default= at once",
    "column-left-required": "give it db_default= or null=True before the models forget it",
    "not-null": "first a release that always writes it, then say so: contracts = (...)",
    "type-changed": "widen only; narrow a release after the last one that writes more: contracts",
    "unique-added": "first a release that writes each value once, then say so: contracts = (...)",
    "default-removed": "first a release that always writes it, then say so: contracts = (...)",
    "constraint-added": "first a release that keeps it, then say so: contracts, or online",
    "constraint-removed": "first a release that does not rely on it, then say so: contracts",
    "unexplained": 'say why the running version lives with it: online = "..."',
    "several-changes": "one to a migration: MariaDB cannot undo the first when the second fails",
    "contracts-unreleased": "contracts names a migration that a release has brought",
    "released-missing": "a migration that was released stays",
}
"""Each rule, and what to do."""

BY_CONTRACT: Final = frozenset(
    {
        *("not-null", "type-changed", "unique-added", "default-removed"),
        *("constraint-added", "constraint-removed"),
    }
)
"""What a release later may do, when the one before keeps to it already."""

BY_REASON: Final = frozenset({"unexplained", "constraint-added"})
"""What a reason in words can settle."""


@dataclass(frozen=True)
class Breach:
    """A rule, and the table or column that it is about."""

    rule: str
    about: str


def breaches(before: Schema, after: Schema, used: Schema) -> Iterator[Breach]:
    """What one change does to the tables that the running version uses."""
    gone = before.keys() - after.keys()
    renamed = bool(after.keys() - before.keys())
    for name in sorted(used.keys() & before.keys()):
        if name in gone:
            yield Breach("table-renamed" if renamed else "table-dropped", name)
        else:
            for breach in _in_table(before[name], after[name], used[name]):
                yield Breach(breach.rule, f"{name}.{breach.about}")


def left_required(database: Schema, models: Schema) -> Iterator[Breach]:
    """Columns that the models forget and the database still asks for."""
    for name in sorted(database.keys() & models.keys()):
        forgotten = database[name].columns.keys() - models[name].columns.keys()
        for column in sorted(forgotten):
            if database[name].columns[column].is_required:
                yield Breach("column-left-required", f"{name}.{column}")


def _in_table(before: Table, after: Table, used: Table) -> Iterator[Breach]:
    gone, new = before.columns.keys() - after.columns, after.columns.keys() - before.columns
    for name in sorted(gone & used.columns.keys()):
        yield Breach("column-renamed" if new else "column-dropped", name)
    for name in sorted(new) if not gone else ():
        if after.columns[name].is_required:
            yield Breach("column-required", name)
        elif after.columns[name].is_unique and not after.columns[name].is_nullable:
            yield Breach("unique-added", name)
    for name in sorted(before.columns.keys() & after.columns.keys() & used.columns.keys()):
        for rule in _in_column(before.columns[name], after.columns[name]):
            yield Breach(rule, name)
    for name in sorted(before.constraints.keys() - after.constraints):
        if name in used.constraints:
            yield Breach("constraint-removed", name)
    for name in sorted(after.constraints.keys() - before.constraints):
        if not _is_out_of_reach(after.constraints[name], after, used):
            yield Breach("constraint-added", name)


def _in_column(before: Column, after: Column) -> Iterator[str]:
    if not after.holds(before):
        yield "type-changed"
    if before.is_nullable and not after.is_nullable:
        yield "not-null"
    if after.is_unique and not before.is_unique:
        yield "unique-added"
    if before.is_unique and not after.is_unique:
        yield "constraint-removed"
    if before.fills_itself and after.is_required:
        yield "default-removed"


def _is_out_of_reach(unique_over: tuple[str, ...] | None, table: Table, used: Table) -> bool:
    """Whether the running version's rows cannot break it: a column that it leaves NULL is in it."""
    return any(
        name not in used.columns and table.columns[name].is_nullable for name in unique_over or ()
    )
