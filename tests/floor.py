"""What a second of processor time is worth on this machine just now: the floor that bounds on work are ratios to.

One processor is several times slower than another, and the same one than itself an hour before. A bound that
catches work without end is so many seconds of a usual machine, times this.
"""

from __future__ import annotations

import time
from typing import Final

ADDITIONS: Final = 1_000_000
USUAL_S: Final = 0.065
"""What they take on a usual machine of 2026."""


def slowness() -> float:
    """How many times longer Python takes here and now than on a usual machine; at least 1."""
    started_s = time.process_time()
    total = 0
    for number in range(ADDITIONS):
        total += number
    return max(1.0, (time.process_time() - started_s) / USUAL_S)
