"""Use case: a station gets a photo, or loses it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from geodata.stations.station import Station
from mapapp.services.photos import keep_photo
from mapapp.settings import Settings
from mapapp.store import Origin, Store, UnknownStation


def set_station_photo(
    store: Store, settings: Settings, station_code: str, sent: bytes | None, *, actor: str, reason: str, now: datetime
) -> Station:
    """Give the station the photo, drawn anew; without one, take away the one it has.

    Raises
    ------
    UnknownStation
        No station has that code.
    InvalidPhoto
        The file is no photo, or too much of one.
    """
    photo = keep_photo(settings, sent) if sent is not None else None
    with store.writing(Origin.COMMAND, at=now) as writer:
        station = writer.station(station_code)
        if station is None:
            raise UnknownStation(station_code)
        changed = replace(station, photo=photo)
        return writer.update_station(changed, expected_version=station.version, actor=actor, reason=reason)
