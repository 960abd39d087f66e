"""Two editors, one station: what both began from, what each made of it, and what that comes to.

Field by field, and among the services service by service. What only one of the two changed is taken;
what both changed alike is taken; what both changed differently is a conflict, in which the other
editor's value stands until somebody chooses. The order of the services is mine where only I changed it. A district
that only follows from a position comes and goes with that position.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Final

from geodata.stations.document import Json, station_document, station_from_document
from geodata.stations.station import Station
from mapapp.services.editing.preview import SERVICES, by_service, preview, with_fields_of

FollowsPosition = Callable[[Station], bool]
DISTRICT: Final = "district_code"


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """A field (or ``services.water``) both changed, with the three values in document form."""

    field: str
    base: Json
    mine: Json
    theirs: Json


@dataclass(frozen=True, slots=True)
class Merged:
    """The station with both editors' changes, at the version of ``theirs``.

    ``both_changed`` are the conflicts, in which ``station`` holds their value; ``only_theirs`` and
    ``only_mine`` the fields (or ``services.water``) that one of the two changed, taken unasked, but for a district
    whose position was not taken.
    """

    station: Station
    both_changed: tuple[FieldConflict, ...]
    only_theirs: tuple[str, ...]
    only_mine: tuple[str, ...]
    mine: Station
    theirs: Station
    follows_position: FollowsPosition

    def taking_mine(self, fields: Collection[str]) -> Station:
        """The station with my value in those of the conflicts; fields that are none are left out."""
        in_conflict = [conflict.field for conflict in self.both_changed if conflict.field in fields]
        chosen = station_from_document(with_fields_of(self.station, self.mine, in_conflict))
        if any(conflict.field == DISTRICT for conflict in self.both_changed):
            return chosen
        return _with_district_of_position(chosen, self.mine, self.theirs, self.follows_position)


def merge(base: Station, mine: Station, theirs: Station, follows_position: FollowsPosition) -> Merged:
    """What ``mine`` and ``theirs``, both made from ``base``, come to.

    ``follows_position`` says whether a station's district is the one that its position lies in.
    """
    my_changes = {change.field: change for change in preview(base, mine)}
    their_changes = {change.field: change for change in preview(base, theirs)}
    both = [field for field in my_changes if field in their_changes]
    conflicts = tuple(
        FieldConflict(field, my_changes[field].old, my_changes[field].new, their_changes[field].new)
        for field in both
        if my_changes[field].new != their_changes[field].new and field != SERVICES
    )
    only_mine = tuple(field for field in my_changes if field not in their_changes)
    station = _merged(base, mine, theirs, only_mine)
    if DISTRICT not in both:
        station = _with_district_of_position(station, mine, theirs, follows_position)
    return Merged(
        station=station,
        both_changed=conflicts,
        only_theirs=tuple(field for field in their_changes if field not in my_changes),
        only_mine=only_mine,
        mine=replace(mine, version=theirs.version),
        theirs=theirs,
        follows_position=follows_position,
    )


def _with_district_of_position(
    station: Station, mine: Station, theirs: Station, follows_position: FollowsPosition
) -> Station:
    """The station without a district that only followed from the position that was not taken."""
    if mine.position == theirs.position:
        return station
    taken, left = (mine, theirs) if station.position == mine.position else (theirs, mine)
    is_of_left = station.district_code == left.district_code and follows_position(left)
    return replace(station, district_code=taken.district_code) if is_of_left else station


def _merged(base: Station, mine: Station, theirs: Station, only_mine: Collection[str]) -> Station:
    taken = [field for field in only_mine if field != SERVICES]
    document = with_fields_of(theirs, mine, taken)
    if base.services == theirs.services:
        document[SERVICES] = station_document(mine)[SERVICES]
    elif _is_reordered(base, mine) and not _is_reordered(base, theirs):
        document[SERVICES] = _in_order_of(document[SERVICES], mine)
    return station_from_document(document)


def _order(station: Station) -> list[str]:
    return [offer.service.value for offer in station.services]


def _is_reordered(base: Station, changed: Station) -> bool:
    """Whether the services both have stand in another order; what was added or taken away is no reordering."""
    before, after = _order(base), _order(changed)
    return [name for name in before if name in after] != [name for name in after if name in before]


def _in_order_of(offers: Json, station: Station) -> Json:
    """The offers in the station's order, those it does not have behind."""
    found, order = by_service(offers), _order(station)
    return [found[name] for name in order if name in found] + [
        offer for name, offer in found.items() if name not in order
    ]
