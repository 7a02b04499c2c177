"""Case 3: TLS. The distributor's own, not a side-car's, so that a failed handshake is certain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agenturclient.sales.models import Sale
from agenturclient.sales.states import SaleState
from tests.cases.conftest import CONFIRM, READ, Scene
from tests.cases.tricks import before_the_answer
from tests.unit.outbound.certificates import server_context, write_certificate

if TYPE_CHECKING:
    import ssl
    from pathlib import Path


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The line speaks TLS, with a certificate that this process trusts."""
    file = tmp_path / "localhost.pem"
    write_certificate(file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return server_context(file)


def test_case_03_a_handshake_that_is_reset_once_is_tried_again_within_the_click(
    scene: Scene,
) -> None:
    number = scene.held()
    scene.line.once(READ, before_the_answer(lambda: scene.line.reset_next(1)))

    assert scene.sell(number) == ""
    assert scene.line.resets == 0
    assert len(scene.line.came(CONFIRM)) == 1
    scene.check_books()


def test_case_03_a_handshake_that_is_always_reset_leaves_the_ticket_held(scene: Scene) -> None:
    number = scene.held()
    scene.line.once(READ, before_the_answer(lambda: scene.line.reset_next(100)))

    assert scene.sell(number) == "unreachable"
    assert (Sale.objects.get().state, scene.sold_there()) == (SaleState.HELD, [])
    assert scene.line.came(CONFIRM) == []
