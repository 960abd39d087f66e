"""Enforces the access table before every request, and keeps what somebody typed when it has to ask them something.

A form that comes in after its session has ended is not lost: the page that asks to sign in (or to give
the password again, or to look once more) carries its fields along, and offers to send them when that is
done. Passwords and files are never carried. Only a form from our own pages is carried: another site
could otherwise have somebody sign in to send what it wrote.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

import flask_babel
from flask import Flask, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from mapapp.services.accounts.desk import SignInRefused
from mapapp.services.rights import Right, may
from mapapp.store.accounts import Scope
from mapapp.web import services
from mapapp.web.access import ACCESS, MAX_FORM_PARTS, MAX_TYPED_BYTES, STAFF, Rule, Who, require_complete_table
from mapapp.web.audience import is_staff_path
from mapapp.web.bodies import NEVER_STORE
from mapapp.web.csrf import FIELD, install_csrf, is_csrf_safe
from mapapp.web.headers import READING_METHODS
from mapapp.web.problems import NO_RIGHT, RequestProblem, wants_a_problem
from mapapp.web.same_origin import require_same_origin
from mapapp.web.signed_in import current_actor, session_of_request, signed_in, token_actor

gettext: Final[Callable[..., str]] = flask_babel.gettext
ngettext: Final[Callable[..., str]] = flask_babel.ngettext
SIGN_IN: Final = "staff.sign_in"
CONFIRM: Final = "staff.confirm"
CONFIRM_FIELD: Final = "confirm_password"
"""Where a form that needs it carries the password of whoever sends it."""
HOME: Final = "staff.home"
_NEVER_CARRIED: Final = frozenset(
    {
        FIELD,
        CONFIRM_FIELD,
        "password",
        "old_password",
        "new_password",
        "repeated_password",
        "one_time_code",
        "totp_secret",
    }
)
_MAX_TARGET_CHARS: Final = 500


@dataclass(frozen=True, slots=True)
class Carried:
    """Where somebody was going, and what they had typed; ``fields`` is empty where they only looked."""

    target: str
    fields: tuple[tuple[str, str], ...] = ()
    had_files: bool = False

    def as_json(self) -> str:
        """The fields as the hidden field ``carried`` of a form holds them."""
        return json.dumps(self.fields, ensure_ascii=False, separators=(",", ":")) if self.fields else ""


def install_access(app: Flask) -> None:
    """Enforce the table from the next request on; to be called when every route is there.

    Raises
    ------
    AccessIncomplete
        An address has no rule, or a rule no address.
    """
    require_complete_table(app)
    install_csrf(app)
    app.before_request(_enforce)
    app.after_request(_keep_to_staff)
    app.template_global("actor")(current_actor)
    app.template_global("may")(_may)


def carried_here() -> Carried:
    """The current request, to be taken up again once its sender has signed in or confirmed."""
    query = request.query_string.decode("ascii", "replace")
    target = request.path + (f"?{query}" if query else "")
    if request.method in READING_METHODS:
        return Carried(own_target(target))
    fields = tuple((name, value) for name, value in request.form.items(multi=True) if name not in _NEVER_CARRIED)
    return Carried(own_target(target), fields, any(each.filename for each in request.files.values()))


def carried_in_form() -> Carried:
    """What the form that asked to sign in or to confirm had carried along."""
    target = own_target(request.values.get("next", ""))
    try:
        pairs = json.loads(request.form.get("carried", "") or "[]")
        fields = tuple((_text(name), _text(value)) for name, value in pairs if name not in _NEVER_CARRIED)
    except (ValueError, TypeError, RecursionError):
        fields = ()
    return Carried(target, fields, bool(request.form.get("had_files")))


def _text(value: object) -> str:
    """What JSON held as text that a page can hold: halves of characters become question marks."""
    return str(value).encode("utf-8", "replace").decode()


def own_target(address: str) -> str:
    """The address if it is a staff page of ours, else the staff's home."""
    home = url_for(HOME)
    if len(address) > _MAX_TARGET_CHARS or any(ord(char) <= 32 or char == "\\" for char in address):
        return home
    try:
        parts = urlsplit(address)
    except ValueError:
        return home
    is_ours = not parts.scheme and not parts.netloc and not address.startswith("//")
    return address if is_ours and is_staff_path(parts.path) and ".." not in parts.path else home


def go_on(carried: Carried) -> Response:
    """The way on after signing in or confirming: to the page, or to an offer to send what was typed."""
    if not carried.fields:
        return redirect(_readable(carried.target), 303)
    return make_response(render_template("staff/repeat.html", carried=carried, why=""))


def _enforce() -> Response | None:
    rule = ACCESS.get(request.endpoint or "")
    if rule is None:
        return None
    is_staff = _is_staffs(rule)
    if is_staff:
        request.max_content_length = rule.max_body_bytes
        request.max_form_memory_size = MAX_TYPED_BYTES
        request.max_form_parts = MAX_FORM_PARTS
    answer = _ask_who(rule)
    if answer is None and is_staff and request.method not in READING_METHODS and not is_csrf_safe():
        return _refuse_unsafe(rule)
    return answer or (_ask_password_again() if rule.needs_confirmation else None)


def _is_staffs(rule: Rule) -> bool:
    """Whether the current address is a page of staff: below their root, or only for people with a role."""
    return str(request.endpoint).startswith(STAFF) or rule.who is Who.ROLES


