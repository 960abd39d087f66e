"""Databases for measuring: the sample as a first start makes it, a larger one of the same kind, a register."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Final

from geodata.places import Place
from geodata.sample import SAMPLE_SEED, sample_demand, sample_stations
from geodata.stations.station import Station
from mapapp.services.load_sample import set_up
from mapapp.store import Origin, Store

ACTOR: Final = "benchmark"


def make_sample_database(file: Path, place: Place) -> str:
    """A database with the sample; its URL."""
    url = f"sqlite:///{file}"
    store = Store(url)
    set_up(store, place)
    store.close()
    return url


def make_large_database(file: Path, place: Place, stations_count: int) -> str:
    """A database with as many invented stations, all marked as sample; its URL."""
    url = f"sqlite:///{file}"
    store = Store(url)
    store.migrate()
    with store.writing(Origin.SAMPLE) as writer:
        for station in islice(many_stations(place), stations_count):
            writer.add_station(station, actor=ACTOR, reason="invented for measuring")
        writer.save_demand_layer(sample_demand(place), actor=ACTOR)
    store.close()
    return url


def make_register(file: Path, place: Place, url: str = "") -> str:
    """A database with the sample's stations as if they were real, so that lists of them can be imported; its URL."""
    url = url or f"sqlite:///{file}"
    store = Store(url)
    store.migrate()
    with store.writing(Origin.IMPORT) as writer:
        for number, station in enumerate(sample_stations(place, SAMPLE_SEED), start=1):
            as_real = replace(station, code=f"{place.code_prefix}-{number:04d}", is_sample=False)
            writer.add_station(as_real, actor=ACTOR, reason="invented for measuring")
    store.close()
    return url


def many_stations(place: Place) -> Iterator[Station]:
    """Sample after sample, each with a seed of its own, under codes that go on counting."""
    numbers = count(1)
    for seed in count(SAMPLE_SEED):
        for station in sample_stations(place, seed):
            yield replace(station, code=f"{place.code_prefix}-S{next(numbers):05d}")
