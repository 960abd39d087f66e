"""Arrivals in bulk: the rules of ``geodata.stations.arrival`` over arrays of (schedule, instant).

Time is cut into blocks of eight days. A block holds every schedule's open spans from its first day to
a good week after its last, end to end in one sorted array, so that one binary search finds the span an
arrival falls into and the one that follows. What lies beyond those days (a station that never closes,
one that opens next season) is asked of ``Schedule.state_at`` when the schedule is put into the block.
Blocks are filled for the schedules that are asked about only.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import Floats
from geodata.stations.arrival import ArrivalRules
from geodata.stations.open_times import HORIZON_S
from geodata.stations.ordering import CLOSED, CLOSING_SOON, OPEN, TEMPORARILY_CLOSED, UNKNOWN, Rows, States
from geodata.stations.schedule import Schedule

_BLOCK_DAYS: Final = 8
_WINDOW_DAYS: Final = 18
_DAY_S: Final = 86_400
_BLOCK_S: Final = _BLOCK_DAYS * _DAY_S
_KEY_SHIFT: Final = 32
_MOST_BLOCKS: Final = 32
_EPOCH: Final = date(1970, 1, 1)
_OPEN, _CLOSING_SOON, _CLOSED = (np.int8(state) for state in (OPEN, CLOSING_SOON, CLOSED))


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """The states of n arrivals.

    ``closes_s`` of an open one and ``opens_s`` of a closed one are seconds since 1970, infinite for none.
    """

    states: States
    closes_s: Floats
    opens_s: Floats

    def take(self, chosen: NDArray[np.bool_] | Rows) -> Arrivals:
        """Some of them."""
        return Arrivals(self.states[chosen], self.closes_s[chosen], self.opens_s[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """The spans of some schedules around one block of days.

    ``parts`` are the schedules' own spans as ``_part`` makes them, None for one that is not ``filled`` (S,)
    yet. ``keys`` (m,) is (schedule << 32) + start of all their spans, sorted; ``ends`` and ``next_starts``
    (m,) are in seconds since 1970. ``looks_far`` says whether some of them are beyond the horizon of some
    arrival in the block.
    """

    start_s: int
    parts: tuple[Floats | None, ...]
    filled: NDArray[np.bool_]
    keys: Rows
    ends: Floats
    next_starts: Floats
    looks_far: bool


class SpanTable:
    """The open spans of a fixed list of schedules. Safe to share between threads."""

    def __init__(self, schedules: tuple[Schedule, ...], timezone: ZoneInfo) -> None:
        self._schedules = schedules
        self._timezone = timezone
        self._known = np.array([schedule.known for schedule in schedules], dtype=np.bool_)
        self._blocks: OrderedDict[int, _Block] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which schedules are known, shape (S,)."""
        return self._known

    def arrivals(
        self, schedule_ids: Rows, arrive_s: Floats, active: NDArray[np.bool_], rules: ArrivalRules
    ) -> Arrivals:
        """The states of arrivals at stations with these schedules; all arrays have shape (n,)."""
        known = self._known[schedule_ids]
        count = len(arrive_s)
        first, last = (_block_number(limit()) for limit in (arrive_s.min, arrive_s.max)) if count else (0, -1)
        if first == last:
            found = self._in_block(first, schedule_ids, arrive_s, known, rules)
        else:
            found = _blank_arrivals(count)
            numbers = np.floor_divide(arrive_s, _BLOCK_S).astype(np.int64)
            for number in np.unique(numbers).tolist():
                here = numbers == number
                part = self._in_block(number, schedule_ids[here], arrive_s[here], known[here], rules)
                found.states[here], found.closes_s[here], found.opens_s[here] = part.states, part.closes_s, part.opens_s
        found.states[~active] = TEMPORARILY_CLOSED
        return found

    def open_at(self, schedule_ids: Rows, instant_s: float) -> NDArray[np.bool_]:
        """Which of these schedules are open at one instant, however shortly; (n,). Unknown ones are not."""
        block = self._block(_block_number(instant_s), schedule_ids)
        _, inside = _span_of(block, schedule_ids, instant_s)
        return inside

    def _in_block(
        self, number: int, ids: Rows, arrive_s: Floats, known: NDArray[np.bool_], rules: ArrivalRules
    ) -> Arrivals:
        """The same for arrivals that fall into one block, life cycle left aside."""
        block = self._block(number, ids)
        span, inside = _span_of(block, ids, arrive_s)
        closes_s, opens_s = block.ends[span], block.next_starts[span]
        if block.looks_far:
            limit_s = np.floor(arrive_s) + HORIZON_S
            closes_s[closes_s > limit_s] = math.inf
            opens_s[opens_s > limit_s] = math.inf
        stays = inside & (arrive_s + rules.min_stay_min * 60.0 <= closes_s)
        soon = closes_s <= arrive_s + rules.closing_soon_min * 60.0
        states = np.where(stays, np.where(soon, _CLOSING_SOON, _OPEN), _CLOSED)
        states[~known] = UNKNOWN
        return Arrivals(states, closes_s, opens_s)

    def _block(self, number: int, ids: Rows) -> _Block:
        """The block with the spans of the schedules ``ids`` filled in."""
        with self._lock:
            block = self._blocks.get(number)
            if block is None:
                block = self._blank(number)
            else:
                self._blocks.move_to_end(number)
            if not block.filled[ids].all():
                block = self._filled(number, block, np.unique(ids[~block.filled[ids]]))
            self._blocks[number] = block
            while len(self._blocks) > _MOST_BLOCKS:
                self._blocks.popitem(last=False)
        return block

    def _blank(self, number: int) -> _Block:
        count = len(self._schedules)
        return _Block(
            start_s=self._midnight_s(_first_day(number)),
            parts=(None,) * count,
            filled=np.zeros(count, dtype=np.bool_),
            keys=np.empty(0, dtype=np.int64),
            ends=np.empty(0),
            next_starts=np.empty(0),
            looks_far=False,
        )

    def _filled(self, number: int, block: _Block, missing: Rows) -> _Block:
        parts, filled = list(block.parts), block.filled.copy()
        for schedule_id in missing.tolist():
            parts[schedule_id] = self._part(number, self._schedules[schedule_id], block.start_s)
            filled[schedule_id] = True
        spans = np.concatenate([part for part in parts if part is not None])
        owners = np.repeat(np.arange(len(parts)), [0 if part is None else len(part) for part in parts])
        starts, ends, next_starts = np.ascontiguousarray(spans.T)
        later = spans[:, 1:]
        return replace(
            block,
            parts=tuple(parts),
            filled=filled,
            keys=(owners << _KEY_SHIFT) + (starts.astype(np.int64) - block.start_s),
            ends=ends,
            next_starts=next_starts,
            looks_far=bool((later[np.isfinite(later)] > number * _BLOCK_S + HORIZON_S).any()),
        )

    def _part(self, number: int, schedule: Schedule, start_s: int) -> Floats:
        """A schedule's spans around a block, (n + 1, 3): start, end, start of the next.

        The first stands for the time before all others and is over before it begins. Of the last that somebody
        who arrives in the block can meet, ``state_at`` says how it ends, or what follows.
        """
        spans = schedule.epoch_spans(_first_day(number), _WINDOW_DAYS)
        part = np.full((len(spans) + 1, 3), math.inf)
        part[0, :2] = start_s, -math.inf
        part[1:, :2] = spans
        part[:-1, 2] = spans[:, 0]
        if schedule.known and part[-1, 0] < (number + 1) * _BLOCK_S:
            window_end_s = self._midnight_s(_first_day(number) + timedelta(days=_WINDOW_DAYS))
            state = schedule.state_at(datetime.fromtimestamp(window_end_s, UTC))
            change_s = state.changes_at.timestamp() if state.changes_at else math.inf
            if not state.is_open:
                part[-1, 2] = change_s
            elif part[-1, 1] < window_end_s:
                part[-1, 2] = window_end_s
            else:
                part[-1, 1] = change_s
        return part

    def _midnight_s(self, day: date) -> int:
        return int(datetime.combine(day, time(), self._timezone).timestamp())


def _span_of(block: _Block, ids: Rows, instant_s: Floats | float) -> tuple[Rows, NDArray[np.bool_]]:
    """For each schedule its last span that begins at or before the instant, and whether it goes on then."""
    since_start_s = np.asarray(instant_s - block.start_s).astype(np.int64)  # past the start: cut is floor
    span: Rows = np.searchsorted(block.keys, (ids << _KEY_SHIFT) + since_start_s, side="right") - 1
    return span, instant_s < block.ends[span]


def _block_number(instant_s: float) -> int:
    return int(instant_s // _BLOCK_S)


def _blank_arrivals(count: int) -> Arrivals:
    return Arrivals(np.zeros(count, dtype=np.int8), np.full(count, math.inf), np.full(count, math.inf))


def _first_day(number: int) -> date:
    """The day before the block's first one: no time zone begins its days earlier than that."""
    return _EPOCH + timedelta(days=number * _BLOCK_DAYS - 1)
