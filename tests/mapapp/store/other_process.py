"""What tests let other processes do with a store; each function runs in one of them, on the URL it is given."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from mapapp.store import StaleVersion, Store
from tests.mapapp.store.station_writing import add, real

AT_ONCE_COUNT: Final = 3


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """A store of this process."""
    store = Store(url)
    try:
        yield store
    finally:
        store.close()


def migrate(url: str) -> int:
    """Migrate; the data revision after it."""
    with opened(url) as store:
        store.migrate()
        return store.data_revision()


def add_station(url: str, code: str) -> float:
    """Add a station; when it was committed, on the clock that all processes of a machine share."""
    with opened(url) as store:
        add(store, real(code))
        return time.monotonic()


def add_one_by_one(url: str, codes: list[str]) -> None:
    """Add stations, each in a transaction of its own."""
    with opened(url) as store:
        for code in codes:
            add(store, real(code))


def take_codes(url: str, count: int) -> list[str]:
    """Ask for codes, each in a transaction of its own, and use every second one."""
    with opened(url) as store:
        codes = []
        for number in range(count):
            with store.writing("form") as writer:
                code = writer.next_code("TC")
                if number % 2:
                    writer.add_station(real(code), actor="li", reason="")
            codes.append(code)
        return codes


def edit(url: str, code: str, count: int) -> list[int]:
    """Lengthen the address ``count`` times, each from the version just read; the versions made."""
    with opened(url) as store:
        versions: list[int] = []
        while len(versions) < count:
            with store.reading() as reader:
                station = reader.station(code)
            assert station is not None
            changed = replace(station, address=station.address + "+")
            try:
                with store.writing("form") as writer:
                    saved = writer.update_station(changed, expected_version=station.version, actor="li", reason="")
            except StaleVersion:
                continue
            versions.append(saved.version)
        return versions
