"""Stations as the rows of a sheet that the reader of sheets understands: what each column is called and holds.

A sheet holds all there is to a station but its photo, its notice, its history and its coordinates as they were
first given. A blank cell never wipes what is known: so reading a sheet back changes nothing. A cell of its own
tells the coordinate system, besides the headings of the coordinates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from geodata.coordinates import Crs, convert
from geodata.files.award_cells import awards_cell, grade_cell
from geodata.files.crs_choice import CRS_NAMES
from geodata.files.csv_out import Cell
from geodata.files.detail_cells import listed_names
from geodata.files.headers import Field
from geodata.files.hours_cells import reads_as_hours
from geodata.files.service_details import details_cell
from geodata.places import Place
from geodata.stations.station import Station
from geodata.stations.vocabulary import (
    BuildMode,
    EntryMethod,
    HostType,
    Labelled,
    LifeCycle,
    PositionAccuracy,
    StationKind,
    VerifiedHow,
)

WRITTEN_DECIMALS: Final = 6


@dataclass(frozen=True, slots=True)
class WrittenStation:
    """A station beside its coordinates in the system of the file; None where it is not placed."""

    station: Station
    lonlat: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class SheetWords:
    """What cells need to be said: the language (``zh`` or ``en``), the place and the system of coordinates."""

    language: str
    place: Place
    crs: Crs

    def listed(self, words: Iterable[str]) -> str:
        """Several words in one cell."""
        return ("、" if self.language == "zh" else ", ").join(words)

    def label(self, code: Labelled | None) -> str:
        """The word of a code."""
        return code.label(self.language) if code is not None else ""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column: its heading in both languages, what a station has there, and what may be chosen for it.

    ``field`` is what the reader takes the heading for; None for what is told and not read back.
    """

    field: Field | None
    zh: str
    en: str
    value: Callable[[WrittenStation, SheetWords], Cell]
    choices: Callable[[SheetWords], Sequence[str]] | None = None
    hint_zh: str = ""
    hint_en: str = ""

    def heading(self, words: SheetWords) -> str:
        """The heading; those of coordinates name their system."""
        plain = self.zh if words.language == "zh" else self.en
        return f"{plain} ({CRS_NAMES[words.crs]})" if self.field in {Field.LON, Field.LAT} else plain

    def hint(self, words: SheetWords) -> str:
        """What may stand in the column, in words."""
        return self.hint_zh if words.language == "zh" else self.hint_en


def written(stations: Sequence[Station], crs: Crs) -> list[WrittenStation]:
    """The stations with their coordinates in ``crs``, rounded as they are written."""
    placed = [station for station in stations if station.position is not None]
    points = np.array([(one.position.point.lon, one.position.point.lat) for one in placed if one.position])
    points = points.reshape(-1, 2)
    lon, lat = convert(points[:, 0], points[:, 1], Crs.WGS84, crs)
    spots = {
        station.code: (round(float(lon_deg), WRITTEN_DECIMALS), round(float(lat_deg), WRITTEN_DECIMALS))
        for station, lon_deg, lat_deg in zip(placed, lon, lat, strict=True)
    }
    return [WrittenStation(station, spots.get(station.code)) for station in stations]


def columns_for(*, with_contacts: bool, with_sample: bool) -> tuple[SheetColumn, ...]:
    """The columns of a file; contacts and the mark of sample data only where asked for."""
    left_out = {Field.CONTACT: not with_contacts, Field.SAMPLE: not with_sample}
    return tuple(column for column in COLUMNS if column.field is None or not left_out.get(column.field, False))


def rows_of(
    stations: Iterable[WrittenStation], columns: Sequence[SheetColumn], words: SheetWords
) -> Iterable[list[Cell]]:
    """The cells of each station."""
    return ([column.value(each, words) for column in columns] for each in stations)


# --- Cells -------------------------------------------------------------------------------------


def _text(name: str) -> Callable[[WrittenStation, SheetWords], Cell]:
    return lambda each, _words: str(getattr(each.station, name))


