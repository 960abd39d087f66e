"""The locked-door warning: what several people who stood before a locked door add up to.

The rule
--------
A report *happened* when its sender says it was made, but never after it was received and never more than
24 h before. It is *live* while it happened within the last 24 h and after the station's last clearing.

Two live reports are *independent* when their devices differ, their address or their user agent differs,
and at least 10 minutes lie between them: both between when they happened and between when they were
received, because a sender can invent the first and cannot invent the second.

A warning stands while two live reports are independent of each other. Its count is the size of the largest
group found by going forward in time from each live report in turn and taking whatever is independent of
all taken so far; so it is 2 or more exactly when two independent reports exist, and never more people
than the reports allow.

A door that was locked outside the station's hours is no report of this rule (``geodata.reports.door_hours``).

Somebody who got in while a warning stood clears it: everything that happened before is forgotten. Staff
can clear it too. Somebody who got in while none stood clears nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Final

from geodata.reports.sender import SenderKeys

WINDOW: Final = timedelta(hours=24)
APART: Final = timedelta(minutes=10)
MAX_CONSIDERED: Final = 100
"""Of a flood only the latest are looked at, which bounds the work."""


@dataclass(frozen=True, slots=True)
class DoorWarning:
    """``count`` independent people found the door locked, the first of them at ``first_at``.

    It stands until ``until`` and says nothing after. Instants are aware.
    """

    count: int
    first_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class LockedDoor:
    """One report of a locked door."""

    sender: SenderKeys
    happened_at: datetime
    received_at: datetime

    def is_independent_of(self, other: LockedDoor) -> bool:
        """Whether the two count as two people."""
        mine, theirs = self.sender, other.sender
        return (
            mine.device != theirs.device
            and (mine.address != theirs.address or mine.agent != theirs.agent)
            and abs(self.happened_at - other.happened_at) >= APART
            and abs(self.received_at - other.received_at) >= APART
        )


def happened_at(made_at: datetime | None, received_at: datetime) -> datetime:
    """When something reported happened: as its sender says, kept within the 24 h before it was received."""
    if made_at is None:
        return received_at
    return min(max(made_at, received_at - WINDOW), received_at)


def door_warning(doors: Iterable[LockedDoor], cleared_at: datetime | None, now: datetime) -> DoorWarning | None:
    """The warning that stands at ``now`` after the reports ``doors``, in any order, or None."""
    live = _live(doors, cleared_at, now)
    pairs = [(first, second) for first, second in combinations(live, 2) if first.is_independent_of(second)]
    if not pairs:
        return None
    group = max((_group_from(live, start) for start in range(len(live))), key=len)
    until = max(first.happened_at for first, _second in pairs) + WINDOW
    return DoorWarning(len(group), group[0].happened_at, until)


def next_change(doors: Iterable[LockedDoor], cleared_at: datetime | None, now: datetime) -> datetime | None:
    """When the warning next differs because time passes; None where none stands."""
    reports = list(doors)
    if door_warning(reports, cleared_at, now) is None:
        return None
    return min(door.happened_at for door in _live(reports, cleared_at, now)) + WINDOW


def last_clearing(
    doors: Iterable[LockedDoor], got_in_at: Iterable[datetime], cleared_at: datetime | None
) -> datetime | None:
    """The last clearing, once those who got in at ``got_in_at`` are known too.

    Only those after ``cleared_at`` are looked at, in the order in which they happened.
    """
    reports = list(doors)
    for got_in in sorted(got_in_at):
        if cleared_at is not None and got_in <= cleared_at:
            continue
        before = [door for door in reports if door.happened_at < got_in]
        if door_warning(before, cleared_at, got_in) is not None:
            cleared_at = got_in
    return cleared_at


def _live(doors: Iterable[LockedDoor], cleared_at: datetime | None, now: datetime) -> list[LockedDoor]:
    live = [
        door
        for door in doors
        if door.happened_at > now - WINDOW and (cleared_at is None or door.happened_at > cleared_at)
    ]
    return sorted(live, key=_order)[-MAX_CONSIDERED:]


def _order(door: LockedDoor) -> tuple[datetime, datetime, str, str, str]:
    """By time; the rest only makes the order total, so that the answer does not depend on the input's."""
    sender = door.sender
    return door.happened_at, door.received_at, sender.device, sender.address, sender.agent


def _group_from(live: Sequence[LockedDoor], start: int) -> list[LockedDoor]:
    group = [live[start]]
    for door in live[start + 1 :]:
        if all(door.is_independent_of(taken) for taken in group):
            group.append(door)
    return group
