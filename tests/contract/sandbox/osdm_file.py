"""The published OpenAPI file as a judge of messages.

As published it rejects every legal message (28 schemas forbid in one branch what the other asks
for), so it is relaxed in four ways before it judges: closed objects are opened, `nullable` becomes
a type, the places become polymorphic by `objectType`, and a local `departureTime` is allowed.
What opening the objects loses, `unknown_properties` finds again.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, FormatChecker

FILE = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "osdm-3.9.0.bundled.json"
LOCAL_TIMES = frozenset({"departureTime", "arrivalTime", "validFrom", "startTime", "endDate"})
SUBTYPES = {
    "Place": ("StopPlace", "Address", "PointOfInterest", "FareConnectionPoint"),
    "PlaceRef": (
        "StopPlaceRef",
        "AddressRef",
        "GeoPositionRef",
        "PointOfInterestRef",
        "FareConnectionPointRef",
    ),
}
METHODS = ("get", "post", "put", "patch", "delete")
CHECKER = FormatChecker(formats=())


@CHECKER.checks("date-time", raises=ValueError)
def _is_a_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


class OsdmFile:
    """The relaxed file, and the questions that tests ask of it."""

    def __init__(self, published: dict[str, Any]) -> None:
        self._document = _relaxed(published)
        self._schemas: dict[str, Any] = self._document["components"]["schemas"]
        for base, subtypes in SUBTYPES.items():
            self._make_polymorphic(base, subtypes)

    def _make_polymorphic(self, base: str, subtypes: tuple[str, ...]) -> None:
        plain = f"{base}__base"
        self._schemas[plain] = self._schemas[base]
        for name in subtypes:
            for branch in self._schemas[name]["allOf"]:
                if branch.get("$ref", "").endswith(f"/{base}"):
                    branch["$ref"] = f"#/components/schemas/{plain}"
        self._schemas[base] = {
            "allOf": [
                {"$ref": f"#/components/schemas/{plain}"},
                *(
                    {
                        "if": {"properties": {"objectType": {"const": name}}},
                        "then": {"$ref": f"#/components/schemas/{name}"},
                    }
                    for name in subtypes
                    if name in self._schemas
                ),
            ]
        }

    def errors(self, schema: dict[str, Any], message: object) -> list[str]:
        """What the schema has against the message, one line for each fault."""
        root = {**schema, "components": self._document["components"]}
        if "$ref" in schema:
            root = {"allOf": [schema], "components": self._document["components"]}
        validator = Draft7Validator(root, format_checker=CHECKER)
        return [f"{each.json_path}: {each.message}" for each in validator.iter_errors(message)]

    def request_schema(self, method: str, path: str) -> dict[str, Any] | None:
        """The schema of a request's body, or None when the operation has none."""
        body = self._resolved(self._operation(method, path).get("requestBody", {}))
        return _json_schema(body)

    def response_schema(self, method: str, path: str, status: int) -> dict[str, Any] | None:
        """The schema of an answer; every refusal is a `Problem`. KeyError: not in the standard."""
        if status >= 400:
            return {"$ref": "#/components/schemas/Problem"}
        return _json_schema(self._resolved(self._operation(method, path)["responses"][str(status)]))

    def _operation(self, method: str, path: str) -> dict[str, Any]:
        found = [
            operations[method.lower()]
            for template, operations in self._document["paths"].items()
            if method.lower() in operations and _matches(template, path)
        ]
        if len(found) != 1:
            raise KeyError(f"{method} {path}: {len(found)} operations of the file match")
        operation: dict[str, Any] = found[0]
        return operation

    def unknown_properties(self, schema: dict[str, Any], message: object) -> list[str]:
        """Where the message has a property that the file does not know."""
        return sorted(set(self._unknown([schema], message, "$")))

    def _unknown(self, schemas: list[dict[str, Any]], message: object, at: str) -> Iterator[str]:
        branches = [branch for schema in schemas for branch in self._branches(schema, message)]
        if isinstance(message, list):
            items = [branch["items"] for branch in branches if "items" in branch]
            for index, each in enumerate(message):
                yield from self._unknown(items, each, f"{at}[{index}]")
        elif isinstance(message, dict):
            known: dict[str, list[dict[str, Any]]] = {}
            for branch in branches:
                for name, below in branch.get("properties", {}).items():
                    known.setdefault(name, []).append(below)
            for name, each in message.items():
                if known and name not in known:
                    yield f"{at}.{name}"
                yield from self._unknown(known.get(name, []), each, f"{at}.{name}")

    def _branches(self, schema: dict[str, Any], message: object) -> Iterator[dict[str, Any]]:
        schema = self._resolved(schema)
        yield schema
        for word in ("allOf", "oneOf", "anyOf"):
            for branch in schema.get(word, ()):
                if "if" not in branch:
                    yield from self._branches(branch, message)
        kind = message.get("objectType") if isinstance(message, dict) else None
        if kind in self._schemas and any("if" in each for each in schema.get("allOf", ())):
            yield from self._branches(self._schemas[str(kind)], message)

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            found: Any = self._document
            for name in schema["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            schema = found
        return schema


def _json_schema(message: dict[str, Any]) -> dict[str, Any] | None:
    schema: dict[str, Any] | None = (
        message.get("content", {}).get("application/json", {}).get("schema")
    )
    return schema


def _matches(template: str, path: str) -> bool:
    names, parts = template.split("/"), path.split("/")
    return len(names) == len(parts) and all(
        name == part or name.startswith("{") for name, part in zip(names, parts, strict=True)
    )


def _relaxed(value: Any, name: str = "") -> Any:
    if isinstance(value, list):
        return [_relaxed(each) for each in value]
    if not isinstance(value, dict):
        return value
    result = {
        key: _relaxed(each, key)
        for key, each in value.items()
        if not (key == "additionalProperties" and each is False)
    }
    if result.pop("nullable", None) is True and "type" in result:
        result["type"] = [result["type"], "null"]
        if "enum" in result:
            result["enum"] = [*result["enum"], None]
    if name in LOCAL_TIMES and result.get("format") == "date-time":
        del result["format"]
    return result


@cache
def osdm_file() -> OsdmFile:
    """The file; FileNotFoundError when it is not there."""
    return OsdmFile(json.loads(FILE.read_text(encoding="utf-8")))
