"""Two rows, one station? What is the same for certain, and what a person should look at.

*The same* (``same_station``; an import updates): the normalised names are equal, and

- both are placed, at most 80 m apart; or
- both are unplaced, with equal normalised addresses (two missing ones are equal); or
- one is placed, with equal normalised addresses that are not missing: somebody has placed the station
  since its row was first read.

*Probable duplicates* (listed, never merged): alike names, near each other or at an alike address; and, however far
apart, equal names at an equal address, for somebody may have put the position right.
Rosters write one place as 「工会驿站(某某银行)」 and 「某某银行工会驿站」, so the words that every name holds are
left out before two names are compared; and 「第一驿站」 is not 「第二驿站」, so numbers must agree. To stay
near-linear on large rosters a row is compared with its nearest neighbours, with the rows of the same
name, and with its neighbours in the alphabets of names and addresses, not with every other row.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from rapidfuzz import fuzz
from scipy.spatial import cKDTree

from geodata.coordinates import Floats, LonLat, chord_of, great_circle_m, unit_sphere
from geodata.stations.ordering import Rows
from geodata.stations.station import Station
from geodata.stations.vocabulary import LabelledCode

SAME_STATION_M: Final = 80.0
NEAR_WITHIN_M: Final = 150.0
ALIKE_PERCENT: Final = 85.0
_NEIGHBOURS: Final = 10
"""A row is compared with so many nearest rows, and so many next ones of each alphabet, at most."""
_LEAST_CONTAINED_CHARS: Final = 4
_COMMON_WORDS: Final = re.compile(
    "(?:工会|户外劳动者|劳动者|爱心|暖心|职工|服务)*驿站|户外劳动者服务站点?|职工之家|司机之家"
)
_NUMBERS: Final = re.compile(r"\d+|(?<=第)[一二三四五六七八九十百]+|[一二三四五六七八九十百]+(?=[号站期店区楼])")
_DIGIT_OF: Final = {"一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9"}


@lru_cache(maxsize=65_536)
def normalised_name(name: str) -> str:
    """A name without the ways of writing it: width, case, spaces, brackets and punctuation.

    A name of nothing but punctuation keeps it.
    """
    text = unicodedata.normalize("NFKC", name).casefold()
    kept = "".join(character for character in text if character.isalnum() or unicodedata.category(character)[0] == "M")
    return unicodedata.normalize("NFKC", kept) or text.strip()


@lru_cache(maxsize=65_536)
def telling_name(name: str) -> str:
    """The normalised name without the words that every station's name holds; all of it if nothing else is left."""
    text = normalised_name(name)
    return _COMMON_WORDS.sub("", text) or text


def same_station(station: Station, other: Station) -> bool:
    """Whether two values are certainly of one station (the rule is in the module's docstring)."""
    if normalised_name(station.name) != normalised_name(other.name):
        return False
    point, other_point = _point(station), _point(other)
    if point and other_point:
        return float(great_circle_m(point.lon, point.lat, other_point.lon, other_point.lat)) <= SAME_STATION_M
    here, there = normalised_name(station.address), normalised_name(other.address)
    return here == there and (bool(here) or not (point or other_point))


class DuplicateReason(LabelledCode):
    """Why two stations look like one. ``{}`` in a label is the distance in metres."""

    SAME = "same", "名称相同，位置或地址一致", "same name, same place or address"
    NEAR = "near", "名称相近，相距 {} 米", "alike names, {} m apart"
    MOVED = "moved", "名称和地址相同，位置却相距 {} 米", "same name and address, but {} m apart"
    ADDRESS = "address", "名称相近，地址相近", "alike names, alike addresses"
    NAME = "name", "名称相同，其中一处没有坐标和地址", "same name; one has neither coordinates nor address"


@dataclass(frozen=True, slots=True)
class ProbableDuplicate:
    """Two stations a person should compare. ``distance_m`` is None where one of them is unplaced."""

    station: Station
    other: Station
    reason: DuplicateReason
    distance_m: float | None = None

    def message(self, language: str) -> str:
        """The reason in words."""
        metres = "" if self.distance_m is None else f"{self.distance_m:.0f}"
        return self.reason.label(language).format(metres)


def probable_duplicates(stations: Sequence[Station], known: Sequence[Station] = ()) -> tuple[ProbableDuplicate, ...]:
    """The likely duplicates among ``stations``, and between them and ``known``, by code.

    Pairs within ``known`` are not looked for.
    """
    every = [*stations, *known]
    pairs = _pairs_to_compare(every)
    pairs = pairs[pairs[:, 0] < len(stations)]
    lon, lat = _degrees(every)
    rows, others = pairs.T
    apart_m = great_circle_m(lon[rows], lat[rows], lon[others], lat[others])  # NaN where one is unplaced
    known_as = _known_as(every)
    is_moved = (known_as[rows] == known_as[others]) & (known_as[rows] >= 0)
    possible = ~(apart_m > NEAR_WITHIN_M) | is_moved
    found = (
        _compared(every[row], every[other], None if math.isnan(metres) else metres)
        for (row, other), metres in zip(pairs[possible].tolist(), apart_m[possible].tolist(), strict=True)
    )
    return tuple(sorted((pair for pair in found if pair), key=lambda pair: (pair.station.code, pair.other.code)))


