"""Use case: one station after another gets its place on the map, by whoever may move it.

The place itself is saved as any change is (``editing/save``). Here is what else the queue needs: which station
comes next, how many are left, which placed stations have names like this one's, and what to do with one that
has no place at all. Such a one is put aside, which its version and history know nothing of, and is asked for
again when that was said as long ago as a position may go unconfirmed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from rapidfuzz import fuzz, process

from geodata.coordinates import great_circle_m
from geodata.errors import InvalidValue
from geodata.stations.duplicates import ALIKE_PERCENT, names_alike, telling_name
from geodata.stations.freshness import ConfirmedHow, FieldGroup
from geodata.stations.station import Station
from mapapp.services.districts import NO_DISTRICT
from mapapp.services.rights import Actor, Forbidden, Right, editable_fields, may
from mapapp.services.snapshot import StationSnapshot
from mapapp.store import AsideRow, Origin, StaleVersion, Store, UnknownStation, UnplacedQuestion, Writer
from mapapp.store.accounts import Role

MAX_LIKE_NAMED: Final = 6


@dataclass(frozen=True, slots=True)
class LikeNamed:
    """A placed station of an alike name. ``apart_m`` is how far it is from the first of them, None for that one."""

    station: Station
    apart_m: float | None


def may_place(actor: Actor, station: Station) -> bool:
    """Whether the actor may say where the station is."""
    return "position" in editable_fields(actor, station)


def unplaced_question(actor: Actor, only: str, now: datetime, holds_days: int) -> UnplacedQuestion:
    """The actor's own unplaced stations: an editor's districts and none; ``only`` one of them, where it is named.

    ``holds_days`` is for how long "it has no place" holds. A role that moves no station has none.
    """
    since = now - timedelta(days=holds_days)
    if not may(actor, Right.CREATE_STATIONS):
        return UnplacedQuestion(aside_since=since, district_codes=frozenset(), without_district=False)
    own = actor.districts if actor.role is Role.EDITOR else None
    if only == NO_DISTRICT:
        return UnplacedQuestion(aside_since=since, district_codes=frozenset())
    if only:
        wanted = frozenset({only}) if own is None else own & {only}
        return UnplacedQuestion(aside_since=since, district_codes=wanted, without_district=False)
    return UnplacedQuestion(aside_since=since, district_codes=own)


def left_by_district(store: Store, question: UnplacedQuestion) -> Mapping[str | None, int]:
    """How many are left, by district; None for those of no district."""
    with store.reading() as reader:
        return reader.unplaced.counts(question)


def next_unplaced(store: Store, question: UnplacedQuestion, after: str) -> str | None:
    """The next station's code; behind the last comes the first again, so "later" puts nothing away for good."""
    with store.reading() as reader:
        return reader.unplaced.next_code(question, after) or reader.unplaced.next_code(question)


def aside(store: Store, question: UnplacedQuestion) -> tuple[AsideRow, ...]:
    """The stations that were said to have no place, the last first."""
    with store.reading() as reader:
        return reader.unplaced.aside(question)


def put_aside(store: Store, actor: Actor, code: str, how: ConfirmedHow, seen_version: int, now: datetime) -> Station:
    """Write down that the station has no fixed place, as whoever looked or called found out.

    Raises
    ------
    UnknownStation, StoreBusy
    Forbidden
        The station is not the actor's to place.
    StaleVersion
        Somebody saved since, maybe its place.
    InvalidValue
        It has a place, or nobody on a staff page can know in that way.
    """
    if how not in {ConfirmedHow.ON_SITE, ConfirmedHow.PHONE}:
        raise InvalidValue(f"Nobody finds out {how.value} on a staff page.", field="how", code="unknown_value")
    with store.writing(Origin.FORM, at=now) as writer:
        station = _theirs(writer, actor, code)
        if station.version != seen_version:
            raise StaleVersion(station, seen_version)
        if station.position is not None:
            raise InvalidValue("The station has a place.", field="position", code="placed")
        writer.confirmations.add(code, (FieldGroup.POSITION,), at=now, actor=actor.name, how=how)
    return station


def ask_again(store: Store, actor: Actor, code: str, now: datetime) -> Station:
    """Let the station be asked for again; for one that has a place this changes nothing.

    Raises
    ------
    UnknownStation, Forbidden, StoreBusy
    """
    with store.writing(Origin.FORM, at=now) as writer:
        station = _theirs(writer, actor, code)
        if station.position is None:
            writer.unplaced.ask_again(code)
    return station


def like_named(station: Station, snapshot: StationSnapshot) -> tuple[LikeNamed, ...]:
    """The public placed stations whose names could be another spelling of this one's, the most alike first."""
    wanted = telling_name(station.name)
    placed = [other for other in snapshot.stations if other.position is not None and other.code != station.code]
    names = [telling_name(other.name) for other in placed]
    scores = process.cdist([wanted], names, scorer=fuzz.ratio)[0] if names else ()
    likely = [  # a sieve that lets through all that ``names_alike`` does
        (-float(score), other)
        for score, name, other in zip(scores, names, placed, strict=True)
        if score >= ALIKE_PERCENT or name in wanted or wanted in name
    ]
    alike = [pair for pair in likely if names_alike(station.name, pair[1].name)]
    alike.sort(key=lambda pair: (pair[0], pair[1].code))
    return _with_distances([other for _, other in alike[:MAX_LIKE_NAMED]])


def _with_distances(stations: Collection[Station]) -> tuple[LikeNamed, ...]:
    first = next((other.position.point for other in stations if other.position), None)
    found = []
    for number, other in enumerate(stations):
        point = other.position.point if other.position else None
        apart_m = float(great_circle_m(first.lon, first.lat, point.lon, point.lat)) if first and point else None
        found.append(LikeNamed(other, apart_m if number else None))
    return tuple(found)


def _theirs(writer: Writer, actor: Actor, code: str) -> Station:
    station = writer.station(code)
    if station is None:
        raise UnknownStation(code)
    if not may_place(actor, station):
        raise Forbidden(actor, Right.EDIT_STATIONS, fields=frozenset({"position"}), code="not_yours")
    return station
