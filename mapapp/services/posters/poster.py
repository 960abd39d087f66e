"""What stands on the poster of one station, in Chinese and in English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from geodata.stations.opening_hours import OpeningHours
from geodata.stations.rule_words import words_of_rule
from geodata.stations.station import Station
from mapapp.services.qr_picture import QrPicture, qr_picture

MAX_FACT_CHARS: Final = 160
MAX_STREET_CHARS: Final = 80
"""Longer texts are cut: a poster is read standing, and the page behind the code has all of it."""

_UNPRINTABLE: Final = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
_UNKNOWN_HOURS: Final = ("开放时间待确认，请扫码查看", "Not confirmed yet: scan the code")
_AS_WRITTEN: Final = "As written in Chinese above"
_ASK: Final = ("请扫码查看", "Scan the code to see")


@dataclass(frozen=True, slots=True)
class Words:
    """The same in both languages; either may be empty."""

    zh: str
    en: str

    @property
    def char_count(self) -> int:
        """How much room both take, in Chinese characters."""
        return len(self.zh) + len(self.en) // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """One poster. ``address`` is what the QR code says: the short address of the station's page."""

    code: str
    name: Words
    kind: Words
    hours: Words
    entry: Words
    place: Words
    street: str
    address: str
    qr: QrPicture
    is_sample: bool

    @property
    def name_size(self) -> str:
        """How large the name can stand: ``l``, ``m``, ``s`` or ``xs``."""
        return _size(max(len(self.name.zh), len(self.name.en) // 2), (9, 18, 40))

    @property
    def fact_size(self) -> str:
        """How large the facts can stand."""
        return _size(sum(each.char_count for each in (self.hours, self.entry)) + len(self.street), (110, 190, 300))


def poster_of(station: Station, root_url: str, place: Words) -> Poster:
    """The poster of a station.

    Parameters
    ----------
    root_url
        The address people reach the service under, without a slash at its end.
    place
        The city's names.
    """
    address = f"{root_url}/s/{station.code}"
    return Poster(
        code=station.code,
        name=Words(_line(station.name), _line(station.name_en)),
        kind=Words(station.kind.zh, station.kind.en.capitalize()),
        hours=_hours(station.hours),
        entry=_entry(station),
        place=place,
        street=_cut(station.address, MAX_STREET_CHARS),
        address=address,
        qr=qr_picture(address),
        is_sample=station.is_sample,
    )


def _hours(hours: OpeningHours) -> Words:
    """The hours in words: our own where they say exactly what the rule means, else as somebody wrote them."""
    written = _cut(hours.original_text)
    if hours.rule is None:
        return Words(written, _AS_WRITTEN) if written else Words(*_UNKNOWN_HOURS)
    zh, en = words_of_rule(hours.rule, "zh"), words_of_rule(hours.rule, "en")
    if zh is not None and en is not None:
        return Words(_cut(zh), _cut(en))
    return Words(written or _ASK[0], _AS_WRITTEN if written else _ASK[1])


def _entry(station: Station) -> Words:
    """How the door opens, and how to find it."""
    note = _cut(station.entry_note)
    zh = "、".join(method.zh for method in station.entry_methods)
    en = ", ".join(method.en for method in station.entry_methods)
    return Words("；".join(each for each in (zh, note) if each), en[:1].upper() + en[1:])


def _size(char_count: int, limits: tuple[int, int, int]) -> str:
    return next((size for size, limit in zip(("l", "m", "s"), limits, strict=True) if char_count <= limit), "xs")


def _cut(text: str, most_chars: int = MAX_FACT_CHARS) -> str:
    line = _line(text)
    return line if len(line) <= most_chars else line[: most_chars - 1] + "…"


def _line(text: str) -> str:
    """One line of what can be printed: what no document may hold, and what turns the writing around, is left out."""
    return " ".join(_UNPRINTABLE.sub("", text).split())
