"""Use case: everything a visitor needs to know about one station, at one instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from geodata.places import Unit
from geodata.reports.door_warning import DoorWarning
from geodata.stations.arrival import Arrival, state_now
from geodata.stations.filters import StationFilter
from geodata.stations.schedule import DayException, Schedule, WeekTable, describe_week
from geodata.stations.station import Alert, ServiceOffer, Station, Verification
from geodata.stations.vocabulary import LifeCycle, OpenState, Service, ServiceGroup
from mapapp.services.find_nearest import FoundStation, NearestQuestion, find_nearest
from mapapp.services.navigation_links import NavigationLink, navigation_links
from mapapp.services.snapshot import StationSnapshot
from mapapp.settings import Settings

ALTERNATIVES: Final = 3
"""How many open stations nearby a page names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StationPage:
    """One station with what is true of it now.

    ``today`` are the spans that begin today, holidays counted; None where the hours are not known.
    ``alert`` and ``door`` are None once they have ended. ``services`` come by shelf, in display order.
    ``last_verified`` counts what staff confirmed. ``links`` is empty for sample and unplaced stations. ``is_24h``
    is derived from the hours, never a label. ``alternatives`` are the nearest others that will be open for
    somebody who walks there now, and of which nobody says that their door was locked.
    """

    station: Station
    unit: Unit | None
    now: datetime
    arrival: Arrival
    today: DayException | None
    week: WeekTable
    is_24h: bool
    alert: Alert | None
    door: DoorWarning | None
    services: tuple[tuple[ServiceGroup, tuple[ServiceOffer, ...]], ...]
    links: tuple[NavigationLink, ...]
    alternatives: tuple[FoundStation, ...]
    last_verified: Verification | None = None

    @property
    def is_in_doubt(self) -> bool:
        """Whether a visitor had better know where else to go: it is not surely open now."""
        return self.door is not None or self.arrival.state is not OpenState.OPEN

    @property
    def runs_normally(self) -> bool:
        """Whether its life cycle lets visitors in at all."""
        return self.station.life_cycle is LifeCycle.ACTIVE


def station_page(snapshot: StationSnapshot, code: str, now: datetime, settings: Settings) -> StationPage | None:
    """The page of the station with that code at ``now`` (in the place's time zone); None: no public station has it."""
    station = snapshot.by_code.get(code)
    if station is None:
        return None
    schedule = snapshot.book.of(station.hours)
    alert = station.alert
    return StationPage(
        station=station,
        unit=snapshot.place.unit(station.district_code) if station.district_code else None,
        now=now,
        arrival=state_now(station.life_cycle, schedule, now, closing_soon_min=settings.closing_soon_min),
        today=_today(schedule, now),
        week=describe_week(schedule, now.date()),
        is_24h=schedule.is_24h,
        alert=alert if alert is not None and alert.expires_at > now else None,
        door=standing_warnings(snapshot, now).get(code),
        services=_by_shelf(station.services),
        links=navigation_links(station),
        alternatives=_alternatives(snapshot, station, now, settings),
        last_verified=snapshot.last_verified(station),
    )


def standing_warnings(snapshot: StationSnapshot, now: datetime) -> dict[str, DoorWarning]:
    """The locked-door warnings that still stand, by station."""
    return {code: warning for code, warning in snapshot.door_warnings.items() if warning.until > now}


def _today(schedule: Schedule, now: datetime) -> DayException | None:
    if not schedule.known:
        return None
    day = now.date()
    return DayException(day, schedule.holidays.special(day), schedule.day_spans(day))


def _alternatives(
    snapshot: StationSnapshot, station: Station, now: datetime, settings: Settings
) -> tuple[FoundStation, ...]:
    if station.position is None:
        return ()
    left_out = {station.code, *standing_warnings(snapshot, now)}
    question = NearestQuestion(
        origin=station.position.point.rounded(), at=now, k=ALTERNATIVES + len(left_out), filters=StationFilter()
    )
    found = find_nearest(snapshot, question, settings).stations
    return tuple(each for each in found if each.station.code not in left_out)[:ALTERNATIVES]


def _by_shelf(offers: Sequence[ServiceOffer]) -> tuple[tuple[ServiceGroup, tuple[ServiceOffer, ...]], ...]:
    order = list(Service)
    ordered = sorted(offers, key=lambda offer: order.index(offer.service))
    return tuple((group, tuple(shelf)) for group, shelf in groupby(ordered, key=lambda offer: offer.service.group))
