"""API tokens: how programs get in. For administrators."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mapapp.services.accounts.desk import InvalidAccount, UnknownToken
from mapapp.services.rights import Actor
from mapapp.staff.account_words import district_choices, district_names, field_problems, language, moment
from mapapp.staff.blueprint import staff
from mapapp.staff.speech import gettext
from mapapp.store.accounts import ApiToken, Scope
from mapapp.web import services
from mapapp.web.signed_in import signed_in


@staff.get("/tokens")
def tokens() -> str:
    """Every token there is or was, without its secret: that was shown once."""
    now = services().now()
    rows = [_row(token) | {"is_usable": token.is_usable(now)} for token in services().accounts.tokens(_actor())]
    return render_template("staff/tokens.html", tokens=rows, done=request.args.get("done", ""))


@staff.get("/tokens/new")
def new_token() -> Response:
    """The form."""
    return _form_page({"scopes": set(), "districts": set(), "days": "365"}, {})


@staff.post("/tokens/new")
def create_token() -> Response:
    """Make a token and show its secret, this once."""
    form = request.form
    days = form.get("days", "").strip()
    typed: dict[str, Any] = {
        "name": form.get("name", ""),
        "scopes": set(form.getlist("scopes")),
        "districts": set(form.getlist("districts")),
        "days": days,
    }
    if not (days.isascii() and days.isdigit() and len(days) <= 5):
        return _form_page(typed, field_problems({"days": "out_of_range"}))
    scopes = [scope for scope in Scope if scope.value in typed["scopes"]]
    try:
        token, secret = services().accounts.create_token(
            _actor(), typed["name"], scopes, typed["districts"], int(days), services().now()
        )
    except InvalidAccount as invalid:
        return _form_page(typed, field_problems(invalid.problems))
    return make_response(render_template("staff/new_token_secret.html", token=_row(token), secret=secret))


@staff.post("/tokens/<int:token_id>/revoke")
def revoke_token(token_id: int) -> Response:
    """End a token now."""
    try:
        services().accounts.revoke_token(_actor(), token_id, services().now())
    except UnknownToken:
        abort(404)
    return redirect(url_for("staff.tokens", done="revoked"), 303)


def _actor() -> Actor:
    return signed_in().actor


def _row(token: ApiToken) -> dict[str, Any]:
    between = "、" if language() == "zh" else ", "
    return {
        "id": token.id,
        "name": token.name,
        "scopes": between.join(scope.label(language()) for scope in Scope if scope in token.scopes),
        "area": district_names(token.districts) or gettext("The whole city"),
        "created_by": token.created_by,
        "created_at": moment(token.created_at),
        "expires_at": moment(token.expires_at),
        "last_used_at": moment(token.last_used_at),
        "revoked_at": moment(token.revoked_at) if token.revoked_at else "",
    }


def _form_page(typed: dict[str, Any], problems: dict[str, str]) -> Response:
    page = render_template(
        "staff/new_token.html",
        typed=typed,
        problems=problems,
        scopes=[(scope.value, scope.label(language())) for scope in Scope],
        districts=district_choices(),
    )
    return make_response(page, 400 if problems else 200)
