"""Realm files and what the environment puts into them."""

import json
from pathlib import Path

import pytest

from keycloak.applier.declared import IncompleteDeclaration, read_declaration


def write(folder: Path, content: object) -> Path:
    path = folder / "realm.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_value_comes_from_the_environment_or_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from-a-file\n", encoding="utf-8")
    path = write(tmp_path, {"url": "$(SHOP)/callback", "all": [{"secret": "$(SECRET)"}], "n": 5})

    declared = read_declaration(
        path, {"SHOP": "https://shop.example", "SECRET_FILE": str(tmp_path / "secret")}
    )

    assert declared == {
        "url": "https://shop.example/callback",
        "all": [{"secret": "from-a-file"}],
        "n": 5,
    }


def test_keycloaks_own_placeholders_stay(tmp_path: Path) -> None:
    path = write(tmp_path, {"template": "${ALIAS}.${CLAIM.preferred_username}"})

    assert read_declaration(path, {"ALIAS": "no"})["template"] == (
        "${ALIAS}.${CLAIM.preferred_username}"
    )


def test_all_missing_values_are_named_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, {"one": "$(ONE)", "two": ["$(TWO)"], "empty": "$(EMPTY)"})

    with pytest.raises(IncompleteDeclaration, match=r"realm\.json needs EMPTY, ONE, TWO\."):
        read_declaration(path, {"EMPTY": ""})
