"""Headings of a list of workers: which column counts whom, and which says where.

A list is *wide* (a column a group), *long* (a column with the group's name beside one with its number), or
counts orders per hour. Headings are compared whole, after widths, case, spaces and brackets are folded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from geodata.files.cells import raw_text
from geodata.files.crs_words import without_crs_words
from geodata.files.lexicon import Lexicon
from geodata.stations.vocabulary import WorkerGroup

LON: Final = "lon"
LAT: Final = "lat"
COORDINATES: Final = "coordinates"
WKT: Final = "wkt"
GROUP: Final = "group"
WORKERS: Final = "workers"
ORDERS: Final = "orders"
PLACE_COLUMNS: Final = (LON, LAT, COORDINATES, WKT)
MEANINGS: Final[tuple[str, ...]] = (
    *(group.value for group in WorkerGroup),
    GROUP,
    WORKERS,
    ORDERS,
    *PLACE_COLUMNS,
)
"""All that a column can hold."""

GROUP_WORDS: Final[Lexicon[WorkerGroup]] = Lexicon.of(
    WorkerGroup,
    {
        WorkerGroup.RIDERS: "骑手 外卖员 外卖小哥 外卖配送员 配送员 外卖 rider",
        WorkerGroup.COURIERS: "快递小哥 快递人员 快递 courier",
        WorkerGroup.DRIVERS: "司机 网约车司机 货车司机 卡车司机 出租车司机 司机师傅 driver truck_drivers",
        WorkerGroup.SANITATION: "环卫工 环卫 环卫人员 保洁员 清洁工 street_cleaners cleaners sanitation_workers",
        WorkerGroup.CONSTRUCTION: "建筑工 建筑 工地工人 施工人员 builders construction_workers",
        WorkerGroup.TRAFFIC: "交警 辅警 协管员 交通协管员 交通协管 交警辅警 traffic_police wardens traffic_wardens",
    },
)
"""What people write for a group, in a heading or in a cell."""

_WORDS: Final[Mapping[str, str]] = {
    LON: "经度 东经 lon lng long longitude x x坐标",
    LAT: "纬度 北纬 lat latitude y y坐标",
    COORDINATES: "坐标 经纬度 位置坐标 coordinates coordinate lonlat lnglat",
    WKT: "wkt geometry geom 几何 图形 geometry_wkt",
    GROUP: "群体 人群 类别 工种 职业 劳动者类型 人员类型 group worker_group",
    WORKERS: "人数 人员数 劳动者人数 作业人数 数量 workers worker_count count people persons headcount",
    ORDERS: "单量 订单量 订单 每小时单量 每小时订单 每小时订单数 小时单量 orders orders_per_hour order_count",
}
_BRACKETS: Final = re.compile(r"[(\[【〔{].*?[)\]】〕}]")
_NOISE: Final = re.compile(r"[\s*:_\-·.、,/()\[\]]+")
_COUNTING: Final = re.compile(r"(?:人数|数量|人次|数|count|workers)$")


def _plain(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).lower())


_MEANING_OF: Final[Mapping[str, str]] = {
    _plain(word): meaning for meaning, words in _WORDS.items() for word in words.split()
} | {_plain(word): group.value for word, group in GROUP_WORDS.table.items()}


def meaning_of(heading: object) -> str:
    """What a column with that heading holds; ``""`` when it says nothing to us."""
    text = raw_text(heading) if isinstance(heading, str) else ""
    if not text or len(text) > 60:
        return ""
    narrow = unicodedata.normalize("NFKC", text)
    for form in (narrow, _BRACKETS.sub("", narrow), without_crs_words(_BRACKETS.sub("", narrow))):
        plain = _plain(form)
        for candidate in (plain, _COUNTING.sub("", plain)):
            if candidate in _MEANING_OF:
                return _MEANING_OF[candidate]
    return ""


def heading_score(cells: Sequence[object]) -> int:
    """How well a row serves as headings; any row with text is better than none, so that a sheet is always found."""
    found = {meaning for cell in cells if (meaning := meaning_of(cell))}
    has_text = any(isinstance(cell, str) and cell.strip() for cell in cells)
    return 10 * len(found) + int(has_text)


def meanings_of(headings: Sequence[str]) -> dict[int, str]:
    """What each column holds, by its index; the first of two that say the same counts."""
    found: dict[int, str] = {}
    for index, heading in enumerate(headings):
        meaning = meaning_of(heading)
        if meaning and meaning not in found.values():
            found[index] = meaning
    return found
