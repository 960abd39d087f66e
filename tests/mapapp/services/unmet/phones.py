"""Phones that say that there is no suitable station near."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from geodata.places import Place
from geodata.unmet.signal import GridSquare, UnmetSignal
from mapapp.services.rights import Actor
from mapapp.services.unmet.taking import Device, take_signal
from mapapp.store import Store
from mapapp.store.accounts import Role
from tests.conftest import FROZEN_AT

SECRET = "the tests' secret"  # noqa: S105 - of the tests
PLANNER = Actor("planner", Role.PLANNER)
FIRST = FROZEN_AT.replace(day=2, hour=10)
"""A Monday morning early in the month."""
NEXT_MONTH = FIRST.replace(month=12, day=1, hour=0)


@dataclass(frozen=True, slots=True)
class City:
    """A database and a square of the city that phones are in."""

    store: Store
    place: Place
    secret: str = SECRET

    def square(self, step: int = 0) -> GridSquare:
        """The square in the middle of the city, or one so many to the east."""
        middle = GridSquare.around(self.place.center)
        return GridSquare(middle.lon_c + step, middle.lat_c)

    def say(
        self,
        device: int = 1,
        at: datetime = FIRST,
        *asked: str,
        step: int = 0,
        address: str = "",
        hour: int | None = None,
    ) -> bool:
        """One phone says it; whether that is new."""
        if hour is None:
            hour = at.weekday() * 24 + at.hour
        signal = UnmetSignal(self.square(step), hour, frozenset(asked))
        sender = Device(f"device number {device}", address or f"10.0.0.{device}")
        return take_signal(self.store, self.place, self.secret, signal, sender, at)

    def crowd(
        self, devices: range = range(1, 6), *, first_day: datetime = FIRST, step: int = 0, asked: tuple[str, ...] = ()
    ) -> None:
        """Each of these phones says it, on three days in turn."""
        for number, device in enumerate(devices):
            self.say(device, first_day + timedelta(days=number % 3), *asked, step=step)

    def tables(self) -> dict[str, int]:
        """How many rows each table of signals has."""
        file = str(self.store.shown_url).removeprefix("sqlite:///")
        names = ("unmet_months", "unmet_signals", "unmet_squares", "unmet_addresses")
        connection = sqlite3.connect(file)
        try:
            return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}  # noqa: S608 - names of ours
        finally:
            connection.close()
