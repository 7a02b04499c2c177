"""What of a declaration is not so yet: pure functions over JSON values."""

from collections.abc import Mapping
from typing import Any, Final

Json = dict[str, Any]

MASKED: Final = "**********"
"""What Keycloak answers in place of a secret that it does not show."""


def differences(
    declared: Mapping[str, Any], actual: Mapping[str, Any], *, write_secrets: bool = False
) -> list[str]:
    """The names of declared values that are not so, with dots for nested ones.

    What is not declared does not count. Neither does a value that Keycloak masks, because whether
    it is the same cannot be seen; with `write_secrets` it counts as different.
    """
    found: list[str] = []
    for name, wanted in declared.items():
        if isinstance(wanted, Mapping):
            inner = actual.get(name)
            known = inner if isinstance(inner, Mapping) else {}
            nested = differences(wanted, known, write_secrets=write_secrets)
            found += [f"{name}.{each}" for each in nested]
        elif actual.get(name) == MASKED:
            found += [name] if write_secrets else []
        elif not _same(wanted, actual.get(name)):
            found.append(name)
    return found


def merged(declared: Mapping[str, Any], actual: Mapping[str, Any]) -> Json:
    """The actual values with the declared ones over them: what is sent back as a whole."""
    result = dict(actual)
    for name, wanted in declared.items():
        inner = actual.get(name)
        both = isinstance(wanted, Mapping) and isinstance(inner, Mapping)
        result[name] = merged(wanted, inner or {}) if both else wanted
    return result


def _same(wanted: object, actual: object) -> bool:
    if wanted in ("", []) and actual is None:
        return True
    if isinstance(wanted, list) and isinstance(actual, list):
        return _same_list(wanted, actual)
    if isinstance(wanted, Mapping) and isinstance(actual, Mapping):
        return not differences(wanted, actual)
    return wanted == actual


def _same_list(wanted: list[Any], actual: list[Any]) -> bool:
    """Plain values in any order, objects in theirs."""
    if len(wanted) != len(actual):
        return False
    if any(isinstance(each, Mapping) for each in wanted):
        return all(_same(one, other) for one, other in zip(wanted, actual, strict=True))
    return set(wanted) == set(actual)
