"""Grades and titles of a place: a grade in its own column, all of them in one cell, or the API's own objects.

In one cell they are written so that they can be read by people, and read back:
``星级驿站：“4”，2025年，授予“市总工会”；最美驿站：“市级”``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from geodata.files.cells import folded, is_blank, text_of
from geodata.files.detail_cells import Entry, entries_of, joined_entries, quoted, written_entry
from geodata.files.messages import Message, UnreadCell
from geodata.files.service_details import MAX_DETAILS_CHARS
from geodata.files.words import AWARD_WORDS
from geodata.stations.station import MAX_AWARDS, MAX_NAME_CHARS, Award
from geodata.stations.vocabulary import AwardScheme

_STARS: Final = {"一": "1", "二": "2", "两": "2", "三": "3", "四": "4", "五": "5"} | {digit: digit for digit in "12345"}
_YEAR: Final = re.compile(r"(?:年份|year)?[:：]?\s*(\d{4})\s*年?|(\d{1,6})\s*年", re.IGNORECASE)
_GRANTED: Final = re.compile(r"(?:授予单位|授予|颁发单位|由|granted by|by)[:：]?\s*", re.IGNORECASE)
_LEVEL: Final = re.compile(r"(?:级别|等级|level)[:：]?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AwardsGiven:
    """What a row says of awards. ``is_complete``: of all of them, so what it leaves out goes."""

    awards: tuple[Award, ...] = ()
    unread: tuple[str, ...] = ()
    is_complete: bool = False


def grade_of(cell: object, *, is_driver_home: bool) -> tuple[Award, ...]:
    """The grade a 星级 cell gives: stars, A's of a driver home, or the title 最美驿站."""
    text = folded(text_of(cell)).replace(" ", "").replace("☆", "")
    if not text:
        return ()
    if "最美" in text:
        return (Award(scheme=AwardScheme.MOST_BEAUTIFUL, level=text_of(cell, MAX_NAME_CHARS)),)
    grade = re.fullmatch(r"(a{2,5}|[2-5]a)级?(?:司机之家)?", text)
    if grade:
        level = "A" * int(grade[1][0]) if grade[1][0].isdigit() else grade[1].upper()
        return (Award(scheme=AwardScheme.DRIVER_HOME_GRADE, level=level),)
    stars = re.fullmatch(r"([一二两三四五1-5])(?:\.0)?(?:星级?|颗星|stars?)?(?:驿站|站点)?", text)
    if stars and not is_driver_home:
        return (Award(scheme=AwardScheme.STARS, level=_STARS[stars[1]]),)
    if re.fullmatch(r"[★⭐]{1,5}", text):
        return (Award(scheme=AwardScheme.STARS, level=str(len(text))),)
    raise UnreadCell("not_a_grade", Message("看不出是几星（一星到五星）。", "Not a grade of one to five stars."))


def grade_cell(awards: tuple[Award, ...], *, is_driver_home: bool) -> str:
    """The first grade that is read back as what it is; the cell of all awards has the others."""
    for award in awards:
        try:
            (read,) = grade_of(award.level, is_driver_home=is_driver_home) or (None,)
        except UnreadCell:
            continue
        is_grade = award.scheme is not AwardScheme.MOST_BEAUTIFUL
        if is_grade and read is not None and (read.scheme, read.level) == (award.scheme, award.level):
            return award.level
    return ""


def awards_cell(awards: tuple[Award, ...], language: str) -> str:
    """All awards in one cell."""
    entries = [written_entry(award.scheme.label(language), _facts_of(award, language), language) for award in awards]
    return joined_entries(entries, language)


def awards_of(cell: object) -> AwardsGiven:
    """The awards of a cell: words as `awards_cell` writes them, or the API's objects.

    Raises
    ------
    UnreadCell
        Nothing in it names a scheme.
    """
    if is_blank(cell):
        return AwardsGiven()
    if isinstance(cell, (list, tuple)):
        given = AwardsGiven(tuple(_award_of_object(item) for item in cell))
    else:
        given = _awards_in_words(text_of(cell, MAX_DETAILS_CHARS))
    if not given.awards:
        message = Message(
            "没有读懂，应写成：星级驿站：“4”，2025年，授予“市总工会”。", 'Write: star grade: "4", 2025, by "the union".'
        )
        raise UnreadCell("not_awards", message)
    if len(given.awards) > MAX_AWARDS:
        raise UnreadCell("too_many", Message(f"荣誉超过 {MAX_AWARDS} 项。", f"More than {MAX_AWARDS} awards."))
    return given


def _facts_of(award: Award, language: str) -> list[str]:
    is_zh = language == "zh"
    facts = [quoted(award.level, language)]
    if award.year is not None:
        facts.append(f"{award.year}年" if is_zh else f"year {award.year}")
    if award.granted_by:
        facts.append(f"{'授予' if is_zh else 'by '}{quoted(award.granted_by, language)}")
    return facts


def _awards_in_words(text: str) -> AwardsGiven:
    awards: list[Award] = []
    unread: list[str] = []
    for entry in entries_of(text):
        award = _award_in_words(entry)
        if award is None:
            unread.append(entry.text)
        else:
            awards.append(award)
    return AwardsGiven(tuple(awards), tuple(unread))


def _award_in_words(entry: Entry) -> Award | None:
    scheme = AWARD_WORDS.code_of(entry.head)
    level, year, granted_by = None, None, ""
    for fact in entry.facts:
        if fact.is_broken:
            return None
        words = fact.bare if fact.quoted is None else fact.quoted
        if fact.quoted is None and (match := _YEAR.fullmatch(fact.bare)) is not None:
            year = int(match[1] or match[2])
        elif (key := _GRANTED.match(fact.bare)) is not None:
            granted_by = fact.bare[key.end() :] if fact.quoted is None else words
        elif level is None and (fact.quoted is None or _LEVEL.fullmatch(fact.bare) or not fact.bare):
            key = _LEVEL.match(fact.bare)
            level = fact.bare[key.end() :] if key is not None and fact.quoted is None else words
        else:
            return None
    if scheme is None or level is None or max(len(level), len(granted_by)) > MAX_NAME_CHARS:
        return None
    return Award(scheme=scheme, level=level, year=year, granted_by=granted_by)


def _award_of_object(item: Any) -> Award:
    try:
        return _of_mapping(item)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadCell("not_awards", Message("不是荣誉对象。", "Not award objects.")) from error


def _of_mapping(item: Mapping[str, Any]) -> Award:
    year = item.get("year")
    return Award(
        scheme=AwardScheme(item["scheme"]),
        level=text_of(item["level"], MAX_NAME_CHARS),
        year=int(year) if year is not None else None,
        granted_by=text_of(item.get("granted_by"), MAX_NAME_CHARS),
    )
