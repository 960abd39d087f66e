"""Reports of locked doors to try the warning rule with, and the rule again: slow, and by its words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Final

from hypothesis import strategies as st

from geodata.reports.door_warning import LockedDoor, happened_at
from geodata.reports.sender import SenderKeys

TEN: Final = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
DAY: Final = timedelta(hours=24)


def locked(minute: float, who: str, *, received: float | None = None, address: str = "", agent: str = "") -> LockedDoor:
    """A report of ``who``, so many minutes after ten; every device is at an address of its own unless told."""
    happened = TEN + timedelta(minutes=minute)
    arrived = happened if received is None else TEN + timedelta(minutes=received)
    return LockedDoor(SenderKeys(who, address or f"address of {who}", agent or "agent"), happened, arrived)


def at(minute: float) -> datetime:
    """So many minutes after ten."""
    return TEN + timedelta(minutes=minute)


senders: Final = st.builds(SenderKeys, st.sampled_from("ABCD"), st.sampled_from("xyz"), st.sampled_from("pq"))
minutes: Final = st.integers(-30 * 60, 30 * 60)


@st.composite
def locked_doors(draw: st.DrawFn, max_size: int = 7) -> list[LockedDoor]:
    """Any few reports, some crowded into an hour, some delivered late."""
    doors = []
    for _ in range(draw(st.integers(0, max_size))):
        received = at(draw(st.one_of(minutes, st.integers(0, 60))))
        made = received - timedelta(minutes=draw(st.one_of(st.just(0), st.integers(0, 26 * 60))))
        doors.append(LockedDoor(draw(senders), happened_at(made, received), received))
    return doors


def are_independent(first: LockedDoor, second: LockedDoor) -> bool:
    """The rule's three conditions, one a line."""
    if first.sender.device == second.sender.device:
        return False
    if (first.sender.address, first.sender.agent) == (second.sender.address, second.sender.agent):
        return False
    near_s = 10 * 60
    apart_s = [
        abs((first.happened_at - second.happened_at).total_seconds()),
        abs((first.received_at - second.received_at).total_seconds()),
    ]
    return min(apart_s) >= near_s


def live(doors: Iterable[LockedDoor], cleared_at: datetime | None, now: datetime) -> list[LockedDoor]:
    """Those that count at ``now``."""
    return [
        door
        for door in doors
        if now - door.happened_at < DAY and not (cleared_at is not None and door.happened_at <= cleared_at)
    ]


def largest_group(doors: Sequence[LockedDoor]) -> int:
    """How many of them are independent of each other at most, by trying every group."""
    for size in range(len(doors), 0, -1):
        for group in combinations(doors, size):
            if all(are_independent(*pair) for pair in combinations(group, 2)):
                return size
    return 0


@dataclass(slots=True)
class SlowDoor:
    """The whole life of one door, report by report in the order of arrival, nothing ever put away."""

    doors: list[LockedDoor]
    got_in: list[datetime]
    cleared_at: datetime | None = None

    def warns(self, now: datetime) -> bool:
        """Whether two independent people stand."""
        return largest_group(live(self.doors, self.cleared_at, now)) >= 2

    def look_again(self) -> None:
        """After each arrival: whoever got in while a warning stood, in order, cleared it."""
        for moment in sorted(self.got_in):
            if self.cleared_at is not None and moment <= self.cleared_at:
                continue
            before = [door for door in live(self.doors, self.cleared_at, moment) if door.happened_at < moment]
            if largest_group(before) >= 2:
                self.cleared_at = moment
