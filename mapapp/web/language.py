"""Which language a person reads: chosen by hand, else what the browser asks for, else Chinese.

A choice is made with ``?lang=en`` or ``?lang=zh`` on any page; it is kept in a cookie and the page's
address is clean again after a redirect. The interface for machines reads the headers only.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlencode

from flask import Flask, redirect, request
from flask_babel import Babel, get_locale
from werkzeug.wrappers import Response

from mapapp.web.audience import is_for_machines

COOKIE: Final = "lang"
SECURE_COOKIE: Final = "__Host-lang"
"""Its name over https: browsers take it only from this very host."""
PARAMETER: Final = "lang"
LANGUAGE_TAGS: Final = {"zh": "zh-CN", "en": "en"}
"""Our locales, default first, and the tag each is published under."""
_DEFAULT: Final = next(iter(LANGUAGE_TAGS))
_COOKIE_AGE_S: Final = 365 * 24 * 3600


def install_language(app: Flask, timezone_name: str) -> None:
    """Choose the language of every answer, and keep a choice made by hand."""
    Babel(app, default_locale=_DEFAULT, default_timezone=timezone_name, locale_selector=_chosen_locale)
    app.before_request(_keep_choice)
    app.after_request(_declare_language)
    app.template_global("current_language")(current_language)


def current_language() -> str:
    """The tag of the language of the current answer: ``zh-CN`` or ``en``."""
    locale = get_locale()
    return LANGUAGE_TAGS["en" if locale is not None and locale.language == "en" else _DEFAULT]


def _chosen_locale() -> str:
    kept = request.cookies.get(_cookie_name(), "")
    if kept in LANGUAGE_TAGS:
        return kept
    wanted = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((language for language in wanted if language in LANGUAGE_TAGS), _DEFAULT)


def _keep_choice() -> Response | None:
    if PARAMETER not in request.args or request.method != "GET" or is_for_machines(request.path):
        return None
    remaining = [(key, value) for key, value in request.args.items(multi=True) if key != PARAMETER]
    answer = redirect(_own_path() + ("?" + urlencode(remaining) if remaining else ""), 303)
    choice = request.args[PARAMETER].partition("-")[0].lower()
    if choice in LANGUAGE_TAGS:
        answer.set_cookie(
            _cookie_name(), choice, max_age=_COOKIE_AGE_S, httponly=True, samesite="Lax", secure=request.is_secure
        )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _cookie_name() -> str:
    return SECURE_COOKIE if request.is_secure else COOKIE


def _own_path() -> str:
    """The page's path on this host: one leading slash, or ``//elsewhere`` would be another host."""
    return quote(request.script_root.rstrip("/") + "/" + request.path.lstrip("/\\"))


def _declare_language(response: Response) -> Response:
    if response.mimetype in {"text/html", "application/problem+json"}:
        response.headers["Content-Language"] = current_language()
        response.vary.add("Accept-Language")
        if not response.cache_control.private:  # a form stays on Back what it was, whatever cookie came meanwhile
            response.vary.add("Cookie")
    return response