def _number(name: str) -> Callable[[WrittenStation, SheetWords], Cell]:
    def number(each: WrittenStation, _words: SheetWords) -> Cell:
        value: float | None = getattr(each.station, name)
        return value

    return number


def _word(name: str) -> Callable[[WrittenStation, SheetWords], Cell]:
    return lambda each, words: words.label(getattr(each.station, name))


def _labels(vocabulary: Iterable[Labelled]) -> Callable[[SheetWords], Sequence[str]]:
    return lambda words: [words.label(code) for code in vocabulary]


def _district(each: WrittenStation, words: SheetWords) -> Cell:
    code = each.station.district_code
    return next((unit.name(words.language) for unit in words.place.units if unit.code == code), "")


def _units(words: SheetWords) -> Sequence[str]:
    return [unit.name(words.language) for unit in words.place.units]


def _other_names(each: WrittenStation, words: SheetWords) -> Cell:
    return listed_names(each.station.other_names, words.language)


def _entry_methods(each: WrittenStation, words: SheetWords) -> Cell:
    return words.listed(words.label(method) for method in each.station.entry_methods)


def _services(each: WrittenStation, words: SheetWords) -> Cell:
    return words.listed(words.label(offer.service) for offer in each.station.services)


def _service_details(each: WrittenStation, words: SheetWords) -> Cell:
    return details_cell(each.station.services, words.language)


def _grade(each: WrittenStation, _words: SheetWords) -> Cell:
    return grade_cell(each.station.awards, is_driver_home=each.station.kind is StationKind.DRIVER_HOME)


def _awards(each: WrittenStation, words: SheetWords) -> Cell:
    return awards_cell(each.station.awards, words.language)


def _hours_text(each: WrittenStation, _words: SheetWords) -> Cell:
    return each.station.hours.original_text


def _hours_rule(each: WrittenStation, words: SheetWords) -> Cell:
    """The rule; that it is not known is only said where the words would be read as one."""
    hours = each.station.hours
    if hours.rule is not None:
        return hours.rule
    return ("未知" if words.language == "zh" else "unknown") if reads_as_hours(hours.original_text) else ""


def _accuracy(each: WrittenStation, words: SheetWords) -> Cell:
    return words.label(each.station.position.accuracy) if each.station.position else ""


def _crs(each: WrittenStation, words: SheetWords) -> Cell:
    return CRS_NAMES[words.crs] if each.lonlat else ""


def _verified(each: WrittenStation, _words: SheetWords) -> Cell:
    return each.station.last_verified.on.isoformat() if each.station.last_verified else ""


def _verified_how(each: WrittenStation, words: SheetWords) -> Cell:
    return words.label(each.station.last_verified.how) if each.station.last_verified else ""


def _sample(each: WrittenStation, words: SheetWords) -> Cell:
    return ("是" if words.language == "zh" else "yes") if each.station.is_sample else ""


