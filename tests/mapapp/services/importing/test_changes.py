"""What a row may change, and what stays."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import ServiceOffer, Verification
from geodata.stations.vocabulary import LifeCycle, PositionAccuracy, Service, ServiceState, VerifiedHow
from mapapp.store import Store
from tests.geodata.files.sheets import csv_file
from tests.mapapp.services.importing.stations import HEADINGS, LAT, LON, Import, add, known, stations_of


def test_blank_cells_never_wipe_what_is_known(load: Import, store: Store, tmp_path: Path) -> None:
    full = known(address="街", public_phone="12351", services=(ServiceOffer(service=Service.WATER),), capacity_count=5)
    add(store, full)

    report = load(
        csv_file(
            tmp_path,
            ("编码", "名称", "地址", "公开电话", "服务", "座位数", "状态"),
            ("TC-0500", "甲驿站", "", "", "无", "-", ""),
        )
    )

    assert [row.code for row in report.unchanged] == ["TC-0500"]
    assert stations_of(store) == (full,)


def test_a_list_of_services_is_the_whole_list_and_keeps_the_state_of_what_stays(
    load: Import, store: Store, tmp_path: Path
) -> None:
    broken = ServiceOffer(service=Service.WATER, state=ServiceState.BROKEN, note="待修")
    add(store, known(services=(broken, ServiceOffer(service=Service.TV))))

    load(csv_file(tmp_path, ("编码", "名称", "服务"), ("TC-0500", "甲驿站", "饮水、休息")))

    (station,) = stations_of(store)
    assert set(station.services) == {broken, ServiceOffer(service=Service.REST)}


def test_a_services_column_touches_that_service_only(load: Import, store: Store, tmp_path: Path) -> None:
    add(store, known(services=(ServiceOffer(service=Service.WATER), ServiceOffer(service=Service.TV))))

    load(csv_file(tmp_path, ("编码", "名称", "电视", "冰箱", "饮水"), ("TC-0500", "甲驿站", "×", "√", "")))

    (station,) = stations_of(store)
    assert {offer.service for offer in station.services} == {Service.WATER, Service.FRIDGE}


def test_words_that_cannot_be_read_do_not_wipe_known_hours(load: Import, store: Store, tmp_path: Path) -> None:
    hours = OpeningHours("Mo-Fr 09:00-17:00", "工作日九点到五点")
    add(store, known(hours=hours))

    report = load(csv_file(tmp_path, ("编码", "名称", "开放时间"), ("TC-0500", "甲驿站", "看情况")))

    assert stations_of(store)[0].hours == hours
    assert [problem.code for problem in report.remarks] == ["hours_unread"]


def test_a_rule_that_staff_made_of_the_same_words_stays(load: Import, store: Store, tmp_path: Path) -> None:
    corrected = OpeningHours("Mo-Fr 09:00-18:00", "工作日开放")
    add(store, known(hours=corrected))

    load(csv_file(tmp_path, ("编码", "名称", "开放时间"), ("TC-0500", "甲驿站", "工作日开放")))

    assert stations_of(store)[0].hours == corrected


def test_an_older_verification_never_replaces_a_newer(load: Import, store: Store, tmp_path: Path) -> None:
    newer = Verification(date(2026, 6, 1), VerifiedHow.ON_SITE)
    add(store, known(last_verified=newer))

    load(csv_file(tmp_path, ("编码", "名称", "核实日期"), ("TC-0500", "甲驿站", "2026-05-01")))

    assert stations_of(store)[0].last_verified == newer


def test_new_stations_claim_no_more_than_the_file_says(load: Import, store: Store, tmp_path: Path) -> None:
    load(csv_file(tmp_path, HEADINGS, ("甲", "街", LON, LAT)))

    (station,) = stations_of(store)
    assert station.life_cycle is LifeCycle.ACTIVE
    assert not station.hours.known
    assert station.last_verified is None
    assert not station.is_sample
    assert station.position is not None
    assert station.position.accuracy is PositionAccuracy.APPROXIMATE
