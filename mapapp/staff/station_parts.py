"""The parts of a station's form: what each is called, what stands in it in a few words, and whether it lies open.

On a phone all parts but the first are folded, so that the form is an overview of one or two screens. A part with
something wrong in it, or with something typed that is not saved yet, is never folded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import LazyString, lazy_gettext

from geodata.stations.document import Json, station_document
from geodata.stations.field_problems import FieldProblem
from geodata.stations.station import Station
from geodata.stations.vocabulary import Service
from mapapp.staff.speech import gettext
from mapapp.staff.station_form import UNNAMED
from mapapp.staff.station_typed import Texts, inputs_of, texts_of
from mapapp.staff.station_values import Wording

MAX_SAID_CHARS: Final = 90

_PARTS: Final[Mapping[str, tuple[LazyString, tuple[str, ...]]]] = {
    "name": (lazy_gettext("Name and kind"), ("name", "kind", "name_en", "other_names")),
    "where": (lazy_gettext("Where"), ("address", "position", "district_code", "town")),
    "when": (lazy_gettext("When"), ("hours",)),
    "door": (lazy_gettext("How to get in"), ("entry_methods", "entry_note")),
    "services": (lazy_gettext("What there is"), ("services",)),
    "who": (
        lazy_gettext("Who runs it"),
        ("host_type", "build_mode", "capacity_count", "area_m2", "public_phone", "internal_contact", "source"),
    ),
    "awards": (lazy_gettext("Awards"), ("awards",)),
    "photo": (lazy_gettext("Photo"), ("photo",)),
    "status": (lazy_gettext("Status and notices"), ("life_cycle", "alert", "last_verified")),
}
"""Every part in the order of the form: its name, and the station's fields in it."""
_FIRST: Final = ("name",)
_OF_NEW: Final = ("name", "where")
"""What lies open however little room there is, of a station that is there and of a new one."""
_SAID: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("kind",),
    "where": ("district_code", "address"),
    "who": ("host_type", "public_phone", "internal_contact"),
}
"""The fields that say best what stands in a part; all of the part's where it is not named."""


@dataclass(frozen=True, slots=True)
class FormPart:
    """One part as the page shows it; ``anchor`` is where links to it lead, ``said`` may be empty."""

    anchor: str
    title: str
    said: str
    problem_count: int
    is_open: bool


def form_parts(
    station: Station, texts: Texts, problems: Iterable[FieldProblem], wording: Wording
) -> dict[str, FormPart]:
    """The parts of the form of ``station`` with ``texts`` typed into it, by their keys."""
    saved_texts, document = texts_of(station, wording.place), station_document(station)
    at_fault = [problem.field.partition(".")[0] for problem in problems]
    parts = {}
    for key, (title, fields) in _PARTS.items():
        problem_count = sum(field in fields for field in at_fault)
        is_typed = any(_typed(field, texts) != _typed(field, saved_texts) for field in fields)
        parts[key] = FormPart(
            anchor=f"part-{key}",
            title=str(title),
            said=_said(_SAID.get(key, fields), document, wording),
            problem_count=problem_count,
            is_open=key in (_OF_NEW if station.name == UNNAMED else _FIRST) or is_typed or problem_count > 0,
        )
    return parts


def _typed(field: str, texts: Texts) -> dict[str, str]:
    return {name: text for name, text in inputs_of(field, texts).items() if text}


def _said(fields: tuple[str, ...], document: Mapping[str, Json], wording: Wording) -> str:
    words = (_words(field, document[field], wording) for field in fields)
    said = gettext(" · ").join(" ".join(each.split()) for each in words if each)
    return said if len(said) <= MAX_SAID_CHARS else f"{said[:MAX_SAID_CHARS]}…"


def _words(field: str, value: Json, wording: Wording) -> str:
    if field == "services":
        return wording.listed(Service(offer["service"]).label(wording.language) for offer in value)
    if field == "hours":
        return value["original_text"] or value["rule"] or gettext("unknown")
    if field == "photo":
        return gettext("there is one") if value else ""
    return wording.value(field, value)
