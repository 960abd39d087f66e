"""What waits for somebody, as the bar on top of their pages says it: reports, and stations to look at again.

The numbers are those of the lists behind them as they open: of the own districts, of the own stations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mapapp.services.districts import NO_DISTRICT
from mapapp.services.rights import Actor, Right, may, report_districts
from mapapp.store import Store
from mapapp.store.accounts import Role

DUE_KEPT: Final = timedelta(minutes=1)
"""For so long a process says the same of what is to be looked at, until somebody opens that list."""


@dataclass(frozen=True, slots=True)
class DueStations:
    """The stations there was a reason to look at ``at`` that moment.

    Attributes
    ----------
    row_of
        The row of each public station's code.
    due : bool (n,)
        Which rows there was a reason to look at.
    by_district
        How many of those are in each district; `NO_DISTRICT` for all that are in none of the place's.
    """

    at: datetime
    row_of: Mapping[str, int]
    due: NDArray[np.bool_]
    by_district: Mapping[str, int]

    def holds_at(self, now: datetime) -> bool:
        """Whether it is still good enough to be said."""
        return abs(now - self.at) <= DUE_KEPT

    def count_for(self, actor: Actor) -> int:
        """How many stand in the actor's queue as it opens."""
        if actor.role is Role.KEEPER:
            return sum(bool(self.due[self.row_of[code]]) for code in actor.stations if code in self.row_of)
        if actor.role is Role.EDITOR:
            return sum(self.by_district.get(district, 0) for district in (*actor.districts, NO_DISTRICT))
        return int(self.due.sum())


def waiting_report_count(store: Store, actor: Actor) -> int:
    """How many reports stand in the actor's inbox as it opens; one statement, none for who reads no reports."""
    if not may(actor, Right.READ_REPORTS):
        return 0
    within = report_districts(actor)
    with store.reading() as reader:
        by_district = reader.report_counts.open_by_district()
    return sum(
        count for district, count in by_district.items() if within is None or district is None or district in within
    )
