"""Reading the text of an OSM ``opening_hours`` rule: its sequences, what we refuse, and day plans.

The hours library answers "open at this instant", and lets a rule for one day cut the tail of the span
that began the evening before. Here a span belongs to the day it begins on, so the library is asked a
question it cannot get wrong: ``ranked`` rewrites every time of day as its *rank* among the times of the
rule (``20:00-02:00`` beside ``10:00-12:00`` becomes ranks 3-5 beside 1-2), written as minutes after
midnight. No rewritten span passes midnight, so evaluating one date gives exactly the spans that begin
on that date, and the ranks translate back to minutes, 1440 and more for the day after.

What the words mean here: ``00:00-00:00`` and ``00:00-24:00`` are the whole day; ``08:00-08:00`` is the
24 hours from 08:00; days without a time (``Mo-Fr``) are whole days; a sequence that is only a comment
("call us") is unknown, which never counts as open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

DAY_MIN: Final = 1440
WEEKDAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

_TOKEN: Final = re.compile(
    r"""(?P<comment>"[^"]*")
      | (?P<time>(?P<h1>\d{1,2}):(?P<m1>\d{2})\s*-\s*(?P<h2>\d{1,2}):(?P<m2>\d{2}))
      | (?P<always>24/7)
      | (?P<modifier>\b(?:open|off|closed|unknown)\b)
      | (?P<separator>;|\|\|)
      | (?P<comma>,)
      | (?P<other>[A-Za-z0-9]+|[^\s])
      | (?P<space>\s+)""",
    re.VERBOSE | re.IGNORECASE,
)
_CLOSING: Final = frozenset({"off", "closed"})
_WEEKLY_WORDS: Final = frozenset({day.lower() for day in WEEKDAYS} | {"ph", "-"})
_ENDS_A_SEQUENCE: Final = frozenset({"time", "always", "modifier", "comment"})


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start_min: int = 0
    end_min: int = 0


@dataclass(frozen=True, slots=True)
class Sequence:
    """One rule of a rule text (``Mo-Fr 08:00-18:00``), with the separator that stands after it."""

    tokens: tuple[_Token, ...]
    separator: str

    def has(self, kind: str) -> bool:
        """Whether a token of that kind is in it."""
        return any(token.kind == kind for token in self.tokens)

    @property
    def modifier(self) -> str:
        """``open``, ``off``, ``closed``, ``unknown``, or nothing."""
        return next((token.text.lower() for token in self.tokens if token.kind == "modifier"), "")

    @property
    def can_open(self) -> bool:
        """Whether its spans are open ones: neither closed nor unknown."""
        return self.modifier in {"", "open"}

    @property
    def passes_midnight(self) -> bool:
        """Whether one of its spans ends on the next day."""
        return any(token.end_min > DAY_MIN for token in self.tokens)


@dataclass(frozen=True, slots=True)
class RankedRule:
    """A rule whose times are ranks: minute r after midnight stands for ``minutes[r]`` of the day."""

    text: str
    minutes: tuple[int, ...]

    def on_holiday(self, weekday: int) -> str:
        """The text for a holiday that falls on that weekday (Monday 0): ``PH`` names that day."""
        return holiday_as(self.text, weekday)


@lru_cache(maxsize=1024)
def sequences(rule: str) -> tuple[Sequence, ...]:
    """The rule's sequences in order; ``rule`` must be one the library can read."""
    found: list[Sequence] = []
    current: list[_Token] = []
    tokens = _tokens(rule)
    for number, token in enumerate(tokens):
        following = next((later for later in tokens[number + 1 :] if later.kind != "space"), None)
        if token.kind == "separator" or (token.kind == "comma" and _splits(current, following)):
            found.append(Sequence(tuple(current), token.text))
            current = []
        else:
            current.append(token)
    found.append(Sequence(tuple(current), ""))
    return tuple(sequence for sequence in found if not all(token.kind == "space" for token in sequence.tokens))


def without_comments(rule: str) -> str:
    """The rule without the words in quotes."""
    return "".join(token.text for token in _tokens(rule) if token.kind != "comment")


def is_weekly(rule: str) -> bool:
    """Whether the rule depends on the day of the week and on holidays only, not on the date."""
    return all(
        token.kind != "other" or token.text.lower() in _WEEKLY_WORDS
        for sequence in sequences(rule)
        for token in sequence.tokens
    )


def names_holidays(rule: str) -> bool:
    """Whether the rule says anything about public holidays."""
    return any(token.text == "PH" for sequence in sequences(rule) for token in sequence.tokens)


def holiday_as(rule: str, weekday: int) -> str:
    """The rule with ``PH`` written as a weekday (Monday 0); comments stay as they are."""
    return "".join(WEEKDAYS[weekday] if token.text == "PH" else token.text for token in _tokens(rule))


@lru_cache(maxsize=1024)
def ranked(rule: str) -> RankedRule:
    """The rule with ranks for times, comments dropped, and times and states written out."""
    parsed = sequences(rule)
    times = {0, DAY_MIN}
    for sequence in parsed:
        for token in sequence.tokens:
            if token.kind == "time":
                times |= {token.start_min, token.end_min}
    minutes = tuple(sorted(times))
    rank = {minute: position for position, minute in enumerate(minutes)}
    text = " ".join(_ranked_sequence(sequence, rank) for sequence in parsed)
    return RankedRule(text.rstrip(";| "), minutes)


def _ranked_sequence(sequence: Sequence, rank: dict[int, int]) -> str:
    """One sequence in ranks. ``off`` without times stays so: it closes the spans of its days whole."""
    words: list[str] = []
    for token in sequence.tokens:
        if token.kind == "time":
            words.append(_rank_span(rank, token.start_min, token.end_min))
        elif token.kind == "always":
            words.append("")
        elif token.kind not in {"modifier", "comment"}:
            words.append(token.text)
    text = " ".join("".join(words).split())
    says_when = sequence.has("time") or sequence.modifier in _CLOSING
    if not says_when:
        text = f"{text} {_rank_span(rank, 0, DAY_MIN)}"
    is_comment_only = all(token.kind in {"comment", "space"} for token in sequence.tokens)
    state = "unknown" if is_comment_only else sequence.modifier
    return f"{text} {state}{sequence.separator}".strip()


def _rank_span(rank: dict[int, int], start_min: int, end_min: int) -> str:
    start, end = rank[start_min], rank[end_min]
    return f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"


@lru_cache(maxsize=1024)
def _tokens(rule: str) -> tuple[_Token, ...]:
    found = []
    for match in _TOKEN.finditer(rule):
        kind = match.lastgroup or "other"
        if match["time"] is None:
            found.append(_Token(kind, match[0]))
            continue
        start_min = int(match["h1"]) * 60 + int(match["m1"])
        end_min = int(match["h2"]) * 60 + int(match["m2"])
        found.append(_Token("time", match[0], start_min, end_min if end_min > start_min else end_min + DAY_MIN))
    return tuple(found)


def _splits(before: list[_Token], after: _Token | None) -> bool:
    """Whether a comma begins a new sequence ("…12:00, Fr …") or only continues a list."""
    last = next((token for token in reversed(before) if token.kind != "space"), None)
    return last is not None and last.kind in _ENDS_A_SEQUENCE and after is not None and after.kind != "time"
