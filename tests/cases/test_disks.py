"""Case 24, its technical half: no room left, for the database, the log or the documents.

Its two other parts are proven elsewhere: Keycloak down in the middle of a sale with the sign-in,
old and new schema side by side with the deployment.
"""

from __future__ import annotations

import errno
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest
from django.core.files.storage.memory import InMemoryStorage
from django.db import connection

from agenturclient.sales.models import Document, Operation, Sale
from agenturclient.sales.models.journal import OperationKind
from agenturclient.sales.states import OrderState, SaleState
from tests.cases.conftest import CONFIRM, Scene
from tests.cases.fates import Fate
from tests.cases.processes import selling

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

# Python's own status for a process that could not write what it still had to say.
_UNSAID = 120
_FAILED = (1, _UNSAID)
_LEASE_IS_OVER = timedelta(seconds=20)
_A_WHILE = timedelta(minutes=1)

sqlite_only = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="SQLite is the database whose disk is this process's own"
)


class FullStorage(InMemoryStorage):
    """A document store that has no room left."""

    def _save(self, name: str, content: IO[bytes]) -> str:
        del name, content
        raise OSError(errno.ENOSPC, "no space left on device")


@sqlite_only
def test_case_24_a_disk_that_is_full_before_the_intent_sends_nothing(scene: Scene) -> None:
    number = scene.held()
    with selling(scene, number, Fate.DISK_FULL) as process:
        assert process.wait(60) in _FAILED

    assert scene.line.came(CONFIRM) == []
    assert scene.desk.order(number).state is OrderState.DRAFT
    assert scene.sell(number) == ""
    scene.check_books()


@sqlite_only
def test_case_24_a_disk_that_is_full_after_the_answer_leaves_the_sale_to_recovery(
    scene: Scene,
) -> None:
    number = scene.held()
    with selling(scene, number, Fate.DISK_FULL_AFTER_THE_ANSWER) as process:
        assert process.wait(60) in _FAILED
    assert Sale.objects.get().state == SaleState.ISSUING
    assert len(scene.sold_there()) == 1

    scene.recover(_LEASE_IS_OVER)
    assert scene.desk.order(number).state is OrderState.SOLD
    assert len(scene.line.came(CONFIRM)) == 1
    scene.check_books()


def test_case_24_a_log_that_cannot_be_written_costs_no_sale(scene: Scene) -> None:
    number = scene.held()
    with Path("/dev/full").open("wb") as full, selling(scene, number, says=full) as process:
        assert process.wait(60) in (0, _UNSAID)
    assert scene.desk.order(number).state is OrderState.SOLD
    scene.check_books()


@pytest.mark.parametrize("personality", ["plain"])  # its documents are there at once
def test_case_24_a_document_store_that_is_full_costs_no_sale_and_is_tried_again(
    settings: Settings, scene: Scene
) -> None:
    room, full = settings.STORAGES, {"BACKEND": f"{__name__}.{FullStorage.__name__}"}
    settings.STORAGES = {**room, "default": full}
    number = scene.held()
    scene.let_pass(_A_WHILE)
    assert scene.sell(number) == ""
    scene.let_pass(_A_WHILE)
    scene.recover_here()
    assert scene.desk.order(number).state is OrderState.SOLD
    fetch = Operation.objects.get(kind=OperationKind.DOCUMENTS)
    assert (fetch.settled_at, Document.objects.count()) == (None, 0)

    settings.STORAGES = room
    scene.recover(_A_WHILE)
    assert Sale.objects.get().documents_complete
    scene.check_books()
