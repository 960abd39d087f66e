"""Use case: the stations of a city, filtered and in pages, by code."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from geodata.coordinates import BBox
from geodata.stations.station import Station
from geodata.stations.vocabulary import EntryMethod, LifeCycle, Service, StationKind
from mapapp.services.snapshot import StationSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuestion:
    """Which stations, and which page of them. An empty set is no filter.

    A station must have one of the kinds, districts and entry methods, and *all* of the services. With
    ``always_open`` it must be in use and, by its hours, open around the clock; unknown hours are not.
    ``text`` is looked for in names and addresses. A box leaves the unplaced stations out.
    """

    kinds: frozenset[StationKind] = frozenset()
    services: frozenset[Service] = frozenset()
    entry_methods: frozenset[EntryMethod] = frozenset()
    district_codes: frozenset[str] = frozenset()
    always_open: bool = False
    text: str = ""
    box: BBox | None = None
    limit: int = 100
    offset: int = 0


@dataclass(frozen=True, slots=True)
class StationPage:
    """One page and how many stations match in all."""

    stations: tuple[Station, ...]
    matched_count: int


def list_stations(snapshot: StationSnapshot, question: ListQuestion, at: datetime) -> StationPage:
    """The page of matching stations; a seasonal service matches in the month of ``at``."""
    tests = tuple(_tests(question, snapshot, at.astimezone(snapshot.place.timezone).month))
    matching = tuple(station for station in snapshot.stations if all(test(station) for test in tests))
    return StationPage(matching[question.offset : question.offset + question.limit], len(matching))


def _tests(question: ListQuestion, snapshot: StationSnapshot, month: int) -> Iterator[Callable[[Station], bool]]:
    """What a station must pass; nothing for a filter that was not set."""
    if question.kinds:
        yield lambda station: station.kind in question.kinds
    if question.district_codes:
        yield lambda station: station.district_code in question.district_codes
    if question.entry_methods:
        yield lambda station: not question.entry_methods.isdisjoint(station.entry_methods)
    if question.services:
        yield lambda station: question.services <= station.services_in(month)
    if question.always_open:
        yield lambda station: station.life_cycle is LifeCycle.ACTIVE and snapshot.book.of(station.hours).is_24h
    if question.box is not None:
        box = question.box
        yield lambda station: _lies_in(station, box)
    words = folded(question.text)
    if words:
        yield lambda station: any(words in folded(name) for name in _searchable(station))


def _lies_in(station: Station, box: BBox) -> bool:
    return station.position is not None and box.contains(station.position.point.rounded())


def _searchable(station: Station) -> tuple[str, ...]:
    return (station.code, station.name, station.name_en, *station.other_names, station.address)


def folded(text: str) -> str:
    """The text as it is compared: full-width forms, case and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
