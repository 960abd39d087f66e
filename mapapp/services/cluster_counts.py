"""Which stations the numbers on a map count from afar: those that pass the reader's filters at this minute.

Nobody travels from afar, so "open" is asked of the minute now. What passes is one byte a station, kept by question:
a map of a dozen tiles judges the country once.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import BBox
from geodata.stations.arrival import ArrivalRules
from geodata.stations.filters import OpenFilter, StationFilter
from mapapp.services.snapshot import StationSnapshot

Counted = NDArray[np.bool_]
ALL: Final = StationFilter(open=OpenFilter.ANY)
_GLOBE: Final = BBox(-180.0, -90.0, 180.0, 90.0)


def counted_key(filters: StationFilter, now: datetime) -> Hashable:
    """What tells one count from another: the hours are asked of the minute, a seasonal service of the month."""
    if filters == ALL:
        return None
    if filters.asks_hours:
        return filters, now.replace(second=0, microsecond=0)
    return filters, (now.year, now.month)


def counted_rows(snapshot: StationSnapshot, filters: StationFilter, now: datetime, rules: ArrivalRules) -> Counted:
    """Which of the snapshot's rows pass, (n,): as if somebody stood at every door at the minute of ``now``."""
    at = now.replace(second=0, microsecond=0)
    counted = np.zeros(len(snapshot.stations), dtype=np.bool_)
    counted[snapshot.index.within_box(_GLOBE, filters, at=at, rules=rules)] = True
    return counted
