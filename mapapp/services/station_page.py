"""Use case: everything a visitor needs to know about one station, at one instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from geodata.places import Unit
from geodata.stations.arrival import Arrival, state_now
from geodata.stations.schedule import WeekTable, describe_week
from geodata.stations.station import Alert, ServiceOffer, Station
from geodata.stations.vocabulary import LifeCycle, Service, ServiceGroup
from mapapp.services.navigation_links import NavigationLink, navigation_links
from mapapp.services.snapshot import StationSnapshot
from mapapp.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class StationPage:
    """One station with what is true of it now.

    ``alert`` is None once it has ended. ``services`` come by shelf, in display order. ``links`` is empty
    for sample and unplaced stations. ``is_24h`` is derived from the hours, never a label.
    """

    station: Station
    unit: Unit | None
    now: datetime
    arrival: Arrival
    week: WeekTable
    is_24h: bool
    alert: Alert | None
    services: tuple[tuple[ServiceGroup, tuple[ServiceOffer, ...]], ...]
    links: tuple[NavigationLink, ...]

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
        week=describe_week(schedule, now.date()),
        is_24h=schedule.is_24h,
        alert=alert if alert is not None and alert.expires_at > now else None,
        services=_by_shelf(station.services),
        links=navigation_links(station),
    )


def _by_shelf(offers: Sequence[ServiceOffer]) -> tuple[tuple[ServiceGroup, tuple[ServiceOffer, ...]], ...]:
    order = list(Service)
    ordered = sorted(offers, key=lambda offer: order.index(offer.service))
    return tuple((group, tuple(shelf)) for group, shelf in groupby(ordered, key=lambda offer: offer.service.group))
