"""Requests at a steady rate, whatever the answers take: what a service meets, and what a closed loop never shows.

A request has a moment at which it is due. Where every connection is busy it waits, and that waiting counts: the
latency is from the due moment to the last byte.
"""

from __future__ import annotations

import selectors
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from benchmarks.load_client import BadAnswer, Connection
from installation.web_server import Address

_MOST_PROBLEMS_KEPT: Final = 20
_LOOK_EVERY_S: Final = 0.05
_PATIENCE_S: Final = 10.0


@dataclass(slots=True)
class SteadyRun:
    """How a steady run went. ``late_count`` requests never left because the run was over first."""

    latencies_s: list[float] = field(default_factory=list)
    problems: Counter[str] = field(default_factory=Counter)
    late_count: int = 0

    @property
    def answers_count(self) -> int:
        """Answers that came as they should."""
        return len(self.latencies_s)

    def problem(self, error: Exception) -> None:
        """Count what went wrong, with its first words."""
        words = str(error)[:120] or type(error).__name__
        self.problems[words if len(self.problems) < _MOST_PROBLEMS_KEPT else "others"] += 1


def send_steadily(
    address: Address,
    requests: Sequence[bytes],
    per_second: float,
    duration_s: float,
    connections_count: int,
    is_over: Callable[[], bool] = lambda: False,
) -> SteadyRun:
    """Send the requests over and over, ``per_second`` of them, for ``duration_s`` or until ``is_over``."""
    load = _Load(address, connections_count)
    try:
        load.run_for(requests, per_second, duration_s, is_over)
        return load.run
    finally:
        load.close()


class _Load:
    """The connections: those that are free, and since when the others' requests were due."""

    def __init__(self, address: Address, connections_count: int) -> None:
        self.run = SteadyRun()
        self._address = address
        self._selector = selectors.DefaultSelector()
        self._idle = deque(Connection(address, self._selector) for _ in range(connections_count))
        self._due_s: dict[Connection, float] = {}

    def run_for(
        self, requests: Sequence[bytes], per_second: float, duration_s: float, is_over: Callable[[], bool]
    ) -> None:
        """Send what is due, read what has come, until the end; then wait for what is under way."""
        started_s = time.perf_counter()
        number, wanted_count = 0, int(per_second * duration_s)
        while number < wanted_count and not is_over() and time.perf_counter() < started_s + duration_s + _PATIENCE_S:
            while self._idle and number < wanted_count and started_s + number / per_second <= time.perf_counter():
                self._send(requests[number % len(requests)], started_s + number / per_second)
                number += 1
            next_s = started_s + number / per_second - time.perf_counter()
            self._take(max(0.0, min(next_s, _LOOK_EVERY_S)) if self._idle else _LOOK_EVERY_S)
        give_up_s = time.perf_counter() + _PATIENCE_S
        while self._due_s and time.perf_counter() < give_up_s:
            self._take(_LOOK_EVERY_S)
        self.run.late_count = 0 if is_over() else wanted_count - number
        for _ in self._due_s:
            self.run.problem(TimeoutError("No answer."))

    def close(self) -> None:
        """Hang up everywhere."""
        for connection in [*self._idle, *self._due_s]:
            connection.close()
        self._selector.close()

    def _send(self, request: bytes, due_s: float) -> None:
        connection = self._idle.popleft()
        try:
            connection.send(request)
        except OSError:  # the server had closed it while nothing was under way, as it may
            self._hang_up(connection)
            connection = Connection(self._address, self._selector)
            connection.send(request)
        self._due_s[connection] = due_s

    def _take(self, wait_s: float) -> None:
        for key, _mask in self._selector.select(wait_s):
            connection: Connection = key.data
            try:
                is_whole = connection.has_answer()
            except (BadAnswer, OSError) as error:
                self._lost(connection, error)
                continue
            if is_whole:
                self.run.latencies_s.append(time.perf_counter() - self._due_s.pop(connection))
                self._idle.append(connection)

    def _lost(self, connection: Connection, error: Exception) -> None:
        """One that failed under way is a problem; one that was closed while it was free is not."""
        if self._due_s.pop(connection, None) is None:
            self._idle.remove(connection)
        else:
            self.run.problem(error)
        self._hang_up(connection)
        self._idle.append(Connection(self._address, self._selector))

    def _hang_up(self, connection: Connection) -> None:
        self._selector.unregister(connection.socket)
        connection.close()
