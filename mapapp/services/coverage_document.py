"""An answer about coverage as JSON: for the interface, and its gaps as GeoJSON for downloads.

Counts are rounded to a tenth of a worker, shares to four decimals, distances and times to a tenth of their unit;
shares come from the unrounded numbers.
"""

from __future__ import annotations

from typing import Any, Final

import shapely

from geodata.coordinates import PUBLISHED_DECIMALS
from geodata.coverage.answer import Coverage, counted_groups
from geodata.coverage.cells import Outline
from geodata.coverage.gaps import Gap
from geodata.coverage.question import HourCell, Rule, WithinMetres
from geodata.coverage.within import Within
from geodata.stations.vocabulary import EntryMethod, LabelledCode, Service, StationKind
from mapapp.services.coverage import CountedStations, CoverageAnalysis
from mapapp.services.publish import Json, instant_text, notice

CRS84: Final[Json] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
"""WGS-84, longitude first, by the name that GIS programs look for in a GeoJSON file."""


def coverage_document(analysis: CoverageAnalysis) -> Json:
    """The whole answer with everything it rests on."""
    answer, place = analysis.answer, analysis.snapshot.place
    units = [
        {"code": code, "name_zh": place.unit(code).name_zh, "name_en": place.unit(code).name_en, **_coverage(coverage)}
        for code, coverage in answer.units
    ]
    return {
        **basis(analysis),
        "open_count": answer.stations.open_count,
        "unknown_count": answer.stations.unknown_count,
        "city": _coverage(answer.city),
        "units": units,
        "gaps": {"type": "FeatureCollection", "features": [gap_feature(gap, analysis) for gap in analysis.gaps]},
    }


def gaps_document(analysis: CoverageAnalysis) -> Json:
    """The gaps as a file of their own that says what it is."""
    return {
        "type": "FeatureCollection",
        "crs": CRS84,
        **basis(analysis),
        "features": [gap_feature(gap, analysis) for gap in analysis.gaps],
    }


def basis(analysis: CoverageAnalysis) -> Json:
    """The question in full, and the data the answer comes from."""
    question, layer = analysis.question, analysis.layer
    filters = question.filters
    return {
        "rule": _rule(question.rule),
        "moment": _moment(analysis),
        "groups": [group.value for group in counted_groups(layer, question)],
        "kinds": _codes(StationKind, filters.kinds),
        "services": _codes(Service, filters.services),
        "entry_methods": _codes(EntryMethod, filters.entry_methods),
        "districts": sorted(filters.district_codes),
        "stations": (CountedStations.REOPENED if question.reopened else CountedStations.ACTIVE).value,
        "source": {
            "name": layer.name,
            "origin": {"zh": layer.origin("zh"), "en": layer.origin("en")},
            "is_sample": layer.is_sample,
            "is_modelled": layer.is_modelled,
        },
        "holiday_table": analysis.holidays.value,
        **notice(analysis.snapshot),
    }


def gap_feature(gap: Gap, analysis: CoverageAnalysis) -> Json:
    """One gap as a GeoJSON feature."""
    place = analysis.snapshot.place
    return {
        "type": "Feature",
        "id": gap.rank,
        "geometry": geometry(gap.outline, PUBLISHED_DECIMALS),
        "properties": {
            "rank": gap.rank,
            "name_zh": gap.name(place, "zh"),
            "name_en": gap.name(place, "en"),
            "district": gap.unit_code,
            "workers_count": round(gap.workers_count, 1),
            "perhaps_covered_count": round(gap.perhaps_covered_count, 1),
            "cells_count": len(gap.cells),
            "label_at": [gap.label_at.lon, gap.label_at.lat],
        },
    }


def geometry(outline: Outline, decimals: int) -> Json:
    """A shape as a GeoJSON geometry with so many decimals of a degree."""
    rounded = shapely.transform(outline, lambda positions: positions.round(decimals))
    return dict(shapely.geometry.mapping(rounded))


def unit_of(rule: Rule) -> str:
    """What a rule measures in: ``m`` or ``s``."""
    return "m" if isinstance(rule, WithinMetres) else "s"


def _rule(rule: Rule) -> Json:
    written = {"within": str(Within.of(rule)), "limit": round(rule.limit, 2), "unit": unit_of(rule)}
    if isinstance(rule, WithinMetres):
        return written | {"measure": "straight_line", "mode": None, "speed_kmh": None, "detour_factor": None}
    return written | {
        "measure": "travel_time",
        "mode": rule.mode.value,
        "speed_kmh": rule.travel.speed_kmh(rule.mode),
        "detour_factor": rule.travel.detour_factor,
    }


def _moment(analysis: CoverageAnalysis) -> Json:
    moment, snapshot = analysis.question.moment, analysis.snapshot
    hour = {"hour": moment.hour_cell(snapshot.place.timezone)}
    if isinstance(moment, HourCell):
        return hour | {"week_of": moment.week_of.isoformat(), "at": None}
    return hour | {"week_of": None, "at": instant_text(moment.at, snapshot)}


def _codes(vocabulary: type[LabelledCode] | type[Service], chosen: frozenset[Any]) -> list[str]:
    """The chosen codes in the vocabulary's order; empty where the question asks for none."""
    return [code.value for code in vocabulary if code in chosen]


def _coverage(coverage: Coverage) -> Json:
    return {
        "workers_count": round(coverage.workers_count, 1),
        "covered_low_count": round(coverage.covered_low_count, 1),
        "covered_high_count": round(coverage.covered_high_count, 1),
        "share_low": _round_or_none(coverage.share_low, 4),
        "share_high": _round_or_none(coverage.share_high, 4),
        "p50": _round_or_none(coverage.p50, 1),
        "p90": _round_or_none(coverage.p90, 1),
    }


def _round_or_none(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
