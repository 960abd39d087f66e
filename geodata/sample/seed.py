"""Where the sample's randomness comes from: one seed, a separate stream for each concern.

A further draw in one concern (hours, say) then leaves the others (positions) as they were.
"""

from __future__ import annotations

from typing import Final

import numpy as np

SAMPLE_SEED: Final = 20261
"""The seed of the sample data everybody sees."""


def streams(seed: int, count: int) -> list[np.random.Generator]:
    """``count`` independent PCG64 generators; the same for the same seed on every machine with the pinned numpy."""
    return np.random.Generator(np.random.PCG64(seed)).spawn(count)
