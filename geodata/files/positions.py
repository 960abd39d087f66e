"""Where a row says its station is: coordinates as people type them.

Understood: decimal degrees (with °, E, 东经 …), degrees-minutes-seconds, one cell with both numbers in either
order where the ranges tell them apart (in China latitude is 3–54 and longitude 73–136), and blank for
"not placed". Refused, each with its own reason: one of two missing, 0,0, longitude and latitude in each
other's columns, metres of a projection, anything off the globe. Swapped columns are refused rather than
corrected: the clerk swaps two headings once, and the sheet is right for everybody after.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from geodata.coordinates import Crs
from geodata.files.cells import is_blank, number_of, text_of
from geodata.files.messages import Message, UnreadCell

_CHINA_LON_DEG: Final = (73.0, 136.0)
_CHINA_LAT_DEG: Final = (3.0, 54.0)


@dataclass(frozen=True, slots=True)
class GivenPoint:
    """Coordinates as the file has them, degrees; ``crs`` is the row's own statement, if it makes one."""

    lon: float
    lat: float
    crs: Crs | None = None


def point_of_pair(lon_cell: object, lat_cell: object) -> GivenPoint | None:
    """The point two cells give; None when both are blank."""
    lon, lat = degrees_of(lon_cell), degrees_of(lat_cell)
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        zh, en = ("经度", "longitude") if lon is None else ("纬度", "latitude")
        raise UnreadCell("half_position", Message(f"只有一个坐标，缺{zh}。", f"The {en} is missing."))
    return _checked(lon, lat)


_PAIR_SEPARATORS: Final = re.compile(r"[,，;；、|/\s]+")


def point_of_text(cell: object) -> GivenPoint | None:
    """The point one cell gives, in either order; None when it is blank."""
    if isinstance(cell, (list, tuple)) and len(cell) == 2:
        return _in_order(degrees_of(cell[0]), degrees_of(cell[1]))
    text = text_of(cell).strip("()[]（）【】 ")
    if not text:
        return None
    parts = [part for part in _PAIR_SEPARATORS.split(text) if part]
    if len(parts) != 2:
        parts = [part for part in re.split(r"[,，;；、|]", text) if part.strip()]
    if len(parts) != 2:
        raise UnreadCell(
            "not_a_pair",
            Message("应当是两个数字，如 106.2782,38.4664。", "Two numbers are wanted, as in 106.2782,38.4664."),
        )
    return _in_order(degrees_of(parts[0]), degrees_of(parts[1]))


def _in_order(first: float | None, second: float | None) -> GivenPoint:
    if first is None or second is None:
        raise UnreadCell("half_position", Message("只有一个坐标。", "Only one of two coordinates is given."))
    if _within(first, _CHINA_LAT_DEG) and _within(second, _CHINA_LON_DEG):
        first, second = second, first
    return _checked(first, second)


def _checked(lon: float, lat: float) -> GivenPoint:
    if abs(lon) < 1e-6 or abs(lat) < 1e-6:
        message = Message(
            "坐标是 0，不是真实位置；没有坐标请留空。", "A coordinate of 0 is no position; leave unknown ones blank."
        )
        raise UnreadCell("zero_position", message)
    if _within(lon, _CHINA_LAT_DEG) and _within(lat, _CHINA_LON_DEG):
        message = Message(
            f"经度 {lon:g} 和纬度 {lat:g} 像是写反了，请对调两列的表头。",
            f"Longitude {lon:g} and latitude {lat:g} look swapped; exchange the two headings.",
        )
        raise UnreadCell("swapped_axes", message)
    if abs(lon) > 180 or abs(lat) > 90:
        hint_zh, hint_en = ("", "")
        if abs(lon) > 1000 or abs(lat) > 1000:
            hint_zh, hint_en = (
                "像是投影坐标（米），请换成经纬度。",
                " It looks like projected metres; degrees are wanted.",
            )
        message = Message(
            f"经度应在 ±180、纬度应在 ±90 以内，而不是 {lon:g}, {lat:g}。{hint_zh}",
            f"Longitude lies within ±180 and latitude within ±90, not {lon:g}, {lat:g}.{hint_en}",
        )
        raise UnreadCell("out_of_range", message)
    return GivenPoint(lon, lat)


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


_UNIT: Final = "[°度]?[nsew东西南北]?"
_HEMISPHERES: Final = re.compile(r"^(?:东经|西经|北纬|南纬|经度|纬度|lon|lat|[nsew])[:=]?|(?:[nsew])$")
_SIXTIETHS: Final = re.compile(
    r"(?P<deg>\d{1,3})[°度d:](?P<min>\d{1,2}(?:\.\d+)?)(?:['分:](?:(?P<sec>\d{1,2}(?:\.\d+)?)(?:\"|''|秒)?)?)?"
)
_MARKS: Final = str.maketrans({"′": "'", "’": "'", "‘": "'", "´": "'", "＇": "'", "º": "°", "˚": "°"})
_DOUBLE_MARKS: Final = str.maketrans({"″": '"', "”": '"', "“": '"', "＂": '"'})


def degrees_of(cell: object) -> float | None:
    """Decimal degrees of a cell, or None when it is blank."""
    if isinstance(cell, (list, tuple, dict)):
        raise UnreadCell("not_a_number", Message("不是数字。", "Not a number."))
    if is_blank(cell) or isinstance(cell, (int, float)):
        return number_of(cell)
    marked = text_of(cell).translate(_MARKS).translate(_DOUBLE_MARKS)
    text = unicodedata.normalize("NFKC", marked).lower().replace(" ", "")
    negative = bool(re.search(r"西经|南纬|^[sw]|[sw]$", text))
    bare = _HEMISPHERES.sub("", text)
    match = _SIXTIETHS.fullmatch(bare)
    if match is None:
        degrees = number_of(bare, _UNIT)
        return -degrees if degrees is not None and negative else degrees
    minutes, seconds = float(match["min"]), float(match["sec"] or 0)
    if minutes >= 60 or seconds >= 60:
        raise UnreadCell("not_sixtieths", Message("度分秒里分和秒要小于 60。", "Minutes and seconds must be below 60."))
    degrees = int(match["deg"]) + minutes / 60 + seconds / 3600
    return -degrees if negative else degrees
