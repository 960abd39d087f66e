"""Several things with several facts each in one cell, as people read them: ``饮水：可用，费用“2元”；热饭：报修中``.

Entries stand between semicolons, an entry's head before its first colon, its facts between commas. Words that
hold any of these signs, and all free words that are written, stand in quotation marks, “…” or "…"; a closing
mark within them is doubled. Everything is read in one pass over the text, however odd it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_CLOSING: Final = {"“": "”", '"': '"', "＂": "＂"}
_NAME_SEPARATORS: Final = frozenset("、，,;；|\n")
_ENTRY_ENDS: Final = frozenset(";；\n")
_FACT_ENDS: Final = frozenset("，,、")
_COLONS: Final = frozenset("：:")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: the bare words before the quotation marks, and what stands in them; None without any."""

    bare: str
    quoted: str | None = None

    @property
    def is_broken(self) -> bool:
        """Whether it has a quotation mark that opens and never closes, or more words behind one that does."""
        return self.quoted is None and not _CLOSING.keys().isdisjoint(self.bare)


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands between two semicolons: the head, its facts, and the whole as written."""

    head: str
    facts: tuple[Fact, ...]
    text: str


def entries_of(text: str) -> tuple[Entry, ...]:
    """The entries of a cell, blank ones left out."""
    return tuple(_entry(part) for part in _split(text, _ENTRY_ENDS) if part.strip())


def names_in(text: str) -> tuple[str, ...]:
    """The names of a list; a name that holds a separator stands in quotation marks as a whole."""
    names: list[str] = []
    start = 0
    while start < len(text):
        name, start = _name_from(text, start)
        if name:
            names.append(name)
    return tuple(names)


def quoted(words: str, language: str) -> str:
    """Words in quotation marks, so that they are read as they are."""
    opening, closing = ("“", "”") if language == "zh" else ('"', '"')
    return f"{opening}{words.replace(closing, closing * 2)}{closing}"


def listed_names(names: Iterable[str], language: str) -> str:
    """Names in one cell, those in quotation marks that would be taken for several."""
    separator = "、" if language == "zh" else ", "
    return separator.join(quoted(name, language) if _needs_marks(name) else name for name in names)


def written_entry(head: str, facts: Iterable[str], language: str) -> str:
    """An entry, from facts as they are to stand."""
    colon, comma = ("：", "，") if language == "zh" else (": ", ", ")
    return f"{head}{colon}{comma.join(facts)}"


def joined_entries(entries: Iterable[str], language: str) -> str:
    """Entries in one cell."""
    return ("；" if language == "zh" else "; ").join(entries)


def _needs_marks(name: str) -> bool:
    return name[:1] in _CLOSING or not _NAME_SEPARATORS.isdisjoint(name)


def _entry(text: str) -> Entry:
    head, *rest = _split(text, _COLONS, once=True)
    facts = tuple(_fact(part) for part in _split(rest[0], _FACT_ENDS) if part.strip()) if rest else ()
    return Entry(head.strip(), facts, text.strip())


def _fact(text: str) -> Fact:
    start = next((place for place, character in enumerate(text) if character in _CLOSING), None)
    if start is None:
        return Fact(text.strip())
    end = _end_of_quotation(text, start)
    if end is None or text[end:].strip():
        return Fact(text.strip())
    closing = _CLOSING[text[start]]
    return Fact(text[:start].strip(), text[start + 1 : end - 1].replace(closing * 2, closing))


def _split(text: str, ends: frozenset[str], *, once: bool = False) -> list[str]:
    """The parts between the ends, whatever stands in quotation marks."""
    parts: list[str] = []
    start = place = 0
    while place < len(text):
        if text[place] in _CLOSING:
            place = _end_of_quotation(text, place) or len(text)  # one that is never closed goes on to the end
            continue
        if text[place] in ends:
            parts.append(text[start:place])
            start = place + 1
            if once:
                break
        place += 1
    return [*parts, text[start:]]


def _end_of_quotation(text: str, start: int) -> int | None:
    """The place behind the closing mark; None without one."""
    closing = _CLOSING[text[start]]
    place = text.find(closing, start + 1)
    while place >= 0:
        if text[place + 1 : place + 2] != closing:
            return place + 1
        place = text.find(closing, place + 2)
    return None


def _name_from(text: str, start: int) -> tuple[str, int]:
    """The name that begins there, and where the next one does."""
    while start < len(text) and text[start] == " ":
        start += 1
    if text[start : start + 1] in _CLOSING and start < len(text):
        end = _end_of_quotation(text, start)
        behind = len(text) if end is None else end
        while behind < len(text) and text[behind] == " ":
            behind += 1
        if end is not None and (behind == len(text) or text[behind] in _NAME_SEPARATORS):
            closing = _CLOSING[text[start]]
            return text[start + 1 : end - 1].replace(closing * 2, closing), behind + 1
    end = next((place for place in range(start, len(text)) if text[place] in _NAME_SEPARATORS), len(text))
    return text[start:end].strip(), end + 1
