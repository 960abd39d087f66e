"""The compact file says what the snapshot says, in little room."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

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
    columns: dict[str, Any] = document["stations"] | {name: document[name] for name in ("schedules", "hours_texts")}
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


def test_the_samples_stations_fit_into_30_kilobytes(snapshot: StationSnapshot) -> None:
    payload = compact_payload(snapshot, Settings(), TODAY)

    assert len(payload.gzip) < MAX_GZIP_BYTES
    assert gzip.decompress(payload.gzip) == payload.identity


def test_they_fit_also_with_everything_a_station_can_have(snapshot: StationSnapshot) -> None:
    """A photo, a telephone, a street and a number for each, and a locked door at every tenth."""
    stations = tuple(furnished(each, number) for number, each in enumerate(snapshot.stations))
    warnings = {
        each.code: DoorWarning(2 + row % 3, NOW - timedelta(minutes=7 * row), NOW + timedelta(minutes=5 * row))
        for row, each in enumerate(stations[::10])
    }
    full = replace(snapshot, stations=stations, door_warnings=warnings)

    assert len(gzip.compress(compact_file(full, Settings(), TODAY), 6)) < MAX_GZIP_BYTES


def furnished(station: Station, number: int) -> Station:
    street = "示例" + "甲乙丙丁戊己庚辛壬癸"[number % 10] + "东西南北中"[number % 5]
    return replace(
        station,
        address=f"{street}路{number * 37 % 499}号示例大厦{number % 7 + 1}层",
        public_phone=f"0951-{number * 7_919 % 10_000_000:07d}",
        photo=hashlib.sha256(station.code.encode()).hexdigest(),
    )


def test_the_same_day_gives_the_same_bytes_and_the_next_day_others(snapshot: StationSnapshot) -> None:
    first, again, tomorrow = (
        compact_payload(snapshot, Settings(), day) for day in (TODAY, TODAY, TODAY + timedelta(days=1))
    )

    assert first.etag == again.etag
    assert first.etag != tomorrow.etag


def test_it_names_its_format_and_its_window(document: dict[str, Any]) -> None:
    assert document["format"] == FORMAT == 2
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


def test_holidays_and_make_up_days_in_the_window_have_their_names(snapshot: StationSnapshot) -> None:
    before_the_holiday = compact_document(snapshot, Settings(), date(2026, 9, 28))
    in_november = compact_document(snapshot, Settings(), TODAY)

    days = {day: names for day, *names in before_the_holiday["special_days"]}
    national_day = (date(2026, 10, 1) - date(2026, 9, 27)).days
    assert days[national_day] == ["国庆节", snapshot.holidays.special(date(2026, 10, 1)).name_en]  # type: ignore[union-attr] # it is one
    assert in_november["special_days"] == []


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


def test_what_does_not_work_and_what_nobody_knows_is_told_apart(snapshot: StationSnapshot) -> None:
    offers = (
        ServiceOffer(service=Service.WATER, state=ServiceState.BROKEN, note="滤芯待换"),
        ServiceOffer(service=Service.TOILET, state=ServiceState.UNKNOWN),
        ServiceOffer(service=Service.SHOWER, fee="5 元/次"),
    )

    columns = only(snapshot, station(services=offers))

    index = {service: row for row, service in enumerate(Service)}
    assert columns["broken"] == {"0": 1 << index[Service.WATER]}
    assert columns["unknown_services"] == {"0": 1 << index[Service.TOILET]}
    assert columns["fees"] == {"0": [[index[Service.SHOWER], "5 元/次"]]}
    assert columns["service_notes"] == {"0": [[index[Service.WATER], "滤芯待换"]]}


def test_what_stands_at_the_door_is_in_it(snapshot: StationSnapshot) -> None:
    said = station(entry_methods=(EntryMethod.QR,), entry_note="门口按铃", public_phone="0951-0000000")

    columns = only(snapshot, station(code="TC-0000"), said)

    assert columns["entry"] == [0, 1 << list(EntryMethod).index(EntryMethod.QR)]
    assert (columns["entry_note"], columns["phone"]) == ({"1": "门口按铃"}, {"1": "0951-0000000"})


def test_the_words_of_the_hours_are_in_it_each_once(snapshot: StationSnapshot) -> None:
    weekly, always = OpeningHours("Mo-Fr 08:00-18:00", "工作日 8点到18点"), OpeningHours("24/7", "全天")
    stations = [station(code=f"TC-{row}", hours=hours) for row, hours in enumerate((weekly, always, weekly))]

    columns = only(snapshot, *stations, station(code="TC-9", hours=OpeningHours.unknown()))

    assert columns["hours_texts"] == ["工作日 8点到18点", "全天"]
    assert columns["hours_text"] == [0, 1, 0, -1]


def test_only_hours_that_are_open_around_the_clock_say_so(snapshot: StationSnapshot) -> None:
    rules = ("24/7", "Mo-Su 05:00-23:00", "Mo-Su 00:00-24:00")

    columns = only(snapshot, *(station(code=f"TC-{row}", hours=OpeningHours(rule)) for row, rule in enumerate(rules)))

    assert [schedule.get("is_24h", False) for schedule in columns["schedules"]] == [True, False, True]


def test_a_position_that_is_only_about_right_says_so(snapshot: StationSnapshot) -> None:
    places = [Position.wgs84(106.2, 38.4, accuracy) for accuracy in PositionAccuracy]

    columns = only(snapshot, station(), *(station(code=f"TC-{row}", position=at) for row, at in enumerate(places)))

    assert columns["is_approximate"] == [0, 0, 0, 1]


def test_it_says_when_and_how_a_station_was_last_verified(snapshot: StationSnapshot) -> None:
    on_site = Verification(date(2026, 6, 30), VerifiedHow.ON_SITE)

    columns = only(snapshot, station(last_verified=on_site), station(code="TC-0002"))

    assert columns["verified_day"] == [(date(2026, 6, 30) - date(1970, 1, 1)).days, None]
    assert columns["verified_how"] == [list(VerifiedHow).index(VerifiedHow.ON_SITE), -1]


def test_of_a_photo_it_says_only_that_there_is_one(snapshot: StationSnapshot) -> None:
    columns = only(snapshot, station(), station(code="TC-0002", photo="ab" * 32))

    assert columns["has_photo"] == {"1": 1}


def test_a_locked_door_warning_is_in_it(snapshot: StationSnapshot) -> None:
    warning = DoorWarning(count=3, first_at=NOW, until=NOW + timedelta(hours=20))
    warned = replace(snapshot, door_warnings={"TC-0001": warning, "TC-GONE": warning})

    columns = only(warned, station())

    first_s = int(NOW.timestamp())
    assert columns["door"] == {"0": [3, first_s, first_s + 72_000]}


def test_every_character_that_is_searched_has_its_readings(document: dict[str, Any], snapshot: StationSnapshot) -> None:
    characters = "".join(document["readings"].values())

    searched = [snapshot.place.units[0].name_zh, snapshot.stations[0].name, snapshot.stations[0].town]
    assert {character for text in searched for character in text if character >= "一"} <= set(characters)
    assert "庆" in document["readings"]["qing"]
    assert list(document["readings"]) == sorted(document["readings"])


def test_a_character_of_two_readings_stands_at_both(snapshot: StationSnapshot) -> None:
    said = replace(snapshot, stations=(station(name="示例银行旁", address="步行街"),))

    readings = compact_document(said, Settings(), TODAY)["readings"]

    assert "行" in readings["hang"]
    assert "行" in readings["xing"]


def test_an_alert_and_a_pause_are_in_it(snapshot: StationSnapshot) -> None:
    until = datetime(2026, 12, 1, tzinfo=UTC)
    columns = only(snapshot, station(life_cycle=LifeCycle.TEMPORARILY_CLOSED, alert=Alert("停水", until)))

    assert columns["life_cycle"] == [1]
    assert columns["alert"] == {"0": ["停水", int(until.timestamp())]}


def test_nothing_internal_is_in_it(snapshot: StationSnapshot) -> None:
    secret = replace(snapshot, stations=(station(internal_contact="张三 13900000000", public_phone="0951-1"),))

    assert "13900000000" not in compact_file(secret, Settings(), TODAY).decode()
