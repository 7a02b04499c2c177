"""Overlays differ in numbers and names only: what was tested is what runs."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.deploy.policies.installation import Installation, leaves
from tests.deploy.policies.rendering import named

# Names: addresses, networks, images, the word at the top of the page, and who asks whom.
_NAMES: Final = re.compile(
    r"""metadata\.namespace$ | subjects\[\d+\]\.namespace$ | Namespace/\S*\ metadata\.name$
    | \.image$ | \.host$ | \.hosts\[\d+\]$ | \.cidr$ | secretName$
    | data\.(OPERATOR_NAME|PUBLIC_URL|ALLOWED_HOSTS|ENVIRONMENT_LABEL|DATABASE_URL
            |OIDC_ISSUER|OSDM_(BASE|TOKEN)_URL|OSDM_CLIENT_ID|OSDM_REQUESTOR
            |KC_HOSTNAME|KC_DB_URL_HOST|KC_DB_URL_DATABASE|KC_DB_USERNAME|AGENTURCLIENT_URL)$""",
    re.VERBOSE,
)
_NUMBER: Final = re.compile(r"\d+(\.\d+)?(m|Ki|Mi|Gi|s)?")
# The end of a generated name, which follows the content.
_HASH: Final = re.compile(r"^(agenturclient|keycloak|keycloak-cluster|realm)-[a-z0-9]{10}$")


def differences(installations: Sequence[Installation]) -> list[str]:
    """What the others have otherwise than the first, except numbers and names."""
    first, *others = installations
    mine = _values(first)
    found = []
    for other in others:
        theirs = _values(other)
        found += [f"{other.name} lacks {path}" for path in sorted(mine.keys() - theirs.keys())]
        found += [f"{first.name} lacks {path}" for path in sorted(theirs.keys() - mine.keys())]
        found += [
            f"{path}: {mine[path]!r} in {first.name}, {theirs[path]!r} in {other.name}"
            for path in sorted(mine.keys() & theirs.keys())
            if not _may_differ(path, mine[path], theirs[path])
        ]
    return found


def _may_differ(path: str, mine: Any, theirs: Any) -> bool:
    return (
        mine == theirs
        or bool(_NAMES.search(path))
        or all(_NUMBER.fullmatch(str(each)) for each in (mine, theirs))
    )


def _values(installation: Installation) -> Mapping[str, Any]:
    """Every value by its object and path; a generated name without its end."""
    found = {}
    for each in installation.objects:
        where = named(each)
        if each["kind"] == "Namespace":
            where = "Namespace/"
        for path, value in leaves(each):
            found[f"{_plain(where)} {path}"] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    kind, slash, name = value.rpartition("/")
    return kind + slash + _HASH.sub(r"\1", name)
