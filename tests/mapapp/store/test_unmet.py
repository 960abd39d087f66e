"""The quiet signal in either database: kept while its month lasts, then only what may be shown."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from geodata.places import Place
from geodata.unmet.hour_parts import WHOLE_WEEK
from geodata.unmet.release import Heard, ShownSquare
from geodata.unmet.signal import ASKABLE, GridSquare, UnmetSignal
from mapapp.services.unmet.taking import DEVICE_PER_DAY, Device, TooManySignals, take_signal
from mapapp.store import MonthClosed, Store, UnmetMonth
from tests.mapapp.store.station_writing import NOW

MONTH = "2026-11"
DAY = date(2026, 11, 2)
SQUARE = GridSquare(10623, 3848)


def signal(hour: int = 10, *asked: str, square: GridSquare = SQUARE) -> UnmetSignal:
    return UnmetSignal(square, hour, frozenset(asked))


def keep(store: Store, devices: int = 5, days: int = 3, month: str = MONTH) -> None:
    """A signal of each device, on so many days in turn."""
    with store.writing("public", at=NOW) as writer:
        writer.unmet.open_month(month, "a" * 64)
        for device in range(devices):
            writer.unmet.add(month, f"{device:064d}", signal(), DAY + timedelta(days=device % days))


def test_a_month_keeps_the_key_of_its_first_signal(store: Store) -> None:
    with store.writing("public") as writer:
        assert writer.unmet.open_month(MONTH, "a" * 64) == "a" * 64
        assert writer.unmet.open_month(MONTH, "b" * 64) == "a" * 64

    with store.reading() as reader:
        assert reader.unmet.months() == (UnmetMonth(MONTH, is_closed=False),)


def test_signals_are_read_as_they_were_kept(store: Store) -> None:
    keep(store)
    everything = frozenset(ASKABLE)
    with store.writing("public") as writer:
        writer.unmet.add(MONTH, "f" * 64, UnmetSignal(SQUARE, 167, everything), DAY)

    with store.reading() as reader:
        found = reader.unmet.heard(MONTH)

    assert set(found) == {SQUARE}
    assert len(found[SQUARE]) == 6
    assert Heard("f" * 64, DAY, 167, everything) in found[SQUARE]
    assert Heard(f"{1:064d}", DAY + timedelta(days=1), 10, frozenset()) in found[SQUARE]


@pytest.mark.parametrize(("devices", "days"), [(4, 3), (9, 2)])
def test_squares_that_cannot_be_shown_are_not_even_read(store: Store, devices: int, days: int) -> None:
    keep(store, devices, days)

    with store.reading() as reader:
        assert reader.unmet.heard(MONTH) == {}


def test_a_signal_is_known_by_all_of_it(store: Store) -> None:
    keep(store, devices=1)

    with store.reading() as reader:
        device = f"{0:064d}"
        same = reader.unmet.is_known(MONTH, device, signal(), DAY)
        others = [
            reader.unmet.is_known("2026-12", device, signal(), DAY),
            reader.unmet.is_known(MONTH, "f" * 64, signal(), DAY),
            reader.unmet.is_known(MONTH, device, signal(11), DAY),
            reader.unmet.is_known(MONTH, device, signal(10, "open_late"), DAY),
            reader.unmet.is_known(MONTH, device, signal(square=GridSquare(1, 1)), DAY),
            reader.unmet.is_known(MONTH, device, signal(), DAY + timedelta(days=1)),
        ]

    assert same
    assert not any(others)


def test_addresses_are_counted_by_the_hour(store: Store) -> None:
    hour = NOW.replace(minute=0, second=0, microsecond=0)
    with store.writing("public") as writer:
        for _ in range(3):
            writer.unmet.count_address("a" * 64, hour)
        writer.unmet.count_address("a" * 64, hour + timedelta(hours=1))

    with store.reading() as reader:
        assert reader.unmet.address_count("a" * 64, hour) == 3
        assert reader.unmet.address_count("b" * 64, hour) == 0
        assert reader.unmet.has_addresses_before(hour + timedelta(seconds=1))
        assert not reader.unmet.has_addresses_before(hour)


def test_a_closed_month_has_neither_key_nor_signals_and_takes_none(store: Store) -> None:
    keep(store)
    keep(store, month="2026-12")
    shown = ShownSquare(
        square=SQUARE,
        devices_at_least=5,
        days_count=3,
        signals_count=7,
        hours=tuple((half, 3) for half in WHOLE_WEEK.halves()),
        asked=(("open_late", 5),),
    )
    with store.writing("command") as writer:
        writer.unmet.close(MONTH, [shown], NOW)

    with store.reading() as reader:
        assert reader.unmet.squares(MONTH) == (shown,)
        assert reader.unmet.month_key(MONTH) is None
        assert reader.unmet.heard(MONTH) == {}
        assert len(reader.unmet.heard("2026-12")[SQUARE]) == 5
    with pytest.raises(MonthClosed), store.writing("public") as writer:
        writer.unmet.open_month(MONTH, "c" * 64)


def test_of_many_at_the_same_moment_each_is_kept_once_and_none_beyond_the_limit(store: Store, testcity: Place) -> None:
    here = NOW.astimezone(testcity.timezone)
    middle = GridSquare.around(testcity.center)

    def say(number: int) -> str:
        square = GridSquare(middle.lon_c + number // 2, middle.lat_c)
        said = UnmetSignal(square, here.weekday() * 24 + here.hour, frozenset())
        try:
            return str(take_signal(store, testcity, "secret", said, Device("one", "192.0.2.1"), here))
        except TooManySignals:
            return "too many"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(say, range(2 * DEVICE_PER_DAY + 10)))

    assert outcomes.count("True") == DEVICE_PER_DAY
    assert outcomes.count("False") <= DEVICE_PER_DAY
    assert outcomes.count("too many") >= 10
    with store.reading() as reader:
        kept = reader.unmet.month_key(f"{here:%Y-%m}")
    assert kept is not None
