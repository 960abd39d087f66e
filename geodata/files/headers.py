"""Headings: which column of a file holds what.

Matching is by whole words, after dropping brackets, units, stars and the names of coordinate systems:
"*经度(高德)" is the longitude, in GCJ-02. A heading that is a service's name (饮水, 微波炉, WiFi) makes a
column with one mark a station. Where two columns claim one field, the one whose name stands earlier in
the list below is taken; what is not taken is reported as not read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from geodata.coordinates import Crs
from geodata.files.cells import raw_text
from geodata.files.crs_words import crs_in_words, without_crs_words
from geodata.files.words import SERVICE_WORDS
from geodata.stations.vocabulary import Service


class Field(StrEnum):
    """What a column can hold."""

    NAME = "name"
    CODE = "code"
    NAME_EN = "name_en"
    OTHER_NAMES = "other_names"
    KIND = "kind"
    ADDRESS = "address"
    DISTRICT = "district"
    DISTRICT_NAME = "district_name"
    TOWN = "town"
    LON = "lon"
    LAT = "lat"
    COORDINATES = "coordinates"
    CRS = "crs"
    ACCURACY = "position_accuracy"
    ENTRY_METHODS = "entry_methods"
    ENTRY_NOTE = "entry_note"
    SERVICES = "services"
    SERVICE_DETAILS = "service_details"
    HOURS_RULE = "opening_hours"
    HOURS = "hours_text"
    OPENS = "opens"
    CLOSES = "closes"
    BUILD_MODE = "build_mode"
    HOST_TYPE = "host_type"
    CAPACITY = "capacity"
    AREA = "area_m2"
    PUBLIC_PHONE = "public_phone"
    PHONE = "phone"
    CONTACT = "internal_contact"
    LIFE_CYCLE = "life_cycle"
    STARS = "stars"
    AWARDS = "awards"
    SOURCE = "source"
    LAST_VERIFIED = "last_verified"
    VERIFIED_HOW = "verified_how"
    SAMPLE = "sample"


_NAMES: Final[dict[Field, str]] = {
    Field.NAME: (
        "站点名称 驿站名称 名称 站名 名字 站点名 驿站名 站点 驿站 站点全称 驿站全称 服务站名称 服务点名称 "
        "服务站点名称 阵地名称 职工之家名称 司机之家名称 工会驿站名称 户外劳动者驿站名称 户外劳动者服务站点名称 "
        "工会驿站 户外劳动者驿站 站点(驿站)名称 name name_zh station station_name stationname title 点位名称 "
        "场所名称 网点名称 项目名称 单位名称"
    ),
    Field.CODE: (
        "站点编码 驿站编码 站点编号 驿站编号 站点代码 驿站代码 唯一编码 编码 编号 代码 code station_code station_id"
    ),
    Field.NAME_EN: "英文名称 英文名 英文站名 name_en english_name englishname english",
    Field.OTHER_NAMES: "别名 曾用名 其他名称 又名 俗称 other_names alias aliases",
    Field.KIND: "站点类型 驿站类型 类型 类别 站点类别 驿站类别 种类 kind station_kind type station_type category",
    Field.ADDRESS: (
        "详细地址 地址 站点地址 驿站地址 具体地址 地址详情 详细位置 具体位置 所在地址 位置 地点 所在地 所在位置 "
        "站点位置 驿站位置 address addr location street_address full_address"
    ),
    Field.DISTRICT: (
        "区县 所属区县 所在区县 县区 县市区 区县市 县(市、区) 区(县) 县(区) 区市县 市县区 行政区 行政区划 所属区 "
        "所在区 辖区 所属辖区 所属区域 区域 区 县 区划 所属地区 地区 district county unit district_code"
    ),
    Field.DISTRICT_NAME: "district_name",
    Field.TOWN: (
        "乡镇街道 街道乡镇 乡镇 街道 镇街 镇(街道) 街道(乡镇) 乡镇(街道) 街道(镇) 乡(镇) 所属街道 所属乡镇 所属镇街 "
        "街镇 街道办 街道办事处 镇 乡 town subdistrict township street"
    ),
    Field.LON: "经度 东经 lon lng long longitude x x坐标 坐标x 经度坐标 坐标经度 经度x 点位经度 地理经度 lon_deg",
    Field.LAT: "纬度 北纬 lat latitude y y坐标 坐标y 纬度坐标 坐标纬度 纬度y 点位纬度 地理纬度 lat_deg",
    Field.COORDINATES: (
        "坐标 经纬度 坐标点 位置坐标 地理坐标 经纬度坐标 坐标(经纬度) 经度纬度 纬度经度 点位坐标 定位坐标 定位 "
        "coordinates coordinate coords latlng lnglat lonlat latlon position 坐标经纬度 gps坐标 gps"
    ),
    Field.CRS: "坐标系 坐标系统 坐标类型 坐标体系 crs coordinate_system given_crs source_crs",
    Field.ACCURACY: "坐标精度 位置精度 定位精度 position_accuracy accuracy",
    Field.ENTRY_METHODS: (
        "入口方式 进入方式 进门方式 入站方式 开门方式 门禁 门禁方式 准入方式 使用方式 entry_methods entry_method "
        "entry access"
    ),
    Field.ENTRY_NOTE: (
        "入口说明 进入说明 进门说明 入口 入口位置 怎么进 指引 到达指引 路线指引 entry_note entry_notes entrance "
        "directions"
    ),
    Field.SERVICES: (
        "服务项目 服务内容 服务 提供服务 服务功能 功能 设施 服务设施 配套设施 设备设施 设施设备 配备设施 设备 "
        "硬件设施 基本设施 主要设施 主要设备 便民设施 功能配置 配置 设施配备 设施配置 服务设施配置 services service "
        "facilities amenities"
    ),
    Field.SERVICE_DETAILS: "服务状态与费用 服务状态及费用 service_details",
    Field.HOURS_RULE: "opening_hours",
    Field.HOURS: (
        "开放时间 营业时间 服务时间 开放时段 开门时间段 时间 服务时段 营业时段 运营时间 工作时间 对外开放时间 "
        "开放时间段 每日开放时间 开放服务时间 hours_text hours business_hours open_hours hours_raw "
        "opening_time"
    ),
    Field.OPENS: "开门时间 开始时间 开放开始时间 起始时间 opens open_time opens_at",
    Field.CLOSES: "关门时间 结束时间 开放结束时间 截止时间 闭站时间 closes close_time closes_at",
    Field.BUILD_MODE: "建设方式 建设模式 建设类型 共建方式 建设性质 建设形式 自建/共建 自建或共建 自建共建 build_mode",
    Field.HOST_TYPE: "依托类型 依托单位类型 场所类型 依托单位性质 依托场所 依托 host_type host",
    Field.CAPACITY: (
        "座位数 容纳人数 座位 座位数量 可容纳人数 同时容纳人数 容量 接待人数 容纳 座椅数 capacity capacity_count seats"
    ),
    Field.AREA: (
        "面积 建筑面积 使用面积 站点面积 驿站面积 场地面积 室内面积 面积m2 面积平方米 建筑面积m2 使用面积m2 area "
        "area_m2 area_sqm floor_area 面积平米"
    ),
    Field.PUBLIC_PHONE: (
        "公开电话 服务热线 热线 对外电话 服务电话 咨询电话 公开联系电话 热线电话 客服电话 对外联系电话 咨询热线 "
        "服务咨询电话 public_phone hotline"
    ),
    Field.PHONE: (
        "电话 联系电话 联系方式 电话号码 固定电话 座机 手机 手机号 手机号码 联系手机 联系人电话 负责人电话 "
        "管理员电话 联系人及电话 负责人联系方式 联系人联系方式 联系人手机 负责人手机 phone tel telephone mobile "
        "contact_phone"
    ),
    Field.CONTACT: (
        "联系人 负责人 管理员 站长 管理人员 管理人 负责人姓名 联系人姓名 站点负责人 驿站负责人 责任人 值守人 专管员 "
        "internal_contact contact contact_person contact_name keeper"
    ),
    Field.LIFE_CYCLE: (
        "状态 运行状态 使用状态 站点状态 驿站状态 开放状态 运营状态 营业状态 启用状态 life_cycle lifecycle status state"
    ),
    Field.STARS: "星级 站点星级 驿站星级 评定星级 星级评定 等级 stars star star_grade grade",
    Field.AWARDS: "荣誉 所获荣誉 获奖情况 awards",
    Field.SOURCE: "来源 数据来源 资料来源 信息来源 source data_source",
    Field.LAST_VERIFIED: (
        "核实日期 核查日期 最近核实 最近核实日期 核实时间 核查时间 最后核实 最后核实日期 最后核实时间 last_verified "
        "verified verified_on last_verified_on 更新核实日期"
    ),
    Field.VERIFIED_HOW: "核实方式 核查方式 verified_how last_verified_how",
    Field.SAMPLE: "sample is_sample",
}
MULTIPLE_FIELDS: Final = frozenset({Field.CONTACT, Field.PHONE})
"""Fields several columns may feed: a contact's name and number stand apart in most sheets."""

