"""Stations in words: the names of fields, their values as sentences, what changed, and what is wrong where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString, lazy_gettext

from geodata.coordinates import Crs
from geodata.stations.field_problems import FieldProblem
from geodata.stations.vocabulary import (
    Service,
)
from mapapp.services.editing.warnings import SaveWarning
from mapapp.services.rights import Forbidden
from mapapp.staff.speech import gettext
from mapapp.store import Origin
from mapapp.web.language import current_language

FIELD_NAMES: Final[Mapping[str, LazyString]] = {
    "code": lazy_gettext("Code"),
    "kind": lazy_gettext("Kind"),
    "name": lazy_gettext("Name"),
    "name_en": lazy_gettext("Name in English"),
    "other_names": lazy_gettext("Other names"),
    "position": lazy_gettext("Position"),
    "lon": lazy_gettext("Longitude"),
    "lat": lazy_gettext("Latitude"),
    "address": lazy_gettext("Address"),
    "district_code": lazy_gettext("District"),
    "town": lazy_gettext("Street or town"),
    "hours": lazy_gettext("Opening hours"),
    "entry_methods": lazy_gettext("How the door opens"),
    "entry_note": lazy_gettext("How to find the door"),
    "services": lazy_gettext("Services"),
    "host_type": lazy_gettext("Host"),
    "build_mode": lazy_gettext("Built"),
    "capacity_count": lazy_gettext("Seats"),
    "area_m2": lazy_gettext("Area in m²"),
    "public_phone": lazy_gettext("Public phone"),
    "internal_contact": lazy_gettext("Internal contact"),
    "awards": lazy_gettext("Awards"),
    "photo": lazy_gettext("Photo"),
    "life_cycle": lazy_gettext("Status"),
    "alert": lazy_gettext("Notice to visitors"),
    "source": lazy_gettext("Source"),
    "last_verified": lazy_gettext("Last confirmed"),
    "is_sample": lazy_gettext("Sample data"),
    "reason": lazy_gettext("Reason"),
}

CRS_NAMES: Final[Mapping[Crs, LazyString]] = {
    Crs.WGS84: lazy_gettext("GPS (WGS-84)"),
    Crs.GCJ02: lazy_gettext("Amap, Tencent (GCJ-02)"),
    Crs.BD09: lazy_gettext("Baidu (BD-09)"),
}

ORIGIN_NAMES: Final[Mapping[Origin, LazyString]] = {
    Origin.FORM: lazy_gettext("staff pages"),
    Origin.IMPORT: lazy_gettext("a spreadsheet"),
    Origin.API: lazy_gettext("the interface for programs"),
    Origin.COMMAND: lazy_gettext("the command line"),
    Origin.SAMPLE: lazy_gettext("the sample data"),
    Origin.PUBLIC: lazy_gettext("the public"),
}

_PROBLEMS: Final[Mapping[str, LazyString]] = {
    "empty": lazy_gettext("Please fill this in."),
    "missing": lazy_gettext("Please fill this in."),
    "too_long": lazy_gettext("This is too long."),
    "control_characters": lazy_gettext("This holds characters that cannot be seen. Type it again."),
    "not_a_number": lazy_gettext("Write a number in digits."),
    "not_finite": lazy_gettext("Write a number in digits."),
    "not_whole": lazy_gettext("Write a whole number."),
    "out_of_range": lazy_gettext("This number cannot be."),
    "swapped_axes": lazy_gettext("Longitude and latitude seem to be swapped."),
    "season": lazy_gettext("A season runs from one month to another: choose both."),
    "season_missing": lazy_gettext("It is seasonal: choose from which month to which."),
    "scheme_missing": lazy_gettext("Choose which award it is, or empty the row."),
    "year": lazy_gettext("Write the year in four digits."),
    "end_missing": lazy_gettext("Say until when the notice is shown."),
    "date_missing": lazy_gettext("Say on which day it was confirmed."),
    "how_missing": lazy_gettext("Say how it was confirmed."),
    "unknown_word": lazy_gettext("Choose one of the list."),
    "unknown_value": lazy_gettext("Choose one of the list."),
    "unreadable_rule": lazy_gettext("These hours cannot be read."),
    "not_your_district": lazy_gettext("You may save stations in your own districts only. Choose one of yours."),
    "photo_too_large": lazy_gettext("The photo is larger than 8 MB."),
    "photo_heic": lazy_gettext("This is a HEIC photo. Save it as JPEG first."),
    "photo_not_a_photo": lazy_gettext("This file is no photo. JPEG, PNG and WebP can be read."),
    "photo_too_many_pixels": lazy_gettext("The photo has too many pixels. Make it smaller first."),
    "photo_broken": lazy_gettext("This photo cannot be read. Choose another."),
    "photo_empty": lazy_gettext("This file is empty. Choose another."),
    "photo_gone": lazy_gettext("The photo you chose is no longer kept here. Choose it again."),
}


def field_name(field: str, language: str) -> str:
    """What people call a field of a station; ``services.water`` is the service's own name."""
    group, _, service = field.partition(".")
    if group == "services" and service in set(Service):
        return Service(service).label(language)
    if group == "position" and service in FIELD_NAMES:
        return str(FIELD_NAMES[service])
    return str(FIELD_NAMES.get(group, group))


