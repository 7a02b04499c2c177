"""Dataclasses to JSON text and back, for what the state file remembers."""

import dataclasses
import json
import types
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def encode(value: object) -> str:
    """The JSON text of a dataclass; times and dates become ISO texts.

    Raises TypeError for anything but dataclasses, containers, times and plain JSON values.
    """
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    raise TypeError(f"cannot be remembered: {type(value).__name__}")


def decode(kind: type[T], text: str) -> T:
    """The dataclass of type `kind` that `encode` wrote as `text`."""
    built: T = _build(kind, json.loads(text))
    return built


def _build(kind: Any, value: Any) -> Any:
    if value is None or kind is Any:
        return value
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, value)
    if kind in {datetime, date}:
        return kind.fromisoformat(value)
    return _container(kind, value)


def _dataclass(kind: Any, value: dict[str, Any]) -> Any:
    hints = _hints(kind)
    return kind(**{name: _build(hints[name], each) for name, each in value.items()})


def _container(kind: Any, value: Any) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        return _build(next(each for each in arguments if each is not type(None)), value)
    if origin is tuple:
        return tuple(_build(arguments[0], each) for each in value)
    if origin is list:
        return [_build(arguments[0], each) for each in value]
    if origin is dict:
        return {name: _build(arguments[1], each) for name, each in value.items()}
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
