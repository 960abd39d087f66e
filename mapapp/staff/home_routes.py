"""The staff's first page: who one is here, and what one can do."""

from __future__ import annotations

from typing import Final

from flask import current_app, render_template, url_for
from flask_babel import LazyString, lazy_gettext

from geodata.stations.station import Station
from mapapp.services.holiday_editing import MissingYear, missing_year
from mapapp.services.rights import Right, may
from mapapp.staff.account_words import area_words, language, role_words
from mapapp.staff.blueprint import count_text, staff, waiting_counts
from mapapp.store.accounts import Account, Role
from mapapp.web import services
from mapapp.web.signed_in import signed_in

_CARDS: Final[tuple[tuple[str, Right | None, LazyString, LazyString], ...]] = (
    (
        "staff.stations",
        Right.READ_REGISTER,
        lazy_gettext("Stations"),
        lazy_gettext("Look one up, set it right, see what was changed"),
    ),
    (
        "staff.new_station",
        Right.CREATE_STATIONS,
        lazy_gettext("New station"),
        lazy_gettext("Add one that is not in the list"),
    ),
    (
        "staff.unplaced",
        Right.CREATE_STATIONS,
        lazy_gettext("To be placed"),
        lazy_gettext("Stations without a position, one after another on the map"),
    ),
    (
        "staff.posters",
        Right.READ_REGISTER,
        lazy_gettext("Posters"),
        lazy_gettext("Sheets with a QR code for the doors"),
    ),
    (
        "staff.reports",
        Right.READ_REPORTS,
        lazy_gettext("Reports"),
        lazy_gettext("What the public tells us, and what we answer"),
    ),
    (
        "staff.verify_queue",
        Right.EDIT_STATIONS,
        lazy_gettext("To be looked at"),
        lazy_gettext("What is old, unknown or doubted, and on a phone at the station: all as before"),
    ),
    (
        "staff.dashboard",
        Right.READ_REGISTER,
        lazy_gettext("Dashboard"),
        lazy_gettext("How complete and how fresh the register is, by district and kind; the month as a sheet"),
    ),
    (
        "staff.imports",
        Right.IMPORT_STATIONS,
        lazy_gettext("Import"),
        lazy_gettext("Load a sheet, see what it would change, save it, take it back"),
    ),
    (
        "staff.exports",
        Right.READ_REGISTER,
        lazy_gettext("Export"),
        lazy_gettext("The stations as a file, and the empty sheet to fill in"),
    ),
    ("planner.coverage", None, lazy_gettext("Coverage"), lazy_gettext("Who has a station near, at which hour")),
    (
        "staff.holidays",
        Right.EDIT_HOLIDAYS,
        lazy_gettext("Holidays"),
        lazy_gettext("Days off and make-up working days of the year"),
    ),
    (
        "staff.people",
        Right.MANAGE_ACCOUNTS,
        lazy_gettext("People"),
        lazy_gettext("Invite colleagues, change roles, forgotten passwords"),
    ),
    ("staff.tokens", Right.MANAGE_ACCOUNTS, lazy_gettext("Tokens"), lazy_gettext("How programs get in")),
    (
        "staff.account",
        None,
        lazy_gettext("My account"),
        lazy_gettext("Password, one-time codes, where you are signed in"),
    ),
)


@staff.get("/")
def home() -> str:
    """The overview."""
    found = signed_in()
    parts = services()
    parts.truth.register(parts.snapshot, parts.now())  # so that the page one begins on says what is so now
    counts = waiting_counts(found.actor)
    cards = [
        (url_for(endpoint), str(name), str(text), count_text(counts.get(endpoint, 0)))
        for endpoint, right, name, text in _CARDS
        if endpoint in current_app.view_functions and (right is None or may(found.actor, right))
    ]
    return render_template(
        "staff/home.html",
        account=found.account,
        role=role_words(found.account.role),
        area="" if found.account.role is Role.KEEPER else area_words(found.account),
        cards=cards,
        missing_holidays=_missing_holidays() if may(found.actor, Right.EDIT_HOLIDAYS) else None,
        own_stations=_own_stations(found.account),
    )


def _missing_holidays() -> MissingYear | None:
    """The year whose holidays are to be entered."""
    return missing_year(services().snapshot.holidays, services().now().date())


def _own_stations(account: Account) -> list[tuple[str, str, str]]:
    """Code, name and address of a keeper's stations that are published; the others are in the list."""
    if "staff.station" not in current_app.view_functions:
        return []
    by_code = services().snapshot.by_code
    return [
        (code, _name(by_code[code]), url_for("staff.station", code=code))
        for code in sorted(account.stations)
        if code in by_code
    ]


def _name(station: Station) -> str:
    return station.name_en if language() == "en" and station.name_en else station.name
