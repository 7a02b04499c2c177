"""Copies of the port's values as JSON: what was shown or answered is kept as it was."""

from __future__ import annotations

import json
import zlib
from datetime import date, datetime
from typing import Any, TypeVar

from cattrs import Converter

_Value = TypeVar("_Value")


def _converter() -> Converter:
    converter = Converter()
    converter.register_unstructure_hook(datetime, lambda value: value.isoformat())
    converter.register_unstructure_hook(date, lambda value: value.isoformat())
    converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
    converter.register_structure_hook(date, lambda text, _: date.fromisoformat(text))
    return converter


_CONVERTER = _converter()


def freeze(value: Any) -> Any:
    """The value as plain JSON data. (An `Any`: every frozen dataclass of the port fits.)"""
    return _CONVERTER.unstructure(value)


def thaw(data: Any, kind: type[_Value]) -> _Value:
    """The value that `freeze` made the data from."""
    return _CONVERTER.structure(data, kind)


def pack(value: Any) -> bytes:
    """The value as compressed JSON, for one row."""
    return zlib.compress(json.dumps(freeze(value), separators=(",", ":")).encode())


def unpack(body: bytes, kind: type[_Value]) -> _Value:
    """The value that `pack` made the bytes from."""
    return thaw(json.loads(zlib.decompress(body)), kind)
