"""Typed readers of the environment: the only module that looks at `os.environ`.

A reader names the variable and what it expected. Problems are collected, so that one start shows
all of them: `complete()` raises them together. Until then a reader that found a problem returns
its default, or an empty value, and the settings module can be read to its end.

A variable that is set to the empty text counts as not set: that is what compose files and
manifests produce for "no value".
"""

import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Final, Literal, TypeVar
from urllib.parse import unquote, urlsplit

Value = TypeVar("Value")

_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "off"})


_DATABASE: Final = "sqlite:///path or mysql://user@host/name"


@dataclass(frozen=True)
class Database:
    """Where the data live; host, port and user only for MySQL and MariaDB."""

    engine: Literal["sqlite", "mysql"]
    name: str
    user: str = ""
    password: str = ""
    host: str = ""
    port: int = 3306


class EnvironmentProblem(Exception):
    """One or more variables are missing or wrong; the text names each, one to a line."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("The environment is not complete:\n  " + "\n  ".join(self.problems))


class Environment:
    """Reads variables from a mapping and remembers what was wrong with them."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = os.environ if values is None else values
        self._problems: list[str] = []
        self.names: set[str] = set()
        """Every variable that was asked for; a test compares them with `.env.example`."""

    def complete(self) -> None:
        """End of reading.

        Raises EnvironmentProblem with everything that was wrong.
        """
        if self._problems:
            raise EnvironmentProblem(self._problems)

    def problem(self, name: str, expected: str) -> None:
        """Record that `name` is wrong, in the words "NAME: expected ..."."""
        self._problems.append(f"{name}: {expected}")

    def given(self, name: str) -> bool:
        """Whether the variable holds anything."""
        return self._text(name) is not None

    def text(self, name: str, default: str | None = None) -> str:
        """Any text; required when there is no default."""
        return self._read(name, default, "", "a text", lambda raw: raw)

    def flag(self, name: str, *, default: bool) -> bool:
        """1, true, yes, on or 0, false, no, off."""

        def parse(raw: str) -> bool:
            word = raw.lower()
            if word not in _TRUE | _FALSE:
                raise ValueError(word)
            return word in _TRUE

        return self._read(name, default, default, "1 or 0", parse)

    def number(self, name: str, default: int | None = None, *, least: int = 0) -> int:
        """A whole number, at least `least`."""

        def parse(raw: str) -> int:
            value = int(raw)
            if value < least:
                raise ValueError(raw)
            return value

        return self._read(name, default, least, f"a whole number, {least} or more", parse)

    def seconds(self, name: str, default: float | None = None) -> float:
        """A duration in seconds, more than 0; fractions are allowed."""

        def parse(raw: str) -> float:
            value = float(raw)
            if not (value > 0 and math.isfinite(value)):
                raise ValueError(raw)
            return value

        return self._read(name, default, 1.0, "seconds, more than 0", parse)

    def daily(self, name: str, default: time) -> time | None:
        """A time of day, HH:MM, or None for the word "never"."""

        def parse(raw: str) -> tuple[time | None]:
            return (None if raw.lower() == "never" else time.fromisoformat(raw),)

        unset: tuple[time | None] = (default,)
        return self._read(name, unset, unset, "a time of day, HH:MM, or never", parse)[0]

    def share(self, name: str, default: float | None = None) -> float:
        """A share from 0 to 1."""

        def parse(raw: str) -> float:
            value = float(raw)
            if not 0 <= value <= 1:
                raise ValueError(raw)
            return value

        return self._read(name, default, 0.0, "a share from 0 to 1", parse)

    def url(self, name: str, default: str | None = None) -> str:
        """An http(s) address, returned without a slash at its end."""

        def parse(raw: str) -> str:
            parts = urlsplit(raw)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise ValueError(raw)
            return raw.rstrip("/")

        return self._read(name, default, "", "an address such as https://host/path", parse)

    def choice(self, name: str, options: Sequence[str], default: str | None = None) -> str:
        """One of `options`."""

        def parse(raw: str) -> str:
            if raw not in options:
                raise ValueError(raw)
            return raw

        return self._read(name, default, options[0], "one of " + ", ".join(options), parse)

    def comma_list(self, name: str, default: Sequence[str] | None = None) -> list[str]:
        """Words separated by commas; white space around them does not count."""

        def parse(raw: str) -> list[str]:
            return [word.strip() for word in raw.split(",") if word.strip()]

        fallback = None if default is None else list(default)
        return self._read(name, fallback, [], "words separated by commas", parse)

    def json_texts(self, name: str, default: Mapping[str, str]) -> dict[str, str]:
        """A JSON object of texts, such as {"x-channel": "agency"}.

        May hold keys, so it is read like a secret (NAME or NAME_FILE) and never shown.
        """
        value = self._json(name)
        if value is None:
            return dict(default)
        if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
            return value
        self.problem(name, 'expected a JSON object of texts, {"name": "value"}')
        return {}

    def json_lists(self, name: str, default: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """A JSON object of lists of texts, such as {"half-fare": ["REDUCTION_CARD", "HTA"]}."""
        value = self._json(name)
        if value is None:
            return dict(default)
        if isinstance(value, dict) and all(map(_is_list_of_texts, value.values())):
            return value
        self.problem(name, 'expected a JSON object of lists, {"name": ["text", "text"]}')
        return {}

    def database(self, name: str, default: str | None = None) -> Database:
        """sqlite:///relative/path, sqlite:////absolute/path or mysql://user@host:port/name.

        The password may stand in the address (never shown in a problem) or apart, as a secret.
        """
        raw = self._text(name) or default
        if raw is None:
            self.problem(name, f"is missing; expected {_DATABASE}")
            return Database("sqlite", ":memory:")
        parts = urlsplit(raw)
        path = unquote(parts.path.removeprefix("/"))
        try:
            port = parts.port
        except ValueError:
            port = 0
        if not path or parts.scheme not in {"sqlite", "mysql"} or port == 0:
            self.problem(name, f"expected {_DATABASE}")
        elif parts.scheme == "mysql" and not parts.hostname:
            self.problem(name, "names no host; expected mysql://user@host/name")
        return Database(
            engine="mysql" if parts.scheme == "mysql" else "sqlite",
            name=path,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            host=parts.hostname or "",
            port=port or 3306,
        )

    def secret(self, name: str, default: str | None = None) -> str:
        """A secret, from NAME, or from the file that NAME_FILE names (a mounted secret).

        The value never appears in a problem's text.
        """
        file_name = f"{name}_FILE"
        path, value = self._text(file_name), self._text(name)
        if path is None:
            if value is None and default is None:
                self.problem(name, f"is missing; set it, or {file_name}")
            return value or default or ""
        if value is not None:
            self.problem(name, f"is set twice, as {name} and as {file_name}")
        try:
            content = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            self.problem(file_name, f"cannot be read ({error.strerror})")
            return ""
        if not content:
            self.problem(file_name, "names an empty file")
        return content

    def _text(self, name: str) -> str | None:
        self.names.add(name)
        return self._values.get(name, "").strip() or None

    def _json(self, name: str) -> object:
        """None when it is not given, an empty text when it is not JSON."""
        raw = self.secret(name, "")
        try:
            return json.loads(raw) if raw else None
        except ValueError:
            return ""

    def _read(
        self,
        name: str,
        default: Value | None,
        empty: Value,
        expected: str,
        parse: Callable[[str], Value],
    ) -> Value:
        """The parsed value, else the default, else `empty` with a problem recorded."""
        raw = self._text(name)
        if raw is None:
            if default is None:
                self.problem(name, f"is missing; expected {expected}")
                return empty
            return default
        try:
            return parse(raw)
        except ValueError:
            self.problem(name, f"expected {expected}, got {raw!r}")
            return empty if default is None else default


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)
