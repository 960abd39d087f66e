"""Opening hours as a station stores them: an OSM rule, or unknown, beside the words they came from.

The rule is OpenStreetMap's ``opening_hours`` language, read without a country: our own holiday table
says which dates are holidays (``geodata.stations.holidays``). When a rule is open is answered in one
place, ``geodata.stations.schedule``. Unknown hours are ``rule=None``: neither "24 hours" nor "closed".

Parts of the language whose meaning we could only guess are refused, so that nothing shown was made up:
sunrise and sunset (they need a place), open ends (``18:00+``), points in time, school holidays (there
is no table of them), days before or after a holiday, and closed spans that pass midnight.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import opening_hours

from geodata.errors import InvalidOpeningHours
from geodata.stations import rule_text

MAX_RULE_CHARS: Final = 500
MAX_ORIGINAL_CHARS: Final = 500
_HALF_CHARACTER: Final = re.compile("[\ud800-\udfff]")
"""A lone surrogate, which JSON can spell and nothing can write."""

_REFUSED: Final = (
    ("sun_times", re.compile(r"\b(sunrise|sunset|dawn|dusk)\b", re.IGNORECASE), "Give clock times, not the sun's."),
    ("open_end", re.compile(r"\d:\d\d\s*\+"), "Say when the opening ends ('18:00+' does not)."),
    ("repeated_times", re.compile(r"\d:\d\d\s*/\s*\d"), "Give spans, not repeated points in time."),
    ("school_holidays", re.compile(r"\bSH\b"), "School holidays (SH) are not known here; give dates."),
    ("holiday_offset", re.compile(r"\bPH\s*[+-]\s*\d"), "Days before or after a holiday are not known; give dates."),
)


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The hours of one station; ``rule`` is None when they are not known.

    Raises
    ------
    InvalidOpeningHours
        When ``rule`` cannot be read, or uses a part of the language that is refused (see the module).
    """

    rule: str | None
    original_text: str = ""

    def __post_init__(self) -> None:
        if self.rule is not None:
            _check_rule(self.rule)
        if len(self.original_text) > MAX_ORIGINAL_CHARS:
            raise InvalidOpeningHours(
                f"The words of the hours are longer than {MAX_ORIGINAL_CHARS} characters.",
                field="hours_text",
                code="too_long",
            )

    @classmethod
    def unknown(cls, original_text: str = "") -> OpeningHours:
        """Hours nobody knows, with the words that did not say."""
        return cls(None, original_text)

    @classmethod
    def from_rule(cls, rule: str, original_text: str = "") -> OpeningHours:
        """Hours by an OSM rule, tidied at its ends; raises InvalidOpeningHours when it cannot be read."""
        return cls(" ".join(rule.split()).strip("; "), original_text)

    @property
    def known(self) -> bool:
        """Whether there is a rule."""
        return self.rule is not None


def _refuse(message: str, code: str) -> InvalidOpeningHours:
    return InvalidOpeningHours(message, field="opening_hours", code=code)


@lru_cache(maxsize=8192)
def _check_rule(rule: str) -> None:
    """Raise InvalidOpeningHours unless the rule can be read and means one thing."""
    if not rule.strip():
        raise _refuse("An opening-hours rule needs words.", "empty")
    if len(rule) > MAX_RULE_CHARS:
        raise _refuse(f"The opening-hours rule is longer than {MAX_RULE_CHARS} characters.", "too_long")
    if _HALF_CHARACTER.search(rule) or not opening_hours.validate(rule) or not rule_text.sequences(rule):
        raise _refuse(f"{rule!r} is no OSM opening_hours rule.", "unreadable_rule")
    bare = rule_text.without_comments(rule)
    for code, form, advice in _REFUSED:
        if form.search(bare):
            raise _refuse(f"{rule!r} cannot be used: {advice}", code)
    for sequence in rule_text.sequences(rule):
        if sequence.passes_midnight and not sequence.can_open:
            raise _refuse(f"{rule!r} cannot be used: split the closed span at midnight.", "overnight_off")
    ranked = rule_text.ranked(rule)
    if not all(opening_hours.validate(ranked.on_holiday(weekday)) for weekday in range(7)):
        raise _refuse(f"{rule!r} cannot be used: name 'PH' by itself or in a list of days.", "holiday_weekdays")
