"""Going back to an earlier state of a station whose photo may be kept no more (`mapapp.services.reports.tidying`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from geodata.stations.station import Station

PhotoKept = Callable[[str], bool]
"""Whether the file of the photo with that hash is still there."""


def every_photo(_photo_hash: str) -> bool:
    """Where no files are looked at: each counts as there."""
    return True


def without_lost_photo(wanted: Station, current: Station, is_kept: PhotoKept) -> Station:
    """``wanted``; where the file of its photo is gone, with the photo the station has now."""
    if wanted.photo is None or wanted.photo == current.photo or is_kept(wanted.photo):
        return wanted
    return replace(wanted, photo=current.photo)
