"""A station from a document somebody wrote, with every problem at its field.

`read_station` takes the form of ``geodata.stations.document``. Where that module trusts what the store
kept, this one trusts nothing: it reads field by field, goes on after the first problem, and names each
by the path people see (``services.water.fee``, ``position.lat``, ``awards.0.year``). A field that is left
out has its default; a field no station has is a problem. Each invariant has one home, the station's own
values: they are asked field by field here, and their refusals collected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from geodata.stations import field_readers as readers
from geodata.stations.document import Json
from geodata.stations.field_problems import UNREAD, FieldProblem, InvalidFields, Problems
from geodata.stations.station import MAX_AWARDS, MAX_OTHER_NAMES, Station
from geodata.stations.vocabulary import BuildMode, EntryMethod, HostType, LifeCycle, StationKind

__all__ = ["FieldProblem", "InvalidFields", "read_station"]

_BLANK: Final = Station(code="BLANK", kind=StationKind.REST_STATION, name="-")


def read_station(document: Mapping[str, Json], *, code: str) -> Station:
    """The station the document describes, under ``code``.

    Raises
    ------
    InvalidFields
        With every problem there is, up to MAX_PROBLEMS.
    """
    problems = Problems()
    values = {"code": code, **_values(document, problems)}
    if document.get("code", code) != code:
        problems.add("code", "other_code", f"The document is of another station than {code}.")
    for name in ("kind", "name"):
        if name not in document:
            problems.add(name, "missing", f"A station needs a {name}.")
    for name in document:
        if name not in _READERS and name != "code":
            shown = str(name)[: readers.MAX_SHOWN_CHARS]
            problems.add(shown, "unknown_field", f"Stations have no field {shown!r}.")
    read = {name: value for name, value in values.items() if value is not UNREAD}
    for name, value in read.items():
        problems.attempt(name, lambda name=name, value=value: replace(_BLANK, **{name: value}))  # type: ignore[misc]
    problems.refuse_any()
    return Station(**read)


def _values(document: Mapping[str, Json], problems: Problems) -> dict[str, Any]:
    return {name: read(document[name], name, problems) for name, read in _READERS.items() if name in document}


_READERS: Final[Mapping[str, readers.Read]] = {
    "kind": readers.read_choice(StationKind),
    "name": readers.read_text,
    "name_en": readers.read_text,
    "other_names": readers.read_tuple_of(readers.read_text, MAX_OTHER_NAMES),
    "address": readers.read_text,
    "district_code": readers.read_optional(readers.read_text),
    "town": readers.read_text,
    "position": readers.read_optional(readers.read_position),
    "entry_methods": readers.read_tuple_of(readers.read_choice(EntryMethod), len(EntryMethod)),
    "entry_note": readers.read_text,
    "services": readers.read_offers,
    "hours": readers.read_hours,
    "build_mode": readers.read_optional(readers.read_choice(BuildMode)),
    "host_type": readers.read_optional(readers.read_choice(HostType)),
    "capacity_count": readers.read_optional(readers.read_integer),
    "area_m2": readers.read_optional(readers.read_number),
    "public_phone": readers.read_text,
    "internal_contact": readers.read_text,
    "life_cycle": readers.read_choice(LifeCycle),
    "alert": readers.read_optional(readers.read_alert),
    "awards": readers.read_tuple_of(readers.read_award, MAX_AWARDS),
    "photo": readers.read_optional(readers.read_text),
    "source": readers.read_text,
    "last_verified": readers.read_optional(readers.read_verification),
    "is_sample": readers.read_flag,
    "version": readers.read_integer,
}
