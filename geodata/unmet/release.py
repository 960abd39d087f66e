"""What of the signals from one square in one month may be shown, so that nobody can be told from it.

Signals *pass* when they come from at least `LEAST_DEVICES` devices on at least `LEAST_DAYS` days. Rules:

1. **Batches.** Only whole days that have ended count. Going through them, what has come since the last release is
   released as soon as it passes. So the difference between what is shown today and what was shown on any earlier
   day passes too, or is nothing.
2. **Devices** are shown rounded down to a multiple of 5, since somebody who is in two batches is counted once.
3. **Hours.** A part of the week is split only where each piece with signals passes (`hour_parts`). Pieces are
   disjoint and shown all together, so every sum or difference of them is a union of pieces that pass.
4. **What was asked for.** How many signals asked for a thing is shown only where these pass and those that did not
   ask for it pass too, or there are none. So of each thing both sides are large, and no combination of numbers
   proves that a small group exists: whatever the overlap, each cell of the table may hold at least as many as its
   smallest side.

Splits (3, 4) are made once, when the month is over; while it runs only the square's own numbers are shown. A month
stands for itself: devices have another name in each, so nobody is counted as several.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Final

from geodata.unmet.hour_parts import WHOLE_WEEK, HourPart
from geodata.unmet.signal import ASKABLE, GridSquare

LEAST_DEVICES: Final = 5
LEAST_DAYS: Final = 3
DEVICES_STEP: Final = 5
_day: Final = attrgetter("day")


@dataclass(frozen=True, slots=True)
class Heard:
    """One signal as it is kept while its month lasts, without its square."""

    device: str = field(repr=False)
    day: date
    hour_of_week: int = field(repr=False)
    asked: frozenset[str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSquare:
    """What may be shown of one square in one month.

    Attributes
    ----------
    devices_at_least
        A multiple of 5 that as many devices or up to four more have sent.
    days_count, signals_count
        On how many days, and how many signals: one a device, day, hour and set of filters.
    hours
        Signals by part of the week, in order; parts without any are left out. Empty where nothing of it may be shown.
    asked
        Signals that asked for a thing (`signal.ASKABLE`, in its order); what is missing may not be shown or is none.
    """

    square: GridSquare
    devices_at_least: int
    days_count: int
    signals_count: int
    hours: tuple[tuple[HourPart, int], ...] = ()
    asked: tuple[tuple[str, int], ...] = ()


def passes(heard: Collection[Heard]) -> bool:
    """Whether so many signals may be shown as one number."""
    days = {each.day for each in heard}
    return len(days) >= LEAST_DAYS and len({each.device for each in heard}) >= LEAST_DEVICES


def released(heard: Iterable[Heard], before: date) -> list[Heard]:
    """The signals of one square in batches that pass, of the days before ``before``."""
    shown: list[Heard] = []
    waiting: list[Heard] = []
    for day, signals in groupby(sorted(heard, key=_day), key=_day):
        if day >= before:
            break
        waiting.extend(signals)
        if passes(waiting):
            shown.extend(waiting)
            waiting = []
    return shown


def shown_square(
    square: GridSquare, heard: Iterable[Heard], before: date, *, with_parts: bool = False
) -> ShownSquare | None:
    """What may be shown of a square of one month; ``with_parts`` only once the month is over. None: nothing."""
    shown = released(heard, before)
    if not shown:
        return None
    devices_count = len({each.device for each in shown})
    return ShownSquare(
        square=square,
        devices_at_least=devices_count // DEVICES_STEP * DEVICES_STEP,
        days_count=len({each.day for each in shown}),
        signals_count=len(shown),
        hours=_by_hours(shown) if with_parts else (),
        asked=_by_thing(shown) if with_parts else (),
    )


def _by_hours(shown: list[Heard]) -> tuple[tuple[HourPart, int], ...]:
    parts = _split(WHOLE_WEEK, shown)
    return () if parts == [(WHOLE_WEEK, len(shown))] else tuple(parts)


def _split(part: HourPart, heard: list[Heard]) -> list[tuple[HourPart, int]]:
    """The part's pieces with signals where each passes, split further in the same way; else the part itself."""
    pieces = []
    for half in part.halves():
        hours = half.hours_of_week()
        inside = [each for each in heard if each.hour_of_week in hours]
        if inside:
            pieces.append((half, inside))
    if not pieces or not all(passes(inside) for _half, inside in pieces):
        return [(part, len(heard))]
    return [found for half, inside in pieces for found in _split(half, inside)]


def _by_thing(shown: list[Heard]) -> tuple[tuple[str, int], ...]:
    counts = []
    for thing in ASKABLE:
        asking = [each for each in shown if thing in each.asked]
        others = [each for each in shown if thing not in each.asked]
        if passes(asking) and (not others or passes(others)):
            counts.append((thing, len(asking)))
    return tuple(counts)
