"""Refusals that only exist because there is HTTP."""

from __future__ import annotations

from agenturclient.kernel.errors import Refusal


class NotSignedIn(Refusal):
    """Nobody is signed in (any more). Facts: `auth_mode`, `login_url`, `csrf_token`."""

    code = "not-signed-in"


class CsrfFailed(Refusal):
    """The request carries no CSRF token of this browser's cookie."""

    code = "csrf-failed"


class KeyMissing(Refusal):
    """The header Idempotency-Key is missing or is not a UUID."""

    code = "key-missing"


class NoSuchRoute(Refusal):
    """The API has no such address."""

    code = "not-found"
