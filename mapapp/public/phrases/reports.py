"""Reports from the public, and suggestions of new sites."""

from __future__ import annotations

from typing import Final

from mapapp.public.phrases.counted import Phrases

PHRASES: Final[Phrases] = {}
