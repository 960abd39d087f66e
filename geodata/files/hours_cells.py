"""Opening hours of a row: people's words, an OSM rule, or separate opening and closing times.

Words that cannot be read do not cost the row: its hours are unknown, the words are kept as they are, and
what was not understood is reported. A rule column beside a words column (as in the API's own export)
gives the rule, and the words stay the words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from geodata.errors import InvalidOpeningHours
from geodata.files.cells import folded, text_of
from geodata.files.headers import Field
from geodata.files.messages import Message, UnreadCell
from geodata.stations.hours_text import HoursReading, read_hours
from geodata.stations.opening_hours import MAX_ORIGINAL_CHARS, OpeningHours

HOURS_UNREAD: Final = "hours_unread"
"""The code of the problem that leaves a station's hours unknown."""
HOURS_DOUBTED: Final = "hours_doubted"
"""The code of a remark on hours that were read."""
_UNKNOWN: Final = frozenset({"未知", "unknown"})


@dataclass(frozen=True, slots=True)
class UnreadHours:
    """A cell of the hours, and why it was not read."""

    field: Field
    value: object
    code: str
    message: Message


def hours_of_cells(cells: Mapping[Field, object]) -> tuple[OpeningHours | None, tuple[UnreadHours, ...]]:
    """The hours the cells give (None when they are blank), and what was not read."""
    texts: dict[Field, str] = {}
    unread: list[UnreadHours] = []
    for field, cell in cells.items():
        try:
            texts[field] = text_of(cell, MAX_ORIGINAL_CHARS)
        except UnreadCell as problem:
            unread.append(UnreadHours(field, cell, problem.code, problem.message))
    words, rule = texts.get(Field.HOURS, ""), texts.get(Field.HOURS_RULE, "")
    if words and _says_unknown(cells.get(Field.HOURS_RULE)):
        return OpeningHours.unknown(words), tuple(unread)
    if rule:
        hours = _of_rule(rule, words)
        if hours is not None:
            return hours, tuple(unread)
    field = Field.HOURS if words else Field.HOURS_RULE if rule else Field.OPENS
    hours, doubt = _of_words(field, words or rule or _between(texts))
    return hours, (*unread, *([doubt] if doubt else []))


def _says_unknown(cell: object) -> bool:
    """Whether the rule's cell says that the words give no hours, which is more than being blank."""
    return isinstance(cell, str) and folded(cell) in _UNKNOWN


def reads_as_hours(words: str) -> bool:
    """Whether the words, in a cell of their own, give known hours."""
    hours, _doubt = _of_words(Field.HOURS, " ".join(words.split()))
    return hours is not None and hours.known


def _between(texts: Mapping[Field, str]) -> str:
    opens, closes = texts.get(Field.OPENS, ""), texts.get(Field.CLOSES, "")
    return f"{opens}-{closes}" if opens and closes else opens


def _of_rule(rule: str, words: str) -> OpeningHours | None:
    try:
        return OpeningHours(rule, words)
    except InvalidOpeningHours:
        return None


@lru_cache(maxsize=4096)
def _of_words(field: Field, text: str) -> tuple[OpeningHours | None, UnreadHours | None]:
    if not text:
        return None, None
    reading = read_hours(text)
    if not reading.problems:
        return (OpeningHours(reading.rule, text) if reading.rule is not None else None), None
    hours = OpeningHours(reading.rule, text)
    code = HOURS_UNREAD if reading.rule is None else HOURS_DOUBTED
    return hours, UnreadHours(field, text, code, _reasons(reading))


def _reasons(reading: HoursReading) -> Message:
    zh = "；".join(problem.message("zh") for problem in reading.problems) or "没有读懂"
    en = "; ".join(problem.message("en") for problem in reading.problems) or "could not be read"
    if reading.rule is None:
        return Message(f"{zh}。开放时间记为未知，原文保留。", f"{en}. The hours are unknown; the words are kept.")
    return Message(f"{zh}。读作：{reading.rule}。", f"{en}. Read as: {reading.rule}.")
