"""The locked-door warning: what several people who stood before a locked door add up to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DoorWarning:
    """``count`` independent people found the door locked, the first of them at ``first_at``.

    It stands until ``until`` and says nothing after. Instants are aware.
    """

    count: int
    first_at: datetime
    until: datetime
