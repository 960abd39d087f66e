"""Sentences with a number in them: one form for one, another for several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString


@dataclass(frozen=True, slots=True)
class Counted:
    """A sentence with a ``count``, for one and for several."""

    one: str
    several: str


def n_(one: str, several: str) -> Counted:
    """Mark a counted sentence for the translators."""
    return Counted(one, several)


Phrases = Mapping[str, LazyString | Counted]
"""Sentences by key, each in the page's language once it is written."""
