"""Every station by district: on one page in the order of the districts' codes, or, of a large register, in pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from geodata.places import Place
from geodata.stations.station import Station
from mapapp.public.phrases import phrase
from mapapp.public.wording import facts_line, station_name
from mapapp.services.list_stations import ListQuestion, SearchedTexts, district_counts, list_stations
from mapapp.services.snapshot import StationSnapshot

PAGE_SIZE: Final = 200
TEXT_LENGTH: Final = 100


@dataclass(frozen=True, slots=True)
class ListedStation:
    """A station in one line."""

    code: str
    name: str
    kind: str
    note: str


@dataclass(frozen=True, slots=True)
class DistrictGroup:
    """A district's stations; ``anchor`` is its id on the page."""

    anchor: str
    name: str
    stations: tuple[ListedStation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPage:
    """A page of a large register.

    ``districts`` are code, name and how many; ``shown`` is empty where nothing was asked yet. ``number`` counts
    from 1; ``number_before`` and ``number_after`` are None at the ends.
    """

    text: str
    district: str
    district_name: str
    districts: tuple[tuple[str, str, int], ...]
    shown: tuple[ListedStation, ...]
    matched: str
    number: int
    last_number: int
    is_asked: bool

    @property
    def number_before(self) -> int | None:
        """The page before this one."""
        return self.number - 1 if self.number > 1 else None

    @property
    def number_after(self) -> int | None:
        """The page after this one."""
        return self.number + 1 if self.number < self.last_number else None


def stations_by_district(snapshot: StationSnapshot, language: str) -> tuple[DistrictGroup, ...]:
    """Groups that hold somebody; stations without a district come last."""
    names = {unit.code: unit.name(language) for unit in snapshot.place.units}
    members: dict[str, list[Station]] = {code: [] for code in (*names, "")}
    for station in snapshot.stations:
        members[station.district_code if station.district_code in names else ""].append(station)
    return tuple(
        DistrictGroup(
            anchor=f"district-{code or 'none'}",
            name=names.get(code) or phrase("no_district"),
            stations=tuple(_listed(station, language) for station in stations),
        )
        for code, stations in members.items()
        if stations
    )


def read_list_question(arguments: Mapping[str, str], place: Place) -> ListQuestion:
    """What the address asks: ``q``, ``district`` and ``page``. What makes no sense is left aside."""
    district = arguments.get("district", "")
    is_known = any(unit.code == district for unit in place.units)
    number = arguments.get("page", "")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    return ListQuestion(
        district_codes=frozenset({district} if is_known else ()),
        text=arguments.get("q", "").strip()[:TEXT_LENGTH],
        limit=PAGE_SIZE,
        offset=(max(page, 1) - 1) * PAGE_SIZE,
    )


def listed_page(
    snapshot: StationSnapshot, question: ListQuestion, now: datetime, texts: SearchedTexts, language: str
) -> ListedPage:
    """The districts with their numbers, and the page of the stations that match; a page past the end is empty."""
    is_asked = bool(question.district_codes or question.text)
    found = list_stations(snapshot, question, now, texts) if is_asked else None
    names = {unit.code: unit.name(language) for unit in snapshot.place.units}
    district = next(iter(question.district_codes), "")
    matched_count = found.matched_count if found else 0
    return ListedPage(
        text=question.text,
        district=district,
        district_name=names.get(district, ""),
        districts=tuple((code, names[code], count) for code, count in district_counts(snapshot) if code in names),
        shown=tuple(_listed(station, language) for station in found.stations) if found else (),
        matched=phrase("station_count", count=matched_count),
        number=question.offset // PAGE_SIZE + 1,
        last_number=max(1, -(-matched_count // PAGE_SIZE)),
        is_asked=is_asked,
    )


def _listed(station: Station, language: str) -> ListedStation:
    note = facts_line((station.kind.label(language), phrase("unplaced") if station.position is None else ""))
    return ListedStation(station.code, station_name(station, language), station.kind.value, note)
