"""Posters as documents: pages to print, an SVG each, and many SVGs in one archive.

The templates are the project's, drawn without a request: the worker makes posters too. A poster has both
languages at once, so nothing in them is translated.
"""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from functools import cache
from io import BytesIO
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mapapp.services.posters.poster import Poster
from mapapp.settings import PROJECT_DIR

_LATIN_EM: Final = 0.58
_LONGEST_PART: Final = 30
_JOINER: Final = "\u200d"
_ARCHIVED_AT: Final = (2000, 1, 1, 0, 0, 0)
"""The same posters make the same archive."""


def poster_page(posters: Sequence[Poster]) -> str:
    """One HTML document with a sheet of A4 for each poster; `poster_style` goes with it."""
    title = posters[0].code if len(posters) == 1 else f"{len(posters)} posters"
    return _templates().get_template("posters/document.html").render(posters=posters, title=title)


def poster_svg(poster: Poster) -> str:
    """The poster as an SVG of A4's size, in millimetres, with text that can still be changed."""
    return _templates().get_template("posters/poster.svg").render(poster=poster, lines=wrapped).strip() + "\n"


def svg_archive(posters: Iterable[Poster]) -> bytes:
    """A ZIP with an SVG for each poster, named by the station's code."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for poster in posters:
            archive.writestr(zipfile.ZipInfo(f"{poster.code}.svg", _ARCHIVED_AT), poster_svg(poster))
    return stream.getvalue()


def poster_style() -> str:
    """The style sheet of posters."""
    return (PROJECT_DIR / "mapapp" / "static" / "css" / "poster.css").read_text(encoding="utf-8")


def wrapped(text: str, width_mm: float, size_mm: float, most_lines: int) -> list[str]:
    """The text in lines that fit, by estimated widths; what does not fit ends in "…".

    Chinese breaks anywhere, Latin between words; a word longer than a line is broken.
    """
    lines, line, room = [], "", width_mm / size_mm
    for part in _parts(text):
        if line and _width_em(line + part.rstrip()) > room:
            lines.append(line.rstrip())
            line = ""
        if line or part.strip():
            line += part
    lines.append(line.rstrip())
    if len(lines) <= most_lines:
        return lines
    return [*lines[: most_lines - 1], lines[most_lines - 1][:-1] + "…"]


def _parts(text: str) -> Iterable[str]:
    """What may not be broken: a Chinese character with its closing punctuation, a Latin word with the space after."""
    part = ""
    for character in text:
        is_wide = _is_wide(character)
        belongs = _belongs(character) or part.endswith(_JOINER)
        closes = character in "，。；：、）”！？,.;:)!?…"
        breaks_before = is_wide or (part and (_is_wide(part[-1]) or part[-1].isspace()))
        if part and not belongs and ((breaks_before and not closes) or len(part) > _LONGEST_PART):
            yield part
            part = ""
        part += character
    yield part


def _width_em(text: str) -> float:
    return sum(1 if _is_wide(character) else _LATIN_EM for character in text if not _belongs(character))


def _belongs(character: str) -> bool:
    """Whether it is drawn with the character before it: an accent, a joiner, a variant."""
    return unicodedata.category(character) in {"Mn", "Me", "Cf"}


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in {"W", "F"}


@cache
def _templates() -> Environment:
    loader = FileSystemLoader(PROJECT_DIR / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
