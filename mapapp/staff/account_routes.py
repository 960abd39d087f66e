"""One's own account: password, one-time codes, the browsers one is signed in with."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mapapp.services.accounts.desk import InvalidAccount, SignInRefused, WeakPassword
from mapapp.staff.account_words import area_words, field_problems, moment, password_problem, role_words
from mapapp.staff.blueprint import staff
from mapapp.staff.secret_picture import secret_qr
from mapapp.staff.speech import gettext
from mapapp.web import services
from mapapp.web.doorkeeper import waiting_words
from mapapp.web.signed_in import signed_in

_DONE: Final = ("password", "sessions", "totp")


@staff.get("/account")
def account() -> Response:
    """The page."""
    return _account_page({})


@staff.post("/account/password")
def change_password() -> Response:
    """Take a new password; other browsers are signed out."""
    found, typed = signed_in(), request.form
    problems: dict[str, str] = {}
    if typed.get("new_password", "") != typed.get("repeated_password", ""):
        problems = {"repeated_password": gettext("The two are not the same.")}
    else:
        try:
            services().accounts.change_password(
                found.account.id,
                typed.get("old_password", ""),
                typed.get("new_password", ""),
                services().now(),
                keep_token=found.token,
            )
        except WeakPassword as weak:
            problems = {"new_password": password_problem(weak.problems)}
        except SignInRefused as refused:
            is_early = refused.reason == "wait"
            wrong = gettext("That is not your password.")
            problems = {"old_password": waiting_words(refused.retry_after_s) if is_early else wrong}
    return _account_page(problems) if problems else _back("password")


@staff.post("/account/sign-out-everywhere")
def sign_out_everywhere() -> Response:
    """End every session but this one."""
    found = signed_in()
    services().accounts.sign_out_everywhere(found.actor, found.account.id, services().now(), except_token=found.token)
    return _back("sessions")


@staff.get("/account/one-time-codes")
def totp() -> Response:
    """Show the secret for an app that makes one-time codes."""
    found = signed_in()
    return _back("") if found.account.has_totp else _totp_page()


@staff.post("/account/one-time-codes")
def confirm_totp() -> Response:
    """Take the first code as a proof that the app works, and show the recovery codes this once."""
    found, secret = signed_in(), request.form.get("totp_secret", "")
    try:
        codes = services().accounts.confirm_totp(
            found.account.id, secret, request.form.get("one_time_code", ""), services().now()
        )
    except InvalidAccount as invalid:
        sentence = field_problems(invalid.problems).get("totp_code", gettext("This cannot be so."))
        return _totp_page(sentence)
    return make_response(render_template("staff/recovery_codes.html", codes=codes))


@staff.post("/account/one-time-codes/remove")
def remove_totp() -> Response:
    """Sign in without one-time codes from now on."""
    found = signed_in()
    services().accounts.remove_totp(found.actor, found.account.id, services().now())
    return _back("totp")


def _account_page(problems: dict[str, str]) -> Response:
    found = signed_in()
    sessions = services().accounts.sessions_of(found.account.id, services().now())
    page = render_template(
        "staff/account.html",
        account=found.account,
        role=role_words(found.account.role),
        area=area_words(found.account),
        is_totp_readable=services().accounts.is_totp_readable(found.account.id),
        sessions=[replace(each, is_current=each.id == found.session.id) for each in sessions],
        moment=moment,
        problems=problems,
        done=request.args.get("done", ""),
    )
    return make_response(page, 400 if problems else 200)


def _totp_page(problem: str | None = None) -> Response:
    """Another secret every time: the one before may stay in the app, where it opens nothing."""
    secret, uri = services().accounts.begin_totp(signed_in().account.id)
    page = render_template("staff/totp.html", secret=secret, qr=secret_qr(uri), problem=problem)
    return make_response(page, 400 if problem else 200)


def _back(done: str) -> Response:
    return redirect(url_for("staff.account", done=done if done in _DONE else None), 303)
