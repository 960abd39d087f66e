"""The two services that can be asked: what a question to each looks like, and how its answer is read.

高德 (Amap), web service v3, `lbs.amap.com/api/webservice/guide/api/georegeo`: ``GET /v3/geocode/geo`` with ``key``,
``address``, ``city`` and ``output=JSON``. The answer's ``status`` is "1", or "0" with ``info`` and ``infocode``;
``geocodes`` holds objects with ``formatted_address``, ``location`` ("longitude,latitude", GCJ-02) and ``level``.
What is missing may be an empty list instead of a text. The levels are listed there and, since December 2023, in
`lbs.amap.com/news/geocoder_api`.

天地图, `lbs.tianditu.gov.cn/server/geocodinginterface.html`: ``GET /geocoder`` with ``ds={"keyWord": …}`` and ``tk``.
The answer's ``status`` is "0", "101" where nothing was found, or something else with ``msg``; ``location`` holds
``lon``, ``lat`` (CGCS2000, which is WGS-84 within a metre), ``level`` and, not always, ``keyWord``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from geodata.coordinates import Crs
from mapapp.services.geocoding.candidates import (
    MAX_CANDIDATES,
    MAX_WORD_CHARS,
    Candidate,
    GeocoderFailed,
    MatchLevel,
)

Parameters = Mapping[str, str]

_DOOR: Final = frozenset(
    {
        "门牌号", "门址", "单元号", "楼层", "房间", "兴趣点", "公交地铁站点", "公交站台、地铁站", "住宅区", "POI",
        "地名地址",
    }
)  # fmt: skip
_STREET: Final = frozenset({"道路", "道路交叉路口", "小巷", "热点商圈", "村庄", "开发区", "街道", "道路交叉口"})
_AREA: Final = frozenset({"国家", "省", "市", "区县", "乡镇", "行政区", "行政区划"})


@dataclass(frozen=True, slots=True)
class Vendor:
    """One service: where it is, how it is asked, how its answer is read.

    ``question`` takes the words, the city's name and the key; ``read`` the decoded answer, and raises
    GeocoderFailed or, for anything that is not as documented, any of LookupError, TypeError, ValueError.
    """

    name_zh: str
    name_en: str
    origin: str
    path: str
    question: Callable[[str, str, str], Parameters]
    read: Callable[[Any], tuple[Candidate, ...]]

    def name(self, language: str) -> str:
        """What people call it."""
        return self.name_en if language == "en" else self.name_zh


def level_of(word: str) -> MatchLevel:
    """How close a match is, by a service's own word."""
    for level, words in ((MatchLevel.DOOR, _DOOR), (MatchLevel.STREET, _STREET), (MatchLevel.AREA, _AREA)):
        if word in words:
            return level
    return MatchLevel.UNKNOWN


def _ask_gaode(words: str, city: str, key: str) -> Parameters:
    return {"key": key, "address": words, "city": city, "output": "JSON"}


def _read_gaode(answer: Any) -> tuple[Candidate, ...]:
    if str(answer["status"]) != "1":
        raise GeocoderFailed("refused", f"{_word(answer.get('info'))} {_word(answer.get('infocode'))}".strip())
    return tuple(_of_gaode(answer["geocodes"]))[:MAX_CANDIDATES]


def _of_gaode(geocodes: Any) -> Iterator[Candidate]:
    for each in geocodes:
        where = each["location"]
        if not where:
            continue
        lon, lat = (_degrees(part) for part in where.split(","))
        word = _word(each.get("level"))
        yield Candidate(lon, lat, Crs.GCJ02, _word(each.get("formatted_address")), level_of(word), word)


def _ask_tianditu(words: str, city: str, key: str) -> Parameters:
    asked = words if words.startswith(city) else city + words
    return {"ds": json.dumps({"keyWord": asked}, ensure_ascii=False), "tk": key}


def _read_tianditu(answer: Any) -> tuple[Candidate, ...]:
    status = str(answer.get("status", ""))
    if status == "101":
        return ()
    if status != "0":
        raise GeocoderFailed("refused", f"{_word(answer.get('msg'))} {_word(answer.get('code') or status)}".strip())
    where = answer.get("location")
    if not where:
        return ()
    word = _word(where.get("level"))
    place = Candidate(
        _degrees(where["lon"]), _degrees(where["lat"]), Crs.WGS84, _word(where.get("keyWord")), level_of(word), word
    )
    return (place,)


def _degrees(text: Any) -> float:
    number = float(text)
    if isinstance(text, bool) or not math.isfinite(number) or abs(number) > 180:
        raise ValueError("no degrees")
    return number


def _word(value: Any) -> str:
    """A text of the answer on one line; nothing for what is none."""
    return " ".join(str(value).split())[:MAX_WORD_CHARS] if isinstance(value, str | int) else ""


VENDORS: Final[Mapping[str, Vendor]] = {
    "gaode": Vendor("高德", "Amap", "https://restapi.amap.com", "/v3/geocode/geo", _ask_gaode, _read_gaode),
    "tianditu": Vendor("天地图", "Tianditu", "https://api.tianditu.gov.cn", "/geocoder", _ask_tianditu, _read_tianditu),
}
