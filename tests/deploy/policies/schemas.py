"""Holds objects against the schemas of every supported Kubernetes, unknown fields included.

The schemas come with the package kubernetes-validate. Its own function reads the definitions anew
for each object, which takes minutes for all of ours; here they are read once per version.
"""

import json
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jsonschema import Draft202012Validator

from tests.deploy.policies.rendering import Object, named

VERSIONS: Final = ("1.31", "1.32", "1.33", "1.34", "1.35", "1.36")
_ELSEWHERE: Final = "/api/_definitions.json#"


def faults(objects: Iterable[Object], version: str) -> list[str]:
    """What does not fit, one line for each fault: the object, the place, the reason."""
    return [fault for each in objects for fault in _faults(each, version)]


def _faults(an_object: Object, version: str) -> list[str]:
    validator = _validator(an_object["apiVersion"], an_object["kind"], version)
    if validator is None:
        kind = f"{an_object['apiVersion']} {an_object['kind']}"
        return [f"{named(an_object)}: Kubernetes {version} knows no {kind}"]
    return [
        f"{named(an_object)}: {'.'.join(str(part) for part in error.absolute_path)}: "
        f"{error.message}"
        for error in validator.iter_errors(an_object)
    ]


@cache
def _validator(api_version: str, kind: str, version: str) -> Draft202012Validator | None:
    """None when that version has no such kind."""
    # rbac.authorization.k8s.io/v1 is filed under rbac-v1.
    filed = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", api_version)
    file = _folder(version) / f"{kind.lower()}-{filed}.json"
    if not file.is_file():
        return None
    text = file.read_text(encoding="utf-8").replace(_ELSEWHERE, "#")
    return Draft202012Validator(json.loads(text) | _definitions(version))


@cache
def _definitions(version: str) -> dict[str, Any]:
    text = (_folder(version) / "_definitions.json").read_text(encoding="utf-8")
    return {"$defs": json.loads(text)["$defs"]}


def _folder(version: str) -> Any:  # a Traversable, whose home moves between versions of Python
    schemas = files("kubernetes_validate") / "kubernetes-json-schema"
    return schemas / f"v{version}.0-local-strict"
