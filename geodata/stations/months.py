"""The month an instant falls into, by the wall clock of a time zone."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import Floats

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2200


def month_ids(instants_s: Floats, timezone: ZoneInfo) -> NDArray[np.int64]:
    """The months, January 0, of instants in seconds since 1970 UTC."""
    ids: NDArray[np.int64] = (np.searchsorted(_starts_s(timezone), instants_s, side="right") - 1) % 12
    return ids


@lru_cache(maxsize=8)
def _starts_s(timezone: ZoneInfo) -> NDArray[np.float64]:
    """When each month begins, from a January on."""
    years = range(FIRST_YEAR - 1, LAST_YEAR + 1)
    return np.array([datetime(year, month, 1, tzinfo=timezone).timestamp() for year in years for month in range(1, 13)])
