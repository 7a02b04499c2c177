"""Where the browser goes from here: only to pages of ours, and to Keycloak."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.utils.http import url_has_allowed_host_and_scheme

HOME: Final = "/"
_SIGN_IN: Final = "/sign-in"
_LONGEST: Final = 2000
# They would come straight back, or show JSON to a person.
_NOT_PAGES: Final = ("/auth/", "/api/", "/static/", _SIGN_IN)


def page_of_ours(wanted: object) -> str:
    """`wanted` where it is a path of the page, such as `/sell?search=1`; else the first page."""
    if not isinstance(wanted, str) or len(wanted) > _LONGEST or not wanted.startswith("/"):
        return HOME
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if own and not wanted.startswith(_NOT_PAGES) else HOME


def failure_page(code: str, target: str, request_id: str) -> str:
    """The sign-in page that tells what happened; its button goes on to `target`."""
    return f"{_SIGN_IN}?{urlencode({'problem': code, 'next': target, 'request': request_id})}"
