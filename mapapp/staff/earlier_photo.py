"""The photo of a station's earlier version, which may be kept no more when somebody goes back to it."""

from __future__ import annotations

from typing import Final

from geodata.stations.station import Station
from mapapp.services.editing.history import station_at
from mapapp.services.photos import hold_photo
from mapapp.web import services

PHOTO_GONE: Final = "gone"
"""What the address of the answer says where the photo gone back to was left out."""


def photo_is_held(photo_hash: str) -> bool:
    """Whether the photo is still there; it is kept for a day from now, until the station that gets it is saved."""
    return hold_photo(services().settings, photo_hash)


def photo_left_out(saved: Station, number: int) -> str | None:
    """`PHOTO_GONE` where the station went back to revision ``number`` without that one's photo, else None."""
    past = station_at(services().store, saved.code, number)
    return PHOTO_GONE if past.photo is not None and past.photo != saved.photo else None
