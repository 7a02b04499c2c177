"""Every refusal of managing people, branches and agencies."""

from __future__ import annotations

from agenturclient.kernel.errors import Refusal


class UserNotFound(Refusal):
    """The agency has no such person."""

    code = "user-not-found"


class BranchNotFound(Refusal):
    """The agency has no such branch."""

    code = "branch-not-found"


class AgencyNotFound(Refusal):
    """There is no such agency."""

    code = "agency-not-found"


class InvitationNotFound(Refusal):
    """The link was used, has ended or never was."""

    code = "invitation-not-found"


class EmailTaken(Refusal):
    """Somebody has an account with this e-mail address already."""

    code = "email-taken"


class EmailRefused(Refusal):
    """The directory takes no such e-mail address."""

    code = "email-refused"


class PasswordRefused(Refusal):
    """The password is too short or too well known."""

    code = "password-refused"


class CodeTaken(Refusal):
    """Another agency, or another branch of this one, has the code."""

    code = "code-taken"


class ChangePending(Refusal):
    """An earlier change of this person has not come to its end yet. Facts: `kind`."""

    code = "change-pending"


class OwnAccount(Refusal):
    """Nobody changes the own rights or takes the own access away: an admin must remain."""

    code = "own-account"


class BeyondOwnRights(Refusal):
    """An admin gives only rights that he has, and opens the account of nobody who has more.

    Facts: `permission`, one that the admin has not.
    """

    code = "beyond-own-rights"


class SharedAccount(Refusal):
    """The account belongs to another agency too, or to the operator: its owner changes it."""

    code = "shared-account"


class UserBlocked(Refusal):
    """The person is blocked in this agency."""

    code = "user-blocked"


class BranchInUse(Refusal):
    """People work in the branch. Facts: `count`."""

    code = "branch-in-use"


class KeyReused(Refusal):
    """The idempotency key belongs to another request."""

    code = "key-reused"


class DirectoryUnavailable(Refusal):
    """The directory cannot be asked; nothing was changed. Facts: `retry_after` in seconds, where
    known.
    """

    code = "directory-unavailable"


class DirectoryRefused(Refusal):
    """The directory declined for a reason of its own; nothing was changed."""

    code = "directory-refused"
