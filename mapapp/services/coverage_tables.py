"""An answer about coverage as CSV: its areas (city, districts, gaps), and its cells one by one.

Every row repeats the rule, the moment and what the data are, so that a row cut out of the file still says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from geodata.coverage.answer import Coverage
from geodata.coverage.gaps import Gap
from geodata.files.csv_out import Cell, csv_bytes
from mapapp.services.coverage import CoverageAnalysis
from mapapp.services.coverage_document import basis, unit_of

_BASIS_COLUMNS: Final = ("within", "mode", "hour_of_week", "at", "stations_data", "demand_data", "data_revision")
_SAMPLE: Final = "示例数据 sample data"
_MODELLED: Final = "模型推算 modelled"


def areas_csv(analysis: CoverageAnalysis) -> bytes:
    """The city, its districts and the gaps, one a row.

    A gap is an area in which nobody is surely covered. Its position is that of its number on the map, WGS-84.
    """
    unit = unit_of(analysis.question.rule)
    header = (
        "area", "rank", "code", "name_zh", "name_en",
        "workers_count", "covered_low_count", "covered_high_count", "share_low", "share_high",
        f"p50_{unit}", f"p90_{unit}", "lon_wgs84", "lat_wgs84", *_BASIS_COLUMNS, "demand_origin",
    )  # fmt: skip
    origin = f"{analysis.layer.origin('zh')} {analysis.layer.origin('en')}"
    same = (*_basis_cells(analysis), origin)
    return csv_bytes(header, ((*row, *same) for row in chain(_area_rows(analysis), _gap_rows(analysis))))


def cells_csv(analysis: CoverageAnalysis) -> bytes:
    """Every demand cell where somebody is at that hour: how many workers, and whether they are covered."""
    header = ("h3_cell", "lon_wgs84", "lat_wgs84", "district", "workers_count", "covered", "gap_rank", *_BASIS_COLUMNS)
    same = _basis_cells(analysis)
    return csv_bytes(header, ((*row, *same) for row in _cell_rows(analysis)))


def _area_rows(analysis: CoverageAnalysis) -> Iterator[tuple[Cell, ...]]:
    place, answer = analysis.snapshot.place, analysis.answer
    yield ("city", None, None, place.name_zh, place.name_en, *_coverage(answer.city), None, None)
    for code, coverage in answer.units:
        unit = place.unit(code)
        yield ("district", None, code, unit.name_zh, unit.name_en, *_coverage(coverage), None, None)


def _gap_rows(analysis: CoverageAnalysis) -> Iterator[tuple[Cell, ...]]:
    place = analysis.snapshot.place
    for gap in analysis.gaps:
        names = gap.name(place, "zh"), gap.name(place, "en")
        position = gap.label_at.rounded()
        coverage = _coverage(_of_gap(gap))
        yield ("gap", gap.rank, gap.unit_code, *names, *coverage, position.lon, position.lat)


def _of_gap(gap: Gap) -> Coverage:
    return Coverage(gap.workers_count, 0.0, gap.perhaps_covered_count, None, None)


def _coverage(coverage: Coverage) -> tuple[Cell, ...]:
    return (
        round(coverage.workers_count, 1),
        round(coverage.covered_low_count, 1),
        round(coverage.covered_high_count, 1),
        None if coverage.share_low is None else round(coverage.share_low, 4),
        None if coverage.share_high is None else round(coverage.share_high, 4),
        None if coverage.p50 is None else round(coverage.p50, 1),
        None if coverage.p90 is None else round(coverage.p90, 1),
    )


def _cell_rows(analysis: CoverageAnalysis) -> Iterator[tuple[Cell, ...]]:
    layer, answer = analysis.layer, analysis.answer
    rank_of = {cell: gap.rank for gap in analysis.gaps for cell in gap.cells}
    columns = zip(
        layer.h3_cells,
        layer.lon.tolist(),
        layer.lat.tolist(),
        analysis.point_units,
        answer.workers.tolist(),
        answer.covered_low.tolist(),
        answer.covered_high.tolist(),
        strict=True,
    )
    for cell, lon, lat, unit, workers, low, high in columns:
        if workers > 0:
            covered = "yes" if low else "unknown" if high else "no"
            yield (cell, lon, lat, unit, round(workers, 3), covered, rank_of.get(cell))


def _basis_cells(analysis: CoverageAnalysis) -> tuple[Cell, ...]:
    told, layer, snapshot = basis(analysis), analysis.layer, analysis.snapshot
    demand = " · ".join(word for word, holds in ((_SAMPLE, layer.is_sample), (_MODELLED, layer.is_modelled)) if holds)
    rule, moment = told["rule"], told["moment"]
    stations = _SAMPLE if snapshot.is_sample else None
    return (rule["within"], rule["mode"], moment["hour"], moment["at"], stations, demand or None, snapshot.revision)
