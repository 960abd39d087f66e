"""The holiday table: one year on a page, every change looked at before it is saved."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geodata.errors import InvalidValue
from geodata.stations.holidays import DayKind, SpecialDay
from mapapp.services.holiday_editing import (
    FIRST_YEAR,
    LAST_YEAR,
    Year,
    YearChanged,
    YearEdit,
    changes_of,
    edit_document,
    missing_year,
    national_edit,
    read_edit,
    save_year,
    special_day,
    stations_affected,
    table_with,
    year_events,
    year_of,
)
from mapapp.services.pasted_dates import MAX_PASTED_CHARS, read_pasted
from mapapp.staff.blueprint import staff
from mapapp.staff.holiday_words import event_words, problem_words, worded_changes, worded_days
from mapapp.staff.speech import gettext
from mapapp.store import StoreBusy
from mapapp.web import services
from mapapp.web.signed_in import signed_in

DAY_FIELDS: Final = ("date", "kind", "name_zh", "name_en", "source", "dates")


@dataclass(frozen=True, slots=True)
class Typed:
    """What the forms of the year's page hold, and what is wrong with it by field."""

    values: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    message: str = ""


@staff.get("/holidays")
def holidays() -> Response:
    """One year: this one, or the one the address names; a day to be changed stands in the form."""
    typed = request.args.get("year", "")
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else services().now().year
    return _year_page(_year(year), Typed(_day_to_change(_year(year))))


@staff.post("/holidays/<int:year>/check")
def check_holidays(year: int) -> Response:
    """Read what was typed or asked for, and show what it would change."""
    current = _year(year)
    try:
        edit = _asked_edit(current)
        if not _changes_anything(current, edit):
            return _year_page(current, Typed(_typed(), message=gettext("This is how it is already.")))
    except InvalidValue as error:
        return _year_page(current, Typed(_typed(), problem_words(error, year)), 400)
    return _check_page(current, edit)


@staff.post("/holidays/<int:year>", endpoint="save_holidays")
def save_checked(year: int) -> Response:
    """Save a change as it was shown, unless somebody else was first."""
    parts, current = services(), _year(year)
    reason, stamp = request.form.get("reason", ""), request.form.get("stamp", "")
    try:
        edit = read_edit(_json(request.form.get("edit", "")))
        changes_of(current, edit)  # an edit that cannot be is refused before anything is said about it
        save_year(parts.store, signed_in().actor, year, edit, stamp, reason, parts.now())
    except YearChanged as error:
        return _changed_meanwhile(error.current, edit)
    except InvalidValue as error:
        if error.field == "reason":
            return _check_page(current, edit, problems=problem_words(error, year), status=400)
        return _year_page(current, Typed(problems=problem_words(error, year)), 400)
    except StoreBusy:
        message = gettext("Somebody else is saving at the moment. Nothing is lost: try again in a few seconds.")
        return _check_page(current, edit, message=message, status=503)
    return redirect(url_for("staff.holidays", year=year, saved=1), 303)


def _changed_meanwhile(current: Year, edit: YearEdit) -> Response:
    """What the change would do to the year as it is now; it is for its sender to say whether that is still meant."""
    if not _changes_anything(current, edit):
        message = gettext("Somebody else has just saved the same. There is nothing left to do.")
        return _year_page(current, Typed(message=message), 409)
    message = gettext(
        "Somebody has changed this year since you opened it. Look once more: this is what you would change now."
    )
    return _check_page(current, edit, message=message, status=409)


def _year(year: int) -> Year:
    """The year as it stands; 404 for one that nobody plans."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        abort(404)
    return year_of(services().store, signed_in().actor, year)


def _asked_edit(current: Year) -> YearEdit:
    """What the button that was pressed asks for."""
    what, form = request.form.get("what", ""), request.form
    if what == "national":
        return national_edit(current) or abort(404)
    if what in {"complete", "incomplete"}:
        return YearEdit(is_complete=what == "complete")
    if what == "remove":
        return YearEdit(remove=frozenset({_date(form.get("date", ""))}))
    if what == "paste":
        return YearEdit(put=_pasted_days(current.year))
    return YearEdit(put=(special_day(_date(form.get("date", "")), _kind(), *_words()),))


def _pasted_days(year: int) -> tuple[SpecialDay, ...]:
    text = request.form.get("dates", "")
    if not text.strip():
        raise InvalidValue("There is nothing to read.", field="dates", code="empty")
    if len(text) > MAX_PASTED_CHARS:
        raise InvalidValue("This is too long.", field="dates", code="too_long")
    pasted = read_pasted(text, year, _kind(), *_words())
    if pasted.unread:
        raise InvalidValue(", ".join(pasted.unread), field="dates", code="unread")
    return pasted.days


def _words() -> tuple[str, str, str]:
    """Both names and the source, as typed."""
    form = request.form
    return form.get("name_zh", ""), form.get("name_en", ""), form.get("source", "")


def _kind() -> DayKind:
    return DayKind.WORKDAY if request.form.get("kind") == DayKind.WORKDAY.value else DayKind.HOLIDAY


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidValue("A date looks like 2026-03-20.", field="date", code="form") from None


def _changes_anything(current: Year, edit: YearEdit) -> bool:
    completes = edit.is_complete is not None and edit.is_complete != current.is_complete
    return completes or bool(changes_of(current, edit))


def _typed() -> dict[str, str]:
    return {name: request.form[name] for name in DAY_FIELDS if name in request.form} | {
        "what": request.form.get("what", "")
    }


def _day_to_change(year: Year) -> dict[str, str]:
    """The fields of the day that the address names."""
    day = next((each for each in year.days if each.date.isoformat() == request.args.get("day")), None)
    if day is None:
        return {}
    return {
        "date": day.date.isoformat(),
        "kind": day.kind.value,
        "name_zh": day.name_zh,
        "name_en": day.name_en,
        "source": day.source,
        "what": "day",
    }


def _year_page(year: Year, typed: Typed, status: int = 200) -> Response:
    parts = services()
    with parts.store.reading() as reader:
        events, table = year_events(reader, year.year), reader.holidays()
    national = national_edit(year)
    page = render_template(
        "staff/holidays.html",
        year=year,
        days=worded_days(year.days),
        typed=typed.values,
        problems=typed.problems,
        message=typed.message,
        was_saved=bool(request.args.get("saved")),
        missing=missing_year(table, parts.now().date()),
        knows_national=national is not None and _changes_anything(year, national),
        events=event_words(events),
        years=(FIRST_YEAR, LAST_YEAR),
    )
    return make_response(page, status)


def _check_page(
    year: Year, edit: YearEdit, *, problems: dict[str, str] | None = None, message: str = "", status: int = 200
) -> Response:
    snapshot = services().snapshot
    with services().store.reading() as reader:
        table = reader.holidays()
    changes = changes_of(year, edit)
    affected = stations_affected(snapshot.stations, table, table_with(table, year.year, edit))
    page = render_template(
        "staff/holidays_check.html",
        year=year,
        changes=worded_changes(changes, affected),
        most_affected=max(affected.values(), default=0),
        completes=edit.is_complete if edit.is_complete != year.is_complete else None,
        edit=json.dumps(edit_document(edit), ensure_ascii=False),
        reason=request.form.get("reason", ""),
        problems=problems or {},
        message=message,
    )
    return make_response(page, status)


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
