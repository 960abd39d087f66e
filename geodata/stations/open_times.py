"""Open spans as instants: sorted boundaries in UTC seconds, made a block of days at a time and kept.

Spans that touch or overlap across midnight, or across the edge of a block, count as one. Local minutes
become instants through the place's time zone, by the wall clock.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from geodata.errors import InvalidValue
from geodata.stations.day_spans import DaySpans, merged
from geodata.stations.rule_text import DAY_MIN

HORIZON_DAYS: Final = 400
"""How far ahead (and back) a change is looked for; beyond it a state is said to last."""

HORIZON_S: Final = HORIZON_DAYS * 86_400
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200

_BLOCK_DAYS: Final = 32
_MAX_BLOCKS: Final = 64

SecondSpans = tuple[tuple[int, int], ...]
"""Spans in UTC seconds, sorted and apart; the end is not included."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Some days: where they begin and end, and every opening and closing in turn, clipped to them."""

    start_s: int
    end_s: int
    bounds_s: list[int]

    @property
    def opens_at_once(self) -> bool:
        return bool(self.bounds_s) and self.bounds_s[0] == self.start_s

    @property
    def stays_open(self) -> bool:
        return bool(self.bounds_s) and self.bounds_s[-1] == self.end_s


class OpenTimes:
    """The open instants of one rule in one time zone. Safe to share between threads.

    Blocks are computed on demand and a bounded number is kept. Two threads may compute the same block;
    both get the same answer.
    """

    def __init__(self, day_spans: DaySpans, tz: ZoneInfo) -> None:
        self._day_spans = day_spans
        self._tz = tz
        self._blocks: dict[int, _Block] = {}

    def state(self, instant: datetime) -> tuple[bool, int | None]:
        """Whether it is open, and the next change in UTC seconds (None: none within 400 days)."""
        number, at_s = self._locate(instant)
        bounds_s = self._block(number).bounds_s
        position = bisect_right(bounds_s, at_s)
        return position % 2 == 1, self._next_change(number, position, at_s + HORIZON_S)

    def spans(self, start: datetime, end: datetime) -> SecondSpans:
        """Every span that overlaps [start, end], whole; a lasting one is cut 400 days beyond them."""
        (first, start_s), (last, end_s) = self._locate(start), self._locate(end)
        if end_s < start_s:
            raise InvalidValue("The end lies before the start.", field="end", code="order")
        found = [span for span in self._between(first, last) if span[1] > start_s and span[0] <= end_s]
        if found and found[0][0] == self._block(first).start_s:
            found[0] = (max(self._run_start(first), start_s - HORIZON_S), found[0][1])
        if found and found[-1][1] == self._block(last).end_s:
            limit_s = end_s + HORIZON_S
            closes_s = self._next_change(last, len(self._block(last).bounds_s) - 1, limit_s)
            found[-1] = (found[-1][0], limit_s if closes_s is None else closes_s)
        return tuple(found)

    def clipped(self, first_day: date, days: int) -> SecondSpans:
        """The open spans of ``days`` days from ``first_day`` 00:00, cut at both ends of the window."""
        low_s, high_s = (self._midnight_s(day) for day in (first_day, first_day + timedelta(days=days)))
        last_day = first_day + timedelta(days=max(days - 1, 0))
        spans = self._between(_block_number(first_day), _block_number(last_day))
        return tuple((max(a, low_s), min(b, high_s)) for a, b in spans if b > low_s and a < high_s)

    def _locate(self, instant: datetime) -> tuple[int, int]:
        """The number of the block an instant lies in, and its UTC seconds."""
        if instant.tzinfo is None:
            raise InvalidValue("An instant needs a time zone.", field="at", code="naive_time")
        if not FIRST_YEAR <= instant.year <= LAST_YEAR:
            raise InvalidValue(f"The year must be {FIRST_YEAR} to {LAST_YEAR}.", field="at", code="out_of_range")
        return _block_number(instant.astimezone(self._tz).date()), int(instant.timestamp() // 1)

    def _next_change(self, number: int, position: int, limit_s: int) -> int | None:
        """The first boundary from ``position`` of the block on that is no mere edge between blocks."""
        block = self._block(number)
        while block.start_s <= limit_s:
            following = self._block(number + 1)
            if position == len(block.bounds_s):
                position = 0  # closed to the block's end: the next opening is the next block's first
            elif block.bounds_s[position] == block.end_s and following.opens_at_once:
                position = 1  # open beyond the block's end
            else:
                change_s = block.bounds_s[position]
                return change_s if change_s <= limit_s else None
            number, block = number + 1, following
        return None

    def _run_start(self, number: int) -> int:
        """Where the span began that is open at the very start of the block; looks 400 days back."""
        start_s = self._block(number).start_s
        limit_s = start_s - HORIZON_S
        while start_s == self._block(number).start_s and start_s > limit_s:
            number -= 1
            if not self._block(number).stays_open:
                break
            start_s = self._block(number).bounds_s[-2]
        return start_s

    def _between(self, first: int, last: int) -> SecondSpans:
        bounds_s = (self._block(number).bounds_s for number in range(first, last + 1))
        return merged(pair for block in bounds_s for pair in zip(block[::2], block[1::2], strict=True))

    def _block(self, number: int) -> _Block:
        block = self._blocks.get(number)
        if block is None:
            block = self._make_block(number)
            if len(self._blocks) >= _MAX_BLOCKS:
                self._blocks = {}  # a new dict: a thread that reads the old one is not disturbed
            self._blocks[number] = block
        return block

    def _make_block(self, number: int) -> _Block:
        first_day = date.fromordinal(number * _BLOCK_DAYS)
        start_s, end_s = (self._midnight_s(day) for day in (first_day, first_day + timedelta(days=_BLOCK_DAYS)))
        spans: list[tuple[int, int]] = []
        for offset in range(-1, _BLOCK_DAYS):  # spans last to the end of the next day at most
            day = first_day + timedelta(days=offset)
            spans.extend(self._instants(day, self._day_spans(day)))
        inside = ((max(a, start_s), min(b, end_s)) for a, b in spans if b > start_s and a < end_s)
        return _Block(start_s, end_s, [bound for span in merged(inside) for bound in span])

    def _midnight_s(self, day: date) -> int:
        return _midnight(day, self._tz)[0]

    def _instants(self, day: date, spans: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
        midnight_s, clock_holds = _midnight(day, self._tz)
        if clock_holds:
            return [(midnight_s + start * 60, midnight_s + end * 60) for start, end in spans]
        wall = ((_epoch_s(day, self._tz, start), _epoch_s(day, self._tz, end)) for start, end in spans)
        return [(start_s, end_s) for start_s, end_s in wall if start_s < end_s]


@lru_cache(maxsize=8192)
def _midnight(day: date, tz: ZoneInfo) -> tuple[int, bool]:
    """The day's midnight in UTC seconds, and whether no clock is changed for two days from then."""
    midnight_s = _epoch_s(day, tz, 0)
    return midnight_s, _epoch_s(day, tz, 2 * DAY_MIN) - midnight_s == 2 * DAY_MIN * 60


def _epoch_s(day: date, tz: ZoneInfo, minute: int) -> int:
    return int((datetime.combine(day, time(), tz) + timedelta(minutes=minute)).timestamp())


def _block_number(day: date) -> int:
    return day.toordinal() // _BLOCK_DAYS
