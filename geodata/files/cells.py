"""Single cells of a file as text, numbers and dates.

A cell is whatever a format can hold: text, number, truth value, date, time, or (GeoJSON) a list or an
object. Clerks write "no value" in many ways; ``is_blank`` knows them. Nothing here guesses: a cell that
cannot be read raises ``UnreadCell`` with the reason.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from geodata.files.messages import Message, UnreadCell

MAX_CELL_CHARS: Final = 10_000
"""A longer cell is a mistake (a missing quote, a pasted document), never a station's fact."""

_BLANKS: Final = frozenset(
    {"", "无", "暂无", "没有", "空", "待补", "待定", "未知", "不详", "无数据", "-", "--", "—", "——", "/", "\\", "?"}
    | {"n/a", "na", "nan", "null", "none", "nil", "unknown", "tbd", "<null>"}
)
_SPREADSHEET_ERRORS: Final = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!"}
)
UNSAVED_FORMULA: Final = "#UNSAVED!"
"""What stands for a formula whose result the file does not hold: no spreadsheet writes it."""
_INVISIBLE: Final = str.maketrans("", "", "\u200b\u2060\ufeff\u00ad")
_MAX_WHOLE: Final = 10**300
_EXCEL_EPOCH: Final = date(1899, 12, 30)
_EXCEL_DAYS: Final = range(36_000, 73_000)
"""Spreadsheet day numbers of 1998 to 2099; other numbers are no dates."""


def raw_text(cell: object) -> str:
    """The cell as a person would read it, uncut and unchecked: for reports."""
    try:
        return _text_of_any(cell)
    except RecursionError:  # lists in lists without end, as GeoJSON may hold
        return "…"


def _text_of_any(cell: object) -> str:
    match cell:
        case None:
            text = ""
        case bool():
            text = "true" if cell else "false"
        case float():
            text = _number_text(cell)
        case datetime():
            text = cell.date().isoformat() if cell.time() == time() else cell.strftime("%Y-%m-%d %H:%M")
        case time():
            text = cell.strftime("%H:%M")
        case timedelta():
            minutes = round(cell.total_seconds() / 60)
            text = f"{minutes // 60:02d}:{minutes % 60:02d}"
        case list() | tuple():
            text = "、".join(_text_of_any(item) for item in cell)
        case int() if abs(cell) >= _MAX_WHOLE:
            text = "∞"  # Python refuses to print the longest whole numbers
        case _:
            text = str(cell)
    return text


def _number_text(number: float) -> str:
    if math.isfinite(number) and number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return repr(number)


def is_blank(cell: object) -> bool:
    """Whether the cell says nothing: empty, 无, 暂无, a dash, n/a …"""
    if cell is None or cell in ([], {}, ()):
        return True
    if isinstance(cell, float) and math.isnan(cell):
        return True
    return isinstance(cell, str) and folded(cell) in _BLANKS


def folded(text: str) -> str:
    """Text for comparing words: full-width forms narrowed, invisible marks gone, lower case, trimmed."""
    return unicodedata.normalize("NFKC", _visible(text)).strip().lower()


def _visible(text: str) -> str:
    """The text without invisible marks, none of which is printable."""
    return text if text.isprintable() else text.translate(_INVISIBLE)


def one_line(text: str) -> str:
    """The text as a cell holds it: on one line, with single spaces and without invisible marks."""
    return " ".join(_visible(text).split())


def text_of(cell: object, max_chars: int = MAX_CELL_CHARS) -> str:
    """The cell as one line of text; ``""`` when it is blank.

    Line breaks and tabs become spaces. Control characters, halves of characters and the mark that
    a decoder leaves for a broken byte are refused, as is a spreadsheet's error value.
    """
    if is_blank(cell):
        return ""
    if isinstance(cell, Mapping):
        raise UnreadCell("not_text", Message("这里应当是文字。", "This should be text."))
    whole = raw_text(cell)
    if len(whole) > max(max_chars, MAX_CELL_CHARS):
        raise _too_long(max(max_chars, MAX_CELL_CHARS))
    text = one_line(whole)
    _refuse_broken(text)
    if len(text) > max_chars:
        raise _too_long(max_chars)
    return text


def _too_long(max_chars: int) -> UnreadCell:
    return UnreadCell("too_long", Message(f"超过 {max_chars} 个字。", f"Longer than {max_chars} characters."))


def _refuse_broken(text: str) -> None:
    if text.upper() in _SPREADSHEET_ERRORS:
        raise UnreadCell("spreadsheet_error", Message("表格里的公式出错了。", "The spreadsheet's formula failed."))
    if text == UNSAVED_FORMULA:
        raise UnreadCell(
            "formula_unsaved",
            Message(
                "公式的结果没有保存在文件里。请用表格软件打开，保存后再上传。",
                "The file lacks this formula's result. Open it in a spreadsheet program, save it, send it again.",
            ),
        )
    if text.isprintable() and "\ufffd" not in text:
        return
    for character in text:
        if character == "\ufffd" or unicodedata.category(character) in {"Cc", "Cs"}:
            name = f"U+{ord(character):04X}"
            raise UnreadCell(
                "control_characters",
                Message(f"含有看不见的控制字符或乱码({name})。", f"Holds a control or broken character ({name})."),
            )


_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?")


def number_of(cell: object, units: str = "") -> float | None:
    """The cell as a finite number, or None when blank. ``units`` is a pattern of what may surround it."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and not is_blank(cell):
        return _finite(cell)
    text = folded(text_of(cell)).replace(" ", "")
    if not text:
        return None
    match = re.fullmatch(rf"(?:约|大约|近)?({_NUMBER.pattern})(?:{units})?", text)
    if match is None:
        raise UnreadCell("not_a_number", Message("不是数字。", "Not a number."))
    return _finite(float(match[1]))


def _finite(number: float) -> float:
    try:
        value = float(number)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise UnreadCell("not_finite", Message("不是有限的数。", "Not a finite number."))
    return value


_DATE: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ t].*)?|(\d{4})(\d{2})(\d{2})")


def date_of(cell: object) -> date | None:
    """The cell as a day, or None when blank: a date, 2026-03-01, 2026/3/1, 2026年3月1日, 20260301, a day number."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = folded(text_of(cell))
    if not text:
        return None
    if text.isdecimal() and len(text) <= 5 and int(text) in _EXCEL_DAYS:
        return _EXCEL_EPOCH + timedelta(days=int(text))
    match = _DATE.fullmatch(text)
    if match is not None:
        year, month, day = (int(part) for part in match.groups() if part is not None)
        try:
            return date(year, month, day)
        except ValueError:
            pass
    raise UnreadCell("not_a_date", Message("不是日期（例：2026-03-01）。", "Not a date (for example 2026-03-01)."))


_TRUE: Final = frozenset({"true", "1", "yes", "y", "是", "有", "√", "✓", "✔"})


def is_true(cell: object) -> bool:
    """Whether a truth-value cell says yes."""
    return folded(raw_text(cell)) in _TRUE
