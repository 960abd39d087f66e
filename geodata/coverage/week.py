"""The week's 168 hours as bits: three words a station or a demand point, so that one OR answers all hours.

Bit h of the 168 (hour 0 is Monday 00-01) is bit ``h % 64`` of word ``h // 64``; the rest of the last word is 0.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import Floats
from geodata.coverage.reach import Mask
from geodata.demand.points import HOURS_A_WEEK
from geodata.errors import InvalidValue
from geodata.stations.columns import Bits, StationColumns
from geodata.stations.day_spans import merged
from geodata.stations.ordering import Rows
from geodata.stations.schedule import Schedule

WORDS_A_WEEK: Final = 3
_BITS_A_WORD: Final = 64
_DAY_MIN: Final = 24 * 60
LONGEST_STAY_MIN: Final = _DAY_MIN

EVERY_HOUR: Final = frozenset(range(HOURS_A_WEEK))
DAY_HOURS: Final = frozenset(hour for hour in range(HOURS_A_WEEK) if 8 <= hour % 24 < 20)
"""08-20, every day of the week."""
NIGHT_HOURS: Final = frozenset(hour for hour in range(HOURS_A_WEEK) if hour % 24 >= 22 or hour % 24 < 6)
"""22-06, every night of the week."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenWeek:
    """The hours of ordinary weeks in which each station lets somebody in, as bits (s, 3).

    ``surely`` is none for a station of unknown hours, ``perhaps`` every hour.
    """

    surely: Bits
    perhaps: Bits

    def of(self, counted: Mask) -> OpenWeek:
        """The same with the other stations shut."""
        keep = np.where(counted, np.uint64(2**64 - 1), np.uint64(0))[:, None]
        return OpenWeek(self.surely & keep, self.perhaps & keep)

    def during(self, hours: Collection[int]) -> OpenWeek:
        """The same with every station shut in the other hours."""
        bits = hour_bits(hours)
        return OpenWeek(self.surely & bits, self.perhaps & bits)

    def condensed(self) -> tuple[OpenWeek, Rows]:
        """One bit for all hours in which the same stations are open, and each hour's bit, (168,).

        Most weekdays are alike, so a city's week has a few dozen such bits: fewer words, and the same answer.
        """
        patterns = np.unique(np.concatenate((self.surely, self.perhaps), axis=1), axis=0).reshape(-1, WORDS_A_WEEK)
        columns = np.ascontiguousarray(np.packbits(unpacked(patterns), axis=0).T)
        _values, firsts, bit_of_hour = np.unique(columns, axis=0, return_index=True, return_inverse=True)
        surely, perhaps = (packed(unpacked(bits)[:, firsts] != 0) for bits in (self.surely, self.perhaps))
        return OpenWeek(surely, perhaps), bit_of_hour.reshape(-1).astype(np.int64)


def open_week(columns: StationColumns, week_of: date, min_stay_min: int = 0) -> OpenWeek:
    """When every station can be entered by its hours alone; life cycle and services are left aside.

    An hour counts when the station is open at its half (hh:30), and from then on for at least ``min_stay_min``.
    ``week_of`` decides the season. Holidays are not looked at.
    """
    _check_stay(min_stay_min)
    known = np.array([schedule.known for schedule in columns.schedules], dtype=np.bool_)
    by_schedule = [_open_hours(each, week_of, min_stay_min) for each in columns.schedules]
    surely = packed(np.array(by_schedule, dtype=np.bool_).reshape(-1, HOURS_A_WEEK))
    perhaps = np.where(known[:, None], surely, hour_bits(EVERY_HOUR))
    return OpenWeek(surely[columns.schedule_ids], perhaps[columns.schedule_ids])


