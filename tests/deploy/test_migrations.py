"""The checker of migrations: it finds, by name, each one that the running version could not live
with, and lets pass what it can.
"""

from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations import Migration, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Now

from scripts.migrations.judge import Finding, judge

EXPANSION = "shop.0001_order"
_ID = ("id", models.BigAutoField(primary_key=True))


def running() -> ProjectState:
    """What the version that runs knows."""
    order = ModelState(
        "shop",
        "Order",
        [
            _ID,
            ("number", models.CharField(max_length=10, unique=True)),
            ("note", models.CharField(max_length=20, null=True)),
            ("amount", models.IntegerField()),
            ("rate", models.DecimalField(max_digits=8, decimal_places=2)),
            ("channel", models.CharField(max_length=10, db_default="web")),
        ],
        options={
            "constraints": [
                models.CheckConstraint(condition=models.Q(amount__gte=0), name="amount_least")
            ]
        },
    )
    ticket = ModelState(
        "shop",
        "Ticket",
        [
            _ID,
            ("order", models.ForeignKey("shop.Order", models.PROTECT)),
            ("code", models.CharField(max_length=5)),
        ],
    )
    state = ProjectState()
    state.add_model(order)
    state.add_model(ticket)
    return state


def migration(
    *operations: Operation, contracts: tuple[str, ...] = (), online: str = ""
) -> Migration:
    made = Migration("0002_next", "shop")
    vars(made).update(operations=list(operations), contracts=contracts, online=online)
    return made


def judged(*migrations_: Migration) -> list[Finding]:
    return judge(migrations_, running=running(), released={EXPANSION})


def rules(*migrations_: Migration) -> list[str]:
    return [f"{finding.breach.rule} {finding.breach.about}" for finding in judged(*migrations_)]


def changed(name: str, field: Any) -> Operation:
    return migrations.AlterField("Order", name, field)


def added(field: Any) -> Operation:
    return migrations.AddField("Order", "new", field)


UNIQUE_NOTE = models.UniqueConstraint(fields=["note"], name="one_note")

BROKEN = {
    "a table dropped": (migrations.DeleteModel("Ticket"), "table-dropped shop_ticket"),
    "a table renamed": (
        migrations.AlterModelTable("Ticket", "tickets"),
        "table-renamed shop_ticket",
    ),
    "a model renamed": (migrations.RenameModel("Ticket", "Piece"), "table-renamed shop_ticket"),
    "a column dropped": (
        migrations.RemoveField("Order", "note"),
        "column-dropped shop_order.note",
    ),
    "a column renamed": (
        migrations.RenameField("Order", "note", "remark"),
        "column-renamed shop_order.note",
    ),
    "a column renamed below the model": (
        changed("amount", models.IntegerField(db_column="total")),
        "column-renamed shop_order.amount",
    ),
    "a reference renamed": (
        migrations.RenameField("Ticket", "order", "dossier"),
        "column-renamed shop_ticket.order_id",
    ),
    "a column without any default": (
        added(models.DateTimeField()),
        "column-required shop_order.new",
    ),
    "a default that MariaDB drops": (
        added(models.IntegerField(default=0)),
        "column-required shop_order.new",
    ),
    "a column forgotten and still asked for": (
        SeparateDatabaseAndState(state_operations=[migrations.RemoveField("Order", "amount")]),
        "column-left-required shop_order.amount",
    ),
    "NULL forbidden": (
        changed("note", models.CharField(max_length=20)),
        "not-null shop_order.note",
    ),
    "a text shortened": (
        changed("note", models.CharField(max_length=19, null=True)),
        "type-changed shop_order.note",
    ),
    "a number with fewer digits": (
        changed("rate", models.DecimalField(max_digits=8, decimal_places=3)),
        "type-changed shop_order.rate",
    ),
    "a number narrowed": (
        changed("amount", models.SmallIntegerField()),
        "type-changed shop_order.amount",
    ),
    "a column made unique": (
        changed("note", models.CharField(max_length=20, null=True, unique=True)),
        "unique-added shop_order.note",
    ),
    "a new column, unique with one default for all": (
        added(models.IntegerField(db_default=0, unique=True)),
        "unique-added shop_order.new",
    ),
    "a default of the database taken away": (
        changed("channel", models.CharField(max_length=10)),
        "default-removed shop_order.channel",
    ),
    "a constraint on what is there": (
        migrations.AddConstraint("Order", UNIQUE_NOTE),
        "constraint-added shop_order.one_note",
    ),
    "columns unique together": (
        migrations.AlterUniqueTogether("Ticket", {("order", "code")}),
        "constraint-added shop_ticket.unique over order, code",
    ),
    "a rule that the running version relies on": (
        migrations.RemoveConstraint("Order", "amount_least"),
        "constraint-removed shop_order.amount_least",
    ),
    "a unique column that is so no more": (
        changed("number", models.CharField(max_length=10)),
        "constraint-removed shop_order.number",
    ),
    "data moved by a program": (migrations.RunPython(print), "unexplained RunPython"),
    "SQL by hand": (migrations.RunSQL("DELETE FROM shop_order"), "unexplained RunSQL"),
    "a drop that hides in an operation for the database alone": (
        SeparateDatabaseAndState(database_operations=[migrations.RemoveField("Order", "note")]),
        "column-dropped shop_order.note",
    ),
}