def problem_sentence(problem: FieldProblem) -> str:
    """What is wrong at one field, in the page's language."""
    if problem.message_zh:  # it quotes what was given
        return problem.message_zh if current_language().startswith("zh") else problem.message
    known = _PROBLEMS.get(problem.code)
    return str(known) if known is not None else gettext("This cannot be saved as it is: %(why)s", why=problem.message)


def warning_sentence(warning: SaveWarning) -> str:
    """What an editor should look at again before saving."""
    data = warning.data
    match warning.code:
        case "outside_city":
            return gettext("The position lies outside the city. Are the coordinates of another system?")
        case "district_differs":
            return gettext("The district chosen is not the one the position lies in.")
        case "like_named_nearby":
            return gettext(
                "%(name)s (%(code)s) stands %(metres)s m from here. Is it the same station?",
                name=data["name"],
                code=data["code"],
                metres=f"{float(data['distance_m']):.0f}",
            )
        case "hours_not_read":
            return gettext("The words of the opening hours were not read: “%(words)s”.", words=data["fragment"])
        case "hours_text_differs":
            return gettext("The words of the opening hours say something else than their rule.")
    return gettext("Please check: %(field)s", field=str(FIELD_NAMES.get(warning.field, warning.field)))


def undo_sentence(code: str) -> str:
    """Why a change cannot be taken back."""
    match code:
        case "changed_since":
            return gettext("Somebody has saved since: take back single fields in the history.")
        case "confirmed_since":
            return gettext("Somebody has looked since and found it so. If it is wrong, correct it in the form.")
        case "creation":
            return gettext("The first version of a station cannot be taken back. Delist the station instead.")
        case "photo_gone":
            return photo_gone_sentence()
    return gettext("This change cannot be taken back here. Look at the history.")


def photo_gone_sentence() -> str:
    """Why the photo of an earlier version does not come back."""
    return gettext("The earlier photo is no longer kept: the photo stays as it is now.")


def forbidden_sentence(error: Forbidden, language: str) -> str:
    """What the one who saves may not do."""
    if error.code == "life_cycle":
        return gettext("You may not make this change of status. Ask the district's editor.")
    if error.fields:
        names = gettext(", ").join(field_name(field, language) for field in sorted(error.fields))
        return gettext("You may not change this: %(fields)s.", fields=names)
    return gettext("This station is not one of yours.")


def busy_sentence() -> str:
    """Others are writing just now."""
    return gettext("Somebody else is saving at the moment. Nothing is lost: try again in a few seconds.")


def sample_sentence() -> str:
    """Why a real station cannot be added to the sample."""
    return gettext(
        "The stations here are invented ones, to try things out. A real station cannot stand beside them: "
        "importing the real list removes them first."
    )