def open_instant(columns: StationColumns, at: datetime, min_stay_min: int = 0) -> OpenWeek:
    """The same at one instant, holidays and all, as the bit of the hour of the week it falls into.

    A station counts when it is open at ``at`` (aware), and from then on for at least ``min_stay_min``.
    """
    _check_stay(min_stay_min)
    local = at.astimezone(columns.timezone)
    hour = hour_bits([local.weekday() * 24 + local.hour])
    states = [schedule.state_at(at) for schedule in columns.schedules]
    stay = timedelta(minutes=min_stay_min)
    surely = [bool(each.is_open) and (each.changes_at is None or each.changes_at - at >= stay) for each in states]
    perhaps = [sure or each.is_open is None for sure, each in zip(surely, states, strict=True)]
    by_schedule = (np.array(mask, dtype=np.bool_)[:, None] * hour for mask in (surely, perhaps))
    return OpenWeek(*(bits[columns.schedule_ids] for bits in by_schedule))


def _check_stay(min_stay_min: int) -> None:
    if not 0 <= min_stay_min <= LONGEST_STAY_MIN:
        raise InvalidValue("The stay must be 0 to 1440 minutes.", field="min_stay_min", code="out_of_range")


def _open_hours(schedule: Schedule, week_of: date, min_stay_min: int) -> Mask:
    """In which hours of the week one can enter at the half and stay, (168,)."""
    monday = week_of - timedelta(days=week_of.weekday())
    is_open = np.zeros(HOURS_A_WEEK, dtype=np.bool_)
    if not schedule.known:
        return is_open
    run = merged(
        (number * _DAY_MIN + start_min, number * _DAY_MIN + end_min)
        for number in range(-1, 9)
        for start_min, end_min in schedule.ordinary_day_spans(monday + timedelta(days=number))
    )
    halves_min = np.arange(HOURS_A_WEEK) * 60 + 30
    for start_min, end_min in run:
        is_open |= (start_min <= halves_min) & (halves_min < end_min) & (halves_min + min_stay_min <= end_min)
    return is_open


def packed(hours: NDArray[np.bool_]) -> Bits:
    """Hours as bits; (k, h) to (k, w) with as many words as they need: (k, 168) to (k, 3)."""
    words_count = -(-hours.shape[1] // _BITS_A_WORD)
    padded = np.zeros((len(hours), words_count * _BITS_A_WORD), dtype=np.bool_)
    padded[:, : hours.shape[1]] = hours
    octets = np.packbits(padded, axis=1, bitorder="little")
    bits: Bits = octets.view("<u8").astype(np.uint64)
    return bits


def unpacked(bits: Bits, count: int = HOURS_A_WEEK) -> NDArray[np.uint8]:
    """The first ``count`` bits as zeros and ones; (k, w) to (k, count)."""
    octets = np.ascontiguousarray(bits, dtype="<u8").view(np.uint8)
    return np.unpackbits(octets, axis=1, count=count, bitorder="little")


def hour_bits(hours: Collection[int]) -> Bits:
    """A set of hours as bits, (3,).

    Raises InvalidValue for an hour that is not 0 to 167.
    """
    bits: Bits = packed(hour_mask(hours)[None])[0]
    return bits


def hour_mask(hours: Collection[int]) -> Mask:
    """A set of hours as a mask, (168,).

    Raises InvalidValue for an hour that is not 0 to 167.
    """
    if any(not 0 <= hour < HOURS_A_WEEK for hour in hours):
        raise InvalidValue("An hour of the week is 0 to 167.", field="hours", code="out_of_range")
    mask = np.zeros(HOURS_A_WEEK, dtype=np.bool_)
    mask[list(hours)] = True
    return mask


def hours_held(bits: Bits, weights: Floats) -> Floats:
    """The weight of the hours whose bits are set; bits (k, 3) and weights (168, g), or fewer of both, to (k, g)."""
    held = np.empty((len(bits), weights.shape[1]))
    for start in range(0, len(bits), _ROWS_AT_A_TIME):
        part = slice(start, start + _ROWS_AT_A_TIME)
        held[part] = unpacked(bits[part], len(weights)).astype(np.float64) @ weights
    return held


_ROWS_AT_A_TIME: Final = 1 << 14
"""Bounds the memory of unpacked hours to about 25 MB."""