COLUMNS: Final[tuple[SheetColumn, ...]] = (
    SheetColumn(
        *(Field.CODE, "站点编码", "code", _text("code")),
        hint_zh="已有站点请保留编码；新站点留空，由系统编号。",
        hint_en="Keep it for a station that is known; leave it blank for a new one.",
    ),
    SheetColumn(Field.NAME, "站点名称", "name", _text("name"), hint_zh="必填。", hint_en="Wanted."),
    SheetColumn(Field.NAME_EN, "英文名称", "name_en", _text("name_en")),
    SheetColumn(Field.OTHER_NAMES, "别名", "other_names", _other_names, None, "多个用顿号隔开。", "Commas between."),
    SheetColumn(Field.KIND, "站点类型", "kind", _word("kind"), _labels(StationKind)),
    SheetColumn(Field.DISTRICT, "区县", "district", _district, _units),
    SheetColumn(Field.TOWN, "街道乡镇", "town", _text("town")),
    SheetColumn(Field.ADDRESS, "详细地址", "address", _text("address")),
    SheetColumn(
        *(Field.LON, "经度", "lon", lambda each, _words: each.lonlat[0] if each.lonlat else None),
        hint_zh="十进制度；没有就留空，以后在地图上定位。",
        hint_en="Decimal degrees; leave it blank to place the station on a map later.",
    ),
    SheetColumn(Field.LAT, "纬度", "lat", lambda each, _words: each.lonlat[1] if each.lonlat else None),
    SheetColumn(Field.CRS, "坐标系", "crs", _crs, lambda _words: list(CRS_NAMES.values())),
    SheetColumn(Field.ACCURACY, "坐标精度", "position_accuracy", _accuracy, _labels(PositionAccuracy)),
    SheetColumn(
        *(Field.HOURS, "开放时间", "hours_text", _hours_text),
        hint_zh="照平常的写法，例如：周一至周五 8:30-12:00，14:30-18:00。",
        hint_en="In words: Mo-Fr 8:30-12:00, 14:30-18:00.",
    ),
    SheetColumn(
        *(Field.HOURS_RULE, "opening_hours", "opening_hours", _hours_rule),
        hint_zh="开放时间的规则写法，可留空；与“开放时间”不一致时以它为准。",
        hint_en="The rule of the hours; may be blank. It wins over the words.",
    ),
    SheetColumn(
        *(Field.ENTRY_METHODS, "入口方式", "entry_methods", _entry_methods),
        hint_zh="、".join(method.zh for method in EntryMethod),
        hint_en=", ".join(method.en for method in EntryMethod),
    ),
    SheetColumn(Field.ENTRY_NOTE, "入口说明", "entry_note", _text("entry_note")),
    SheetColumn(
        *(Field.SERVICES, "服务项目", "services", _services),
        hint_zh="列出全部服务，用顿号隔开；没有列出的会去掉。",
        hint_en="All services, commas between; those left out are taken off.",
    ),
    SheetColumn(
        *(Field.SERVICE_DETAILS, "服务状态与费用", "service_details", _service_details),
        hint_zh="只写与“可用”不同的，例如：热饭：报修中；纳凉取暖：季节性，6–9月；饮水：可用，费用“免费”，备注“早上供应”。",
        hint_en='What is not plain "available": meal heating: out of order; drinking water: available, fee "free".',
    ),
    SheetColumn(Field.BUILD_MODE, "建设方式", "build_mode", _word("build_mode"), _labels(BuildMode)),
    SheetColumn(Field.HOST_TYPE, "依托类型", "host_type", _word("host_type"), _labels(HostType)),
    SheetColumn(Field.CAPACITY, "容纳人数", "capacity", _number("capacity_count")),
    SheetColumn(Field.AREA, "面积", "area_m2", _number("area_m2"), None, "平方米。", "Square metres."),
    SheetColumn(Field.PUBLIC_PHONE, "公开电话", "public_phone", _text("public_phone")),
    SheetColumn(
        *(Field.CONTACT, "联系人", "internal_contact", _text("internal_contact")),
        hint_zh="内部信息，不公开。",
        hint_en="Internal, never published.",
    ),
    SheetColumn(Field.LIFE_CYCLE, "运行状态", "life_cycle", _word("life_cycle"), _labels(LifeCycle)),
    SheetColumn(
        Field.STARS, "星级", "stars", _grade, None, "与“荣誉”不一致时以“荣誉”为准。", "The awards win over it."
    ),
    SheetColumn(
        *(Field.AWARDS, "荣誉", "awards", _awards),
        hint_zh="列出全部荣誉，例如：星级驿站：“4”，2025年，授予“市总工会”；没有列出的会去掉。",
        hint_en='All of them: star grade: "4", year 2025, by "the union"; those left out are taken off.',
    ),
    SheetColumn(Field.SOURCE, "来源", "source", _text("source")),
    SheetColumn(Field.LAST_VERIFIED, "最近核实日期", "last_verified", _verified),
    SheetColumn(Field.VERIFIED_HOW, "核实方式", "verified_how", _verified_how, _labels(VerifiedHow)),
    SheetColumn(Field.SAMPLE, "sample（示例数据）", "sample", _sample),
)
