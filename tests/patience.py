"""How long a test waits for something that does happen: so long that only a fault takes longer.

Nothing is measured by it. A machine that stands still for a while, as shared ones do, fails no test; what must
be quick is a benchmark's business (``scripts/bench.py``), as a ratio within one run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

PATIENCE_S: Final = 120.0
PATIENCE_MS: Final = PATIENCE_S * 1000
ASK_EVERY_S: Final = 0.02


def eventually(is_so: Callable[[], bool], pause: Callable[[float], object] = time.sleep) -> bool:
    """Whether it becomes so before patience runs out.

    ``pause`` lets that many seconds pass: a browser's page goes on only within a pause of its own.
    """
    give_up_s = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > give_up_s:
            return False
        pause(ASK_EVERY_S)
    return True


def wait_until(is_so: Callable[[], bool], otherwise: Callable[[], str] = lambda: "it never came to be so") -> None:
    """Return once it is so; an AssertionError with those words if it never is."""
    assert eventually(is_so), otherwise()
