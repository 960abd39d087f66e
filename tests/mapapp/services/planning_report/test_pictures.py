"""Pictures of maps and charts, and the PDF: drawn with words in Chinese, whatever the names hold."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from geodata.places import Place
from mapapp.services.planning_report import pictures as drawing
from mapapp.services.planning_report.pdf import report_pdf
from mapapp.services.planning_report.pictures import PicturesUnavailable, map_picture, pictures
from tests.mapapp.services.planning_report.conftest import MakeReport
from tests.mapapp.services.planning_report.documents import HOSTILE
from tests.mapapp.services.printed import Printed

pytestmark = pytest.mark.filterwarnings("ignore:.*:DeprecationWarning")


@pytest.mark.filterwarnings("error:Glyph")
def test_the_map_and_every_chart_are_drawn_without_a_missing_glyph(make_report: MakeReport, place: Place) -> None:
    drawn = dict(pictures(make_report("zh", station_name=HOSTILE, name=HOSTILE), place))

    assert set(drawn) == {"map", "map-towns", "map-catchments", "districts", "week", "curve"}
    for content in drawn.values():
        picture = np.asarray(Image.open(BytesIO(content)).convert("L"))
        assert picture.shape[1] >= 1300
        assert (picture < 100).mean() > 0.002


def test_the_same_report_is_the_same_picture(make_report: MakeReport, place: Place) -> None:
    assert map_picture(make_report(), place) == map_picture(make_report(), place)


def test_without_a_chinese_font_the_package_is_named(
    make_report: MakeReport, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing.chinese_font.cache_clear()
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", lambda *_a, **_k: [])
    try:
        with pytest.raises(PicturesUnavailable, match="fonts-noto-cjk"):
            map_picture(make_report(), place)
    finally:
        drawing.chinese_font.cache_clear()


def test_the_pdf_is_a4_with_the_headline_and_its_marks(make_report: MakeReport, place: Place) -> None:
    printed = Printed.of(report_pdf(make_report("en"), place))

    assert printed.page_sizes_mm == {(210, 297)}
    assert "Sample data" in printed.text(printed.pages[0])
