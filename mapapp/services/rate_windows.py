"""Counts within windows of time, in one process's memory, by a clock that nobody sets."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Final

_SWEPT_EVERY_S: Final = 30.0
"""So often what is over is forgotten, when somebody is counted."""


class Windows:
    """How many were counted under each key. Safe between threads.

    Parameters
    ----------
    clock
        Seconds that only go forward: setting the machine's clock makes nobody wait longer.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._counts: dict[str, tuple[int, float]] = {}
        self._swept_s = clock()
        self._lock = Lock()

    def add(self, key: str, window_s: float) -> tuple[int, float]:
        """Add one under the key; how many there are in its window, and the seconds until that ends.

        A window begins with the first that is counted in it.
        """
        with self._lock:
            now_s = self._clock()
            if now_s >= self._swept_s + _SWEPT_EVERY_S:
                self._counts = {name: found for name, found in self._counts.items() if found[1] > now_s}
                self._swept_s = now_s
            count, ends_s = self._counts.get(key, (0, now_s))
            if ends_s <= now_s:
                count, ends_s = 0, now_s + window_s
            self._counts[key] = (count + 1, ends_s)
            return count + 1, ends_s - now_s

    def __len__(self) -> int:
        """How many keys are held."""
        return len(self._counts)
