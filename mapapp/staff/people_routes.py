"""People: who may sign in, as what and where. For administrators."""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mapapp.services.accounts.desk import AccountDraft, InvalidAccount, LastAdmin, StaleAccount
from mapapp.staff.account_words import (
    area_words,
    district_choices,
    field_problems,
    moment,
    role_choices,
    role_words,
)
from mapapp.staff.blueprint import staff
from mapapp.staff.speech import gettext
from mapapp.store.accounts import Account, Role
from mapapp.web import services
from mapapp.web.signed_in import signed_in

_CODES: Final = re.compile(r"[\s,，、;；]+")
_DONE: Final = frozenset({"changed", "sessions", "totp"})


@staff.get("/people")
def people() -> str:
    """Everybody."""
    rows = services().accounts.accounts(signed_in().actor)
    return render_template("staff/people.html", people=rows, role=role_words, area=area_words, moment=moment)


@staff.get("/people/new")
def new_person() -> Response:
    """The form of an invitation."""
    return _invitation_page({"role": Role.EDITOR.value, "districts": set()}, {})


@staff.post("/people/new")
def invite() -> Response:
    """Make an account and show its one-time link, this once."""
    typed = _typed()
    draft = AccountDraft(
        name=request.form.get("name", ""),
        display_name=typed["display_name"],
        role=typed["chosen_role"],
        districts=typed["their_districts"],
        stations=typed["their_stations"],
    )
    try:
        account, link = services().accounts.invite(signed_in().actor, draft, services().now())
    except InvalidAccount as invalid:
        return _invitation_page(typed | {"name": draft.name}, field_problems(invalid.problems))
    return _link_page(account, link)


@staff.get("/people/<int:account_id>")
def person(account_id: int) -> Response:
    """One account."""
    return _person_page(_account(account_id), {})


@staff.post("/people/<int:account_id>")
def change_person(account_id: int) -> Response:
    """Change what somebody may do; sessions of an account that is switched off end at once."""
    account, typed = _account(account_id), _typed()
    if request.form.get("seen", _mark(account)) != _mark(account):
        return _changed_meanwhile(account)
    try:
        services().accounts.change(
            signed_in().actor,
            account.id,
            services().now(),
            display_name=typed["display_name"],
            role=typed["chosen_role"],
            districts=typed["their_districts"],
            stations=typed["their_stations"],
            is_disabled=typed["is_disabled"],
            expected=account,
        )
    except StaleAccount:
        return _changed_meanwhile(_account(account_id))
    except InvalidAccount as invalid:
        return _person_page(account, field_problems(invalid.problems), typed)
    except LastAdmin:
        sentence = gettext("This is the last administrator who can sign in. Make somebody else one first.")
        return _person_page(account, {"role": sentence}, typed)
    return _back(account.id, "changed")


@staff.post("/people/<int:account_id>/link")
def new_link(account_id: int) -> Response:
    """Make a new one-time link, for a forgotten password, and show it this once."""
    account = _account(account_id)
    try:
        link = services().accounts.new_link(signed_in().actor, account.id, services().now())
    except InvalidAccount as invalid:  # it is switched off
        return _person_page(account, {"is_disabled": field_problems(invalid.problems)["name"]})
    return _link_page(account, link)


@staff.post("/people/<int:account_id>/sign-out")
def end_sessions(account_id: int) -> Response:
    """Sign somebody out everywhere."""
    own = signed_in()
    is_oneself = own.account.id == account_id
    services().accounts.sign_out_everywhere(
        own.actor, _account(account_id).id, services().now(), except_token=own.token if is_oneself else None
    )
    return _back(account_id, "sessions")


@staff.post("/people/<int:account_id>/one-time-codes/remove")
def remove_persons_totp(account_id: int) -> Response:
    """Let somebody who has lost their phone sign in without one-time codes."""
    services().accounts.remove_totp(signed_in().actor, _account(account_id).id, services().now())
    return _back(account_id, "totp")


def _account(account_id: int) -> Account:
    account = services().accounts.account(account_id)
    if account is None:
        abort(404)
    return account


def _typed() -> dict[str, Any]:
    """What the form holds; an area belongs to the role that has one."""
    form = request.form
    role = next((each for each in Role if each.value == form.get("role")), None)
    if role is None:  # a form of ours always has one; nobody is made something unasked
        abort(400)
    districts = frozenset(form.getlist("districts"))
    stations = frozenset(code for code in _CODES.split(form.get("stations", "").upper()) if code)
    return {
        "display_name": form.get("display_name", ""),
        "role": role.value,
        "chosen_role": role,
        "districts": districts,
        "stations": form.get("stations", ""),
        "their_districts": districts if role is Role.EDITOR else frozenset(),
        "their_stations": stations if role is Role.KEEPER else frozenset(),
        "is_disabled": "is_disabled" in form,
    }


def _choices() -> dict[str, Any]:
    return {"roles": role_choices(), "districts": district_choices()}


def _invitation_page(typed: dict[str, Any], problems: dict[str, str]) -> Response:
    page = render_template("staff/new_person.html", typed=typed, problems=problems, choices=_choices())
    return make_response(page, 400 if problems else 200)


def _person_page(account: Account, problems: dict[str, str], typed: dict[str, Any] | None = None) -> Response:
    stored = {
        "display_name": account.display_name,
        "role": account.role.value,
        "districts": account.districts,
        "stations": "\n".join(sorted(account.stations)),
        "is_disabled": account.is_disabled,
    }
    page = render_template(
        "staff/person.html",
        person=account,
        seen=_mark(account),
        sessions=services().accounts.sessions_of(account.id, services().now()),
        typed=typed or stored,
        problems=problems,
        choices=_choices(),
        moment=moment,
        is_oneself=account.id == signed_in().account.id,
        token_count=_token_count(account),
        done=request.args.get("done", ""),
    )
    return make_response(page, 400 if problems else 200)


def _token_count(account: Account) -> int:
    """How many tokens would end with the account's right to make them."""
    now = services().now()
    tokens = services().accounts.tokens(signed_in().actor)
    return sum(token.created_by == account.name and token.is_usable(now) for token in tokens)


def _changed_meanwhile(account: Account) -> Response:
    """The account as it is now: saving an older form over it could switch on again who was just switched off."""
    sentence = gettext("Somebody has changed this account since you opened it. This is how it is now: change it again.")
    response = _person_page(account, {"display_name": sentence})
    response.status_code = 409
    return response


def _mark(account: Account) -> str:
    """Another text for every other state of what the form changes."""
    shown = (account.display_name, account.role, sorted(account.districts), sorted(account.stations))
    return hashlib.sha256(repr((shown, account.is_disabled)).encode()).hexdigest()[:32]


def _link_page(account: Account, link: str) -> Response:
    root = services().settings.public_url.rstrip("/") or request.url_root.rstrip("/")
    address = root + url_for("staff.set_up", link=link)
    return make_response(render_template("staff/link.html", person=account, address=address))


def _back(account_id: int, done: str) -> Response:
    return redirect(url_for("staff.person", account_id=account_id, done=done if done in _DONE else None), 303)
