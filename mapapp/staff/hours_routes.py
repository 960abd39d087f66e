"""The hours editor: reading what somebody writes while they write it, and the first look at what there is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import flask_babel
from babel.dates import format_skeleton
from flask import jsonify, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from geodata.errors import InvalidValue
from geodata.stations.day_spans import MinuteSpans
from geodata.stations.holidays import DayKind
from geodata.stations.hours_problems import HoursProblem
from geodata.stations.schedule import span_text
from mapapp.services.editing.hours import HoursReading, HoursSource, NextDay, read_hours_input
from mapapp.staff.blueprint import staff
from mapapp.web import services
from mapapp.web.csrf import csrf_token
from mapapp.web.language import current_language
from mapapp.web.problems import RequestProblem

_DAYS: Final = 7


@staff.post("/hours/read")
def read_hours() -> Response:
    """What ``{"source": …, "value": …}`` says, in the reader's language."""
    try:
        asked = request.get_json(silent=True)
    except RecursionError:
        asked = None
    if not isinstance(asked, dict):
        raise RequestProblem(400, gettext("This request needs a JSON object."), code="invalid_json")
    return jsonify(_view(_reading(asked.get("source"), asked.get("value"))))


@staff.app_template_global("hours_sentence")
def hours_sentence(problem: HoursProblem) -> str:
    """The problem as a whole sentence of the page."""
    language = current_language()
    text = problem.message(language)
    return f"{text}。" if language.startswith("zh") else f"{text[:1].upper()}{text[1:]}."


@staff.app_template_global("hours_editor")
def hours_editor(text: str, rule: str, source: str = "", week: str = "") -> Mapping[str, Any]:
    """What the editor begins with: the hours as they stand in the form, its words, and where it asks."""
    return {
        "reading": _view(_standing(text, rule, source, week)),
        "url": url_for("staff.read_hours"),
        "csrf": csrf_token(),
        "days": [*_day_names("wide"), gettext("Public holidays")],
        "short_days": _day_names("abbreviated"),
        "messages": _messages(),
    }


def _standing(text: str, rule: str, source: str, week: str) -> HoursReading:
    """The reading of a form's view that was edited last; a week that is not there or broken is left to the rule."""
    if source == HoursSource.WEEK and week:
        try:
            return _reading(source, json.loads(week))
        except (ValueError, RecursionError, RequestProblem):
            source = ""
    is_words = source == HoursSource.WORDS or not rule.strip()
    return _reading(*((HoursSource.WORDS, text) if is_words else (HoursSource.RULE, rule)))


def _reading(source: object, value: object) -> HoursReading:
    parts = services()
    try:
        return read_hours_input(_source(source), value, parts.snapshot.book.holidays, parts.place, parts.now().date())
    except InvalidValue as refusal:
        detail = gettext("The hours were sent in a form that cannot be read.")
        raise RequestProblem(400, detail, parameter=refusal.field, code=refusal.code) from refusal


def _source(value: object) -> HoursSource:
    for source in HoursSource:
        if value == source.value:
            return source
    raise InvalidValue("The source of the hours is words, rule or week.", field="source", code="invalid_choice")


def _view(reading: HoursReading) -> dict[str, Any]:
    """The reading as the page shows it; times are minutes where they are drawn and text where they are read."""
    language = current_language()
    said = reading.words_zh if language.startswith("zh") else reading.words_en
    return {
        "source": reading.source.value,
        "known": reading.hours.known,
        "rule": reading.rule or "",
        "text": reading.hours.original_text,
        "said": said or "",
        "is_24h": reading.is_24h,
        "week": None if reading.week is None else {"days": reading.week.days, "holidays": reading.week.holidays},
        "next_days": [_day_view(day) for day in reading.next_days],
        "holidays_missing": reading.holidays_missing,
        "problems": [hours_sentence(problem) for problem in reading.problems],
        "contradictions": [hours_sentence(problem) for problem in reading.contradictions],
        "line_problems": {str(day): hours_sentence(problem) for day, problem in reading.line_problems},
    }


def _day_view(day: NextDay) -> dict[str, Any]:
    return {
        "date": day.date.isoformat(),
        "date_text": format_skeleton("MMMd", day.date, locale=flask_babel.get_locale()),
        "weekday": _day_names("abbreviated")[day.weekday],
        "special": None if day.special is None else day.special.kind.value,
        "special_text": _special_text(day),
        "times": _times(day.spans),
    }


def _special_text(day: NextDay) -> str:
    """Like "Holiday: National Day"; a make-up working day's name says what it is."""
    if day.special is None:
        return ""
    name = day.special.name(current_language())
    return gettext("Holiday: %(name)s", name=name) if day.special.kind is DayKind.HOLIDAY else name


def _times(spans: MinuteSpans) -> list[str]:
    return [span_text(span) for span in spans]


def _day_names(width: str) -> list[str]:
    names = flask_babel.get_locale().days["format"][width]
    return [names[day] for day in range(_DAYS)]


def _messages() -> dict[str, str]:
    """The words that the editor's script says."""
    return {
        "week": gettext("Week"),
        "week_hint": gettext(
            "Type times like 8:30-12:00 14:30-18:00, or drag on the bar. Empty means closed that day. "
            "On a bar’s edge the arrow keys move it by 15 minutes."
        ),
        "times_of": gettext("Times on %(day)s", day="%(day)s"),
        "opens": gettext("%(day)s, opens", day="%(day)s"),
        "closes": gettext("%(day)s, closes", day="%(day)s"),
        "next_day": gettext("%(time)s the next day", time="%(time)s"),
        "bar_of": gettext("%(day)s on a line of 30 hours", day="%(day)s"),
        "bars": gettext("Drag on bars"),
        "copy": gettext("Copy to …"),
        "copy_of": gettext("Copy %(day)s to …", day="%(day)s"),
        "copy_to": gettext("Copy %(day)s to:", day="%(day)s"),
        "workdays": gettext("Monday to Friday"),
        "every_day": gettext("Every day"),
        "copied": gettext("%(day)s copied.", day="%(day)s"),
        "holidays_usual": gettext("As on any day"),
        "holidays_closed": gettext("Not open"),
        "holidays_own": gettext("Times of their own"),
        "not_a_week": gettext(
            "These hours differ by season or date, or say more than a week can show. "
            "Change them in words or as a rule, or begin a plain week."
        ),
        "begin_week": gettext("Begin a plain week"),
        "unread": gettext("This could not be read just now. It is read again when you save."),
        "signed_out": gettext("You are no longer signed in. Nothing is lost: save, and sign in when asked."),
        "unknown": gettext("The hours are unknown."),
        "no_words": gettext("This rule says more than our words can: check it in the next 14 days."),
        "always": gettext("Open around the clock."),
        "as_read": gettext("Read as"),
        "next_14": gettext("The next 14 days"),
        "closed": gettext("Not open"),
        "holidays_missing": gettext("The holidays of some of these days are not published yet."),
    }
