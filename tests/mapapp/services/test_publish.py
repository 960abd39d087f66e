"""Bodies put together from kept parts are those written whole."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from geodata.places import Place
from geodata.reports.door_warning import DoorWarning
from geodata.stations.station import Alert, Position, Station
from geodata.stations.vocabulary import StationKind
from mapapp.services.publish import collection_bytes, feature_bytes, json_bytes, station_feature
from mapapp.services.shelf import PartShelf
from mapapp.services.snapshot import StationSnapshot, build_snapshot
from mapapp.store import Store
from tests.conftest import FROZEN_AT

ALERT_ENDS = FROZEN_AT + timedelta(hours=1)
WARNING_ENDS = FROZEN_AT + timedelta(minutes=30)
MORE = {"distance_m": 12.5, "arrive_at": "2026-11-18T10:00:10+08:00", "opens_at": None}


@pytest.fixture
def snapshot(sample_store: Store, place: Place) -> StationSnapshot:
    return build_snapshot(sample_store, place, FROZEN_AT)


@pytest.fixture
def alarmed(store: Store, testcity: Place) -> StationSnapshot:
    """A snapshot with one station whose alert ends in an hour, and whose name needs care in JSON."""
    station = Station(
        code="TC-0001",
        kind=StationKind.REST_STATION,
        name='测"试\\}}驿站',
        position=Position.wgs84(113.0, 34.6),
        alert=Alert("停水", ALERT_ENDS),
    )
    with store.writing("form") as writer:
        writer.add_station(station, actor="li", reason="")
    return build_snapshot(store, testcity, FROZEN_AT)


def test_a_feature_is_written_as_it_would_be_whole(snapshot: StationSnapshot) -> None:
    for station in snapshot.stations:
        whole = station_feature(station, snapshot, FROZEN_AT)

        assert feature_bytes(station, snapshot, FROZEN_AT) == json_bytes(whole)
        whole["properties"] |= MORE
        assert feature_bytes(station, snapshot, FROZEN_AT, MORE) == json_bytes(whole)


def test_braces_and_quotes_in_a_name_do_no_harm(alarmed: StationSnapshot) -> None:
    written = feature_bytes(alarmed.stations[0], alarmed, FROZEN_AT, MORE)

    assert json.loads(written)["properties"]["name"] == '测"试\\}}驿站'
    assert json.loads(written)["properties"]["distance_m"] == 12.5


def test_a_kept_feature_loses_its_alert_when_that_ends(alarmed: StationSnapshot) -> None:
    instants = (ALERT_ENDS - timedelta(seconds=1), ALERT_ENDS, ALERT_ENDS - timedelta(seconds=1))

    alerts = [json.loads(feature_bytes(alarmed.stations[0], alarmed, at))["properties"]["alert"] for at in instants]

    assert [alert is None for alert in alerts] == [False, True, False]


def test_a_kept_feature_loses_its_door_warning_when_that_ends(alarmed: StationSnapshot) -> None:
    warning = DoorWarning(count=2, first_at=FROZEN_AT - timedelta(hours=3), until=WARNING_ENDS)
    warned = replace(alarmed, door_warnings={"TC-0001": warning}, _parts=PartShelf(8))
    instants = (WARNING_ENDS - timedelta(seconds=1), WARNING_ENDS, WARNING_ENDS - timedelta(seconds=1))

    said = [json.loads(feature_bytes(warned.stations[0], warned, at))["properties"]["door_warning"] for at in instants]

    stands = {"count": 2, "first_at": "2026-11-18T07:00:00+08:00", "until": "2026-11-18T10:30:00+08:00"}
    assert said == [stands, None, stands]


def test_where_nobody_warned_there_is_no_warning(alarmed: StationSnapshot) -> None:
    assert station_feature(alarmed.stations[0], alarmed, FROZEN_AT)["properties"]["door_warning"] is None


def test_a_snapshot_knows_when_its_alert_ends(alarmed: StationSnapshot) -> None:
    assert alarmed.alert_ends == (ALERT_ENDS,)


def test_the_ends_of_alerts_come_in_order(snapshot: StationSnapshot) -> None:
    assert list(snapshot.alert_ends) == sorted(snapshot.alert_ends)


@pytest.mark.parametrize("features", [[], [{"a": 1}], [{"a": 1}, {"b": "二"}]])
def test_a_collection_is_written_as_it_would_be_whole(features: list[dict[str, object]]) -> None:
    head = {"type": "FeatureCollection", "n": 3}

    body = collection_bytes(head, (json_bytes(feature) for feature in features))

    assert body == json_bytes({**head, "features": features})


def test_a_part_is_made_once_and_the_oldest_make_room() -> None:
    shelf, made = PartShelf(2), []

    def part(key: str) -> bytes:
        def make() -> bytes:
            made.append(key)
            return key.encode()

        return shelf.get(key, make)

    assert [part(key) for key in ("a", "a", "b", "c", "b", "a")] == [b"a", b"a", b"b", b"c", b"b", b"a"]
    assert made == ["a", "b", "c", "a"]


def test_parts_may_be_asked_for_by_many_threads() -> None:
    shelf, wrong = PartShelf(3), []

    def ask() -> None:
        for number in range(3000):
            key = number % 7
            if shelf.get(key, lambda key=key: b"%d" % key) != b"%d" % key:  # type: ignore[misc] # a default binds each key
                wrong.append(key)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
