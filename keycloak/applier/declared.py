"""Reads the files that declare a realm, and puts in what the environment gives."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from keycloak.applier.compare import Json

# Not `${NAME}`: that is Keycloak's own, for names of messages and for templates of mappers.
_PLACEHOLDER: Final = re.compile(r"\$\(([A-Z][A-Z0-9_]*)\)")


class IncompleteDeclaration(Exception):
    """A file names values that the environment does not give; the text says which."""


def read_declaration(path: Path, values: Mapping[str, str]) -> Json:
    """The realm representation in a file, with each `$(NAME)` replaced.

    A value is `values[NAME]`, else the content of the file that `values[NAME_FILE]` names, as
    with the settings of the program. An empty value counts as none.

    Raises IncompleteDeclaration naming all that are missing, and ValueError when it is not JSON.
    """
    missing: set[str] = set()
    declared: Json = _filled(json.loads(path.read_text(encoding="utf-8")), values, missing)
    if missing:
        raise IncompleteDeclaration(f"{path.name} needs {', '.join(sorted(missing))}.")
    return declared


def _filled(node: Any, values: Mapping[str, str], missing: set[str]) -> Any:
    if isinstance(node, dict):
        return {name: _filled(each, values, missing) for name, each in node.items()}
    if isinstance(node, list):
        return [_filled(each, values, missing) for each in node]
    if not isinstance(node, str):
        return node

    def value(match: re.Match[str]) -> str:
        name = match[1]
        found = values.get(name) or _from_file(values.get(f"{name}_FILE"))
        if not found:
            missing.add(name)
        return found

    return _PLACEHOLDER.sub(value, node)


def _from_file(path: str | None) -> str:
    return Path(path).read_text(encoding="utf-8").strip() if path else ""
