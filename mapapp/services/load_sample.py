"""Filling a new database: the holiday table, and the sample data where nothing was ever loaded."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.places import Place
from mapapp.services.holidays import seed_holidays, seed_within
from mapapp.store import DataAction, Origin, Store

ACTOR = "setup"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupReport:
    """What `set_up` found to do."""

    migrated: bool
    seeded_years: tuple[int, ...]
    sample_station_count: int


def load_sample(store: Store, place: Place) -> int:
    """Load the place's sample stations and demand if nothing was ever loaded; how many stations.

    Stations, demand and holidays come in one transaction, so nobody sees half a sample. A database
    that holds, or ever held, stations is left as it is, and 0 is returned.
    """
    with store.reading() as reader:
        if not reader.is_pristine():
            return 0
    # The generator brings shapely and h3 along: imported only on the first start.
    from geodata.sample import SAMPLE_SEED, sample_demand, sample_stations

    stations, demand = sample_stations(place, SAMPLE_SEED), sample_demand(place, SAMPLE_SEED)
    with store.writing(Origin.SAMPLE) as writer:
        if not writer.is_pristine():
            return 0
        seed_within(writer, actor=ACTOR)
        for station in stations:
            writer.add_station(station, actor=ACTOR, reason="sample data")
        writer.save_demand_layer(demand, actor=ACTOR)
        writer.note_event(DataAction.SAMPLE_LOADED, {"place": place.id, "stations": len(stations)}, actor=ACTOR)
    return len(stations)


def set_up(store: Store, place: Place) -> SetupReport:
    """Make a database ready to serve: tables, holidays, and the sample if it never held a station.

    Doing it again does only what is missing: the second call changes nothing.
    """
    return SetupReport(
        migrated=store.migrate(),
        seeded_years=seed_holidays(store, actor=ACTOR),
        sample_station_count=load_sample(store, place),
    )
