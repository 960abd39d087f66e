"""The hours sample stations keep: rules with the Chinese words they would have been read from.

How many keep which follows what was published for the country at the end of 2024: 6.5 % open round the
clock, 10.9 % keep extended hours (to 22:00 or later); 5 % unknown is our own choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np

from geodata.sample.shares import draw
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.vocabulary import StationKind


class HoursSort(StrEnum):
    """The sorts the quotas count."""

    ROUND_THE_CLOCK = "round_the_clock"
    EXTENDED = "extended"
    ORDINARY = "ordinary"
    UNKNOWN = "unknown"


SORT_WEIGHTS: Final[Mapping[StationKind, Mapping[HoursSort, int]]] = MappingProxyType(
    {
        StationKind.REST_STATION: {
            HoursSort.ROUND_THE_CLOCK: 13,
            HoursSort.EXTENDED: 29,
            HoursSort.ORDINARY: 271,
            HoursSort.UNKNOWN: 17,
        },
        StationKind.DRIVER_HOME: {
            HoursSort.ROUND_THE_CLOCK: 14,
            HoursSort.EXTENDED: 13,
            HoursSort.ORDINARY: 11,
            HoursSort.UNKNOWN: 2,
        },
        StationKind.WORKER_HOME: {
            HoursSort.ROUND_THE_CLOCK: 0,
            HoursSort.EXTENDED: 4,
            HoursSort.ORDINARY: 44,
            HoursSort.UNKNOWN: 2,
        },
    }
)
"""How many of 330 rest stations, 40 driver homes and 50 worker homes keep hours of each sort."""

_Wording = tuple[str, str]

_ROUND_THE_CLOCK: Final[tuple[tuple[_Wording, float], ...]] = (
    (("24/7", "24小时"), 3),
    (("24/7", "全天"), 1),
    (("24/7", "全天24小时开放"), 1),
)

_EXTENDED: Final[tuple[tuple[_Wording, float], ...]] = (
    (("Mo-Su 08:00-22:00", "早八点到晚十点"), 5),
    (("Mo-Su 07:00-22:00", "7:00-22:00"), 4),
    (("Mo-Su 09:00-22:30", "9:00-22:30"), 3),
    (("Mo-Su 05:00-23:00", "05:00-23:00"), 4),
    (("Mo-Su 08:45-23:45", "08:45-23:45"), 2),
    (("Mo-Su 06:00-24:00", "6:00-24:00"), 3),
    (("Mo-Su 18:00-02:00", "18:00-次日2:00"), 3),
    (("Mo-Su 20:00-06:00", "20:00-次日6:00"), 3),
    (("Mo-Su 08:00-02:00", "8:00-次日2:00"), 2),
    (("Mo-Th 08:00-22:00; Fr-Su 08:00-24:00", "周一至周四 8:00-22:00,周五至周日 8:00-24:00"), 2),
    (("Mo-Fr 08:30-12:00,14:30-22:00; Sa,Su 09:00-22:00", "周一至周五 8:30-12:00,14:30-22:00;周末 9:00-22:00"), 2),
    (("May-Sep 06:00-23:00; Oct-Apr 07:00-22:00", "5月至9月 6:00-23:00;10月至4月 7:00-22:00"), 2),
)

_ORDINARY: Final[tuple[tuple[_Wording, float], ...]] = (
    (("Mo-Su 08:30-12:00,14:30-18:00", "8:30-12:00,14:30-18:00"), 28),
    (("Mo-Fr 08:30-12:00,14:30-18:00", "周一至周五 8:30-12:00,14:30-18:00"), 24),
    (("Mo-Fr 08:30-12:00,14:30-18:00; PH off", "周一至周五 8:30-12:00,14:30-18:00(节假日除外)"), 12),
    (("Mo-Fr 09:00-17:00; PH off", "周一至周五 9:00-17:00,节假日休息"), 6),
    (("Mo-Fr 08:30-12:00,14:00-17:30", "周一至周五 08:30-12:00,14:00-17:30"), 6),
    (("Mo-Su 08:00-18:00", "每天8:00-18:00"), 10),
    (("Mo-Su 08:30-18:00; PH off", "8:30-18:00(节假日除外)"), 6),
    (("Mo-Su 09:00-17:30", "9:00-17:30"), 6),
    (("Mo-Su 07:00-19:00", "周一至周日 7:00-19:00"), 5),
    (("Mo-Su 06:00-20:00", "早六点到晚八点"), 4),
    (("Mo-Su 08:00-20:00", "早八点到晚八点"), 6),
    (("Mo-Su 09:00-21:00", "9:00-21:00"), 8),
    (("Mo-Su 10:00-21:30", "10:00-21:30"), 3),
    (("Mo-Sa 09:00-18:00", "周一至周六 9:00-18:00"), 5),
    (("Tu-Su 09:00-17:00", "周二至周日 9:00-17:00"), 2),
    (("Mo-Fr 08:30-18:00; Sa,Su 10:00-17:00", "周一至周五 8:30-18:00;周末 10:00-17:00"), 4),
    (("Mo-Su 11:00-14:00,17:00-20:30", "11:00-14:00,17:00-20:30"), 2),
    (("Mo-Su 05:00-10:00,13:00-18:00", "5:00-10:00,13:00-18:00"), 3),
    (("May-Sep 08:00-20:00; Oct-Apr 08:30-18:00", "5月至9月 8:00-20:00;10月至4月 8:30-18:00"), 5),
    (
        (
            "Jun-Aug 08:30-12:00,15:00-18:30; Sep-May 08:30-12:00,14:30-18:00",
            "6月至8月 8:30-12:00,15:00-18:30;9月至5月 8:30-12:00,14:30-18:00",
        ),
        4,
    ),
)

_UNKNOWN: Final[tuple[tuple[str, float], ...]] = (("", 3), ("以现场公告为准", 1), ("请咨询工作人员", 1))

_BY_SORT: Final[Mapping[HoursSort, tuple[tuple[_Wording, float], ...]]] = MappingProxyType(
    {
        HoursSort.ROUND_THE_CLOCK: _ROUND_THE_CLOCK,
        HoursSort.EXTENDED: _EXTENDED,
        HoursSort.ORDINARY: _ORDINARY,
    }
)


def wordings(sort: HoursSort) -> tuple[tuple[str, str], ...]:
    """The rules of one sort with the Chinese words for each; none for unknown hours."""
    return tuple(wording for wording, _weight in _BY_SORT.get(sort, ()))


def draw_hours(rng: np.random.Generator, sort: HoursSort) -> OpeningHours:
    """Hours of that sort."""
    if sort is HoursSort.UNKNOWN:
        return OpeningHours.unknown(draw(rng, _UNKNOWN))
    rule, original_text = draw(rng, _BY_SORT[sort])
    return OpeningHours.from_rule(rule, original_text)
