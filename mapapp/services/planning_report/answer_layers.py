"""The layers of an answer: cells, gaps, stations, proposed sites; for the map and for a GIS.

On the map, cells of one state are one shape: a browser draws three areas instead of thousands of hexagons. The files
hold every cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from geodata.stations.vocabulary import LifeCycle, StationKind
from mapapp.services.planning_report.area_layers import catchment_layer, town_layer
from mapapp.services.planning_report.content import Cell, Feature, Layer, LayerLook
from mapapp.services.planning_report.geometries import AREA, area, point
from mapapp.services.planning_report.place_tables import ENDLESS, station_rows
from mapapp.services.planning_report.speech import Speech

Document = Mapping[str, Any]
Row = Mapping[str, Any]
COVERED_FROM: Final = 0.5
"""A cell is drawn as covered when more than this share of its worker-hours is: as gaps are made."""
NUMBERED_GAPS: Final = 20
_CELL_FIELDS: Final = (
    "cell",
    "worker_hours",
    "covered_low",
    "covered_high",
    "share_low",
    "share_high",
    "room_low",
    "station",
)
_GAP_FIELDS: Final = (
    "rank",
    "rank_by_workers",
    "name",
    "district",
    "worker_hours",
    "workers",
    "perhaps_covered_workers",
    "cell_count",
)
_STATION_FIELDS: Final = (
    "code",
    "name",
    "kind",
    "life_cycle",
    "district",
    "seats",
    "counts",
    "load_low",
    "load_high",
    "peak_low",
    "peak_high",
    "per_seat_low",
    "per_seat_high",
    "loss_low",
    "loss_high",
    "idle",
)
_SITE_FIELDS: Final = ("code", "name", "kind", "district", "load_low", "load_high", "loss_low", "loss_high")


def answer_layers(document: Document, speech: Speech) -> tuple[Layer, ...]:
    """From below to above; a layer without anything in it is left out."""
    areas = (
        town_layer(document, speech),
        _states(document, speech),
        cells_layer(document, speech),
        catchment_layer(document, speech),
        gaps_layer(document, speech),
    )
    return (*(layer for layer in areas if layer.features), *point_layers(document, speech))


def point_layers(document: Document, speech: Speech) -> tuple[Layer, ...]:
    """Stations by load, and proposed sites."""
    rows = [row for row in station_rows(document) if row["lon"] is not None]
    most = max([1e-9, *(float(row["load_low"] or 0.0) for row in rows)])
    made = (
        _dots((row for row in rows if not row["is_new"]), most, speech, _layer_of_stations(speech)),
        _dots((row for row in rows if row["is_new"]), most, speech, _layer_of_sites(speech)),
    )
    return tuple(layer for layer in made if layer.features)


def share_of(part: float, whole: float) -> float | None:
    """A share, None of nothing."""
    return part / whole if whole > 0 else None


def _states(document: Document, speech: Speech) -> Layer:
    """All cells by how much of them is covered."""
    cells = document["cells"]
    by_look: dict[LayerLook, list[str]] = defaultdict(list)
    for cell, whole, low, high in zip(
        cells["h3"], cells["worker_hours"], cells["covered_low"], cells["covered_high"], strict=True
    ):
        if whole > 0:
            by_look[_look(whole, low, high)].append(cell)
    words = state_words(speech)
    return Layer(
        key="coverage",
        title=speech.gettext("Where workers are"),
        geometry_type=AREA,
        look=LayerLook.COVERED,
        fields=(),
        features=tuple(
            Feature(area(by_look[look]), {}, look=look, label=words[look]) for look in words if by_look.get(look)
        ),
        in_files=False,
    )


def state_words(speech: Speech) -> Mapping[LayerLook, str]:
    """What the shades of cells mean."""
    gettext = speech.gettext
    return {
        LayerLook.COVERED: gettext("surely covered for most of their hours"),
        LayerLook.UNCERTAIN: gettext("covered if unknown stations are open"),
        LayerLook.UNCOVERED: gettext("not covered for half of their hours or more"),
    }


def _look(whole: float, low: float, high: float) -> LayerLook:
    if low > COVERED_FROM * whole:
        return LayerLook.COVERED
    return LayerLook.UNCERTAIN if high > COVERED_FROM * whole else LayerLook.UNCOVERED


def cells_layer(document: Document, speech: Speech) -> Layer:
    """Every cell with its shares, for files."""
    cells, codes = document["cells"], document["stations"]["code"]
    features = []
    for row, cell in enumerate(cells["h3"]):
        whole, low, high = (cells[name][row] for name in ("worker_hours", "covered_low", "covered_high"))
        station = cells["station_low"][row]
        values: dict[str, Cell] = {
            "cell": cell,
            "worker_hours": whole,
            "covered_low": low,
            "covered_high": high,
            "share_low": share_of(low, whole),
            "share_high": share_of(high, whole),
            "room_low": cells["room_low"][row],
            "station": codes[station] if station >= 0 else None,
        }
        features.append(Feature(area([cell]), values))
    return Layer(
        key="cells",
        title=speech.gettext("Demand cells"),
        geometry_type=AREA,
        look=LayerLook.COVERED,
        fields=_CELL_FIELDS,
        features=tuple(features),
        on_map=False,
    )


def gaps_layer(document: Document, speech: Speech) -> Layer:
    """The gaps as areas, the largest numbered."""
    h3_cells = document["cells"]["h3"]
    features = []
    for gap in document["gaps"]:
        name = gap[f"name_{speech.language}"]
        values: dict[str, Cell] = {each: gap.get(each) for each in _GAP_FIELDS}
        values |= {"name": name, "cell_count": len(gap["cells"])}
        words = (
            f"{gap['rank']}. {name}",
            speech.gettext("%(count)s uncovered worker-hours", count=speech.count(gap["worker_hours"])),
            speech.gettext("%(count)s workers in a mean hour", count=speech.number(gap["workers"], 1)),
        )
        label = str(gap["rank"]) if gap["rank"] <= NUMBERED_GAPS else ""
        features.append(Feature(area([h3_cells[row] for row in gap["cells"]]), values, words, label=label))
    return Layer(
        key="gaps",
        title=speech.gettext("Gaps"),
        geometry_type=AREA,
        look=LayerLook.GAP,
        fields=_GAP_FIELDS,
        features=tuple(features),
    )


def _dots(rows: Iterable[Row], most: float, speech: Speech, layer: Layer) -> Layer:
    """The layer with a dot a row, larger where more is served; ``most`` is what the fullest serves."""
    features = tuple(
        Feature(point(row["lon"], row["lat"]), _values(row, layer.fields), _words(row, speech), size=_size(row, most))
        for row in rows
    )
    return replace(layer, features=features)


def _layer_of_stations(speech: Speech) -> Layer:
    return Layer(
        key="stations",
        title=speech.gettext("Stations by load"),
        geometry_type="Point",
        look=LayerLook.STATION,
        fields=_STATION_FIELDS,
        features=(),
    )


def _layer_of_sites(speech: Speech) -> Layer:
    return Layer(
        key="sites",
        title=speech.gettext("Proposed sites"),
        geometry_type="Point",
        look=LayerLook.SITE,
        fields=_SITE_FIELDS,
        features=(),
    )


def _values(row: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Cell]:
    """The station's columns for files: yes and no as 1 and 0, endless as nothing."""
    values: dict[str, Cell] = {}
    for name in fields:
        value = row[name]
        is_endless = name.startswith("per_seat") and value == ENDLESS
        values[name] = None if is_endless else int(value) if isinstance(value, bool) else value
    return values


def _words(row: Mapping[str, Any], speech: Speech) -> tuple[str, ...]:
    gettext, language = speech.gettext, speech.language
    life_cycle = gettext("proposed") if row["is_new"] else LifeCycle(row["life_cycle"]).label(language)
    load = speech.between(speech.count(row["load_low"] or 0), speech.count(row["load_high"] or 0))
    loss = speech.between(speech.count(row["loss_low"] or 0), speech.count(row["loss_high"] or 0))
    return (
        str(row["name"]),
        f"{StationKind(row['kind']).label(language)} · {life_cycle}",
        gettext("serves %(count)s worker-hours", count=load),
        gettext("%(count)s of them lose cover if it closes", count=loss),
    )


def _size(row: Mapping[str, Any], most: float) -> float:
    return float((max(float(row["load_low"] or 0.0), 0.0) / most) ** 0.5)
