"""Making signals for tests, and a slow second writing of what may be shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from hypothesis import strategies as st

from geodata.unmet.release import Heard
from geodata.unmet.signal import ASKABLE, GridSquare

FIRST = date(2026, 11, 1)
AFTER = date(2026, 12, 1)
SQUARE = GridSquare(10623, 3848)
THINGS = (ASKABLE[0], "service:toilet", "open_late")


def heard(device: int, day: int, hour: int = 10, *asked: str) -> Heard:
    """A signal of a device on a day of the month (from 1)."""
    return Heard(f"device {device}", FIRST + timedelta(days=day - 1), hour, frozenset(asked))


def crowd(devices: Iterable[int], days: Sequence[int] = (1, 2, 3), hour: int = 10, *asked: str) -> list[Heard]:
    """A signal of each device, on these days in turn."""
    return [heard(device, days[number % len(days)], hour, *asked) for number, device in enumerate(devices)]


def is_enough(signals: Iterable[Heard]) -> bool:
    """The bar, written a second time: five devices, three days."""
    every = list(signals)
    return len({each.device for each in every}) >= 5 and len({each.day for each in every}) >= 3


any_signals = st.lists(
    st.builds(
        heard,
        st.integers(1, 9),
        st.integers(1, 28),
        st.sampled_from((1, 3, 9, 10, 23, 33, 130)),
    ).flatmap(
        lambda plain: st.sets(st.sampled_from(THINGS)).map(
            lambda asked: Heard(plain.device, plain.day, plain.hour_of_week, frozenset(asked))
        )
    ),
    max_size=60,
    unique=True,
)
