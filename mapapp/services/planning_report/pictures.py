"""The report's map and charts as PNG, drawn without tiles. Chinese wants a font that has it, from the system.

Figures are made without matplotlib's global state, one at a time a process; the same report gives the same picture.
"""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Iterable, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, Final

from geodata.places import Place
from mapapp.services.charts.week_heat import HEAT_LEVELS
from mapapp.services.planning_report.area_layers import HEAT
from mapapp.services.planning_report.content import Chart, ChartKind, Layer, LayerLook, Line, Report

PNG: Final = "image/png"
CHINESE_FONT: Final = "fonts-noto-cjk"
DPI: Final = 150
_CHINESE_FAMILIES: Final = re.compile(
    r"Noto ?Sans ?(Mono ?)?CJK|Source ?Han ?Sans|WenQuanYi|SimHei|YaHei", re.IGNORECASE
)
_PRECISE: Final = re.compile(r"NotoSansCJK-Regular", re.IGNORECASE)
_ARCHIVED_AT: Final = (2000, 1, 1, 0, 0, 0)
_one_at_a_time: Final = Lock()
_HEAT_COLOURS: Final = ("#f4ede1", "#d5e3d8", "#a9cdbf", "#74b1a4", "#3e8c83", "#0b5d57")
_INK: Final = "#16201f"
_FACES: Final = {
    LayerLook.COVERED: ("#bfdcd3", None),
    LayerLook.UNCERTAIN: ("#e7d9a8", "//"),
    LayerLook.UNCOVERED: ("#e0a08c", None),
    LayerLook.GAP: ("none", None),
    LayerLook.ISOCHRONE: ("none", None),
    LayerLook.CATCHMENT: ("none", None),
    LayerLook.NEWLY: ("#6fb3d9", None),
    LayerLook.LOST: ("#c0508a", "xx"),
    LayerLook.MIXED: ("#c9a94f", ".."),
    **{look: (colour, None) for look, colour in zip(HEAT, _HEAT_COLOURS, strict=True)},
}
_EDGES: Final = {
    LayerLook.GAP: ("#8a1f11", 1.3),
    LayerLook.ISOCHRONE: ("#33658a", 0.8),
    LayerLook.CATCHMENT: ("#77817f", 0.5),
}
_POINTS: Final = {LayerLook.STATION: ("o", "#0b5d57"), LayerLook.SITE: ("*", "#7a2c8f")}


class PicturesUnavailable(RuntimeError):
    """Pictures with Chinese words cannot be drawn here; ``packages`` are the Debian packages that are missing."""

    def __init__(self, packages: str) -> None:
        super().__init__(f"Drawing pictures needs packages that are not installed: {packages}.")
        self.packages = packages


def picture_archive(report: Report, place: Place) -> bytes:
    """A ZIP with a PNG of the map and of each chart.

    Raises
    ------
    PicturesUnavailable
        No Chinese font is installed.
    """
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for key, content in pictures(report, place):
            archive.writestr(zipfile.ZipInfo(f"{report.stem}-{key}.png", _ARCHIVED_AT), content)
    return stream.getvalue()


def pictures(report: Report, place: Place) -> Iterable[tuple[str, bytes]]:
    """The map, what it shows besides when asked to, then each chart, by key. Raises PicturesUnavailable."""
    yield "map", map_picture(report, place)
    for layer in report.layers:
        if layer.on_map and not layer.starts_shown and layer.features:
            yield f"map-{layer.key}", map_picture(report, place, layer)
    for chart in report.charts:
        yield chart.key, chart_picture(report, chart)


def map_picture(report: Report, place: Place, only: Layer | None = None) -> bytes:
    """The layers that the map shows at first, or one beneath the stations, over the districts' outlines.

    Raises PicturesUnavailable.
    """
    shown = [layer for layer in report.layers if layer.on_map and layer.starts_shown and layer.features]
    if only is not None:
        shown = [only, *(layer for layer in shown if layer.geometry_type == "Point")]
    with _one_at_a_time:
        figure = _figure(9.0, 11.2)
        axes = figure.add_axes((0.02, 0.2, 0.96, 0.73))
        _draw_land(axes, place, report.speech.language)
        handles = [handle for layer in shown for handle in _draw_layer(axes, layer)]
        axes.set_aspect(1 / math.cos(math.radians(place.center.lat)))
        axes.set_axis_off()
        if handles:
            figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.01, 0.07), fontsize=10, frameon=False)
        _write_frame(figure, report, report.headline)
        return _png(figure)


