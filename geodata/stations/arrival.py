"""What a visitor finds at the door: the state of a station at one instant.

The words (they have one meaning in code, API, pages and the phone's search), with ``t`` the instant in
seconds since 1970 UTC as a double, and [start, end) an open span of the station's schedule:

- A station whose life cycle is not ``active`` is ``temporarily_closed``: status beats hours.
- A station whose hours are not known is ``unknown``. Spans a rule itself marks as unknown are not open.
- *Open on arrival*: start <= t < end and t + min_stay_min × 60 <= end. Otherwise it is closed, also when
  it is open at ``t`` but shuts too soon; it then opens at the start of the next span.
- *Closing soon*: open on arrival, and end <= t + closing_soon_min × 60.
- A closing or opening more than 400 days ahead is none: ``closes_at`` or ``opens_at`` is None, and
  nothing is closing soon.

Nothing is rounded before it is compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from geodata.errors import InvalidValue
from geodata.stations.schedule import Schedule
from geodata.stations.vocabulary import LifeCycle, OpenState


@dataclass(frozen=True, slots=True)
class ArrivalRules:
    """The two limits, in minutes, of what counts as open on arrival."""

    min_stay_min: int = 10
    closing_soon_min: int = 30

    def __post_init__(self) -> None:
        for field in ("min_stay_min", "closing_soon_min"):
            if not 0 <= getattr(self, field) <= 24 * 60:
                raise InvalidValue(f"{field} must be 0 to 1440.", field=field, code="out_of_range")


@dataclass(frozen=True, slots=True)
class Arrival:
    """The state a visitor finds.

    ``closes_at`` is set while open (None: not within 400 days), ``opens_at`` while closed.
    """

    state: OpenState
    closes_at: datetime | None = None
    opens_at: datetime | None = None


def arrival_at(life_cycle: LifeCycle, schedule: Schedule, instant: datetime, rules: ArrivalRules) -> Arrival:
    """The state for a visitor who arrives at ``instant`` and wants to stay ``min_stay_min``."""
    if life_cycle is not LifeCycle.ACTIVE:
        return Arrival(OpenState.TEMPORARILY_CLOSED)
    instant = instant.astimezone(UTC)  # sums on the wall clock would go wrong where clocks change
    now = schedule.state_at(instant)
    if now.is_open is None:
        return Arrival(OpenState.UNKNOWN)
    if not now.is_open:
        return Arrival(OpenState.CLOSED, opens_at=now.changes_at)
    if now.changes_at is None:
        return Arrival(OpenState.OPEN)
    if instant + timedelta(minutes=rules.min_stay_min) > now.changes_at:
        return Arrival(OpenState.CLOSED, opens_at=schedule.state_at(now.changes_at).changes_at)
    soon = now.changes_at <= instant + timedelta(minutes=rules.closing_soon_min)
    return Arrival(OpenState.CLOSING_SOON if soon else OpenState.OPEN, closes_at=now.changes_at)


def state_now(life_cycle: LifeCycle, schedule: Schedule, instant: datetime, *, closing_soon_min: int = 30) -> Arrival:
    """The plain state at ``instant``: an open station is open however short it stays so."""
    return arrival_at(life_cycle, schedule, instant, ArrivalRules(0, closing_soon_min))
