"""The page's reader of the compact file: every field, and what it does with a file of another format."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from geodata.places import Place
from geodata.reports.door_warning import DoorWarning
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Alert, Position, Season, ServiceOffer, Station, Verification
from geodata.stations.vocabulary import (
    EntryMethod,
    LifeCycle,
    PositionAccuracy,
    Service,
    ServiceState,
    StationKind,
    VerifiedHow,
)
from mapapp.services.compact_file import FORMAT, compact_document
from mapapp.services.snapshot import StationSnapshot, build_snapshot
from mapapp.settings import Settings
from mapapp.store import Store
from tests.browser.conftest import OpenContext
from tests.conftest import FROZEN_AT

TODAY = date(2026, 11, 18)
FILE = "**/data/stations.json"
NEXT_HOUR = FROZEN_AT + timedelta(hours=1)
FURNISHED = Station(
    code="YC-0001",
    kind=StationKind.DRIVER_HOME,
    name="示例司机之家",
    name_en="Sample driver home",
    other_names=("示例旧名",),
    district_code="640104",
    town="示例镇",
    address="示例路 1 号",
    position=Position.wgs84(106.2309, 38.4872, PositionAccuracy.APPROXIMATE),
    hours=OpeningHours("24/7", "全天"),
    services=(
        ServiceOffer(service=Service.SHOWER, fee="5 元/次", note="自备毛巾"),
        ServiceOffer(service=Service.WATER, state=ServiceState.BROKEN),
        ServiceOffer(service=Service.TOILET, state=ServiceState.UNKNOWN),
        ServiceOffer(service=Service.COOL_WARM, state=ServiceState.SEASONAL, season=Season(12, 1)),
    ),
    entry_methods=(EntryMethod.QR, EntryMethod.APP),
    entry_note="门口按铃",
    public_phone="0951-0000000",
    last_verified=Verification(date(2026, 6, 30), VerifiedHow.PHONE),
    photo="0123456789abcdef" * 4,
    alert=Alert("停水", NEXT_HOUR),
)
BARE = Station(code="YC-0002", kind=StationKind.REST_STATION, name="示例驿站", life_cycle=LifeCycle.TEMPORARILY_CLOSED)

READ = """async (file) => {
  const { readStations } = await import("/static/js/data.js");
  const plain = (value) =>
    value instanceof Map ? Object.fromEntries(value) : value instanceof Set ? [...value] : value;
  const data = readStations(file);
  const stations = data.stations.map((station) =>
    Object.fromEntries(Object.entries(station).map(([name, value]) => [name, plain(value)])));
  return { ...data, stations, byCode: [...data.byCode.keys()], readings: plain(data.readings) };
}"""
WATCH_FETCH = """() => {
  const { fetch } = window;
  window.cacheModes = [];
  window.fetch = (address, options) => {
    window.cacheModes.push(options.cache);
    return fetch(address, options);
  };
}"""
LOAD = """async () => {
  const { loadStations } = await import("/static/js/data.js");
  return loadStations("/data/stations.json").then(
    (data) => ({ format: data.format, count: data.stations.length, confirmedAtMs: data.confirmedAtMs }),
    (error) => ({ error: error.name, format: error.format }));
}"""


@pytest.fixture
def file(store: Store, place: Place) -> dict[str, Any]:
    """A file with one station that has everything, and one that has next to nothing."""
    with store.writing("command") as writer:
        for station in (FURNISHED, BARE):
            writer.add_station(station, actor="t", reason="test")
    snapshot = build_snapshot(store, place, FROZEN_AT)
    return with_warning(snapshot)


def with_warning(snapshot: StationSnapshot) -> dict[str, Any]:
    warning = DoorWarning(count=2, first_at=FROZEN_AT, until=NEXT_HOUR)
    document = compact_document(replace(snapshot, door_warnings={FURNISHED.code: warning}), Settings(), TODAY)
    written: dict[str, Any] = json.loads(json.dumps(document))
    return written


@pytest.fixture
def page(context_factory: OpenContext) -> Page:
    """A page whose requests all reach the test: no service worker answers in its place."""
    page = context_factory(service_workers="block").new_page()
    page.goto("/about")
    return page


def test_everything_about_a_station_arrives(page: Page, file: dict[str, Any]) -> None:
    station = page.evaluate(READ, file)["stations"][0]

    schedule = station.pop("schedule")
    assert station == {
        "row": 0,
        "code": "YC-0001",
        "name": "示例司机之家",
        "nameEn": "Sample driver home",
        "otherNames": ["示例旧名"],
        "kind": "driver_home",
        "district": "640104",
        "districtNames": ["兴庆区", "Xingqing District"],
        "town": "示例镇",
        "address": "示例路 1 号",
        "lon": 106.2309,
        "lat": 38.4872,
        "isApproximate": True,
        "hoursText": "全天",
        "lifeCycle": "active",
        "services": ["shower"],
        "seasonal": [["cool_warm", 1 << 11 | 1]],
        "broken": ["water"],
        "unknownServices": ["toilet"],
        "fees": {"shower": "5 元/次"},
        "serviceNotes": {"shower": "自备毛巾"},
        "entryMethods": ["qr", "app"],
        "entryNote": "门口按铃",
        "phone": "0951-0000000",
        "alert": {"text": "停水", "expiresAtMs": milliseconds(NEXT_HOUR)},
        "door": {"count": 2, "firstMs": milliseconds(FROZEN_AT), "untilMs": milliseconds(NEXT_HOUR)},
        "verified": {"on": "2026-06-30", "how": "phone"},
        "photo": True,
    }
    window_min = 17 * 1440
    assert schedule == {
        "spans": [[0, window_min]],
        "reopensMin": None,
        "window": file["window"],
        "isAlwaysOpen": True,
    }


def test_what_nobody_knows_about_a_station_stays_unknown(page: Page, file: dict[str, Any]) -> None:
    station = page.evaluate(READ, file)["stations"][1]

    assert station["lifeCycle"] == "temporarily_closed"
    absent = ("district", "lon", "lat", "schedule", "verified", "alert", "door")
    assert [station[name] for name in absent] == [None] * len(absent)
    empty = ("hoursText", "entryNote", "phone", "services", "broken", "unknownServices", "fees", "entryMethods")
    assert not any(station[name] for name in empty)
    assert (station["photo"], station["isApproximate"]) == (False, False)


def test_stations_are_known_by_code_and_characters_by_their_readings(page: Page, file: dict[str, Any]) -> None:
    data = page.evaluate(READ, file | {"readings": {"hang": "行", "xing": "兴行"}})

    assert data["byCode"] == ["YC-0001", "YC-0002"]
    assert data["readings"] == {"行": ["hang", "xing"], "兴": ["xing"]}
    assert (data["format"], data["place"], data["isSample"]) == (FORMAT, "yinchuan", False)


@pytest.mark.parametrize("other", [FORMAT - 1, FORMAT + 1, None, "2"])
def test_a_file_of_another_format_is_refused(page: Page, file: dict[str, Any], other: object) -> None:
    page.route(FILE, lambda route: route.fulfill(json=file | {"format": other}))

    assert page.evaluate(LOAD) == {"error": "OtherFormat", "format": other}


def test_an_old_copy_in_some_cache_is_passed_by(page: Page, file: dict[str, Any]) -> None:
    answers = [{"format": FORMAT - 1}, file]
    page.route(FILE, lambda route: route.fulfill(json=answers.pop(0)))
    page.evaluate(WATCH_FETCH)

    assert page.evaluate(LOAD)["count"] == 2
    assert page.evaluate("window.cacheModes") == ["default", "reload"]


def test_a_good_file_is_asked_for_once_and_by_its_format(page: Page, file: dict[str, Any]) -> None:
    asked_for: list[str | None] = []

    def answer(route: Route) -> None:
        asked_for.append(route.request.headers.get("accept"))
        route.fulfill(json=file)

    page.route(FILE, answer)

    assert page.evaluate(LOAD)["format"] == FORMAT
    assert asked_for == [f"application/json;format={FORMAT}"]


def test_a_kept_file_says_when_it_was_last_confirmed(page: Page, file: dict[str, Any]) -> None:
    confirmed_at_ms = milliseconds(FROZEN_AT)
    page.route(FILE, lambda route: route.fulfill(json=file, headers={"X-Confirmed-At": str(confirmed_at_ms)}))

    assert page.evaluate(LOAD)["confirmedAtMs"] == confirmed_at_ms


def test_a_file_from_the_network_was_confirmed_just_now(page: Page, file: dict[str, Any]) -> None:
    page.clock.set_fixed_time(FROZEN_AT)
    page.route(FILE, lambda route: route.fulfill(json=file))

    assert page.evaluate(LOAD)["confirmedAtMs"] == milliseconds(FROZEN_AT)


def milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
