"""A load generator for loopback: a few keep-alive connections, each with one request under way.

One process on purpose: it shows what it costs itself, so that one can see whether it was in the way. It sends
bytes made beforehand and reads no more of an answer than its status and length.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from installation.web_server import Address

Headers = tuple[tuple[str, str], ...]

_HEAD_END: Final = b"\r\n\r\n"
_OK: Final = b"HTTP/1.1 200 "
_LENGTH: Final = b"content-length:"
_BUFFER_BYTES: Final = 1 << 16
_PATIENCE_S: Final = 30.0


class BadAnswer(RuntimeError):
    """An answer that is not what was asked for, or none; the message shows how it began."""


@dataclass(frozen=True, slots=True)
class Turn:
    """How one turn went. ``client_cpu_s`` is what the load generator itself used."""

    answers_count: int
    took_s: float
    client_cpu_s: float
    bytes_count: int
    latencies_s: tuple[float, ...] = ()
    """How long each answer took, from its request to its last byte."""

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.answers_count / self.took_s


def request_bytes(address: Address, path: str, headers: Headers) -> bytes:
    """A GET request as it travels."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {address.bind}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def send_all(address: Address, requests: Sequence[bytes], count: int, connections_count: int) -> Turn:
    """Send ``count`` requests, the given ones over and over, and read every answer.

    Raises BadAnswer for any answer but 200.
    """
    selector = selectors.DefaultSelector()
    connections = [Connection(address, selector) for _ in range(min(connections_count, count))]
    cpu_before_s, started_s = time.process_time(), time.perf_counter()
    try:
        for number, connection in enumerate(connections):
            connection.send(requests[number % len(requests)])
        sent_count, answered_count = len(connections), 0
        while answered_count < count:
            for connection in _ready(selector):
                if connection.has_answer():
                    answered_count += 1
                    if sent_count < count:
                        connection.send(requests[sent_count % len(requests)])
                        sent_count += 1
        took_s, cpu_s = time.perf_counter() - started_s, time.process_time() - cpu_before_s
        return Turn(
            count,
            took_s,
            cpu_s,
            sum(connection.bytes_count for connection in connections),
            tuple(latency_s for connection in connections for latency_s in connection.latencies_s),
        )
    finally:
        for connection in connections:
            connection.close()
        selector.close()


class Connection:
    """One connection and the answer that is coming in over it."""

    def __init__(self, address: Address, selector: selectors.BaseSelector) -> None:
        self.socket: Final = socket.create_connection((address.reachable_host, address.port), timeout=_PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray(_BUFFER_BYTES)
        self._received = b""
        self._missing_count = 0
        self._sent_s = 0.0
        self.bytes_count = 0
        self.latencies_s: list[float] = []
        selector.register(self.socket, selectors.EVENT_READ, self)

    def send(self, request: bytes) -> None:
        """Send a request; the answer to the one before must have come."""
        self._received, self._missing_count = b"", -1
        self._sent_s = time.perf_counter()
        self.socket.sendall(request)

    def has_answer(self) -> bool:
        """Read what has come; whether the answer is whole."""
        count = self.socket.recv_into(self._buffer)
        if not count:
            raise BadAnswer(f"The server closed the connection after {self._received[:200]!r}.")
        self.bytes_count += count
        if self._missing_count >= 0:
            self._missing_count -= count
        else:
            self._received += self._buffer[:count]
            head, end, body = self._received.partition(_HEAD_END)
            if end:
                self._missing_count = _length_of(head) - len(body)
        if self._missing_count == 0:
            self.latencies_s.append(time.perf_counter() - self._sent_s)
        return self._missing_count == 0

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


def _ready(selector: selectors.BaseSelector) -> list[Connection]:
    events = selector.select(_PATIENCE_S)
    if not events:
        raise BadAnswer("The server did not answer.")
    return [key.data for key, _mask in events]


def _length_of(head: bytes) -> int:
    if not head.startswith(_OK):
        raise BadAnswer(f"Not 200: {head[:200]!r}")
    _, found, rest = head.lower().partition(_LENGTH)
    if not found:
        raise BadAnswer(f"No Content-Length: {head[:200]!r}")
    return int(rest.partition(b"\r\n")[0])
