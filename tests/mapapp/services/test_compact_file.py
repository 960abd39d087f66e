"""The compact file says what the snapshot says, in little room."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Alert, Season, ServiceOffer, Station
from geodata.stations.vocabulary import EntryMethod, LifeCycle, Service, ServiceState, StationKind
from mapapp.services.compact_file import FORMAT, Window, compact_document, compact_file, compact_payload
from mapapp.services.snapshot import StationSnapshot, build_snapshot
from mapapp.settings import Settings
from mapapp.store import Store

TODAY = date(2026, 11, 18)
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
MAX_GZIP_BYTES = 30_000


@pytest.fixture
def snapshot(sample_store: Store, place: Any) -> StationSnapshot:
    return build_snapshot(sample_store, place, NOW)


@pytest.fixture
def document(snapshot: StationSnapshot) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(compact_file(snapshot, Settings(), TODAY))
    return written


def only(snapshot: StationSnapshot, *stations: Station) -> dict[str, Any]:
    """The file of a snapshot with just these stations."""
    document = compact_document(replace(snapshot, stations=stations), Settings(), TODAY)
    columns: dict[str, Any] = document["stations"] | {"schedules": document["schedules"]}
    return columns


def station(**facts: Any) -> Station:
    return Station(**{"code": "TC-0001", "kind": StationKind.REST_STATION, "name": "测试驿站", **facts})


def test_every_public_station_is_in_it_also_the_unplaced(document: dict[str, Any], snapshot: StationSnapshot) -> None:
    columns = document["stations"]

    assert columns["code"] == [each.code for each in snapshot.stations]
    assert columns["lon_e6"].count(None) == snapshot.unplaced_count > 0


def test_positions_are_the_published_ones(document: dict[str, Any], snapshot: StationSnapshot) -> None:
    columns = document["stations"]

    written = [(lon / 1e6, lat / 1e6) for lon, lat in zip(columns["lon_e6"], columns["lat_e6"], strict=True) if lon]
    points = [each.position.point.rounded() for each in snapshot.stations if each.position]
    assert written == [(point.lon, point.lat) for point in points]


def test_420_stations_fit_into_30_kilobytes(snapshot: StationSnapshot) -> None:
    payload = compact_payload(snapshot, Settings(), TODAY)

    assert len(payload.gzip) < MAX_GZIP_BYTES
    assert gzip.decompress(payload.gzip) == payload.identity


def test_the_same_day_gives_the_same_bytes_and_the_next_day_others(snapshot: StationSnapshot) -> None:
    first, again, tomorrow = (
        compact_payload(snapshot, Settings(), day) for day in (TODAY, TODAY, TODAY + timedelta(days=1))
    )

    assert first.etag == again.etag
    assert first.etag != tomorrow.etag


def test_it_names_its_format_and_its_window(document: dict[str, Any]) -> None:
    assert document["format"] == FORMAT == 1
    assert document["window"] == {
        "first_day": "2026-11-17",
        "days": 17,
        "starts_at_s": int(datetime(2026, 11, 16, 16, tzinfo=UTC).timestamp()),
        "utc_offset_min": 480,
    }


def test_the_sample_says_that_it_is_one(document: dict[str, Any]) -> None:
    assert document["is_sample"] is True


def test_schedules_are_shared_and_hold_the_snapshots_spans(document: dict[str, Any], snapshot: StationSnapshot) -> None:
    window = Window.around(TODAY, snapshot.place.timezone)
    start_s = document["window"]["starts_at_s"]

    for each, row in zip(snapshot.stations, document["stations"]["schedule"], strict=True):
        expected = snapshot.book.of(each.hours).epoch_spans(window.first_day, window.days).tolist()
        spans = [] if row < 0 else list(absolute(document["schedules"][row]["spans"]))
        assert [[start_s + a * 60, start_s + b * 60] for a, b in spans] == expected
    assert len(document["schedules"]) < 80


def absolute(deltas: list[int]) -> Iterator[tuple[int, int]]:
    """Spans from gaps and lengths, the slow way."""
    for i in range(0, len(deltas), 2):
        yield sum(deltas[: i + 1]), sum(deltas[: i + 2])


def test_unknown_hours_are_no_schedule_at_all(snapshot: StationSnapshot) -> None:
    columns = only(snapshot, station(hours=OpeningHours.unknown()))

    assert columns["schedule"] == [-1]
    assert columns["schedules"] == []


def test_a_station_that_opens_after_the_window_says_when(snapshot: StationSnapshot) -> None:
    columns = only(snapshot, station(hours=OpeningHours.from_rule("Dec 24-31 08:00-18:00")))

    opens_at = datetime(2026, 12, 24, 8, tzinfo=snapshot.place.timezone)
    starts_at = Window.around(TODAY, snapshot.place.timezone).start
    assert columns["schedules"] == [{"spans": [], "reopens_min": (opens_at - starts_at) // timedelta(minutes=1)}]


def test_broken_and_unknown_services_do_not_count_and_seasonal_ones_name_their_months(
    snapshot: StationSnapshot,
) -> None:
    offers = (
        ServiceOffer(service=Service.REST),
        ServiceOffer(service=Service.WATER, state=ServiceState.BROKEN),
        ServiceOffer(service=Service.TOILET, state=ServiceState.UNKNOWN),
        ServiceOffer(service=Service.COOL_WARM, state=ServiceState.SEASONAL, season=Season(11, 2)),
    )

    columns = only(snapshot, station(services=offers))

    assert columns["services"] == [1 << list(Service).index(Service.REST)]
    months = sum(1 << (month - 1) for month in (11, 12, 1, 2))
    assert columns["seasonal"] == {"0": [[list(Service).index(Service.COOL_WARM), months]]}


def test_service_bits_stay_below_what_a_browsers_numbers_hold() -> None:
    assert len(Service) <= 53
    assert len(EntryMethod) <= 53


def test_an_alert_and_a_pause_are_in_it(snapshot: StationSnapshot) -> None:
    until = datetime(2026, 12, 1, tzinfo=UTC)
    columns = only(snapshot, station(life_cycle=LifeCycle.TEMPORARILY_CLOSED, alert=Alert("停水", until)))

    assert columns["life_cycle"] == [1]
    assert columns["alert"] == {"0": ["停水", int(until.timestamp())]}


def test_nothing_internal_is_in_it(snapshot: StationSnapshot) -> None:
    secret = replace(snapshot, stations=(station(internal_contact="张三 13900000000", public_phone="0951-1"),))

    assert "13900000000" not in compact_file(secret, Settings(), TODAY).decode()