def _compared(station: Station, other: Station, apart_m: float | None) -> ProbableDuplicate | None:
    if other.code < station.code:
        station, other = other, station
    if same_station(station, other):
        return ProbableDuplicate(station, other, DuplicateReason.SAME, apart_m)
    if not names_alike(station.name, other.name):
        return None
    if apart_m is not None:
        is_near = apart_m <= NEAR_WITHIN_M
        return ProbableDuplicate(station, other, DuplicateReason.NEAR if is_near else DuplicateReason.MOVED, apart_m)
    here, there = normalised_name(station.address), normalised_name(other.address)
    if here and there:
        return ProbableDuplicate(station, other, DuplicateReason.ADDRESS) if _texts_alike(here, there) else None
    same_name = telling_name(station.name) == telling_name(other.name) and not _is_common(station.name)
    return ProbableDuplicate(station, other, DuplicateReason.NAME) if same_name else None


def names_alike(name: str, other_name: str) -> bool:
    """Whether two names could be two spellings of one: alike telling parts, the same numbers."""
    return _texts_alike(telling_name(name), telling_name(other_name))


def _texts_alike(text: str, other: str) -> bool:
    if text == other:
        return True
    if _numbers_in(text) != _numbers_in(other):
        return False
    short, long = sorted((text, other), key=len)
    if len(short) >= _LEAST_CONTAINED_CHARS and short in long:
        return True
    return fuzz.ratio(text, other, score_cutoff=ALIKE_PERCENT) >= ALIKE_PERCENT


@lru_cache(maxsize=65_536)
def _numbers_in(text: str) -> tuple[str, ...]:
    return tuple(_DIGIT_OF.get(number, number) for number in _NUMBERS.findall(text))


def _is_common(name: str) -> bool:
    """Whether a name says nothing but what every station is."""
    return not _COMMON_WORDS.sub("", normalised_name(name))


# --- which pairs to look at -----------------------------------------------------------------------


def _pairs_to_compare(stations: list[Station]) -> Rows:
    """Distinct pairs of rows, the smaller first, shape (p, 2): some dozens a row at most."""
    lon, lat = _degrees(stations)
    names = [telling_name(station.name) for station in stations]
    addresses = [normalised_name(station.address) for station in stations]
    backwards = [name[::-1] for name in names]
    places = list(zip(np.nan_to_num(lon).tolist(), np.nan_to_num(lat).tolist(), strict=True))
    alphabets: tuple[list[tuple[object, ...]], ...] = (
        list(zip(names, places, strict=True)),
        list(zip(names, addresses, strict=True)),
        list(zip(backwards, addresses, strict=True)),
        list(zip(addresses, names, strict=True)),
    )
    found = [_near_pairs(lon, lat), *(_next_pairs(alphabet) for alphabet in alphabets)]
    return np.unique(np.sort(np.concatenate(found), axis=1), axis=0)


def _known_as(stations: list[Station]) -> Rows:
    """A number for each name with its address, shape (n,); -1 where these could be many stations'."""
    numbers: dict[tuple[str, str], int] = {}
    return np.array(
        [
            -1
            if not station.address or _is_common(station.name)
            else numbers.setdefault((normalised_name(station.name), normalised_name(station.address)), len(numbers))
            for station in stations
        ],
        dtype=np.int64,
    )


def _near_pairs(lon: Floats, lat: Floats) -> Rows:
    """Each placed row with the nearest ones within 150 m."""
    placed = np.flatnonzero(~np.isnan(lon))
    if len(placed) < 2:
        return np.empty((0, 2), dtype=np.int64)
    points = unit_sphere(lon[placed], lat[placed])
    count = min(_NEIGHBOURS + 1, len(placed))  # the row itself is one of them
    reach = chord_of(NEAR_WITHIN_M) * (1 + 1e-9)
    _, nearest = cKDTree(points, balanced_tree=False).query(points, count, distance_upper_bound=reach)
    nearest = np.asarray(nearest)
    owners, columns = np.nonzero((nearest < len(placed)) & (nearest != np.arange(len(placed))[:, np.newaxis]))
    return np.column_stack((placed[owners], placed[nearest[owners, columns]]))


def _next_pairs(words: Sequence[tuple[object, ...]]) -> Rows:
    """Each row with the next ones in the alphabet of ``words``."""
    rows = np.array(sorted(range(len(words)), key=words.__getitem__), dtype=np.int64)
    steps = range(1, min(_NEIGHBOURS, len(rows) - 1) + 1)
    pairs = [np.column_stack((rows[:-step], rows[step:])) for step in steps]
    return np.concatenate([np.empty((0, 2), dtype=np.int64), *pairs])


def _degrees(stations: list[Station]) -> tuple[Floats, Floats]:
    """Longitudes and latitudes, NaN for an unplaced station."""
    points = [_point(station) for station in stations]
    lon = [point.lon if point else math.nan for point in points]
    lat = [point.lat if point else math.nan for point in points]
    return np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)


def _point(station: Station) -> LonLat | None:
    return station.position.point if station.position else None
