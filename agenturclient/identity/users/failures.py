"""What an admin is told of each failure of the directory."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final

from agenturclient.identity.directory.port import DirectoryFailure, Refusals, Refused
from agenturclient.identity.users.errors import (
    DirectoryRefused,
    DirectoryUnavailable,
    EmailRefused,
    EmailTaken,
    PasswordRefused,
    SharedAccount,
    UserBlocked,
    UserNotFound,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agenturclient.kernel.errors import Refusal

_REFUSALS: Final[Mapping[str, type[Refusal]]] = {
    Refusals.EMAIL_TAKEN: EmailTaken,
    Refusals.EMAIL_REFUSED: EmailRefused,
    Refusals.PASSWORD_REFUSED: PasswordRefused,
    Refusals.USER_NOT_FOUND: UserNotFound,
    SharedAccount.code: SharedAccount,
    UserBlocked.code: UserBlocked,
}


def told(failure: DirectoryFailure) -> Refusal:
    """The refusal for a failure that certainly changed nothing."""
    if isinstance(failure, Refused):
        return _REFUSALS.get(failure.code, DirectoryRefused)()
    wait = failure.retry_after
    return DirectoryUnavailable(**({} if wait is None else {"retry_after": ceil(wait)}))
