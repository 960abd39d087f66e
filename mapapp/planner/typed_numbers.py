"""Numbers as planners type them."""

from __future__ import annotations

import re
from typing import Final

from mapapp.planner.speech import gettext

_GROUPED: Final = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?![^.])", re.ASCII)
_NUMBER: Final = re.compile(r"\d{1,9}(?:\.(\d+))?", re.ASCII)


def typed_number(text: str, *, decimals: int, below: float = 1e9) -> float | None:
    """A number below a limit with at most so many decimals; None for anything else.

    Commas part thousands (``10,000``); any other comma is refused, for it may stand for a decimal point.
    """
    grouped = _GROUPED.match(text)
    plain = text if grouped is None else grouped[0].replace(",", "") + text[grouped.end() :]
    found = _NUMBER.fullmatch(plain)
    if found is None or len(found[1] or "") > decimals:
        return None
    return value if (value := float(plain)) < below else None


def comma_words() -> str:
    """How commas are read."""
    return gettext("A comma parts thousands, as in 10,000; before decimals stands a point, as in 1.5.")
