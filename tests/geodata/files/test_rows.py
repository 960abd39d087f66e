"""A row into a draft: what is understood, what is left out, what rejects the row."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.coordinates import Crs
from geodata.files.kind_of_name import kind_of_name
from geodata.stations.vocabulary import (
    AwardScheme,
    BuildMode,
    EntryMethod,
    HostType,
    LifeCycle,
    Service,
    StationKind,
)
from tests.geodata.files.sheets import codes, csv_file, only_draft, read


@pytest.mark.parametrize(
    ("heading", "written", "field", "value"),
    [
        ("类型", "司机之家", "kind", StationKind.DRIVER_HOME),
        ("kind", "worker_home", "kind", StationKind.WORKER_HOME),
        ("类别", "户外劳动者服务站点", "kind", StationKind.REST_STATION),
        ("状态", "正常", "life_cycle", LifeCycle.ACTIVE),
        ("状态", "停用", "life_cycle", LifeCycle.TEMPORARILY_CLOSED),
        ("状态", "摘牌", "life_cycle", LifeCycle.DELISTED),
        ("status", "planned", "life_cycle", LifeCycle.PLANNED),
        ("建设方式", "共建", "build_mode", BuildMode.CO_BUILT),
        ("依托类型", "党群服务中心", "host_type", HostType.COMMUNITY),
        ("依托类型", "建设银行网点", "host_type", HostType.BANK),
        ("门禁", "扫码/刷卡", "entry_methods", (EntryMethod.QR, EntryMethod.CARD)),
        ("入口方式", "电话/密码", "entry_methods", (EntryMethod.PHONE_CODE,)),
        ("面积（㎡）", "12.5平方米", "area_m2", 12.5),
        ("座位数", "约20个", "capacity_count", 20),
        ("别名", "老站、新站", "other_names", ("老站", "新站")),
        ("编码", "tc-0007", "code", "TC-0007"),
        ("电话", "0951-1234567", "public_phone", "0951-1234567"),
        ("电话", "13800138000", "internal_contact", "13800138000"),
        ("服务热线", "13800138000", "public_phone", "13800138000"),
        ("联系人", "张三", "internal_contact", "张三"),
        ("地址", "解放街\n1号", "address", "解放街 1号"),
        ("地址", "无", "address", ""),
    ],
)
def test_a_cell_is_understood(tmp_path: Path, heading: str, written: str, field: str, value: object) -> None:
    draft = only_draft(csv_file(tmp_path, ["名称", heading], ["甲驿站", written]))

    assert getattr(draft, field) == value


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("饮水、休息、热饭", {Service.WATER, Service.REST, Service.HEAT_MEAL}),
        ("饮水机 微波炉 空调", {Service.WATER, Service.HEAT_MEAL, Service.COOL_WARM}),
        ("饮水机2台,微波炉(1台);药箱", {Service.WATER, Service.HEAT_MEAL, Service.FIRST_AID}),
        ("附近公厕、电动车充电、充电", {Service.TOILET_NEARBY, Service.CHARGE_EBIKE, Service.CHARGE_PHONE}),
        ("drinking water, phone charging, wifi", {Service.WATER, Service.CHARGE_PHONE, Service.WIFI}),
        ("water;toilet/shower", {Service.WATER, Service.TOILET, Service.SHOWER}),
        ("无线网络、无障碍", {Service.WIFI, Service.WHEELCHAIR}),
        ("饮水纳凉", {Service.WATER, Service.COOL_WARM}),
    ],
)
def test_a_list_of_services_is_understood(tmp_path: Path, written: str, named: set[Service]) -> None:
    draft = only_draft(csv_file(tmp_path, ["名称", "服务项目"], ["甲驿站", written]))

    assert draft.services is not None
    assert set(draft.services.named) == named


def test_a_service_said_to_be_missing_is_not_offered(tmp_path: Path) -> None:
    draft = only_draft(csv_file(tmp_path, ["名称", "设施"], ["甲驿站", "饮水、无空调"]))

    assert draft.services is not None
    assert draft.services.named == (Service.WATER,)
    assert draft.services.denied == {Service.COOL_WARM}


def test_a_service_nobody_knows_is_reported_and_the_others_kept(tmp_path: Path) -> None:
    sheet = read(csv_file(tmp_path, ["名称", "设施"], ["甲驿站", "饮水、按摩椅、空调损坏"]))

    assert [(problem.value, problem.rejects) for problem in sheet.problems] == [("按摩椅", False), ("空调损坏", False)]
    services = sheet.drafts[0].services
    assert services is not None
    assert services.named == (Service.WATER,)
    assert not services.is_complete


@pytest.mark.parametrize(
    ("heading", "written", "code"),
    [
        ("编码", "A/B", "code_form"),
        ("编码", "甲01", "code_form"),
        ("状态", "神秘", "unknown_word"),
        ("地址", "街" * 501, "too_long"),
        ("坐标", "somewhere", "not_a_pair"),
    ],
)
def test_a_cell_that_says_which_where_or_whether_rejects_its_row(
    tmp_path: Path, heading: str, written: str, code: str
) -> None:
    sheet = read(csv_file(tmp_path, ["名称", heading], ["甲驿站", written], ["乙驿站", ""]))

    (problem,) = sheet.problems
    assert (problem.line, problem.column, problem.value, problem.code) == (2, heading, written, code)
    assert problem.rejects
    assert [draft.name for draft in sheet.drafts] == ["乙驿站"]


@pytest.mark.parametrize(
    ("heading", "written", "code"),
    [
        ("座位数", "若干", "not_a_number"),
        ("座位数", "-5", "out_of_range"),
        ("面积", "99999999", "out_of_range"),
        ("依托类型", "月球", "unknown_word"),
        ("入口方式", "飞进去", "unknown_word"),
        ("核实日期", "去年", "not_a_date"),
        ("核实日期", "2026-02-30", "not_a_date"),
        ("核实日期", "2026-11-19", "future_date"),
        ("星级", "九星", "not_a_grade"),
        ("公开电话", "张三", "not_a_phone"),
        ("开放时间", "看心情", "hours_unread"),
        ("英文名", "x" * 121, "too_long"),
    ],
)
def test_any_other_cell_is_left_out_and_the_row_kept(tmp_path: Path, heading: str, written: str, code: str) -> None:
    sheet = read(csv_file(tmp_path, ["名称", heading], ["甲驿站", written]))

    (problem,) = sheet.problems
    assert (problem.line, problem.column, problem.code, problem.rejects) == (2, heading, code, False)
    assert len(sheet.drafts) == 1


@pytest.mark.parametrize("name", ["", "无", "驿" * 121])
def test_a_row_without_a_usable_name_is_rejected(tmp_path: Path, name: str) -> None:
    sheet = read(csv_file(tmp_path, ["名称", "地址"], [name, "街"]))

    assert sheet.drafts == ()
    assert sheet.problems[0].column == "名称"


def test_an_unknown_kind_is_forgiven_where_the_name_says_it(tmp_path: Path) -> None:
    sheet = read(csv_file(tmp_path, ["名称", "类型"], ["甲驿站", "旗舰型"], ["乙处", "旗舰型"]))

    assert [(problem.line, problem.rejects) for problem in sheet.problems] == [(2, False), (3, True)]
    assert [draft.name for draft in sheet.drafts] == ["甲驿站"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("高家闸司机之家", StationKind.DRIVER_HOME),
        ("区域性职工之家", StationKind.WORKER_HOME),
        ("工会驿站(某市职工之家)", StationKind.REST_STATION),
        ("某市职工之家工会驿站", StationKind.REST_STATION),
        ("某某(职工之家)", StationKind.WORKER_HOME),
        ("某某银行", None),
    ],
)
def test_the_last_noun_of_a_name_is_its_kind(name: str, kind: StationKind | None) -> None:
    assert kind_of_name(name) is kind


def test_hours_that_cannot_be_read_are_unknown_and_keep_their_words(tmp_path: Path) -> None:
    draft = only_draft(csv_file(tmp_path, ["名称", "开放时间"], ["甲驿站", "工作日开放"]))

    assert draft.hours is not None
    assert (draft.hours.known, draft.hours.original_text) == (False, "工作日开放")


def test_an_identity_number_is_never_kept_nor_shown(tmp_path: Path) -> None:
    sheet = read(csv_file(tmp_path, ["名称", "负责人"], ["甲驿站", "张三 640101199001011234"]))

    assert sheet.drafts[0].internal_contact == ""
    assert codes(sheet) == [(2, "identity_number")]
    assert sheet.problems[0].value == ""


def test_name_and_number_of_the_keeper_come_together(tmp_path: Path) -> None:
    draft = only_draft(
        csv_file(tmp_path, ["名称", "负责人", "联系电话"], ["甲驿站", "张三", "13800138000/0951-1234567"])
    )

    assert (draft.internal_contact, draft.public_phone) == ("张三；13800138000", "0951-1234567")


def test_stars_belong_to_stations_and_letters_to_driver_homes(tmp_path: Path) -> None:
    path = csv_file(tmp_path, ["名称", "星级"], ["甲驿站", "五星级"], ["乙司机之家", "AAA"], ["丙驿站", "★★★"])

    awards = [draft.awards[0] for draft in read(path).drafts]

    assert [(award.scheme, award.level) for award in awards] == [
        (AwardScheme.STARS, "5"),
        (AwardScheme.DRIVER_HOME_GRADE, "AAA"),
        (AwardScheme.STARS, "3"),
    ]


def test_running_numbers_are_no_codes(tmp_path: Path) -> None:
    sheet = read(csv_file(tmp_path, ["编号", "名称"], ["1", "甲驿站"], ["2", "乙驿站"]))

    assert [draft.code for draft in sheet.drafts] == ["", ""]
    assert "编号" in sheet.columns.unread


def test_a_row_may_name_its_own_system(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        ["名称", "经度", "纬度", "坐标系"],
        ["甲驿站", "106.27", "38.47", "高德"],
        ["乙驿站", "106.27", "38.47", ""],
        ["丙驿站", "106.27", "38.47", "月球坐标系"],
    )

    sheet = read(path)

    systems = [draft.position.given_crs for draft in sheet.drafts if draft.position]
    assert systems == [Crs.GCJ02, Crs.WGS84]
    assert codes(sheet) == [(4, "unknown_crs")]
