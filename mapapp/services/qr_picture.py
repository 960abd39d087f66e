"""A QR code as a shape for an SVG: black modules on white, quiet zone included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import segno


@dataclass(frozen=True, slots=True)
class QrPicture:
    """A square of ``side`` modules, the quiet zone among them; ``path`` is SVG path data, one unit a module."""

    side: int
    path: str


@lru_cache(maxsize=1024)
def qr_picture(text: str) -> QrPicture:
    """The code of a text, at error level M or, where that costs no larger square, a higher one."""
    rows = list(segno.make(text, error="m", micro=False).matrix_iter())
    return QrPicture(len(rows), "".join(_row(number, row) for number, row in enumerate(rows)))


def _row(number: int, modules: Iterable[int]) -> str:
    """The dark runs of a row: to their start, right, down, left, back up."""
    shapes, column = [], 0
    for is_dark, run in groupby(modules):
        width = len(list(run))
        if is_dark:
            shapes.append(f"M{column} {number}h{width}v1h-{width}z")
        column += width
    return "".join(shapes)
