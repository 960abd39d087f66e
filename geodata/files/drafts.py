"""What one row says about a station: only the fields it has.

A draft is not a station: it lacks what the file lacks. Absent and blank are the same (None, ``""``, empty),
because a blank cell in a sheet means "nobody filled this in" and never wipes what is known.
"""

from __future__ import annotations

from dataclasses import dataclass

from geodata.coordinates import Crs
from geodata.files.positions import GivenPoint
from geodata.files.services_cell import ServicesGiven
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Award, Position, Verification
from geodata.stations.vocabulary import (
    BuildMode,
    EntryMethod,
    HostType,
    LifeCycle,
    PositionAccuracy,
    StationKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StationDraft:
    """One row, understood. ``line`` is where it begins in the file.

    ``given`` are the coordinates as written; ``position`` is filled in once the file's coordinate system
    is settled. ``kind_of_name`` is what the name alone suggests, for a station that is new.
    ``district`` is the file's word for the unit, not yet looked up.
    """

    line: int
    name: str
    kind_of_name: StationKind
    code: str = ""
    name_en: str = ""
    other_names: tuple[str, ...] = ()
    kind: StationKind | None = None
    address: str = ""
    district: str = ""
    town: str = ""
    given: GivenPoint | None = None
    accuracy: PositionAccuracy | None = None
    position: Position | None = None
    entry_methods: tuple[EntryMethod, ...] = ()
    entry_note: str = ""
    services: ServicesGiven | None = None
    hours: OpeningHours | None = None
    build_mode: BuildMode | None = None
    host_type: HostType | None = None
    capacity_count: int | None = None
    area_m2: float | None = None
    public_phone: str = ""
    internal_contact: str = ""
    life_cycle: LifeCycle | None = None
    awards: tuple[Award, ...] = ()
    source: str = ""
    last_verified: Verification | None = None

    @property
    def own_crs(self) -> Crs | None:
        """The coordinate system the row itself names."""
        return self.given.crs if self.given else None
