"""One reader a type: from the text of a parameter to a typed value, or a sentence that says why not.

Readers accept plain ASCII only and bound their input before converting it, so that ``1_0``, ``nan``
or a kilometre of digits never reaches the core. Sentences do not repeat what was sent where it may
be a position.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from flask_babel import gettext

from geodata.coordinates import BBox
from geodata.coverage.within import Within
from geodata.errors import InvalidCoordinate, InvalidValue
from geodata.places import Place
from mapapp.api.parameters import MAX_SHOWN_CHARS, Unreadable

E = TypeVar("E", bound=StrEnum)

YEARS: Final = (2000, 2100)
MAX_TEXT_CHARS: Final = 100
_NUMBER: Final = re.compile(r"-?\d{1,12}(\.\d{1,20})?([eE][+-]?\d{1,3})?", re.ASCII)
_INTEGER: Final = re.compile(r"-?\d{1,12}", re.ASCII)
INSTANT_PATTERN: Final = (
    r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])?$"
)
"""What the document promises to read, if the calendar has such a day. The reader takes a little more."""
_INSTANT: Final = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[T ](?P<time>\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)"
    r"(?P<zone>Z|(?P<sign>[+ -])(?P<offset>\d{2}:?\d{2}))?",
    re.ASCII,
)


def read_degrees(limit: float) -> Callable[[str, Place], float]:
    """A reader of finite degrees between ``-limit`` and ``limit``."""

    def read(text: str, _place: Place) -> float:
        value = _number(text)
        if abs(value) > limit:
            swapped = abs(value) <= 180
            code = "swapped_axes" if swapped else "out_of_range"
            raise Unreadable(_out_of_range(-limit, limit, swapped=swapped), code=code)
        return value

    return read


def read_integer(minimum: int, maximum: int) -> Callable[[str, Place], int]:
    """A reader of whole numbers from ``minimum`` to ``maximum``."""

    def read(text: str, _place: Place) -> int:
        if not _INTEGER.fullmatch(text):
            raise Unreadable(gettext("This must be a whole number."), code="not_an_integer")
        if not minimum <= int(text) <= maximum:
            raise Unreadable(_out_of_range(minimum, maximum), code="out_of_range")
        return int(text)

    return read


def read_choice(choices: type[E]) -> Callable[[str, Place], E]:
    """A reader of one code of a vocabulary."""
    known = {choice.value: choice for choice in choices}

    def read(text: str, _place: Place) -> E:
        return known[_one_of(text, known)]

    return read


def read_choices(choices: type[E]) -> Callable[[str, Place], frozenset[E]]:
    """A reader of comma-separated codes of a vocabulary."""
    known = {choice.value: choice for choice in choices}

    def read(text: str, _place: Place) -> frozenset[E]:
        return frozenset(known[_one_of(item, known)] for item in text.split(","))

    return read


def read_flag(text: str, _place: Place) -> bool:
    """``true`` or ``false``."""
    return {"true": True, "false": False}[_one_of(text, ("true", "false"))]


def read_districts(text: str, place: Place) -> frozenset[str]:
    """Comma-separated codes of the place's districts."""
    known = [unit.code for unit in place.units]
    return frozenset(_one_of(item, known) for item in text.split(","))


def read_words(text: str, _place: Place) -> str:
    """A few words to look for."""
    if len(text) > MAX_TEXT_CHARS:
        sentence = gettext("This must not be longer than %(limit)d characters.", limit=MAX_TEXT_CHARS)
        raise Unreadable(sentence, code="too_long")
    return text


def read_box(text: str, _place: Place) -> BBox:
    """A box: west, south, east, north."""
    parts = text.split(",")
    if len(parts) != 4:
        raise Unreadable(gettext("This must be four numbers: west,south,east,north in degrees."), code="not_a_box")
    try:
        return BBox(*(_number(part) for part in parts))
    except InvalidCoordinate as error:
        raise Unreadable(_box_sentence(error.code), code=error.code) from None


def read_instant(text: str, place: Place) -> datetime:
    """An ISO 8601 instant; without an offset, in the place's time zone.

    A ``+`` that was not escaped in the address arrives as a space and is taken for what it was.
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise Unreadable(_instant_sentence(), code="not_an_instant")
    zone = match["zone"] or ""
    if match["sign"] == " ":
        zone = "+" + match["offset"]
    try:
        instant = datetime.fromisoformat(f"{match['day']}T{match['time']}{zone}")
    except ValueError:
        raise Unreadable(_instant_sentence(), code="not_an_instant") from None
    if not YEARS[0] <= instant.year < YEARS[1]:
        raise Unreadable(
            gettext("The year must lie between %(first)d and %(last)d.", first=YEARS[0], last=YEARS[1] - 1),
            code="out_of_range",
        )
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=place.timezone)
    return instant.astimezone(place.timezone)


def read_within(text: str, _place: Place) -> Within:
    """The limit of a rule of coverage: metres as the crow flies, or minutes of travel."""
    try:
        return Within.parse(text)
    except InvalidValue as error:
        sentence = (
            gettext("A limit lies above 0 and is at most 100000m or 600min.")
            if error.code == "out_of_range"
            else gettext("A limit is written in metres or minutes, such as 1000m or 15min.")
        )
        raise Unreadable(sentence, code=error.code) from None


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise Unreadable(gettext("This must be a plain decimal number."), code="not_a_number")
    return float(text)


def _one_of(text: str, known: Collection[str]) -> str:
    if text in known:
        return text
    shown = text[:MAX_SHOWN_CHARS]
    raise Unreadable(
        gettext("“%(value)s” is not one of: %(known)s.", value=shown, known=", ".join(known)), code="unknown_value"
    )


def _out_of_range(minimum: float, maximum: float, *, swapped: bool = False) -> str:
    sentence = str(
        gettext("This must lie between %(minimum)s and %(maximum)s.", minimum=f"{minimum:g}", maximum=f"{maximum:g}")
    )
    return _swapped_too(sentence) if swapped else sentence


def _box_sentence(code: str) -> str:
    if code == "box_order":
        return str(gettext("The order is west,south,east,north: west must not exceed east, nor south north."))
    sentence = str(gettext("Longitudes must lie between -180 and 180, latitudes between -90 and 90."))
    return _swapped_too(sentence) if code == "swapped_axes" else sentence


def _swapped_too(sentence: str) -> str:
    return f"{sentence} {gettext('Are longitude and latitude swapped?')}"


def _instant_sentence() -> str:
    return str(gettext("This must be a date and time such as 2026-11-18T10:00 or 2026-11-18T10:00:00+08:00."))
