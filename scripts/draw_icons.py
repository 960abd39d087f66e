#!/usr/bin/env python3
"""Draw the icons of the installed app: our house with its open door, in the sizes phones ask for.

Run it after the mark has changed: ``.venv/bin/python scripts/draw_icons.py``. The shape is that of
mapapp/static/img/favicon.svg, on a grid of 32. A maskable icon fills its square, because phones cut a circle or
a rounded square out of it; what matters stays inside the middle four fifths.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

from installation.layout import STATIC_DIR

IMAGES_DIR: Final = STATIC_DIR / "img"
GREEN: Final = "#0b5d57"
WHITE: Final = "#ffffff"
GRID: Final = 32
HOUSE: Final = ((16, 2.5), (29.5, 13), (29.5, 29), (2.5, 29), (2.5, 13))
DOOR: Final = (12, 14.5, 20, 29)
"""Left, top, right and bottom; its upper end is a half circle."""
FINER: Final = 8
"""Drawn that many times larger, so that edges come out smooth."""


@dataclass(frozen=True, slots=True)
class Icon:
    """One file: its side in pixels and the share of it that the grid takes; a filled one has no clear corners."""

    name: str
    side_px: int
    grid_share: float
    is_filled: bool


ICONS: Final = (
    Icon("icon-192.png", 192, 1.0, is_filled=False),
    Icon("icon-512.png", 512, 1.0, is_filled=False),
    Icon("icon-maskable-192.png", 192, 0.62, is_filled=True),
    Icon("icon-maskable-512.png", 512, 0.62, is_filled=True),
    Icon("apple-touch-icon.png", 180, 0.72, is_filled=True),
)


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description="Draw the icons of the installed app.")
    parser.add_argument("--out", type=Path, default=IMAGES_DIR, help="the folder (default: %(default)s)")
    folder: Path = parser.parse_args().out
    for icon in ICONS:
        draw(icon).save(folder / icon.name, optimize=True)
    (folder / "icon.svg").write_text(svg(), encoding="utf-8")


def draw(icon: Icon) -> Image.Image:
    """The picture of an icon."""
    side = icon.side_px * FINER
    wall, door, ground = (WHITE, GREEN, GREEN) if icon.is_filled else (GREEN, WHITE, "#0b5d5700")
    picture = Image.new("RGBA", (side, side), ground)
    scale = side * icon.grid_share / GRID
    margin = side * (1 - icon.grid_share) / 2
    pen = ImageDraw.Draw(picture)

    def at(x: float, y: float) -> tuple[float, float]:
        return margin + x * scale, margin + y * scale

    left, top, right, bottom = DOOR
    pen.polygon([at(x, y) for x, y in HOUSE], fill=wall)
    pen.rectangle([at(left, top + (right - left) / 2), at(right, bottom)], fill=door)
    pen.ellipse([at(left, top), at(right, top + right - left)], fill=door)
    small = picture.resize((icon.side_px, icon.side_px), Image.Resampling.BOX)
    return small.convert("RGB") if icon.is_filled else small


def svg() -> str:
    """The same mark for those who scale it themselves."""
    (x, y), *others = HOUSE
    left, top, right, bottom = DOOR
    radius = (right - left) / 2
    house = f"M{x} {y}" + "".join(f"L{x} {y}" for x, y in others) + "z"
    door = f"M{left} {bottom}V{top + radius:g}a{radius:g} {radius:g} 0 0 1 {right - left:g} 0V{bottom}z"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {GRID} {GRID}">'
        f'<path fill="{GREEN}" d="{house}"/><path fill="{WHITE}" d="{door}"/></svg>\n'
    )


if __name__ == "__main__":
    main()
