"""The smaller cells of a row: names, numbers with units, grades, dates of verification, entry methods."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from geodata.files.cells import date_of, folded, is_blank, number_of, raw_text, text_of
from geodata.files.messages import Message, UnreadCell
from geodata.files.words import ENTRY_METHOD_WORDS
from geodata.stations.station import MAX_NAME_CHARS, Award, Verification
from geodata.stations.vocabulary import AwardScheme, VerifiedHow

_LIST_SEPARATORS: Final = re.compile(r"[、，,;；|\n]+")
_MAX_CAPACITY: Final = 100_000
_MAX_AREA_M2: Final = 1_000_000


def names_of(cell: object) -> tuple[str, ...]:
    """Other names: a list, or several in one cell."""
    pieces = [text_of(item, MAX_NAME_CHARS) for item in cell] if isinstance(cell, (list, tuple)) else _pieces(cell)
    names = tuple(dict.fromkeys(piece for piece in pieces if piece))
    for name in names:
        text_of(name, MAX_NAME_CHARS)
    return names


def entry_pieces(cell: object) -> tuple[str, ...]:
    """The words of an entry-method cell; 电话/密码 is one word, 扫码/刷卡 two."""
    if isinstance(cell, (list, tuple)):
        return tuple(text_of(item) for item in cell if not is_blank(item))
    pieces: list[str] = []
    for piece in _pieces(cell):
        known = ENTRY_METHOD_WORDS.code_of(piece) is not None
        pieces.extend([piece] if known else [part for part in re.split(r"[/\s+]+", piece) if part])
    return tuple(pieces)


def _pieces(cell: object) -> list[str]:
    return [piece.strip() for piece in _LIST_SEPARATORS.split(text_of(cell)) if piece.strip()]


def capacity_of(cell: object) -> int | None:
    """Seats: a whole number, with 人, 个, 座 … after it or without."""
    count = number_of(cell, r"[余多]?[人个座位张把名]+")
    if count is None:
        return None
    if not (0 <= count <= _MAX_CAPACITY and count.is_integer()):
        raise UnreadCell(
            "out_of_range", Message("应是 0 到 100000 的整数。", "A whole number from 0 to 100,000 is wanted.")
        )
    return int(count)


def area_of(cell: object) -> float | None:
    """Square metres, with their unit after them or without."""
    area_m2 = number_of(cell, r"[余多]?(?:平方米|平米|平方|平|m2|m²|㎡|sqm|米2)")
    if area_m2 is not None and not 0 <= area_m2 <= _MAX_AREA_M2:
        raise UnreadCell(
            "out_of_range", Message("面积应在 0 到 100 万平方米之间。", "The area must be 0 to 1,000,000 m².")
        )
    return area_m2


_STARS: Final = {"一": "1", "二": "2", "两": "2", "三": "3", "四": "4", "五": "5"} | {digit: digit for digit in "12345"}


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


def awards_of(cell: object) -> tuple[Award, ...]:
    """The API's award objects; text in such a column is refused, as it names no scheme."""
    if is_blank(cell):
        return ()
    if not isinstance(cell, (list, tuple)):
        raise UnreadCell("not_awards", Message("荣誉没有读入，请在站点页面填写。", "Awards are not read from text."))
    try:
        return tuple(_award(item) for item in cell)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadCell("not_awards", Message("不是荣誉对象。", "Not award objects.")) from error


def _award(item: Mapping[str, Any]) -> Award:
    year = item.get("year")
    return Award(
        scheme=AwardScheme(item["scheme"]),
        level=text_of(item["level"], MAX_NAME_CHARS),
        year=int(year) if year is not None else None,
        granted_by=text_of(item.get("granted_by"), MAX_NAME_CHARS),
    )


def verification_of(cell: object, today: date) -> Verification | None:
    """The day of the last verification, in words or as the API's object; never after ``today``."""
    how = VerifiedHow.IMPORT
    if isinstance(cell, Mapping):
        try:
            how = VerifiedHow(cell.get("how") or how)
        except ValueError:
            raise UnreadCell("unknown_word", Message("不认识的核实方式。", "Not a known way of verifying.")) from None
        cell = cell.get("on")
    on = date_of(cell)
    if on is None:
        return None
    if on > today:
        raise UnreadCell(
            "future_date", Message(f"日期 {raw_text(on.isoformat())} 在今天之后。", "The date lies in the future.")
        )
    return Verification(on, how)