def chart_picture(report: Report, chart: Chart) -> bytes:
    """One chart, with its title, the marks and where its numbers are from. Raises PicturesUnavailable."""
    height = {ChartKind.WEEK: 1.9 + 0.34 * len(chart.lines), ChartKind.BARS: 2.2 + 0.36 * len(chart.lines)}
    with _one_at_a_time:
        tall = height.get(chart.kind, 5.0)
        figure = _figure(10.0, tall)
        axes = figure.add_axes((0.18, 0.95 / tall, 0.77, 1 - (0.95 + 0.85) / tall))
        {ChartKind.WEEK: _draw_week, ChartKind.CURVE: _draw_curve, ChartKind.BARS: _draw_bars}[chart.kind](
            axes, chart, report
        )
        _write_frame(figure, report, _plain(chart.title))
        return _png(figure)


# --- Drawing -----------------------------------------------------------------------------------


def _draw_land(axes: Any, place: Place, language: str) -> None:
    from matplotlib.collections import PatchCollection

    patches = [_patch(polygon) for unit in place.units for polygon in getattr(unit.outline, "geoms", [unit.outline])]
    axes.add_collection(PatchCollection(patches, facecolor="#f1f2ee", edgecolor="#77817f", linewidth=0.9, zorder=0))
    for unit in place.units:
        axes.text(
            unit.label_at.lon, unit.label_at.lat, unit.name(language), ha="center", va="center", fontsize=11,
            color="#414b4a", zorder=6,
        )  # fmt: skip
    axes.autoscale_view()


def _draw_layer(axes: Any, layer: Layer) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    looks = sorted({feature.look or layer.look for feature in layer.features})
    if layer.geometry_type == "Point":
        shape, colour = _POINTS.get(layer.look, _POINTS[LayerLook.STATION])
        lon = [feature.geometry["coordinates"][0] for feature in layer.features]
        lat = [feature.geometry["coordinates"][1] for feature in layer.features]
        large = 60 if layer.look is LayerLook.SITE else 7
        sizes = [large + 60 * feature.size for feature in layer.features]
        axes.scatter(lon, lat, s=sizes, marker=shape, c=colour, edgecolors="white", linewidths=0.4, zorder=5)
        return [Line2D([], [], marker=shape, color=colour, linestyle="none", markersize=8, label=_plain(layer.title))]
    handles = []
    for look in looks:
        style = _area_style(look)
        _draw_areas(axes, [each.geometry for each in layer.features if (each.look or layer.look) is look], style)
        words = next((each.label for each in layer.features if each.look is look and each.label), "")
        title = f"{layer.title}: {words}" if words and len(looks) > 1 else layer.title
        handles.append(Patch(**style, label=_plain(title)))
    return handles


def _area_style(look: LayerLook) -> dict[str, Any]:
    face, hatch = _FACES.get(look, ("#cccccc", None))
    edge, width = _EDGES.get(look, ("#ffffff", 0.1))
    style: dict[str, Any] = {"facecolor": face, "edgecolor": edge, "linewidth": width}
    if hatch:
        style |= {"hatch": hatch, "edgecolor": "#77817f"}
    return style


def _draw_areas(axes: Any, shapes: Sequence[Any], style: dict[str, Any]) -> None:
    import shapely
    from matplotlib.collections import PatchCollection

    polygons = [
        polygon
        for each in shapes
        for polygon in shapely.get_parts(shapely.geometry.shape(each))
        if polygon.geom_type == "Polygon"
    ]
    axes.add_collection(PatchCollection([_patch(polygon) for polygon in polygons], **style, zorder=2))


def _patch(polygon: Any) -> Any:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    rings = [polygon.exterior, *polygon.interiors]
    return PathPatch(Outline.make_compound_path(*(Outline([xy[:2] for xy in ring.coords]) for ring in rings)))


