"""Who sends the current request: a person with a session on pages, a program with a token below ``/api``.

The two never mix: the interface for programs does not look at cookies, and pages do not look at tokens.
Each is looked up once a request, and only where somebody asks.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask import g, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from mapapp.services.accounts.desk import SignedIn
from mapapp.services.rights import Actor
from mapapp.web import services
from mapapp.web import session_cookie as cookie
from mapapp.web.audience import is_api
from mapapp.web.problems import RequestProblem
from mapapp.web.session_cookie import forget

__all__ = ["current_actor", "enter", "forget", "remember", "session_of_request", "signed_in", "token_actor"]
_SCHEME: Final = "bearer"
_MAX_TOKEN_CHARS: Final = 200


def current_actor() -> Actor | None:
    """Who acts in the current request, with the rights they have at this moment; None for the public."""
    if is_api(request.path):
        return token_actor()
    found = session_of_request()
    return found.actor if found else None


def signed_in() -> SignedIn:
    """The session of the current request.

    Raises
    ------
    RequestProblem
        401: there is none. Routes whose rule names roles are never reached without one.
    """
    found = session_of_request()
    if found is None:
        raise RequestProblem(401, gettext("Please sign in first."), code="not_signed_in")
    return found


def session_of_request() -> SignedIn | None:
    """The living session behind the request's cookie; None without one."""
    if "signed_in" not in g:
        secret = cookie.session_cookie()
        g.signed_in = services().accounts.session_of(secret, services().now()) if secret else None
    found: SignedIn | None = g.signed_in
    return found


def token_actor() -> Actor | None:
    """The program behind the request's ``Authorization: Bearer``; None without a living token."""
    if "token_actor" not in g:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        usable = scheme.lower() == _SCHEME and 0 < len(secret.strip()) <= _MAX_TOKEN_CHARS
        g.token_actor = services().accounts.actor_of_token(secret.strip(), services().now()) if usable else None
    found: Actor | None = g.token_actor
    return found


def enter(found: SignedIn) -> None:
    """Let the rest of the current request, forms in its answer among them, belong to a session just made."""
    g.signed_in = found
    g.session_secret = found.token


def remember(response: Response, found: SignedIn, now: datetime) -> None:
    """Have the browser hold a session that was just made, until it ends at the latest."""
    enter(found)
    remaining = found.session.expires_at - now
    cookie.remember(response, found.token, max(0, int(remaining.total_seconds())))
