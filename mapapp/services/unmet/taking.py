"""Use case: a phone says that a search had no good answer.

What is kept of it is the square, the day, the hour of the week, what was asked for, and a hash of the device's name
that nobody can repeat once the month is over. The address is counted apart from that, for a day.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from geodata.demand.points import HOURS_A_WEEK
from geodata.places import Place
from geodata.unmet.signal import UnmetSignal
from mapapp.services.reports.sender import network_of
from mapapp.services.secret import keyed_hash
from mapapp.store import Origin, Reader, Store

DEVICE_PER_DAY: Final = 20
ADDRESS_PER_HOUR: Final = 120
"""Mobile carriers put many people behind one address."""
HOURS_OFF: Final = 1
"""How far the phone's hour may be from the server's."""
PATIENCE_S: Final = 4.0
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_KEY_BYTES: Final = 32


class SignalRefused(ValueError):
    """A signal that says nothing true of this city now; ``code`` is ``outside`` or ``clock``."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The signal was refused ({code}).")
        self.code = code


class TooManySignals(RuntimeError):
    """A sender who must wait; ``retry_after_s`` is how long."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"Too many signals; try again in {retry_after_s} s.")
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Device:
    """Who sends: the name in the device's signed cookie, and the address. Neither is in the value's own words."""

    name: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept in place of the device."""

    month: str
    device_key: str = field(repr=False)
    address_key: str = field(repr=False)


def month_of(now: datetime) -> str:
    """The month an instant in the place's time zone lies in, such as ``2026-11``."""
    return f"{now.year:04d}-{now.month:02d}"


def take_signal(
    store: Store,
    place: Place,
    secret: str,
    signal: UnmetSignal,
    device: Device,
    now: datetime,
    *,
    new_key: Callable[[int], str] = secrets.token_hex,
) -> bool:
    """Keep a signal; whether it is new. The same from the same device in the same hour counts once.

    ``now`` is aware; ``new_key`` makes a month's key of so many random bytes.

    Raises
    ------
    SignalRefused
        The square is not in the city, or the hour is not about now.
    TooManySignals
        The device or its address sent enough for now.
    MonthClosed
        The month is over already: the clock was set back.
    StoreBusy
        Others have been writing for too long.
    """
    here = now.astimezone(place.timezone)
    hour_of_week = here.weekday() * 24 + here.hour
    if (signal.hour_of_week - hour_of_week + HOURS_OFF) % HOURS_A_WEEK > 2 * HOURS_OFF:
        raise SignalRefused("clock")
    if not signal.square.touches(place):
        raise SignalRefused("outside")
    with store.writing(Origin.PUBLIC, at=now, patience_s=PATIENCE_S) as writer:
        month = month_of(here)
        kept = _kept(secret, month, writer.unmet.open_month(month, new_key(_KEY_BYTES)), device)
        if writer.unmet.is_known(month, kept.device_key, signal, here.date()):
            return False
        _refuse_too_many(writer, kept, here)
        writer.unmet.add(month, kept.device_key, signal, here.date())
        writer.unmet.count_address(kept.address_key, _hour_at(here))
        return True


def _kept(secret: str, month: str, month_key: str, device: Device) -> _Kept:
    key = f"{secret}:{month_key}"
    return _Kept(
        month=month,
        device_key=keyed_hash(key, "unmet device", device.name),
        address_key=keyed_hash(key, "unmet address", network_of(device.address)),
    )


def _refuse_too_many(reader: Reader, kept: _Kept, here: datetime) -> None:
    """By the hour of the clock and the day, since nothing finer is kept."""
    if reader.unmet.device_count(kept.month, kept.device_key, here.date()) >= DEVICE_PER_DAY:
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
        raise TooManySignals(_whole_seconds(midnight + _DAY - here))
    if reader.unmet.address_count(kept.address_key, _hour_at(here)) >= ADDRESS_PER_HOUR:
        raise TooManySignals(_whole_seconds(_hour_at(here) + _HOUR - here))


def _hour_at(here: datetime) -> datetime:
    return here.replace(minute=0, second=0, microsecond=0)


def _whole_seconds(wait: timedelta) -> int:
    return max(1, ceil(wait.total_seconds()))