_SERIAL_NAMES: Final = frozenset({"编号", "站点编号", "驿站编号", "代码", "编码"})


@dataclass(frozen=True, slots=True)
class Columns:
    """Where to find each field; indices count from 0.

    ``position_crs`` is the system that the headings of the coordinates in use name, if they do.
    """

    names: tuple[str, ...]
    at: dict[Field, tuple[int, ...]]
    services: dict[int, Service]
    position_crs: Crs | None
    unread: tuple[str, ...]

    def name_of(self, field: Field) -> str:
        """The heading of the first column that holds the field, or the field's own name."""
        indices = self.at.get(field, ())
        return self.names[indices[0]] if indices else field.value

    def has(self, *fields: Field) -> bool:
        """Whether any of the fields has a column."""
        return any(field in self.at for field in fields)


def header_score(cells: Sequence[object]) -> int:
    """How well a row of cells serves as headings: its distinct fields; a name column counts double."""
    found = {match[0] for cell in cells if (match := _match(cell)) is not None}
    services = {service for cell in cells if (service := _service_named(cell)) is not None}
    if not found:
        return 0
    return len(found) + len(services) + (1 if Field.NAME in found else 0)


def columns_of(names: Sequence[str], wanted_crs: Crs | None = None) -> Columns:
    """The headings understood. Of several pairs of coordinates, ``wanted_crs`` is taken, else WGS-84 first."""
    claims: dict[Field, list[tuple[int, int]]] = {}
    services: dict[int, Service] = {}
    for index, name in enumerate(names):
        match = _match(name)
        if match is not None:
            claims.setdefault(match[0], []).append((match[1], index))
        elif (service := _service_named(name)) is not None and service not in services.values():
            services[index] = service
    at = {field: _taken(field, sorted(found)) for field, found in claims.items()}
    position_crs = _choose_positions(names, claims, at, wanted_crs)
    used = {index for indices in at.values() for index in indices} | set(services)
    unread = tuple(name or f"(无标题 / untitled {index + 1})" for index, name in enumerate(names) if index not in used)
    return Columns(tuple(names), at, services, position_crs, unread)


