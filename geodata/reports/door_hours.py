"""Whether a locked door was news: by the station's hours at the time it was found so.

A door that is locked while the station is closed is as it should be, and no reason to warn anybody. Hours that are
not known say nothing, so such a report counts; and who turns away writes a few minutes later, so one that comes
shortly after closing counts too. A station that is temporarily closed is closed whatever its hours: status
beats hours.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from geodata.stations.schedule import Schedule
from geodata.stations.vocabulary import LifeCycle

TURNING_AWAY: Final = timedelta(minutes=15)
"""For so long after it happened somebody may write about it."""


def was_outside_hours(life_cycle: LifeCycle, schedule: Schedule, happened_at: datetime) -> bool:
    """Whether the station was surely closed at ``happened_at`` (aware) and all the `TURNING_AWAY` before it."""
    if life_cycle is not LifeCycle.ACTIVE:
        return True
    until = happened_at.astimezone(UTC)
    before = schedule.state_at(until - TURNING_AWAY)
    if before.is_open is not False:
        return False
    return before.changes_at is None or before.changes_at > until