@pytest.mark.parametrize(("operation", "found"), BROKEN.values(), ids=BROKEN)
def test_a_broken_migration_is_found_by_name(operation: Operation, found: str) -> None:
    assert rules(migration(operation)) == [found]


FINE = {
    "a new table": migrations.CreateModel("Seat", [_ID, ("code", models.CharField(max_length=5))]),
    "a column that may be NULL": added(models.IntegerField(null=True)),
    "a column that the database fills": added(models.IntegerField(db_default=0)),
    "a time that the database fills": added(models.DateTimeField(db_default=Now())),
    "a unique column that the running version leaves NULL": added(
        models.IntegerField(null=True, unique=True)
    ),
    "a reference that may be NULL": added(
        models.ForeignKey("shop.Ticket", models.PROTECT, null=True, related_name="+")
    ),
    "an index": migrations.AddIndex("Order", models.Index(fields=["amount"], name="by_amount")),
    "a longer text": changed("note", models.CharField(max_length=21, null=True)),
    "a text without limit": changed("note", models.TextField(null=True)),
    "a larger number": changed("amount", models.BigIntegerField()),
    "NULL allowed": changed("amount", models.IntegerField(null=True)),
    "other choices": changed("amount", models.IntegerField(choices=[(1, "one")])),
    "another default of the program's": changed("amount", models.IntegerField(default=3)),
    "another label": migrations.AlterModelOptions("Order", {"verbose_name": "dossier"}),
}


@pytest.mark.parametrize("operation", FINE.values(), ids=FINE)
def test_what_the_running_version_can_live_with_passes(operation: Operation) -> None:
    assert judged(migration(operation)) == []


def test_a_table_that_the_running_version_does_not_know_may_change_as_it_likes() -> None:
    seat = migrations.CreateModel("Seat", [_ID, ("code", models.CharField(max_length=5))])
    required = migrations.AddField("Seat", "row", models.IntegerField(default=0))

    assert judged(migration(seat), migration(required)) == []


def test_a_rule_over_a_column_that_the_running_version_leaves_null_passes() -> None:
    over_both = models.UniqueConstraint(fields=["channel", "new"], name="one_new")

    assert (
        rules(
            migration(added(models.IntegerField(null=True))),
            migration(migrations.AddConstraint("Order", over_both)),
        )
        == []
    )


def test_two_changes_do_not_share_a_migration_because_mariadb_undoes_neither() -> None:
    one = migrations.AddField("Order", "one", models.IntegerField(null=True))
    two = migrations.AddField("Order", "two", models.IntegerField(null=True))

    assert rules(migration(one, two)) == ["several-changes 2 operations"]
    assert rules(migration(one), migration(two)) == []


@pytest.mark.parametrize("name", ["NULL forbidden", "a text shortened", "a column made unique"])
def test_the_release_after_may_be_stricter_when_it_names_what_it_contracts(name: str) -> None:
    operation, _ = BROKEN[name]

    assert judged(migration(operation, contracts=(EXPANSION,))) == []


def test_what_is_contracted_must_have_been_released() -> None:
    operation, found = BROKEN["NULL forbidden"]

    assert rules(migration(operation, contracts=("shop.0009_soon",))) == [
        found,
        "contracts-unreleased shop.0009_soon",
    ]


@pytest.mark.parametrize("name", ["a column dropped", "a table dropped", "a column renamed"])
def test_no_word_excuses_taking_away_what_is_still_read(name: str) -> None:
    operation, found = BROKEN[name]

    assert rules(migration(operation, contracts=(EXPANSION,), online="trust me")) == [found]


def test_a_column_goes_in_two_releases() -> None:
    nullable = changed("amount", models.IntegerField(null=True))
    forget = SeparateDatabaseAndState(state_operations=[migrations.RemoveField("Order", "amount")])
    remember = SeparateDatabaseAndState(
        state_operations=[added(models.IntegerField(null=True, db_column="amount"))]
    )
    drop = migrations.RemoveField("Order", "new")
    forgotten = running()
    for operation in (nullable, forget):
        operation.state_forwards("shop", forgotten)

    assert rules(migration(nullable), migration(forget)) == []
    assert judge([migration(remember, drop)], running=forgotten, released=set()) == []


def test_data_may_be_moved_with_a_reason() -> None:
    assert judged(migration(migrations.RunPython(print), online="rows of ended searches")) == []


def test_a_finding_says_where_what_and_what_to_do() -> None:
    (finding,) = judged(migration(added(models.IntegerField(default=0))))

    assert str(finding) == (
        "shop.0002_next: column-required: shop_order.new; "
        "give it db_default= or null=True: MariaDB forgets default= at once"
    )
