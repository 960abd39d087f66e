"""Reading dates out of pasted text: plain lists, and the sentences of a holiday notice.

``春节：2月15日至23日放假调休，共9天。2月14日（周六）、2月28日（周六）上班。`` is nine holidays and two make-up
working days, all of them of 春节.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from chinese_calendar import Holiday

from geodata.stations.holidays import DayKind, SpecialDay
from mapapp.services.holiday_editing import special_day

MAX_PASTED_CHARS: Final = 5000
MAX_RANGE_DAYS: Final = 31

_BRACKETS: Final = re.compile(r"[（(][^（()）]*[)）]")
_SPACES: Final = re.compile(r"[^\S\n]+")
"""One space says as much as a thousand, and leaves the patterns below nothing to try over and over."""
_CLAUSE: Final = re.compile(r"[。；;\n]+")
_NAME: Final = re.compile(r"^\s*(?:[一二三四五六七八九十\d]+\s*[、.．)）])?\s*([\u4e00-\u9fff·、]{1,20})\s*[：:]")
_DAY: Final = r"(?:(?P<y{0}>\d{{4}})\s*[-/.年]\s*)?(?P<m{0}>\d{{1,2}})\s*[-/.月]\s*(?P<d{0}>\d{{1,2}})\s*[日号]?"
_DATES: Final = re.compile(
    rf"(?<!\d){_DAY.format(1)}(?:\s*(?:至|到|~|～|—+|–|-)\s*(?:{_DAY.format(2)}|(?P<last>\d{{1,2}})\s*[日号]))?(?!\d)"
)
_ENGLISH: Final = {holiday.chinese: holiday.value for holiday in Holiday}


@dataclass(frozen=True, slots=True)
class Pasted:
    """The days found, and the pieces of text in which a date stands that does not exist or is not meant."""

    days: tuple[SpecialDay, ...]
    unread: tuple[str, ...]


def read_pasted(text: str, year: int, kind: DayKind, name_zh: str, name_en: str, source: str) -> Pasted:
    """The special days of a text.

    Parameters
    ----------
    year
        Of dates that do not say theirs.
    kind, name_zh, name_en
        What holds where the text says nothing itself; a clause with 上班 is of working days, one with 放假 of
        holidays, and what stands before a colon is a name.

    Raises
    ------
    InvalidValue
        A day has no name, or one that is too long.
    """
    days: dict[date, SpecialDay] = {}
    unread: list[str] = []
    names = (name_zh, name_en)
    for clause in _CLAUSE.split(_SPACES.sub(" ", _BRACKETS.sub("", text))):
        named = _NAME.match(clause)
        if named:
            names = (named[1], _ENGLISH.get(named[1], ""))
        of_kind = _kind(clause, kind)
        for found in _DATES.finditer(clause):
            dates = _dates(found, year)
            if not dates:
                unread.append(found[0].strip())
            for day in dates:
                days[day] = special_day(day, of_kind, *_worded(names, of_kind, is_of_text=named is not None), source)
    if not days and not unread and text.strip():
        unread.append(text.strip()[:60])
    return Pasted(tuple(days[day] for day in sorted(days)), tuple(unread))


def _kind(clause: str, otherwise: DayKind) -> DayKind:
    if "上班" in clause:
        return DayKind.WORKDAY
    return DayKind.HOLIDAY if "放假" in clause or "休" in clause else otherwise


def _worded(names: tuple[str, str], kind: DayKind, *, is_of_text: bool) -> tuple[str, str]:
    """The names of a day: a working day says what it makes up for."""
    zh, en = names
    if kind is DayKind.HOLIDAY or "上班" in zh or not (zh or en):
        return zh, en
    return f"{zh}调休上班" if zh else "", f"Make-up working day ({en})" if en else ""


def _dates(found: re.Match[str], year: int) -> list[date]:
    """The dates from the first to the last; none where that cannot be."""
    try:
        first = date(int(found["y1"] or year), int(found["m1"]), int(found["d1"]))
        last = first
        if found["last"]:
            last = first.replace(day=int(found["last"]))
        elif found["m2"]:
            last = date(int(found["y2"] or first.year), int(found["m2"]), int(found["d2"]))
    except ValueError:
        return []
    count = (last - first).days + 1
    if not 1 <= count <= MAX_RANGE_DAYS or {first.year, last.year} != {year}:
        return []
    return [first + timedelta(days=number) for number in range(count)]
