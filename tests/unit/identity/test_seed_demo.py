"""The demo users: made once, with passwords of this machine, in demo mode only."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from agenturclient.identity.accounts import actor_for, authenticate
from agenturclient.identity.actors import Permission, Role
from agenturclient.identity.models import Agency, Branch, Membership, User

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

pytestmark = pytest.mark.django_db


def seed(file: Path) -> list[dict[str, str]]:
    out = StringIO()
    call_command("seed_demo", passwords=file, json=True, stdout=out)
    rows: list[dict[str, str]] = json.loads(out.getvalue())
    return rows


def sign_in(row: dict[str, str]) -> User:
    now = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    return authenticate(row["username"], row["password"], address="192.0.2.7", now=now)


def test_each_right_has_a_user_in_each_agency_and_each_wide_role_has_one(tmp_path: Path) -> None:
    actors = [actor_for(sign_in(row), {}) for row in seed(tmp_path / "users.json")]
    for agency in ("alpenreisen", "voyages-leman"):
        rights = [set(actor.permissions) for actor in actors if actor.agency_code == agency]
        assert {Permission.SELL, Permission.REFUND} in rights
        assert all({right} in rights for right in Permission if right is not Permission.ADMIN)
        assert set(Permission) in rights  # an admin gives only rights that he has
    assert [actor.role for actor in actors if actor.is_wide] == [Role.CUSTOMER_CARE, Role.OPERATOR]


def test_the_list_tells_agency_name_password_and_rights(tmp_path: Path) -> None:
    rows = seed(tmp_path / "users.json")
    first, last = rows[0], rows[-1]
    assert (first["agency"], first["username"], first["rights"]) == (
        "alpenreisen",
        "keller",
        "sell, refund",
    )
    assert (last["agency"], last["username"], last["rights"]) == ("", "operator", "operator")
    assert len({row["password"] for row in rows}) == len(rows) == 12


def test_passwords_stand_in_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    file = tmp_path / "var" / "users.json"
    rows = seed(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text()) == {row["username"]: row["password"] for row in rows}


def test_seeding_again_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "users.json"
    before = seed(file)
    hashes = list(User.objects.order_by("pk").values_list("password", flat=True))
    assert seed(file) == before
    assert list(User.objects.order_by("pk").values_list("password", flat=True)) == hashes
    counts = [model.objects.count() for model in (Agency, Branch, User, Membership)]
    assert counts == [2, 3, 12, 10]


def test_a_lost_file_gives_everyone_a_new_password(tmp_path: Path) -> None:
    file = tmp_path / "users.json"
    before = seed(file)[0]
    file.unlink()
    after = seed(file)[0]
    assert after["password"] != before["password"]
    assert sign_in(after).username == "keller"


def test_outside_demo_mode_nobody_is_made(tmp_path: Path, settings: Settings) -> None:
    settings.DEMO_MODE = False
    with pytest.raises(CommandError, match="demo mode only"):
        seed(tmp_path / "users.json")
    assert User.objects.count() == 0
    assert not (tmp_path / "users.json").exists()


def test_a_file_that_holds_something_else_is_named(tmp_path: Path) -> None:
    file = tmp_path / "users.json"
    file.write_text("not json")
    with pytest.raises(CommandError, match=r"users\.json is not a JSON object"):
        seed(file)
