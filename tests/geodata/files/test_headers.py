"""Headings are recognised however rosters write them."""

from __future__ import annotations

import pytest

from geodata.coordinates import Crs
from geodata.files.headers import Field, columns_of, header_score
from geodata.stations.vocabulary import Service


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("站点名称", Field.NAME),
        ("*驿站名称", Field.NAME),
        ("名 称", Field.NAME),
        ("Name", Field.NAME),
        ("名称（必填）", Field.NAME),
        ("详细地址", Field.ADDRESS),
        ("区县", Field.DISTRICT),
        ("县（市、区）", Field.DISTRICT),
        ("镇（街道）", Field.TOWN),
        ("经度", Field.LON),
        ("经度(高德)", Field.LON),
        ("GPS经度", Field.LON),
        ("lng_gcj02", Field.LON),
        ("纬度（百度）", Field.LAT),
        ("wgs84_lat", Field.LAT),
        ("Ｌａｔ", Field.LAT),
        ("坐标（经纬度）", Field.COORDINATES),
        ("高德坐标", Field.COORDINATES),
        ("开放时间", Field.HOURS),
        ("opening_hours", Field.HOURS_RULE),
        ("面积（㎡）", Field.AREA),
        ("建筑面积㎡", Field.AREA),
        ("面积(平方米)", Field.AREA),
        ("联系人及电话", Field.PHONE),
        ("服务热线", Field.PUBLIC_PHONE),
        ("负责人", Field.CONTACT),
        ("自建/共建", Field.BUILD_MODE),
        ("容纳人数（人）", Field.CAPACITY),
        ("运行状态", Field.LIFE_CYCLE),
        ("district_name", Field.DISTRICT_NAME),
        ("last_verified", Field.LAST_VERIFIED),
    ],
)
def test_a_heading_names_its_field(heading: str, field: Field) -> None:
    assert columns_of([heading]).at == {field: (0,)}


@pytest.mark.parametrize(
    ("heading", "service"),
    [
        ("饮水", Service.WATER),
        ("饮水机", Service.WATER),
        ("微波炉(台)", Service.HEAT_MEAL),
        ("是否有空调", Service.COOL_WARM),
        ("有无WiFi", Service.WIFI),
        ("toilet", Service.TOILET),
    ],
)
def test_a_service_may_have_a_column_of_its_own(heading: str, service: Service) -> None:
    assert columns_of(["名称", heading]).services == {1: service}


def test_every_name_of_the_api_is_understood() -> None:
    names = ["code", "name", "name_en", "other_names", "kind", "address", "district", "district_name", "town"]
    names += ["position_accuracy", "entry_methods", "entry_note", "services", "build_mode", "host_type", "capacity"]
    names += ["area_m2", "public_phone", "opening_hours", "hours_text", "life_cycle", "awards", "source"]
    names += ["last_verified", "sample"]

    assert columns_of(names).unread == ()


def test_columns_nobody_knows_are_named() -> None:
    columns = columns_of(["序号", "名称", "备注", ""])

    assert columns.unread == ("序号", "备注", "(无标题 / untitled 4)")


def test_of_two_columns_for_one_field_the_plainer_is_read_and_the_other_named() -> None:
    columns = columns_of(["单位名称", "驿站名称"])

    assert columns.at[Field.NAME] == (1,)
    assert columns.unread == ("单位名称",)


def test_the_system_of_the_coordinates_is_in_their_headings() -> None:
    assert columns_of(["纬度(高德)", "经度(高德)"]).position_crs is Crs.GCJ02
    assert columns_of(["百度经度", "百度纬度"]).position_crs is Crs.BD09
    assert columns_of(["经度", "纬度(GCJ-02)"]).position_crs is Crs.GCJ02
    assert columns_of(["经度", "纬度"]).position_crs is None


def test_of_several_pairs_the_one_asked_for_is_read_else_wgs84() -> None:
    headings = ["名称", "经度(高德)", "纬度(高德)", "经度(WGS84)", "纬度(WGS84)"]

    assert columns_of(headings).at[Field.LON] == (3,)
    assert columns_of(headings, Crs.GCJ02).at[Field.LON] == (1,)
    assert columns_of(headings).unread == ("经度(高德)", "纬度(高德)")


def test_a_row_of_headings_beats_a_title_and_a_row_of_values() -> None:
    assert header_score(["银川市工会驿站名单", None]) == 0
    assert header_score(["名称", "地址"]) > header_score(["乐园驿站", "街道"])
