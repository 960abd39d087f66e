"""The list of stations by the index's columns: what looking at every station gives, in memory that a page needs."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coordinates import BBox
from geodata.places import Place
from geodata.stations.index import StationIndex
from geodata.stations.station import Station
from geodata.stations.vocabulary import EntryMethod, LifeCycle, Service, StationKind
from mapapp.services.list_stations import ListQuestion, SearchedTexts, district_counts, folded, list_stations
from mapapp.services.snapshot import StationSnapshot, build_snapshot
from mapapp.store import Store

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
FEW, MANY = 500, 6_000
BYTES_A_STATION = 48
"""A number for each row and the marks of the filters; a station's own object is twenty times that."""

OpenSnapshot = Callable[[int], StationSnapshot]


@pytest.fixture(scope="module")
def sample(sample_database: object, place: Place) -> StationSnapshot:
    store = Store(f"sqlite:///{sample_database}")
    snapshot = build_snapshot(store, place, NOW)
    store.close()
    return snapshot


def matches(station: Station, question: ListQuestion, snapshot: StationSnapshot, month: int) -> bool:
    """The question asked of one station, in plain words."""
    wanted = folded(question.text)
    texts = (station.code, station.name, station.name_en, *station.other_names, station.address)
    position = station.position
    return (
        (not question.kinds or station.kind in question.kinds)
        and (not question.district_codes or station.district_code in question.district_codes)
        and (not question.entry_methods or bool(question.entry_methods & set(station.entry_methods)))
        and question.services <= station.services_in(month)
        and (
            not question.always_open
            or (station.life_cycle is LifeCycle.ACTIVE and snapshot.book.of(station.hours).is_24h)
        )
        and (question.box is None or (position is not None and question.box.contains(position.point.rounded())))
        and (not wanted or any(wanted in folded(text) for text in texts))
    )


@settings(max_examples=60)
@given(
    kinds=st.frozensets(st.sampled_from(list(StationKind)), max_size=2),
    services=st.frozensets(st.sampled_from(list(Service)), max_size=2),
    entry_methods=st.frozensets(st.sampled_from(list(EntryMethod)), max_size=2),
    districts=st.frozensets(st.integers(0, 5), max_size=2),
    always_open=st.booleans(),
    text=st.sampled_from(["", "", "", "0", "示例", "sample 12", "ＹＣ", "no such"]),
    box=st.none()
    | st.tuples(st.floats(105.9, 106.3), st.floats(37.9, 38.4)).map(lambda at: BBox(*at, at[0] + 0.3, at[1] + 0.3)),
    offset=st.integers(0, 40),
    month=st.integers(1, 12),
)
def test_the_columns_give_what_looking_at_every_station_gives(
    sample: StationSnapshot,
    kinds: frozenset[StationKind],
    services: frozenset[Service],
    entry_methods: frozenset[EntryMethod],
    districts: frozenset[int],
    always_open: bool,
    text: str,
    box: BBox | None,
    offset: int,
    month: int,
) -> None:
    question = ListQuestion(
        kinds=kinds,
        services=services,
        entry_methods=entry_methods,
        district_codes=frozenset(sample.place.units[row].code for row in districts),
        always_open=always_open,
        text=text,
        box=box,
        limit=7,
        offset=offset,
    )

    page = list_stations(sample, question, datetime(2026, month, 15, tzinfo=UTC))

    expected = [station for station in sample.stations if matches(station, question, sample, month)]
    assert page.matched_count == len(expected)
    assert list(page.stations) == expected[offset : offset + 7]


def test_every_district_is_counted(sample: StationSnapshot) -> None:
    counts = dict(district_counts(sample))

    assert sum(counts.values()) == sum(station.district_code is not None for station in sample.stations)
    assert list(counts) == sorted(counts)


@pytest.mark.parametrize(
    "question",
    [
        ListQuestion(limit=200),
        ListQuestion(limit=200, kinds=frozenset({StationKind.REST_STATION}), services=frozenset({Service.WATER})),
        ListQuestion(limit=200, text="00"),
    ],
    ids=["all", "filtered", "searched"],
)
def test_a_page_of_a_large_register_needs_the_memory_of_a_page(sample: StationSnapshot, question: ListQuestion) -> None:
    few, many = (peak_bytes(_enlarged(sample, count), question) for count in (FEW, MANY))

    assert many - few < (MANY - FEW) * BYTES_A_STATION


def peak_bytes(snapshot: StationSnapshot, question: ListQuestion) -> int:
    """What is in use at most while a page is made, once the searched texts are there."""
    texts = SearchedTexts(snapshot.stations)
    list_stations(snapshot, question, NOW, texts)
    tracemalloc.start()
    try:
        list_stations(snapshot, question, NOW, texts)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _enlarged(snapshot: StationSnapshot, count: int) -> StationSnapshot:
    pattern = snapshot.stations[0]
    stations = tuple(replace(pattern, code=f"YC-{number:06d}") for number in range(count))
    return replace(snapshot, stations=stations, index=StationIndex.of(stations, snapshot.book))
