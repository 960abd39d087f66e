"""Use case: what of a month may be shown; and a month that is over is closed, its key and single signals deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from geodata.unmet.release import ShownSquare, shown_square
from mapapp.services.rights import Actor, Right, require
from mapapp.services.shelf import Shelf
from mapapp.services.unmet.taking import month_of
from mapapp.store import Origin, Reader, Store

ADDRESSES_KEPT: Final = timedelta(days=1)
_KEPT_MONTHS: Final = 4


class UnknownMonth(LookupError):
    """A month of which nothing may be shown, whether or not anything came in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMonth:
    """What may be shown of a month, by square. ``months`` are those that show anything, newest first."""

    month: str
    is_closed: bool
    squares: tuple[ShownSquare, ...]
    months: tuple[str, ...]


class RunningMonths:
    """What may be shown of months that are not over, kept while the days that have ended hold no more.

    Only days before today count, so it is worked out once a day and process. Safe between threads.
    """

    def __init__(self) -> None:
        self._kept: Shelf[tuple[str, date, int], tuple[ShownSquare, ...]] = Shelf(_KEPT_MONTHS)

    def squares(self, reader: Reader, month: str, today: date) -> tuple[ShownSquare, ...]:
        """By square, in order."""
        key = (month, today, reader.unmet.count_before(month, today))
        return self._kept.get(key, lambda: _shown(reader, month, today))


def shown_month(
    store: Store, actor: Actor, asked: str, today: date, running_months: RunningMonths | None = None
) -> ShownMonth | None:
    """What may be shown of the month asked for, ``""`` being the newest; None where nothing of any month may be.

    That somebody sent something is told by nothing: a month without a square to show is as one without a signal.

    Raises
    ------
    Forbidden
        The actor runs no analyses.
    UnknownMonth
        Nothing of that month may be shown.
    """
    require(actor, Right.RUN_ANALYSES)
    kept = running_months or RunningMonths()
    with store.reading() as reader:
        closed = reader.unmet.months_with_squares()
        running = {
            each.month: kept.squares(reader, each.month, today) for each in reader.unmet.months() if not each.is_closed
        }
        months = sorted({*closed, *(month for month, squares in running.items() if squares)}, reverse=True)
        if asked and asked not in months:
            raise UnknownMonth(asked)
        if not months:
            return None
        month = asked or months[0]
        squares = reader.unmet.squares(month) if month in closed else running[month]
    return ShownMonth(month=month, is_closed=month in closed, squares=squares, months=tuple(months))


def close_ended_months(store: Store, timezone: ZoneInfo, now: datetime) -> tuple[str, ...]:
    """Close every month before the present one, and forget addresses of more than a day ago; the months closed.

    Safe to repeat, and to run in several processes at once; without anything to do nothing is written.
    """
    here = now.astimezone(timezone)
    before = now - ADDRESSES_KEPT
    with store.reading() as reader:
        due = _ended(reader, month_of(here))
        if not due and not reader.unmet.has_addresses_before(before):
            return ()
    with store.writing(Origin.COMMAND, at=now) as writer:
        due = _ended(writer, month_of(here))
        for month in due:
            heard = writer.unmet.heard(month)
            found = (shown_square(square, each, here.date(), with_parts=True) for square, each in heard.items())
            writer.unmet.close(month, [each for each in found if each is not None], now)
        writer.unmet.forget_addresses(before)
        return due


def _shown(reader: Reader, month: str, today: date) -> tuple[ShownSquare, ...]:
    found = (shown_square(square, heard, today) for square, heard in sorted(reader.unmet.heard(month).items()))
    return tuple(each for each in found if each is not None)


def _ended(reader: Reader, present: str) -> tuple[str, ...]:
    return tuple(each.month for each in reader.unmet.months() if not each.is_closed and each.month < present)
