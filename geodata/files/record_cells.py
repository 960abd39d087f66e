"""The smaller cells of a row: names, numbers with units, dates of verification, entry methods."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from geodata.files.cells import date_of, is_blank, number_of, raw_text, text_of
from geodata.files.detail_cells import names_in
from geodata.files.messages import Message, UnreadCell
from geodata.files.words import ENTRY_METHOD_WORDS
from geodata.stations.station import MAX_NAME_CHARS, MAX_OTHER_NAMES, Verification
from geodata.stations.vocabulary import VerifiedHow

_LIST_SEPARATORS: Final = re.compile(r"[、，,;；|\n]+")
_MAX_METHODS: Final = 50
_MAX_METHODS_CHARS: Final = 500
_MAX_CAPACITY: Final = 100_000
_MAX_AREA_M2: Final = 1_000_000


def names_of(cell: object) -> tuple[str, ...]:
    """Other names: a list, or several in one cell; one that holds a comma stands in quotation marks."""
    pieces = cell if isinstance(cell, (list, tuple)) else names_in(text_of(cell))
    names = tuple(dict.fromkeys(name for piece in pieces if (name := text_of(piece, MAX_NAME_CHARS))))
    if len(names) > MAX_OTHER_NAMES:
        raise UnreadCell(
            "too_many", Message(f"别名超过 {MAX_OTHER_NAMES} 个。", f"More than {MAX_OTHER_NAMES} other names.")
        )
    return names


def entry_pieces(cell: object) -> tuple[str, ...]:
    """The words of an entry-method cell; 电话/密码 is one word, 扫码/刷卡 two."""
    if isinstance(cell, (list, tuple)):
        return tuple(text_of(item, MAX_NAME_CHARS) for item in cell[:_MAX_METHODS] if not is_blank(item))
    pieces: list[str] = []
    for piece in _pieces(cell):
        known = ENTRY_METHOD_WORDS.code_of(piece) is not None
        pieces.extend([piece] if known else [part for part in re.split(r"[/\s+]+", piece) if part])
    return tuple(pieces)


def _pieces(cell: object) -> list[str]:
    return [piece.strip() for piece in _LIST_SEPARATORS.split(text_of(cell, _MAX_METHODS_CHARS)) if piece.strip()]


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


def verification_of(cell: object, today: date, how: VerifiedHow = VerifiedHow.IMPORT) -> Verification | None:
    """The day of the last verification, in words or as the API's object; never after ``today``."""
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
