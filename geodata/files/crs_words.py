"""Coordinate systems as people name them in headings, titles and file members."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from geodata.coordinates import Crs

_WORDS: Final = {
    Crs.GCJ02: re.compile(r"gcj[\s_-]*0?2?|高德|腾讯|火星|国测局|a[ -]?map|gaode|tencent"),
    Crs.BD09: re.compile(r"bd[\s_-]*0?9(?:ll)?|百度|baidu"),
    Crs.WGS84: re.compile(r"wgs[\s_-]*(?:19)?(?:84)?|cgcs[\s_-]*2000|天地图|国家2000|大地2000|gps|84坐标(?:系)?"),
}


def crs_in_words(text: str) -> Crs | None:
    """The one coordinate system the text names; None when it names none, or several."""
    plain = unicodedata.normalize("NFKC", text).lower()
    named = [crs for crs, pattern in _WORDS.items() if pattern.search(plain)]
    return named[0] if len(named) == 1 else None


def without_crs_words(text: str) -> str:
    """The text without the names of coordinate systems, lower case, widths folded."""
    plain = unicodedata.normalize("NFKC", text).lower()
    for pattern in _WORDS.values():
        plain = pattern.sub("", plain)
    return plain