def _draw_week(axes: Any, chart: Chart, report: Report) -> None:
    import numpy as np
    from matplotlib.colors import BoundaryNorm, ListedColormap

    shares = np.array(week_halves(chart.lines), dtype=float).reshape(2 * len(chart.lines), -1)
    norm = BoundaryNorm([0, *HEAT_LEVELS, 1.0001], len(_HEAT_COLOURS))
    drawn = axes.imshow(
        shares, aspect="auto", cmap=ListedColormap(_HEAT_COLOURS), norm=norm,
        interpolation="nearest", extent=(0, 168, len(chart.lines), 0),
    )  # fmt: skip
    for row in range(1, len(chart.lines)):
        axes.axhline(row, color="#ffffff", linewidth=1.5)
    if any(line.low != line.high for line in chart.lines):
        axes.set_xlabel(
            report.speech.gettext(
                "Each row: above what is surely covered, below with stations of unknown hours open too."
            )
        )
    axes.set_yticks([row + 0.5 for row in range(len(chart.lines))], [_plain(line.name) for line in chart.lines])
    days = [report.speech.gettext(name) for name in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")]
    axes.set_xticks([24 * day for day in range(7)], days, ha="left")
    axes.grid(visible=True, axis="x", color="#77817f", linewidth=0.6)
    bar = axes.figure.colorbar(drawn, ax=axes, pad=0.01, fraction=0.03, ticks=[0, *HEAT_LEVELS, 1])
    bar.ax.set_yticklabels([f"{each:.0%}" for each in (0, *HEAT_LEVELS, 1)], fontsize=9)


def week_halves(lines: Sequence[Line]) -> list[list[float]]:
    """Two rows of 168 shares a line, the low bound above the high one: alike where every station's hours are known."""
    return [_numbers(values) for line in lines for values in (line.low, line.high)]


def _draw_curve(axes: Any, chart: Chart, report: Report) -> None:
    for number, line in enumerate(chart.lines):
        low, high = (_numbers(each) for each in (line.low, line.high))
        style = ("-", "--", "-.", ":")[number % 4]
        axes.plot(chart.at, low, linestyle=style, linewidth=2, color="#0b5d57", label=_plain(line.name))
        if line.high != line.low:
            axes.fill_between(chart.at, low, high, color="#74b1a4", alpha=0.4, linewidth=0)
            axes.plot(chart.at, high, linestyle=style, linewidth=1, color="#3e8c83")
    for at, words in chart.marks:
        axes.axvline(at, color="#8a1f11", linewidth=1)
        axes.text(at, 0.02, " " + _plain(words), rotation=90, va="bottom", ha="right", color="#8a1f11", fontsize=10)
    axes.set_xlabel(_plain(chart.at_title))
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(lambda value, _place: f"{value:.0%}")
    axes.grid(visible=True, color="#d3d8d3", linewidth=0.6)
    if len(chart.lines) > 1:
        axes.legend(loc="lower right", fontsize=10)


def _draw_bars(axes: Any, chart: Chart, report: Report) -> None:
    rows = range(len(chart.lines))
    low = [_first(line.low) for line in chart.lines]
    high = [_first(line.high) for line in chart.lines]
    more = [top - bottom for bottom, top in zip(low, high, strict=True)]
    axes.barh(rows, low, color="#0b5d57")
    axes.barh(rows, more, left=low, color="#ffffff", edgecolor="#0b5d57", hatch="///", linewidth=0.8)
    for row, (bottom, top) in enumerate(zip(low, high, strict=True)):
        words = report.speech.between(report.speech.percent(bottom), report.speech.percent(top))
        axes.text(min(top + 0.01, 1.01), row, words, va="center", fontsize=10)
    axes.set_yticks(list(rows), [_plain(line.name) for line in chart.lines])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.22)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])


def _numbers(values: Sequence[float | None]) -> list[float]:
    return [math.nan if value is None else value for value in values]


def _first(values: Sequence[float | None]) -> float:
    return values[0] if values and values[0] is not None else 0.0


def _write_frame(figure: Any, report: Report, title: str) -> None:
    """The title above; below it what the picture is of, and the marks."""
    import textwrap

    width = 62 if report.speech.language == "zh" else 105
    height = figure.get_figheight()
    figure.text(0.02, 1 - 0.12 / height, textwrap.fill(_plain(title), width), va="top", fontsize=12.5, color=_INK)
    below = " · ".join([report.title, *report.marks])
    figure.text(
        0.02, 0.1 / height, textwrap.fill(_plain(below), width + 12), va="bottom", fontsize=9.5, color="#414b4a"
    )


def _figure(width: float, height: float) -> Any:
    _add_font(chinese_font())
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=DPI, facecolor="white")


def _png(figure: Any) -> bytes:
    from matplotlib import rc_context

    stream = BytesIO()
    family = [_family(chinese_font()), "DejaVu Sans"]
    for text in figure.findobj(match=lambda each: hasattr(each, "set_fontfamily")):
        text.set_fontfamily(family)
        text.set_parse_math(False)  # a dollar sign in a name begins no formula
    with rc_context({"axes.unicode_minus": False, "hatch.linewidth": 0.5}):
        figure.savefig(stream, format="png", metadata={"Software": None, "Title": None})
    return stream.getvalue()


# --- Words -------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """Words without what no font draws, or what turns the writing around."""
    return "".join(each for each in text if each.isprintable())


@cache
def chinese_font() -> Path:
    """A font file of the system that has Chinese. Raises PicturesUnavailable when there is none."""
    from matplotlib import font_manager

    found = [path for path in font_manager.findSystemFonts() if _CHINESE_FAMILIES.search(Path(path).stem)]
    if not found:
        raise PicturesUnavailable(CHINESE_FONT)
    return Path(min(found, key=lambda path: (_PRECISE.search(path) is None, path)))


@cache
def _add_font(path: Path) -> None:
    from matplotlib import font_manager

    font_manager.fontManager.addfont(str(path))


@cache
def _family(path: Path) -> str:
    from matplotlib import font_manager

    return str(font_manager.FontProperties(fname=str(path)).get_name())
