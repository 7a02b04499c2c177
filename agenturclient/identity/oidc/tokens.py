"""Checks the two kinds of token that Keycloak gives us, and reads them.

OpenID Connect Core 3.1.3.7 for ID tokens, Back-Channel Logout 2.6 for logout tokens. What the
library behind us leaves out: issuer, audience, authorised party and required claims.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import jwt
from django.utils.crypto import constant_time_compare

from agenturclient.identity.keycloak.errors import UnknownKey
from agenturclient.identity.keycloak.keys import ALGORITHM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LEEWAY_SECONDS: Final = 10
_LOGOUT_TYPE: Final = "logout+jwt"
_LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_LOGOUT_SECONDS: Final = 120
_LONGEST_NAME: Final = 200


class TokenRefused(Exception):
    """The token proves nothing. The text says which check failed, for the log only."""


@dataclass(frozen=True)
class Expected:
    """Who must have signed, for whom, and where the keys are.

    `key` finds a signing key by its id; it may raise UnknownKey and KeycloakAway.
    """

    issuer: str
    client_id: str
    key: Callable[[str], jwt.PyJWK]


@dataclass(frozen=True)
class Identity:
    """Who has signed in. `sid` names Keycloak's session, `groups` are full paths."""

    issuer: str
    subject: str
    sid: str
    first_name: str
    last_name: str
    email: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Logout:
    """Which session ended, or, where `sid` is empty, whose sessions all did."""

    jti: str
    sid: str
    subject: str


def read_id_token(token: str, expected: Expected, *, nonce: str) -> Identity:
    """The person that an ID token proves. Raises TokenRefused, KeycloakAway."""
    _header, claims = _read(token, expected, ("exp", "iat", "iss", "aud", "sub", "nonce"))
    _check_party(claims, expected.client_id)
    if not nonce or not constant_time_compare(str(claims["nonce"]), nonce):
        raise TokenRefused("nonce")
    return Identity(
        issuer=expected.issuer,
        subject=_subject(claims["sub"]),
        sid=_text(claims, "sid"),
        first_name=_text(claims, "given_name"),
        last_name=_text(claims, "family_name"),
        email=_text(claims, "email"),
        groups=_groups(claims.get("groups", ())),
    )


def read_logout_token(token: str, expected: Expected) -> Logout:
    """What a back-channel logout token asks for. Raises TokenRefused, KeycloakAway."""
    header, claims = _read(token, expected, ("iat", "iss", "aud", "jti", "events"))
    if str(header.get("typ", "")).lower() != _LOGOUT_TYPE:
        raise TokenRefused("typ")
    if abs(time.time() - float(claims["iat"])) > _LOGOUT_SECONDS:
        raise TokenRefused("iat")
    if not isinstance(claims["events"], dict) or _LOGOUT_EVENT not in claims["events"]:
        raise TokenRefused("events")
    if "nonce" in claims:  # an ID token, replayed as something else
        raise TokenRefused("nonce")
    logout = Logout(str(claims["jti"])[:255], _text(claims, "sid"), _text(claims, "sub"))
    if not (logout.jti and (logout.sid or logout.subject)):
        raise TokenRefused("neither sid nor sub")
    return logout


def _read(
    token: str, expected: Expected, required: Sequence[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token that the issuer signed for us."""
    try:
        header = jwt.get_unverified_header(token)
        # The header may name the key, never the algorithm: `none` and HS256 are forged that way.
        if header.get("alg") != ALGORITHM:
            raise TokenRefused("alg")
        claims = jwt.decode(
            token,
            expected.key(str(header.get("kid", ""))),
            algorithms=[ALGORITHM],
            audience=expected.client_id,
            issuer=expected.issuer,
            leeway=_LEEWAY_SECONDS,
            options={"require": list(required)},
        )
    except UnknownKey as failure:
        raise TokenRefused("kid") from failure
    except jwt.InvalidTokenError as failure:
        raise TokenRefused(type(failure).__name__) from failure
    return header, claims


def _check_party(claims: dict[str, Any], client_id: str) -> None:
    """A token for several audiences must say that it was asked for by us."""
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if several and "azp" not in claims:
        raise TokenRefused("azp")
    if claims.get("azp", client_id) != client_id:
        raise TokenRefused("azp")


def _subject(value: str) -> str:
    if not 0 < len(value) <= _LONGEST_NAME:
        raise TokenRefused("sub")
    return value


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""


def _groups(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise TokenRefused("groups")
    return tuple(value)
