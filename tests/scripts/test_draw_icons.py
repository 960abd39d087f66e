"""The icons are those that the script draws."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops

from draw_icons import ICONS, IMAGES_DIR, Icon, draw, svg

MAX_BYTES = 6000
CLOSE = 40
"""Another release of Pillow may round an edge otherwise."""


@pytest.mark.parametrize("icon", ICONS, ids=lambda icon: icon.name)
def test_the_file_is_what_the_script_draws(icon: Icon) -> None:
    with Image.open(IMAGES_DIR / icon.name) as file:
        difference = ImageChops.difference(file.convert("RGBA"), draw(icon).convert("RGBA"))

    assert not difference.point(lambda value: max(0, value - CLOSE)).getbbox()
    assert (IMAGES_DIR / icon.name).stat().st_size <= MAX_BYTES


@pytest.mark.parametrize("icon", [icon for icon in ICONS if icon.is_filled], ids=lambda icon: icon.name)
def test_a_filled_icon_is_one_colour_where_phones_may_cut(icon: Icon) -> None:
    picture = draw(icon).convert("RGBA")
    side = icon.side_px
    ground = picture.getpixel((0, 0))

    outside = [
        (x, y)
        for x in range(0, side, 4)
        for y in range(0, side, 4)
        if (x - side / 2) ** 2 + (y - side / 2) ** 2 > (0.4 * side) ** 2 * (1 if "maskable" in icon.name else 2)
    ]
    assert {picture.getpixel(point) for point in outside} == {ground}
    assert ground == (11, 93, 87, 255)


def test_the_drawing_to_scale_is_the_same_mark() -> None:
    assert (IMAGES_DIR / "icon.svg").read_text(encoding="utf-8") == svg()
