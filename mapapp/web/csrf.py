"""Whether a form that changes something was made for the person who sends it.

A token is a random word and a keyed hash of it together with what the browser holds: the session's
cookie, or for forms of people who are not signed in a cookie of its own. It is new in every answer, so
that a compressed page tells nothing about it, and nothing is stored for it on the server.

``SameSite=Lax`` and the browser's own word on where a request comes from stand beside it: three walls,
each enough by itself (docs/decisions/sessions-and-csrf.md).
"""

from __future__ import annotations

import hmac
import re
import secrets
from typing import Any, Final

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

from mapapp.services.secret import keyed_hash
from mapapp.web import services
from mapapp.web.same_origin import is_same_origin
from mapapp.web.session_cookie import session_cookie

FIELD: Final = "csrf"
HEADER: Final = "X-CSRF-Token"
COOKIE: Final = "visit"
SECURE_COOKIE: Final = "__Host-visit"
"""What the forms of people who are not signed in are tied to. It lives as long as the browser's window."""
_PURPOSE: Final = "csrf"
_NONCE_BYTES: Final = 12
_VISIT: Final = re.compile(r"[A-Za-z0-9_-]{20,64}", re.ASCII)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{16}\.[0-9a-f]{64}", re.ASCII)


def install_csrf(app: Flask) -> None:
    """Give templates ``csrf_field()`` and ``csrf_token()``, and browsers the cookie that their forms are tied to."""
    app.template_global("csrf_token")(csrf_token)
    app.template_global("csrf_field")(csrf_field)

    @app.after_request
    def keep_visit(response: Response) -> Response:
        visit = g.get("new_visit")
        if visit is not None:
            response.set_cookie(_cookie_name(), visit, secure=request.is_secure, httponly=True, samesite="Lax")
        return response


def csrf_token() -> str:
    """A token for a form or a script of the current answer."""
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    return f"{nonce}.{_signature(nonce, _holder() or _new_visit())}"


def csrf_field() -> Any:
    """The hidden field every form that changes something carries."""
    fields: Any = current_app.jinja_env.get_template("components/csrf.html").module
    return fields.csrf_field(FIELD, csrf_token())


def is_csrf_safe() -> bool:
    """Whether the current request comes from a page of ours and carries a token made for its sender."""
    if not is_same_origin(services().settings.public_url):
        return False
    token = request.headers.get(HEADER) or request.form.get(FIELD, "")
    holder = _holder()
    if holder is None or not _TOKEN.fullmatch(token):
        return False
    nonce, _, signature = token.partition(".")
    return hmac.compare_digest(signature, _signature(nonce, holder))


def _signature(nonce: str, holder: str) -> str:
    return keyed_hash(services().secret, _PURPOSE, f"{nonce}:{holder}")


def _holder() -> str | None:
    """What only the sender's browser holds: the session's secret before the visit's."""
    session = session_cookie()
    if session is not None:
        return f"session:{session}"
    visit = g.get("new_visit") or request.cookies.get(_cookie_name(), "")
    return f"visit:{visit}" if _VISIT.fullmatch(visit) else None


def _new_visit() -> str:
    g.new_visit = secrets.token_urlsafe(24)
    return f"visit:{g.new_visit}"


def _cookie_name() -> str:
    return SECURE_COOKIE if request.is_secure else COOKIE
