"""How many stations to look at first, learnt from the questions before.

At three in the morning one station in ten is open: whoever looks at the nearest twenty has to look again,
and again. So a selection remembers how many of its stations had to be looked at for each one that passed,
apart for each kind of question and hour of the day. After a look that was too short it looks further, after
one that was not, a little less far: in time about one look in nine is too short. It makes answers fast;
what they are never depends on it.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Final

_LEAST_COUNT: Final = 16
_MOST_PER_PASSING: Final = 1e4
_LESS: Final = 0.97
_MORE: Final = 1.25
_MOST_KINDS: Final = 512


class FirstLook:
    """What was learnt, by kind of question. Threads may share it: who loses an update loses a hint."""

    def __init__(self) -> None:
        self._per_passing: dict[Hashable, float] = {}

    def count(self, kind: Hashable, k: int) -> int:
        """How many candidates to look at for ``k`` that pass."""
        return max(int((k + math.sqrt(k) + 2) * self._per_passing.get(kind, 1.0)), _LEAST_COUNT)

    def was_enough(self, kind: Hashable) -> None:
        """The first look found all that was needed."""
        known = self._per_passing.get(kind)
        if known is not None:
            self._per_passing[kind] = max(known * _LESS, 1.0)

    def was_too_short(self, kind: Hashable, looked_at_count: int, passed_count: int) -> None:
        """It took more looks; in the last, so many of so many passed."""
        known = self._per_passing.get(kind, 1.0)
        if kind not in self._per_passing and len(self._per_passing) >= _MOST_KINDS:
            return
        needed = (known + looked_at_count / max(passed_count, 1)) / 2
        self._per_passing[kind] = min(max(known * _MORE, needed), _MOST_PER_PASSING)