def _taken(field: Field, claims: list[tuple[int, int]]) -> tuple[int, ...]:
    indices = [index for _rank, index in claims]
    return tuple(sorted(indices)) if field in MULTIPLE_FIELDS else (indices[0],)


def _choose_positions(
    names: Sequence[str],
    claims: dict[Field, list[tuple[int, int]]],
    at: dict[Field, tuple[int, ...]],
    wanted: Crs | None,
) -> Crs | None:
    """Settle on one pair of coordinate columns, in one system; leave the others unread."""
    preference = [wanted, Crs.WGS84, Crs.GCJ02, Crs.BD09, None]
    named: dict[Field, dict[Crs | None, int]] = {}
    for field in (Field.LON, Field.LAT, Field.COORDINATES):
        for _rank, index in sorted(claims.get(field, []), reverse=True):
            named.setdefault(field, {})[crs_in_words(names[index])] = index
    lons, lats = named.get(Field.LON, {}), named.get(Field.LAT, {})
    for crs in preference:
        if crs in lons and crs in lats:
            at[Field.LON], at[Field.LAT] = (lons[crs],), (lats[crs],)
            at.pop(Field.COORDINATES, None)
            return crs
    if lons and lats:  # one of the two headings names a system, the other none
        systems = {crs_in_words(names[at[field][0]]) for field in (Field.LON, Field.LAT)} - {None}
        at.pop(Field.COORDINATES, None)
        return systems.pop() if len(systems) == 1 else None
    for crs in preference:
        if crs in named.get(Field.COORDINATES, {}):
            at[Field.COORDINATES] = (named[Field.COORDINATES][crs],)
            return crs
    return None


def looks_like_serial_number(name: str, values: Sequence[str]) -> bool:
    """Whether a column called 编号 holds nothing but running numbers, which are no codes."""
    held = [value for value in values if value]
    return _plain(name) in _SERIAL_NAMES and bool(held) and all(value.isdecimal() and len(value) <= 5 for value in held)


# --- Words -------------------------------------------------------------------------------------

_BRACKETS: Final = re.compile(r"[(\[【（〔{].*?[)\]】）〕}]")
_NOISE: Final = re.compile(r"[\s*＊:：()\[\]【】〔〕{}_\-·.、,，/]+")


def _plain(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).lower())


_FIELD_OF: Final[dict[str, tuple[Field, int]]] = {
    _plain(word): (field, rank) for field, words in _NAMES.items() for rank, word in enumerate(words.split())
}
_SERVICE_OF: Final[dict[str, Service]] = {_plain(word): service for word, service in SERVICE_WORDS.table.items()}


def _spellings(cell: object) -> list[str]:
    """What a heading may be recognised by, most literal first."""
    text = raw_text(cell) if isinstance(cell, str) else ""
    if not text or len(text) > 60:
        return []
    forms = [text, _BRACKETS.sub("", text), without_crs_words(text), without_crs_words(_BRACKETS.sub("", text))]
    return [plain for form in forms if (plain := _plain(form))]


def _match(cell: object) -> tuple[Field, int] | None:
    return next((_FIELD_OF[form] for form in _spellings(cell) if form in _FIELD_OF), None)


def _service_named(cell: object) -> Service | None:
    for form in _spellings(cell):
        bare = re.sub(r"^(?:是否有|是否|有无|有没有|提供)|(?:服务|设施|设备|数量|情况)$", "", form)
        for candidate in (form, bare):
            if candidate in _SERVICE_OF:
                return _SERVICE_OF[candidate]
    return None
