"""What a state of the models means in the database: tables, columns and constraints, comparable."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.migrations.state import ProjectState
from django.db.models import Field, ForeignKey, Model, UniqueConstraint
from django.db.models.fields import NOT_PROVIDED, AutoFieldMixin

# What takes every value of the type before it.
_WIDER: Final = {
    "SmallIntegerField": ("IntegerField", "BigIntegerField"),
    "IntegerField": ("BigIntegerField",),
    "PositiveSmallIntegerField": ("PositiveIntegerField", "PositiveBigIntegerField"),
    "PositiveIntegerField": ("PositiveBigIntegerField",),
    "CharField": ("TextField",),
}


@dataclass(frozen=True)
class Column:
    """`sizes` are limits: characters, or digits before and after the point."""

    kind: str
    sizes: tuple[int, ...]
    is_nullable: bool
    fills_itself: bool  # by a default or rule of the database
    is_unique: bool
    is_indexed: bool

    @property
    def is_required(self) -> bool:
        """Whether an INSERT that does not name it fails."""
        return not (self.is_nullable or self.fills_itself)

    def holds(self, former: "Column") -> bool:
        """Whether every value of the former column fits."""
        if self.kind != former.kind:
            return self.kind in _WIDER.get(former.kind, ())
        return all(new >= old for new, old in zip(self.sizes, former.sizes, strict=True))


@dataclass(frozen=True)
class Table:
    """`constraints` maps a name to the columns that it is unique over, None for any other rule."""

    columns: dict[str, Column]
    constraints: dict[str, tuple[str, ...] | None]


Schema = dict[str, Table]


def schema(state: ProjectState) -> Schema:
    """All tables of a state, by name."""
    return {
        model._meta.db_table: _table(model)
        for model in state.apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }


def _table(model: type[Model]) -> Table:
    fields = {_column_of(model, field.name): field for field in model._meta.local_concrete_fields}
    columns = {name: _column(field) for name, field in fields.items()}
    return Table(columns, dict(_constraints(model)))


def _column(field: "Field[Any, Any]") -> Column:
    kind = field.get_internal_type()
    if isinstance(field, ForeignKey):
        kind += f" to {field.related_model._meta.db_table}"
    digits, places = getattr(field, "max_digits", None), getattr(field, "decimal_places", None)
    sizes = (digits - places, places) if digits is not None and places is not None else ()
    filled = field.db_default is not NOT_PROVIDED or field.generated
    return Column(
        kind=kind,
        sizes=sizes if field.max_length is None else (field.max_length,),
        is_nullable=field.null,
        fills_itself=filled or isinstance(field, AutoFieldMixin),
        is_unique=field.unique,
        is_indexed=getattr(field, "db_index", False),
    )


def _constraints(model: type[Model]) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    for constraint in model._meta.constraints:
        columns = None
        if isinstance(constraint, UniqueConstraint) and constraint.condition is None:
            columns = tuple(_column_of(model, name) for name in constraint.fields) or None
        yield constraint.name, columns
    for together in model._meta.unique_together:
        columns = tuple(_column_of(model, name) for name in together)
        yield f"unique over {', '.join(together)}", columns


def _column_of(model: type[Model], field: str) -> str:
    return str(model._meta.get_field(field).get_attname_column()[1])  # type: ignore[union-attr]  # a column of its own
