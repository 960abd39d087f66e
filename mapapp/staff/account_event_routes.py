"""What was changed of accounts and tokens, by whom and when. For administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import render_template, request, url_for
from flask_babel import LazyString, lazy_gettext

from mapapp.staff.account_words import district_names, language, moment
from mapapp.staff.blueprint import staff
from mapapp.staff.lists import PAGE_ROWS, offset_of, page_number, page_of_list
from mapapp.staff.speech import gettext
from mapapp.store.accounts import AccountEvent, Role, Scope
from mapapp.web import services
from mapapp.web.signed_in import signed_in

_ACTIONS: Final[Mapping[str, LazyString]] = {
    "account_added": lazy_gettext("invited somebody"),
    "account_changed": lazy_gettext("changed an account"),
    "link_made": lazy_gettext("made a one-time link"),
    "link_used": lazy_gettext("chose a password by a one-time link"),
    "password_changed": lazy_gettext("changed the own password"),
    "totp_set_up": lazy_gettext("switched one-time codes on"),
    "totp_removed": lazy_gettext("switched one-time codes off"),
    "signed_out": lazy_gettext("signed somebody out everywhere"),
    "token_made": lazy_gettext("made a token"),
    "token_revoked": lazy_gettext("ended a token"),
}
_DETAILS: Final[Mapping[str, LazyString]] = {
    "display_name": lazy_gettext("Full name"),
    "role": lazy_gettext("Role"),
    "districts": lazy_gettext("Districts"),
    "stations": lazy_gettext("Stations"),
    "is_disabled": lazy_gettext("Switched off"),
    "scopes": lazy_gettext("Good for"),
    "days": lazy_gettext("Days"),
    "sessions": lazy_gettext("Browsers"),
    "made_by": lazy_gettext("Made by"),
    "id": lazy_gettext("Token"),
}


@staff.get("/people/changes")
def account_events() -> str:
    """A page of them, newest first."""
    offset = offset_of(page_number(request.args.get("page", "")))
    found, total = services().accounts.events_page(signed_in().actor, offset, PAGE_ROWS)
    return render_template(
        "staff/account_events.html",
        events=[_row(event) for event in found],
        **page_of_list(offset, len(found), total, lambda page: url_for("staff.account_events", page=page)),
    )


def _row(event: AccountEvent) -> dict[str, Any]:
    details = [(name, event.detail[name]) for name in _DETAILS if event.detail.get(name) not in (None, [])]
    return {
        "at": moment(event.at),
        "actor": event.actor,
        "action": str(_ACTIONS.get(event.action, event.action)),
        "subject": event.subject,
        "details": [
            (str(_DETAILS[name]), *_before_and_after(name, value, is_change=event.action == "account_changed"))
            for name, value in details
        ],
    }


def _before_and_after(name: str, value: object, *, is_change: bool) -> tuple[str, str]:
    """What stood there, if this says so, and what was put there."""
    if is_change and isinstance(value, list) and len(value) == 2:
        return _words(name, value[0]) or "–", _words(name, value[1]) or "–"
    return "", _words(name, value)


def _words(name: str, value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if name == "role":
        return next((role.label(language()) for role in Role if role.value == value), str(value))
    if isinstance(value, list):
        if name == "districts":
            return district_names(value)
        if name == "scopes":
            return ", ".join(scope.label(language()) for scope in Scope if scope.value in value)
        return ", ".join(map(str, value))
    return str(value)
