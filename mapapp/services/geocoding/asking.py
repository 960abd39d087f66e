"""Use case: where could this address be? One question to the service that is set up, with its key, in bounded time.

The key goes to the service and nowhere else: it is in no log, no message and no page. Nothing is followed
elsewhere, and nothing of the answer is believed before it was read as the service documents it.
"""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from socket import socket
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from geodata.places import Place
from geodata.stations.station import Station
from mapapp.services.geocoding.candidates import Candidate, GeocoderFailed
from mapapp.services.geocoding.vendors import VENDORS, Vendor
from mapapp.settings import Settings

TIMEOUT_S: Final = 4.0
MAX_ANSWER_BYTES: Final = 256 * 1024
MAX_ASKED_CHARS: Final = 200
_PIECE_BYTES: Final = 16 * 1024
_LEAST_WAIT_S: Final = 0.01

_log = logging.getLogger(__name__)


def vendor_of(settings: Settings) -> Vendor | None:
    """The service that can be asked here; None where none is set up."""
    return VENDORS.get(settings.geocoder)


def words_for(station: Station, place: Place) -> str:
    """What one would ask for this station: district, town, and the address or else the name, each once."""
    known = next((unit for unit in place.units if unit.code == station.district_code), None)
    words = station.address.strip() or station.name
    for part in (station.town.strip(), known.name_zh if known else ""):
        words = words if not part or part in words else part + words
    return words[:MAX_ASKED_CHARS]


def candidates_for(
    settings: Settings,
    place: Place,
    words: str,
    *,
    timeout_s: float = TIMEOUT_S,
    clock_s: Callable[[], float] = time.monotonic,
) -> tuple[Candidate, ...]:
    """The places the service knows for these words, best first; nine at most, maybe none.

    Raises
    ------
    GeocoderFailed
        With why; see there.
    """
    vendor = vendor_of(settings)
    if vendor is None:
        raise GeocoderFailed("off")
    asked = " ".join(words.split())[:MAX_ASKED_CHARS]
    if not asked or not asked.isprintable():
        raise GeocoderFailed("nothing_asked")
    target = f"{vendor.path}?{urlencode(vendor.question(asked, place.name_zh, settings.geocoder_key))}"
    try:
        body = _fetched(settings.geocoder_url or vendor.origin, target, timeout_s, clock_s)
        return _read(vendor, body, settings.geocoder_key)
    except GeocoderFailed as error:
        _log.warning("geocoder %s: %s", settings.geocoder, error.code)
        raise


def _read(vendor: Vendor, body: bytes, key: str) -> tuple[Candidate, ...]:
    try:
        return vendor.read(json.loads(body))
    except GeocoderFailed as error:
        raise GeocoderFailed(error.code, error.detail.replace(key, "…")) from None
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        raise GeocoderFailed("unreadable") from None


def _fetched(origin: str, target: str, timeout_s: float, clock_s: Callable[[], float]) -> bytes:
    """The answer's body. No redirect is followed, no proxy asked; errors carry no address: the key is in it."""
    parts = urlsplit(origin)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    ends_s = clock_s() + timeout_s
    connection: Any = connect(parts.netloc, timeout=timeout_s)
    try:
        connection.connect()
        with connection.sock as channel:
            connection.sock = _Bounded(channel, lambda: ends_s - clock_s())
            connection.request("GET", parts.path.rstrip("/") + target, headers={"Accept": "application/json"})
            answer = connection.getresponse()
            body = _body(answer)
    except TimeoutError:
        raise GeocoderFailed("slow") from None
    except (OSError, HTTPException, ValueError):
        raise GeocoderFailed("unreachable") from None
    finally:
        connection.close()
    if answer.status in {401, 403, 429}:
        raise GeocoderFailed("refused", f"HTTP {answer.status}")
    if answer.status != 200:
        raise GeocoderFailed("unreachable", f"HTTP {answer.status}")
    return body


class _Bounded:
    """A connection of which nothing is read after the end of the time, not a byte of a header either.

    The time limit of a socket is for each piece that arrives, and a service may send one byte at a time.
    """

    def __init__(self, channel: socket, remaining_s: Callable[[], float]) -> None:
        self._channel = channel
        self._remaining_s = remaining_s

    def sendall(self, content: bytes) -> None:
        self._channel.sendall(content)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Arriving(self._channel, self._remaining_s))

    def close(self) -> None:
        """Not yet: the answer is read after the connection is done with, and whoever opened it closes it."""


class _Arriving(io.RawIOBase):
    """What arrives before the end of the time; afterwards TimeoutError."""

    def __init__(self, channel: socket, remaining_s: Callable[[], float]) -> None:
        self._channel = channel
        self._remaining_s = remaining_s

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._remaining_s() <= 0:
            raise TimeoutError
        self._channel.settimeout(max(self._remaining_s(), _LEAST_WAIT_S))
        return self._channel.recv_into(buffer)


def _body(answer: HTTPResponse) -> bytes:
    """The whole body; one that is too long is unreadable."""
    pieces: list[bytes] = []
    size = 0
    while size <= MAX_ANSWER_BYTES:
        piece = answer.read1(_PIECE_BYTES)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        size += len(piece)
    raise GeocoderFailed("unreadable")
