"""What a program is told whose change was not taken: every field at fault, or that somebody was faster."""

from __future__ import annotations

from typing import Final

from flask_babel import LazyString, lazy_gettext
from werkzeug.wrappers import Response

from geodata.stations.reading import FieldProblem, InvalidFields
from geodata.stations.station import Station
from mapapp.services.editing.features import property_of
from mapapp.services.rights import Forbidden
from mapapp.web.bodies import NEVER_STORE
from mapapp.web.language import current_language
from mapapp.web.problems import NO_RIGHT, problem_response, words_of

SENTENCES: Final[dict[str, LazyString]] = {
    "missing": lazy_gettext("This is missing."),
    "unknown_field": lazy_gettext("Stations have no such property."),
    "other_code": lazy_gettext("This is the code of another station; codes never change."),
    "not_text": lazy_gettext("This must be text."),
    "not_a_flag": lazy_gettext("This must be true or false."),
    "not_a_number": lazy_gettext("This must be a number."),
    "not_an_integer": lazy_gettext("This must be a whole number."),
    "not_finite": lazy_gettext("This must be a finite number."),
    "out_of_range": lazy_gettext("This is out of range."),
    "not_a_list": lazy_gettext("This must be a list."),
    "not_an_object": lazy_gettext("This must be an object."),
    "not_a_date": lazy_gettext("This must be a date such as 2026-11-18."),
    "not_an_instant": lazy_gettext("This must be a date and time such as 2026-11-18T10:00:00+08:00."),
    "naive_time": lazy_gettext("The time needs a time zone, such as +08:00."),
    "unknown_value": lazy_gettext("This is not one of the codes there are."),
    "repeated": lazy_gettext("Something is listed twice."),
    "empty": lazy_gettext("This must not be empty."),
    "too_long": lazy_gettext("This is too long."),
    "control_characters": lazy_gettext("This holds control characters."),
    "swapped_axes": lazy_gettext("Longitude comes first: are longitude and latitude swapped?"),
    "zero_position": lazy_gettext("0, 0 is no station's position."),
    "unknown_unit": lazy_gettext("The place has no district of this code."),
    "in_future": lazy_gettext("This lies in the future."),
    "over": lazy_gettext("This would be over already."),
    "no_such_move": lazy_gettext("A station cannot go from its present life cycle to this one."),
    "unreadable_rule": lazy_gettext("This is no OSM opening_hours rule."),
    "sun_times": lazy_gettext("Opening hours take clock times, not the sun's."),
    "open_end": lazy_gettext("The opening hours must say when the opening ends."),
    "repeated_times": lazy_gettext("Opening hours take spans of time, not repeated points in time."),
    "school_holidays": lazy_gettext("School holidays are not known here; give dates."),
    "holiday_offset": lazy_gettext("Days before or after a holiday are not known here; give dates."),
    "holiday_weekdays": lazy_gettext("Name PH by itself or in a list of days."),
    "overnight_off": lazy_gettext("Split the closed span at midnight."),
    "code_form": lazy_gettext("This cannot be a station's code."),
    "photo_form": lazy_gettext("A photo is named by 64 hex digits."),
    "unknown_photo": lazy_gettext("There is no such photo here."),
    "not_a_point": lazy_gettext("This must be null or a Point: [longitude, latitude] in WGS-84."),
    "not_a_feature": lazy_gettext("The body must be a GeoJSON feature."),
    "season": lazy_gettext("A season runs from one month (1-12) to another."),
}
"""By the code of a problem; one without a sentence keeps the core's own words."""


def invalid_response(refusal: InvalidFields) -> Response:
    """422: every problem, each at its field."""
    words = words_of(422)
    problems = [_told(problem) for problem in refusal.problems]
    response = problem_response(
        422, str(words.title), str(words.detail), {"code": "invalid_fields", "problems": problems}
    )
    response.headers["Cache-Control"] = NEVER_STORE
    return response


def forbidden_response(refusal: Forbidden) -> Response:
    """403, with the properties that may not be changed (so), where it is about some."""
    extra = {"code": refusal.code, "fields": sorted({property_of(field) for field in refusal.fields})}
    response = problem_response(403, str(NO_RIGHT.title), str(NO_RIGHT.detail), extra)
    response.headers["Cache-Control"] = NEVER_STORE
    return response


def stale_response(current: Station) -> Response:
    """412, with the tag of the station as it is now."""
    words = words_of(412)
    response = problem_response(412, str(words.title), str(words.detail), {"code": "stale"})
    response.headers["Cache-Control"] = NEVER_STORE
    response.headers["ETag"] = f'"v{current.version}"'
    return response


def _told(problem: FieldProblem) -> dict[str, str]:
    sentence = SENTENCES.get(problem.code)
    own = problem.message_zh if current_language().startswith("zh") else problem.message
    detail = own if sentence is None or problem.message_zh else str(sentence)
    told = {"field": problem.field, "code": problem.code, "detail": detail}
    return {name: _whole(text) for name, text in told.items()}


def _whole(text: str) -> str:
    """The text with half characters, which JSON can smuggle in, made visible."""
    return text.encode("utf-8", "backslashreplace").decode()
