"""What a row makes of a station: a new one, or a known one with the row's fields laid over it.

A field the row lacks, or leaves blank, stays as it is. Some fields are wiser than the sheet: a service that is
only named keeps its known state; a position within the rounding of published coordinates has not moved;
words of hours that cannot be read, or that are the ones on record, do not replace a known rule; a
verification is never replaced by an older one. Texts that differ from what is known only as a cell must (in
spaces, line breaks and invisible marks) are the known ones.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any, Final

from geodata.coordinates import great_circle_m
from geodata.files import StationDraft
from geodata.files.cells import is_blank, one_line
from geodata.places import Place
from geodata.stations.hours_text import read_hours
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Award, Position, Station, Verification
from geodata.stations.vocabulary import LifeCycle, PositionAccuracy

SAME_POSITION_M: Final = 0.2
"""Six published decimals of a degree are 0.08 m at most: a re-imported export has not moved."""

_SEPARATORS: Final = re.compile(r"\s*[、,，;；/|]\s*")
_PLAIN_FIELDS: Final = (
    *("name", "name_en", "other_names", "kind", "address", "town", "entry_methods", "entry_note", "build_mode"),
    *("host_type", "capacity_count", "area_m2", "public_phone", "internal_contact", "life_cycle", "source"),
)


def new_station(draft: StationDraft, code: str, district_code: str | None) -> Station:
    """The station a row describes that nobody knew."""
    blank = Station(
        code=code, kind=draft.kind_of_name, name=draft.name, life_cycle=LifeCycle.ACTIVE, district_code=district_code
    )
    return replace(blank, position=draft.position, **_plain_changes(draft), **_composed_changes(blank, draft))


def updated_station(station: Station, draft: StationDraft, district_code: str | None) -> Station:
    """The known station after the row. ``district_code`` is the row's: of its position, else of its words.

    Without a move only a district in a column of its own is taken; one named in an address is no news of the station.
    """
    position = _position_after(station.position, draft)
    moved = position is not station.position
    settled = position is not None and station.district_code is not None
    if not moved and (settled or not draft.district or district_code is None):
        district_code = station.district_code
    return replace(
        station,
        position=position,
        district_code=district_code,
        **_unless_the_same(station, _plain_changes(draft)),
        **_composed_changes(station, draft),
    )


def district_in_words(draft: StationDraft, place: Place) -> str | None:
    """The unit the row names, in its district or else in its address; None when it names none of the place's."""
    unit = place.unit_named(draft.district) if draft.district else None
    if unit is None and not draft.district:
        named = [unit for unit in place.units if unit.name_zh in draft.address]
        unit = named[0] if len(named) == 1 else None
    return unit.code if unit else None


def _plain_changes(draft: StationDraft) -> dict[str, Any]:
    """The draft's fields that hold something and mean just what they say."""
    said = {name: getattr(draft, name) for name in _PLAIN_FIELDS}
    return {name: value for name, value in said.items() if value is not None and value not in ("", ())}


def _unless_the_same(station: Station, said: dict[str, Any]) -> dict[str, Any]:
    """Without texts that differ from what is known only as one cell of a sheet must: in spaces and separators."""
    return {
        name: _known_among(getattr(station, name), value)
        for name, value in said.items()
        if not _reads_the_same(getattr(station, name), value)
    }


def _reads_the_same(known: Any, said: Any) -> bool:
    if isinstance(known, tuple) and isinstance(said, tuple):
        return {one_line(item) for item in known if not is_blank(item)} == set(said)
    if not isinstance(known, str) or not isinstance(said, str):
        return False
    return one_line(known) == said or _SEPARATORS.split(one_line(known)) == _SEPARATORS.split(said)


def _known_among(known: Any, said: Any) -> Any:
    """What is said; of a list, the items that are known as they are known."""
    if not isinstance(said, tuple):
        return said
    as_known = {one_line(item): item for item in known}
    return tuple(as_known.get(item, item) for item in said)


def _composed_changes(station: Station, draft: StationDraft) -> dict[str, Any]:
    return {
        "services": draft.services_over(station.services),
        "hours": _hours_after(station.hours, draft.hours),
        "awards": _awards_after(station.awards, draft),
        "last_verified": _verified_after(station.last_verified, draft.last_verified),
    }


def _position_after(known: Position | None, draft: StationDraft) -> Position | None:
    given = draft.position
    if given is None or known is None:
        return given or known
    moved_m = great_circle_m(known.point.lon, known.point.lat, given.point.lon, given.point.lat)
    if float(moved_m) > SAME_POSITION_M:
        return given
    if draft.accuracy is None or draft.accuracy is known.accuracy:
        return known
    return replace(known, accuracy=PositionAccuracy(draft.accuracy))


def _hours_after(known: OpeningHours, given: OpeningHours | None) -> OpeningHours:
    """The hours after the row: of its rule and its words, what somebody wrote anew is what is meant."""
    if given is None or given == known:
        return known
    words_stay = one_line(given.original_text) in {"", one_line(known.original_text)}
    if not given.known:
        return known if known.known or words_stay else given
    if not words_stay:
        return _by_new_words(given) if given.rule == known.rule else given
    if given.rule == known.rule:
        return known
    is_rule_anew = given.rule != read_hours(given.original_text).rule
    return given if is_rule_anew or not known.known else known


def _by_new_words(given: OpeningHours) -> OpeningHours:
    """The hours of a sheet that repeats the known rule beside words of its own."""
    reading = read_hours(given.original_text)
    if reading.rule is None or reading.problems:
        return given
    return OpeningHours(reading.rule, given.original_text)


def _awards_after(known: tuple[Award, ...], draft: StationDraft) -> tuple[Award, ...]:
    if draft.awards_are_complete:
        as_known = {_as_in_a_cell(award): award for award in known}
        is_same = Counter(map(_as_in_a_cell, known)) == Counter(draft.awards)
        return known if is_same else tuple(as_known.get(award, award) for award in draft.awards)
    kept = list(known)
    for award in draft.awards:
        same = [place for place, old in enumerate(kept) if old.scheme is award.scheme]
        if not same:
            kept.append(award)
        elif not any(_says_nothing_new(award, _as_in_a_cell(kept[place])) for place in same):
            kept[same[0]] = award
    return tuple(kept)


def _as_in_a_cell(award: Award) -> Award:
    return replace(award, level=one_line(award.level), granted_by=one_line(award.granted_by))


def _says_nothing_new(award: Award, known: Award) -> bool:
    return (
        award.level == known.level and award.year in {None, known.year} and award.granted_by in {"", known.granted_by}
    )


def _verified_after(known: Verification | None, given: Verification | None) -> Verification | None:
    if known is None or given is None:
        return known or given
    return given if given.on > known.on else known
