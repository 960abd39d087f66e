"""Pictures of maps and charts, and the PDF: drawn with words in Chinese, whatever the names hold."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from geodata.places import Place
from mapapp.services.planning_report import pictures as drawing
from mapapp.services.planning_report.content import ChartKind, Line
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


def test_the_week_shows_the_low_bound_above_the_high_one() -> None:
    known, unknown = Line("known", (0.5,) * 168, (0.5,) * 168), Line("unknown", (0.25,) * 168, (0.75,) * 168)

    assert [row[0] for row in drawing.week_halves([known, unknown])] == [0.5, 0.5, 0.25, 0.75]


def test_the_week_says_that_it_has_two_bounds_where_they_differ(make_report: MakeReport, place: Place) -> None:
    report = make_report()
    week = next(chart for chart in report.charts if chart.kind is ChartKind.WEEK)
    known = replace(week, lines=tuple(replace(line, high=line.low) for line in week.lines))

    both, one = (drawing.chart_picture(report, chart) for chart in (week, known))

    assert any(line.low != line.high for line in week.lines)
    assert both != one
