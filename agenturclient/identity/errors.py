"""Every refusal of this package that is about signing in."""

from __future__ import annotations

from agenturclient.kernel.errors import Refusal


class WrongCredentials(Refusal):
    """No active user has this name and password; which of the two is wrong is not told."""

    code = "wrong-credentials"


class TooManyAttempts(Refusal):
    """Too many failures from one address for one name. Facts: `retry_after` in seconds."""

    code = "too-many-attempts"


class NoLocalSignIn(Refusal):
    """People sign in at an identity provider; the address for local sign-in does not exist."""

    code = "not-found"
