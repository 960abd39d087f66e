"""What a complete entry has, and which of the public stations have it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geodata.stations.station import Station


class Fact(StrEnum):
    """Something a complete entry has. Order is display order."""

    POSITION = "position"
    ADDRESS = "address"
    HOURS = "hours"
    ENTRY = "entry"
    SERVICES = "services"
    PHONE = "phone"
    PHOTO = "photo"


_HAS: Final[Mapping[Fact, Callable[[Station], bool]]] = {
    Fact.POSITION: lambda station: station.position is not None,
    Fact.ADDRESS: lambda station: bool(station.address),
    Fact.HOURS: lambda station: station.hours.known,
    Fact.ENTRY: lambda station: bool(station.entry_methods),
    Fact.SERVICES: lambda station: bool(station.services),
    Fact.PHONE: lambda station: bool(station.public_phone),
    Fact.PHOTO: lambda station: station.photo is not None,
}


def completeness(stations: Sequence[Station]) -> NDArray[np.bool_]:
    """Which station has which fact, bool (n, 7), columns as `Fact`."""
    columns = [np.fromiter(map(_HAS[fact], stations), dtype=np.bool_, count=len(stations)) for fact in Fact]
    return np.column_stack(columns)
