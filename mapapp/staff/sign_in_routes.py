"""Signing in and out, the password given again, and one-time links."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mapapp.services.accounts.desk import (
    InvalidAccount,
    LinkUnusable,
    SignedIn,
    SignInRefused,
    WeakPassword,
)
from mapapp.staff.account_words import field_problems, password_problem
from mapapp.staff.blueprint import staff
from mapapp.staff.secret_picture import secret_qr
from mapapp.staff.speech import gettext
from mapapp.store import StoreBusy
from mapapp.store.accounts import Account
from mapapp.web import services
from mapapp.web.doorkeeper import carried_in_form, confirmation_problem, go_on, waiting_words
from mapapp.web.session_cookie import session_cookie
from mapapp.web.signed_in import enter, forget, remember, signed_in

_CODE_FIELD: Final = "one_time_code"


@staff.get("/sign-in")
def sign_in() -> str:
    """The form."""
    notice = next((each for each in ("again", "set", "left") if each in request.args), "")
    return render_template("staff/sign_in.html", carried=carried_in_form(), name="", problem=None, notice=notice)


@staff.post("/sign-in")
def submit_sign_in() -> Response:
    """Sign somebody in: always into a new session."""
    typed = request.form
    try:
        found = services().accounts.sign_in(
            typed.get("name", ""),
            typed.get("password", ""),
            typed.get(_CODE_FIELD, "").strip() or None,
            request.remote_addr or "",
            services().now(),
            user_agent=request.user_agent.string,
        )
    except SignInRefused as refused:
        return _refused(refused)
    return _entered(found, lambda: go_on(carried_in_form()))


@staff.post("/sign-in/one-time-codes")
def sign_in_with_new_totp() -> Response:
    """Set up the second factor that this role needs here, and sign in with it."""
    typed = request.form
    name = typed.get("name", "")
    try:
        found, codes = services().accounts.sign_in_with_new_totp(
            name,
            typed.get("password", ""),
            typed.get("totp_secret", ""),
            typed.get(_CODE_FIELD, ""),
            request.remote_addr or "",
            services().now(),
            user_agent=request.user_agent.string,
        )
    except InvalidAccount as invalid:
        return _totp_page(name, None, field_problems(invalid.problems).get("totp_code"))
    except SignInRefused as refused:
        return _refused(refused) if refused.reason == "code_needed" else _totp_page(name, None, _sentence(refused))
    return _entered(found, lambda: make_response(render_template("staff/recovery_codes.html", codes=codes)))


@staff.post("/sign-out")
def sign_out() -> Response:
    """End this session."""
    found = signed_in()
    services().accounts.sign_out(found.token)
    response = redirect(url_for("staff.sign_in", left=1), 303)
    forget(response)
    return response


@staff.get("/confirm")
def confirm() -> str:
    """Ask for the password again before a page that needs it."""
    return render_template("staff/confirm.html", carried=carried_in_form(), action="", problem=None)


@staff.post("/confirm")
def submit_confirm() -> Response:
    """Take the password as a confirmation and go on."""
    problem = confirmation_problem()
    if problem is None:
        return go_on(carried_in_form())
    page = render_template("staff/confirm.html", carried=carried_in_form(), action="", problem=problem)
    return make_response(page, 400)


@staff.get("/set-up/<link>")
def set_up(link: str) -> Response:
    """Where a one-time link leads: choose a password."""
    return _set_up_page(link)


@staff.post("/set-up/<link>")
def submit_set_up(link: str) -> Response:
    """Take the password, end the link, and sign its owner in."""
    password, now = request.form.get("password", ""), services().now()
    if password != request.form.get("repeated_password", ""):
        return _set_up_page(link, {"repeated_password": gettext("The two are not the same.")})
    try:
        account = services().accounts.accept(link, password, now)
    except LinkUnusable:
        return _set_up_page("")
    except WeakPassword as weak:
        return _set_up_page(link, {"password": password_problem(weak.problems)})
    except SignInRefused as refused:  # too many others are choosing theirs; the link stays good
        return _waiting(_set_up_page(link, {"password": _sentence(refused)}), refused)
    try:
        found = services().accounts.sign_in(
            account.name, password, None, request.remote_addr or "", now, user_agent=request.user_agent.string
        )
    except SignInRefused:  # a one-time code is wanted too: the form asks for it
        return redirect(url_for("staff.sign_in", set=1), 303)
    return _entered(found, lambda: redirect(url_for("staff.home"), 303))


def _entered(found: SignedIn, answer: Callable[[], Response]) -> Response:
    """The answer to somebody who has just signed in; its forms belong to the new session already.

    The session this browser held before ends: nobody could reach it any more to end it themselves.
    """
    if (before := session_cookie()) is not None:
        with suppress(StoreBusy):
            services().accounts.sign_out(before)
    enter(found)
    response = answer()
    remember(response, found, services().now())
    return response


def _refused(refused: SignInRefused) -> Response:
    """The form once more, with a sentence that does not tell whether the name exists."""
    typed_name = request.form.get("name", "")
    if refused.reason == "set_up_totp":
        return _totp_page(typed_name, refused.account, None)
    page = render_template(
        "staff/sign_in.html",
        carried=carried_in_form(),
        name=typed_name,
        problem=_sentence(refused),
        wants_code=refused.reason in {"code_needed", "code_wrong", "code_unreadable"},
        notice="",
    )
    return _waiting(make_response(page, 400), refused)


def _waiting(response: Response, refused: SignInRefused) -> Response:
    """The answer, as one that is to be tried again where the refusal was about time."""
    if refused.reason == "wait":
        response.status_code = 429
        response.headers["Retry-After"] = str(refused.retry_after_s)
    return response


def _sentence(refused: SignInRefused) -> str:
    if refused.reason == "wait":
        return waiting_words(refused.retry_after_s)
    sentences = {
        "wrong": gettext("Name and password do not belong together. Check both and try again."),
        "code_needed": gettext("Your account wants a one-time code too. Give your password once more, and the code."),
        "code_wrong": gettext("This code is not right, or was used before. Wait for the next one."),
        "code_unreadable": gettext(
            "One-time codes of your app cannot be checked any more: the service has a new key. Sign in with one of "
            "your recovery codes, or ask an administrator to switch your one-time codes off."
        ),
    }
    return sentences[refused.reason]


def _totp_page(name: str, account: Account | None, problem: str | None) -> Response:
    """The password was right, but the role needs a second factor here: show how to set it up.

    Without the account (nothing was proved in this request) the key is the one shown before.
    """
    if account is not None:
        secret, uri = services().accounts.begin_totp(account.id)
    else:
        secret, uri = request.form.get("totp_secret", ""), ""
    page = render_template(
        "staff/set_up_totp.html", name=name, secret=secret, qr=secret_qr(uri) if uri else None, problem=problem
    )
    return make_response(page, 400)


def _set_up_page(link: str, problems: dict[str, str] | None = None) -> Response:
    account = services().accounts.link(link, services().now()) if link else None
    page = render_template("staff/set_up.html", account=account, problems=problems or {})
    response = make_response(page, 404 if account is None else 400 if problems else 200)
    # The link's secret is in the path. The origin alone may be told: over plain http it is all that says
    # that the form comes from here.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response
