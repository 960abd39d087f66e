"""What one process of the web server is at: its snapshot, its connections, its memory, written down as it is now."""

from __future__ import annotations

import logging
import os
import resource
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Final

from mapapp.services.container import Services
from mapapp.services.observing.instruments import WebInstruments
from mapapp.services.snapshot import SnapshotNotReady

_EVERY_S: Final = 1.0
_PAGE_BYTES: Final = resource.getpagesize()
_log = logging.getLogger(__name__)


def write_process_numbers(services: Services, instruments: WebInstruments, *, is_redis_away: bool) -> None:
    """Write down what this process is at; its snapshot's numbers stay as they were while there is none."""
    keeper = services.keeper
    instruments.shared.set(0 if is_redis_away else 1)
    instruments.failing.set(1 if keeper.last_error is not None else 0)
    if keeper.last_checked_at is not None:
        instruments.checked.set(keeper.last_checked_at.timestamp())
    try:
        snapshot = keeper.current
    except SnapshotNotReady:
        pass
    else:
        instruments.revision.set(snapshot.revision)
        instruments.stations.set(len(snapshot.stations))
        instruments.built.set(snapshot.built_at.timestamp())
    if keeper.build_cpu_s is not None:
        instruments.build.set(keeper.build_cpu_s)
    replica = services.store.replica_state
    instruments.replica.set(0 if replica is not None and replica.is_away else 1)
    in_use, ready = services.store.connection_counts()
    instruments.connections.labels("in_use").set(in_use)
    instruments.connections.labels("ready").set(ready)
    instruments.resident.set(resident_bytes())
    instruments.open_files.set(open_files_count())


def resident_bytes() -> int:
    """How much memory the process has in use now; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE_BYTES
    except (OSError, ValueError, IndexError):
        return 0


def open_files_count() -> int:
    """How many descriptors the process has open; 0 where the system does not say."""
    try:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names alone, as cheaply as can be
    except OSError:
        return 0


class ProcessReporter:
    """Writes the numbers down once a second, in a thread, where other processes read them."""

    def __init__(self, write: Callable[[], None]) -> None:
        self._write = write
        self._stop = Event()
        self._thread = Thread(target=self._report, name="process-reporter", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; returns when the thread has."""
        self._stop.set()
        self._thread.join()

    def _report(self) -> None:
        while True:
            try:
                self._write()
            except Exception:  # the numbers of a process are no reason to end it
                _log.exception("this process's numbers could not be written down")
            if self._stop.wait(_EVERY_S):
                return
