"""Everything the template of a station's form writes: choices, rows, problems, and what may not be changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from geodata.coordinates import Crs, LonLat, convert_point
from geodata.places import Place
from geodata.stations.document import station_document
from geodata.stations.station import Station
from geodata.stations.vocabulary import (
    AwardScheme,
    BuildMode,
    EntryMethod,
    HostType,
    LabelledCode,
    LifeCycle,
    PositionAccuracy,
    Service,
    ServiceGroup,
    ServiceState,
    StationKind,
    VerifiedHow,
)
from mapapp.services.editing.life_cycle import NEXT_LIFE_CYCLES
from mapapp.staff.speech import gettext
from mapapp.staff.station_form import UNNAMED, StationForm
from mapapp.staff.station_parts import form_parts
from mapapp.staff.station_typed import (
    AWARD_PARTS,
    BY_POSITION,
    EMPTY_AWARD_ROWS,
    FIELD_INPUTS,
    MAX_AWARD_ROWS,
    Texts,
    degree_text,
    inputs_of,
)
from mapapp.staff.station_values import Wording
from mapapp.staff.station_words import CRS_NAMES, field_name, problem_sentence

Choices = list[tuple[str, str]]
MONTHS: Final = tuple(str(month) for month in range(1, 13))
_FIRST_INPUT: Final = {
    "position": "lon",
    "hours": "hours_text",
    "alert": "alert_text",
    "last_verified": "verified_on",
    "entry_methods": "entry",
    "awards": "award.0.scheme",
    "photo": "photo_file",
}
"""Where the link of a problem leads, for fields with several inputs."""


@dataclass(frozen=True, slots=True)
class FormPage:
    """One showing of the form: of which station, to whom, and in which language."""

    form: StationForm
    base: Station
    editable: Collection[str]
    place: Place
    language: str

    def view(self) -> dict[str, Any]:
        """Everything the template writes."""
        wording = Wording(self.language, self.place)
        document = station_document(self.base)
        problems = self._problems()
        return {
            "texts": self.form.texts,
            "name": "" if self.base.name == UNNAMED else self.base.name,
            "editable": set(self.editable),
            "problems": {name: sentence for name, (_, sentence) in problems.items()},
            "labels": {name: label for name, (label, _) in problems.items()},
            "fixed": {name: wording.value(name, document[name]) for name in FIELD_INPUTS if name not in self.editable},
            "choices": self._choices(),
            "parts": form_parts(self.base, self.form.texts, self.form.problems, wording),
            "shelves": _shelves(self.form, self.base, self.language),
            "award_rows": _award_rows(self.form.texts),
            "months": MONTHS,
            "others": _other_systems(self.form.texts),
            "found_district": _found_district(self.form, self.place, self.language),
            "hours_problems": [problem.message(self.language) for problem in self.form.hours_problems],
        }

    def _problems(self) -> dict[str, tuple[str, str]]:
        """For each input at fault the name of its field and what is wrong, the first of several."""
        worded: dict[str, tuple[str, str]] = {}
        for problem in self.form.problems:
            name = _input_at_fault(problem.field)
            if problem.field == "hours" and self.form.hours_problems:
                sentence = self.form.hours_problems[0].message(self.language)
            else:
                sentence = problem_sentence(problem)
            worded.setdefault(name, (field_name(problem.field, self.language), sentence))
        return worded

    def _choices(self) -> dict[str, Choices]:
        nothing = ("", gettext("not known"))
        life_cycles = (self.base.life_cycle, *NEXT_LIFE_CYCLES[self.base.life_cycle])
        if self.base.name == UNNAMED:
            life_cycles = (LifeCycle.ACTIVE, LifeCycle.PLANNED, LifeCycle.TEMPORARILY_CLOSED, LifeCycle.RENOVATING)
        return {
            "kind": self._labels(StationKind),
            "district_code": [
                (BY_POSITION, gettext("where the position lies")),
                ("", gettext("none")),
                *((unit.code, unit.name(self.language)) for unit in self.place.units),
            ],
            "crs": [(crs.value, str(CRS_NAMES[crs])) for crs in Crs],
            "accuracy": self._labels(PositionAccuracy),
            "entry_methods": self._labels(EntryMethod),
            "host_type": [nothing, *self._labels(HostType)],
            "build_mode": [nothing, *self._labels(BuildMode)],
            "life_cycle": self._labels(life_cycles),
            "service_state": [("", gettext("not offered")), *self._labels(ServiceState)],
            "scheme": [("", "–"), *self._labels(AwardScheme)],
            "verified_how": [nothing, *self._labels(VerifiedHow)],
        }

    def _labels(self, codes: Iterable[LabelledCode]) -> Choices:
        return [(code.value, code.label(self.language)) for code in codes]


def hidden_inputs(form: StationForm, editable: Collection[str]) -> list[tuple[str, str]]:
    """What a page between typing and saving carries along, so that nothing typed is lost."""
    carried = [pair for name in FIELD_INPUTS if name in editable for pair in inputs_of(name, form.texts).items()]
    return [*carried, ("entry.shown", "on")] if "entry_methods" in editable else carried


def _input_at_fault(field: str) -> str:
    """The input that a problem at a field of the document belongs to."""
    group, _, rest = field.partition(".")
    service = rest.partition(".")[0]
    if group == "services" and service in set(Service):
        return f"service.{service}.state"
    if group == "position" and rest in {"lon", "lat"}:
        return rest
    return _FIRST_INPUT.get(group, group)


def _shelves(form: StationForm, base: Station, language: str) -> list[dict[str, Any]]:
    """The services by their shelf, each with what stands in its row; open are those with something at fault.

    Where there is room, the page's script opens the usual ones and those with something on them.
    """
    confirmed = {offer.service: offer.confirmed_on for offer in base.services}
    at_fault = {problem.field.partition(".")[2] for problem in form.problems}
    shelves = []
    for group in ServiceGroup:
        services = [service for service in Service if service.group is group]
        rows = [
            _service_row(service, form.texts, language) | {"confirmed_on": confirmed.get(service)}
            for service in services
        ]
        offered_count = sum(bool(row["state"]) for row in rows)
        is_usual = group in {ServiceGroup.BASE, ServiceGroup.COMMON}
        offered = (row["name"] for row in rows if row["state"])
        shelves.append(
            {
                "name": group.label(language),
                "rows": rows,
                "offered_count": offered_count,
                "offered": ("、" if language == "zh" else ", ").join(offered),
                "is_usual": is_usual or offered_count > 0,
                "is_open": bool(at_fault & {service.value for service in services}),
            }
        )
    return shelves


def _service_row(service: Service, texts: Texts, language: str) -> dict[str, Any]:
    parts = {part: texts[f"service.{service.value}.{part}"] for part in ("state", "first", "last", "fee", "note")}
    has_details = any(parts[part] for part in ("first", "last", "fee", "note"))
    return parts | {
        "code": service.value,
        "name": service.label(language),
        "has_details": has_details or parts["state"] == ServiceState.SEASONAL,
    }


def _award_rows(texts: Texts) -> list[dict[str, str]]:
    """The awards, and some empty rows below them."""
    rows = [{part: texts.get(f"award.{row}.{part}", "") for part in AWARD_PARTS} for row in range(MAX_AWARD_ROWS)]
    used = max((number + 1 for number, row in enumerate(rows) if any(row.values())), default=0)
    return rows[: min(used + EMPTY_AWARD_ROWS, MAX_AWARD_ROWS)]


def _other_systems(texts: Texts) -> list[tuple[str, str]]:
    """The typed point in the two systems it was not typed in; nothing where it is no point."""
    try:
        lon, lat, crs = float(texts["lon"]), float(texts["lat"]), Crs(texts["crs"])
        LonLat(lon, lat)
        points = [(other, convert_point(lon, lat, crs, other)) for other in Crs if other is not crs]
    except ValueError:
        return []
    return [
        (str(CRS_NAMES[other]), f"{degree_text(round(x, 6))}, {degree_text(round(y, 6))}") for other, (x, y) in points
    ]


def _found_district(form: StationForm, place: Place, language: str) -> str:
    """The district the position lies in, in words."""
    if form.station is None or form.station.position is None:
        return ""
    code = place.district_of(form.station.position.point)
    return place.unit(code).name(language) if code else gettext("outside the city")