def _ask_who(rule: Rule) -> Response | None:
    """None if the visitor may come in; else what they are answered."""
    if rule.who is Who.ANYBODY:
        return None
    if rule.who in {Who.TOKEN, Who.ANYBODY_OR_TOKEN}:
        _require_token(rule)
        return None
    found = session_of_request()
    if rule.who is Who.NOT_SIGNED_IN:
        return redirect(own_target(request.args.get("next", "")), 303) if found else None
    if found is None:
        return _ask_to_sign_in()
    if found.account.role not in rule.roles:
        raise RequestProblem(403, str(NO_RIGHT.detail), code="forbidden")
    return None


def _require_token(rule: Rule) -> None:
    if rule.who is Who.ANYBODY_OR_TOKEN and "Authorization" not in request.headers:
        return
    actor = token_actor()
    if actor is None:
        raise RequestProblem(401, gettext("This needs a token: Authorization: Bearer …"), code="token_needed")
    if rule.scope is not None and not has_scope(actor.scopes or (), rule.scope):
        raise RequestProblem(
            403, gettext("The token is not good for this: it needs %(scope)s.", scope=rule.scope), code="scope_needed"
        )


def has_scope(held: Iterable[Scope], wanted: Scope) -> bool:
    """Whether a token is good for something; writing includes reading."""
    return wanted in held or (wanted is Scope.STATIONS_READ and Scope.STATIONS_WRITE in held)


def _ask_to_sign_in() -> Response:
    """What somebody without a session gets: a page to sign in on, with what they had typed where they had."""
    if wants_a_problem():
        raise RequestProblem(401, gettext("Please sign in first."), code="not_signed_in")
    if request.method in READING_METHODS:
        return redirect(url_for(SIGN_IN, next=carried_here().target), 303)
    _require_own_page()
    page = render_template("staff/sign_in.html", carried=carried_here(), name="", problem=None, notice="ended")
    return make_response(page, 401)


def _ask_password_again() -> Response | None:
    """None if the password was given a short while ago, or comes with the form."""
    found = session_of_request()
    if found is None or found.session.is_confirmed(services().now()):
        return None
    if wants_a_problem():
        raise RequestProblem(403, gettext("Please confirm your password first."), code="not_confirmed")
    if request.method in READING_METHODS:
        return redirect(url_for(CONFIRM, next=carried_here().target), 303)
    problem = confirmation_problem() if CONFIRM_FIELD in request.form else None
    if CONFIRM_FIELD in request.form and problem is None:
        return None
    page = render_template("staff/confirm.html", carried=carried_here(), action=request.path, problem=problem)
    return make_response(page, 403)


def confirmation_problem() -> str | None:
    """Take the password the form carries as its sender's confirmation; else the sentence that says why not."""
    try:
        found = signed_in()
        if services().accounts.confirm(found.token, request.form.get(CONFIRM_FIELD, ""), services().now()):
            return None
    except SignInRefused as refused:
        if refused.reason == "wait":
            return waiting_words(refused.retry_after_s)
    return gettext("That is not your password.")


def waiting_words(seconds: int) -> str:
    """How long somebody has to wait before the next try."""
    if seconds < 90:
        return ngettext(
            "Too many tries. Please wait %(num)d second.", "Too many tries. Please wait %(num)d seconds.", seconds
        )
    minutes = -(-seconds // 60)
    return ngettext(
        "Too many tries. Please wait %(num)d minute.", "Too many tries. Please wait %(num)d minutes.", minutes
    )


def _refuse_unsafe(rule: Rule) -> Response:
    """What a form without a token of its sender gets: from our own pages another try, else a refusal.

    A page opened before its reader signed in anew holds a token of the session before; nothing typed in
    it is lost.
    """
    _require_own_page()
    if wants_a_problem():
        raise RequestProblem(403, gettext("The page is too old. Load it again."), code="csrf")
    if request.form.get("carried"):
        page = render_template("staff/repeat.html", carried=carried_in_form(), why="session_changed")
        return make_response(page, 403)
    if rule.who is not Who.ROLES:
        return redirect(_readable(request.path) + "?" + urlencode({"again": "1"}), 303)
    return make_response(render_template("staff/repeat.html", carried=carried_here(), why="session_changed"), 403)


def _require_own_page() -> None:
    require_same_origin(services().settings.public_url)


def _readable(target: str) -> str:
    """The address, or the nearest one above it that can be looked at: some addresses only take forms."""
    path, _, query = target.partition("?")
    adapter = current_app.url_map.bind("")
    while path:
        try:
            adapter.match(path, method="GET")
        except HTTPException:
            path, query = path.rpartition("/")[0], ""
        else:
            return path + (f"?{query}" if query else "")
    return url_for(HOME)


def _keep_to_staff(response: Response) -> Response:
    """Answers of staff pages are kept nowhere and found by no search engine."""
    rule = ACCESS.get(request.endpoint or "")
    if (rule is not None and _is_staffs(rule)) or is_staff_path(request.path):
        response.headers["Cache-Control"] = NEVER_STORE
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _may(right: str) -> bool:
    """Whether whoever reads the page has a right somewhere: what they may not do is not offered."""
    who = current_actor()
    return who is not None and may(who, Right(right))
