"""The cookie that holds a session's secret, and nothing else.

Over https its name begins with ``__Host-``: browsers take it only as a secure cookie of this very host.
Whether the session behind it still lives is the account desk's to say.
"""

from __future__ import annotations

from typing import Final

from flask import g, request
from werkzeug.wrappers import Response

COOKIE: Final = "session"
SECURE_COOKIE: Final = "__Host-session"
_MAX_CHARS: Final = 200


def session_cookie() -> str | None:
    """The secret the current request came with, or was given on its way; None without one."""
    if "session_secret" in g:
        kept: str | None = g.session_secret
        return kept
    held = request.cookies.get(_name(), "")
    return held if 0 < len(held) <= _MAX_CHARS and held.isascii() else None


def remember(response: Response, token: str, max_age_s: int) -> None:
    """Have the browser hold the secret of a session for so long."""
    response.set_cookie(
        _name(), token, max_age=max_age_s, secure=request.is_secure, httponly=True, samesite="Lax", path="/"
    )


def forget(response: Response) -> None:
    """Have the browser drop the secret."""
    g.session_secret = None
    response.delete_cookie(_name(), secure=request.is_secure, httponly=True, samesite="Lax", path="/")


def _name() -> str:
    return SECURE_COOKIE if request.is_secure else COOKIE
