"""What a row may change, and what stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from geodata.files import StationDraft
from geodata.files.service_details import ServiceSaid
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Award, ServiceOffer, Verification
from geodata.stations.vocabulary import (
    AwardScheme,
    LifeCycle,
    PositionAccuracy,
    Service,
    ServiceState,
    StationKind,
    VerifiedHow,
)
from mapapp.services.importing.changes import updated_station
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


def test_new_words_beside_the_known_rule_are_what_is_meant(load: Import, store: Store, tmp_path: Path) -> None:
    add(store, known(hours=OpeningHours("Mo-Fr 09:00-17:00", "工作日九点到五点")))
    row = ("TC-0500", "甲驿站", "工作日 8:30-18:00", "Mo-Fr 09:00-17:00")

    load(csv_file(tmp_path, ("编码", "名称", "开放时间", "opening_hours"), row))

    assert stations_of(store)[0].hours == OpeningHours("Mo-Fr 08:30-18:00; PH off", "工作日 8:30-18:00")


def test_a_new_rule_beside_the_known_words_is_what_is_meant(load: Import, store: Store, tmp_path: Path) -> None:
    add(store, known(hours=OpeningHours("Mo-Fr 09:00-17:00", "工作日 9:00-17:00")))
    row = ("TC-0500", "甲驿站", "工作日 9:00-17:00", "Mo-Fr 09:00-18:00")

    load(csv_file(tmp_path, ("编码", "名称", "开放时间", "opening_hours"), row))

    assert stations_of(store)[0].hours == OpeningHours("Mo-Fr 09:00-18:00", "工作日 9:00-17:00")


def test_words_on_record_do_not_replace_the_rule_somebody_made_of_them(
    load: Import, store: Store, tmp_path: Path
) -> None:
    hours = OpeningHours("Mo-Fr 09:00-12:00", "工作日 9:00-17:00\n(下午另行通知)")
    add(store, known(hours=hours))

    report = load(
        csv_file(tmp_path, ("编码", "名称", "开放时间"), ("TC-0500", "甲驿站", "工作日 9:00-17:00 (下午另行通知)"))
    )

    assert [row.code for row in report.unchanged] == ["TC-0500"]
    assert stations_of(store)[0].hours == hours


def test_awards_in_their_cell_are_all_there_are(load: Import, store: Store, tmp_path: Path) -> None:
    old = (stars("3", 2023), stars("4", 2024), Award(scheme=AwardScheme.MOST_BEAUTIFUL, level="市级"))
    add(store, known(awards=old))
    row = ("TC-0500", "甲驿站", "5", "星级驿站：“5”，2026年；星级驿站：“4”，2024年")

    load(csv_file(tmp_path, ("编码", "名称", "星级", "荣誉"), row))

    assert stations_of(store)[0].awards == (stars("5", 2026), stars("4", 2024))


def test_awards_that_were_not_all_understood_take_none_away(load: Import, store: Store, tmp_path: Path) -> None:
    add(store, known(awards=(stars("4", 2024),)))
    row = ("TC-0500", "甲驿站", "最美驿站：“市级”；先进集体：“省级”")

    report = load(csv_file(tmp_path, ("编码", "名称", "荣誉"), row))

    beautiful = Award(scheme=AwardScheme.MOST_BEAUTIFUL, level="市级")
    assert stations_of(store)[0].awards == (stars("4", 2024), beautiful)
    assert [problem.code for problem in report.remarks] == ["unread_award"]


def test_a_grade_that_contradicts_the_awards_is_said(load: Import, store: Store, tmp_path: Path) -> None:
    report = load(csv_file(tmp_path, ("名称", "地址", "星级", "荣誉"), ("甲驿站", "街", "5", "星级驿站：“4”")))

    assert [problem.code for problem in report.remarks] == ["other_grade"]
    assert stations_of(store)[0].awards == (Award(scheme=AwardScheme.STARS, level="4"),)


def test_the_state_of_a_service_that_is_not_listed_is_not_taken(load: Import, store: Store, tmp_path: Path) -> None:
    add(store, known(services=(ServiceOffer(service=Service.WATER), ServiceOffer(service=Service.TV))))
    row = ("TC-0500", "甲驿站", "饮水", "饮水：报修中；电视：报修中")

    report = load(csv_file(tmp_path, ("编码", "名称", "服务项目", "服务状态与费用"), row))

    assert stations_of(store)[0].services == (ServiceOffer(service=Service.WATER, state=ServiceState.BROKEN),)
    assert [problem.code for problem in report.remarks] == ["service_not_listed"]


def test_the_state_of_a_service_alone_leaves_the_others(load: Import, store: Store, tmp_path: Path) -> None:
    add(store, known(services=(ServiceOffer(service=Service.WATER, fee="1元"), ServiceOffer(service=Service.TV))))
    row = ("TC-0500", "甲驿站", "饮水：报修中")

    load(csv_file(tmp_path, ("编码", "名称", "服务状态与费用"), row))

    broken = ServiceOffer(service=Service.WATER, state=ServiceState.BROKEN, fee="1元")
    assert set(stations_of(store)[0].services) == {broken, ServiceOffer(service=Service.TV)}


def stars(level: str, year: int) -> Award:
    return Award(scheme=AwardScheme.STARS, level=level, year=year)


def test_of_a_list_that_grew_the_known_items_stay_as_they_are() -> None:
    offer = ServiceOffer(service=Service.WATER, fee="2\u3000元", note="早上\n供应")
    award = Award(scheme=AwardScheme.STARS, level="4", granted_by="市\u3000总工会")
    station = known("甲驿站", other_names=("职工\u3000之家",), services=(offer,), awards=(award,))
    draft = StationDraft(
        line=2,
        name="甲驿站",
        kind_of_name=StationKind.REST_STATION,
        other_names=("职工 之家", "新家"),
        service_details=(ServiceSaid(service=Service.WATER, fee="2 元", note="晚上供应"),),
        awards=(replace(award, granted_by="市 总工会"), replace(award, level="5")),
        awards_are_complete=True,
    )

    updated = updated_station(station, draft, None)

    assert updated.other_names == ("职工\u3000之家", "新家")
    assert updated.services == (replace(offer, note="晚上供应"),)
    assert updated.awards == (award, replace(award, level="5"))


@pytest.mark.parametrize(("column", "expected"), [("", None), ("东区", "990102")])
def test_an_address_gives_no_known_station_a_district_but_a_column_does(column: str, expected: str | None) -> None:
    station = known("甲驿站", position=None, address="东区某路")

    draft = StationDraft(line=2, name="甲驿站", kind_of_name=StationKind.REST_STATION, district=column)

    updated = updated_station(station, draft, "990102")

    assert updated.district_code == expected
