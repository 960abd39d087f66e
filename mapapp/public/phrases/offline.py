"""Being without a network, and data that have grown old."""

from __future__ import annotations

from typing import Final

from mapapp.public.phrases.counted import Phrases

PHRASES: Final[Phrases] = {}
