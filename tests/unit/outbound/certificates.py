"""A certificate for localhost that the tests trust."""

from __future__ import annotations

import ssl
from pathlib import Path

_FOLDER = Path(__file__).parent


def server_context() -> ssl.SSLContext:
    """What the server shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_FOLDER / "localhost.pem")
    return context


def trusting_context() -> ssl.SSLContext:
    """What a client needs to believe it."""
    return ssl.create_default_context(cafile=str(_FOLDER / "localhost.pem"))
