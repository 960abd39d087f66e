"""What one row says about a station: only the fields it has.

A draft is not a station: it lacks what the file lacks. Absent and blank are the same (None, ``""``, empty),
because a blank cell in a sheet means "nobody filled this in" and never wipes what is known.
"""

from __future__ import annotations

from dataclasses import dataclass

from geodata.coordinates import Crs
from geodata.files.positions import GivenPoint
from geodata.files.service_details import ServiceSaid
from geodata.files.services_cell import ServicesGiven
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Award, Position, ServiceOffer, Verification
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
    ``district`` is the file's word for the unit, not yet looked up. ``awards_are_complete``: the file lists
    all of them, so what it leaves out goes.
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
    service_details: tuple[ServiceSaid, ...] = ()
    hours: OpeningHours | None = None
    build_mode: BuildMode | None = None
    host_type: HostType | None = None
    capacity_count: int | None = None
    area_m2: float | None = None
    public_phone: str = ""
    internal_contact: str = ""
    life_cycle: LifeCycle | None = None
    awards: tuple[Award, ...] = ()
    awards_are_complete: bool = False
    source: str = ""
    last_verified: Verification | None = None

    def services_over(self, known: tuple[ServiceOffer, ...]) -> tuple[ServiceOffer, ...]:
        """The offers after this row: first which there are, then what is said of each."""
        offers = self.services.over(known) if self.services else known
        said = {each.service: each for each in self.service_details}
        if not said:
            return offers
        listed = {offer.service for offer in offers}
        missing = [ServiceOffer(service=service) for service in said if service not in listed]
        return tuple(
            said[offer.service].over(offer) if offer.service in said else offer for offer in (*offers, *missing)
        )

    @property
    def own_crs(self) -> Crs | None:
        """The coordinate system the row itself names."""
        return self.given.crs if self.given else None
