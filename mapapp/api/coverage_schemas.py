"""The shape of an answer about coverage, as JSON Schema for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from geodata.stations.vocabulary import EntryMethod, Service, StationKind, WorkerGroup
from geodata.travel.straight_line import TravelMode
from mapapp.api.schema_words import (
    BOOLEAN,
    DATA,
    DAY,
    INSTANT,
    INTEGER,
    NUMBER,
    TEXT,
    Schema,
    codes_of,
    exactly,
    list_of,
    or_null,
    reference,
)
from mapapp.services.coverage import CountedStations, HolidayUse

_COUNT: Final[Schema] = {**NUMBER, "minimum": 0}
_SHARE: Final[Schema] = or_null({**NUMBER, "minimum": 0, "maximum": 1})
_FAR: Final[Schema] = or_null(
    {
        **NUMBER,
        "minimum": 0,
        "description": (
            "In the rule's unit: that share of the workers is at most so far from a station that is surely open. "
            "Null without workers or such a station."
        ),
    }
)
_AREA: Final[Mapping[str, Schema]] = {
    "workers_count": {**_COUNT, "description": "Expected workers in that hour; need not be whole."},
    "covered_low_count": {**_COUNT, "description": "Covered if every station with unknown hours is closed."},
    "covered_high_count": {**_COUNT, "description": "Covered if every station with unknown hours is open."},
    "share_low": _SHARE,
    "share_high": _SHARE,
    "p50": _FAR,
    "p90": _FAR,
}
_RULE: Final = exactly(
    {
        "within": TEXT,
        "limit": {**NUMBER, "description": "In `unit`; the limit itself is covered."},
        "unit": {"type": "string", "enum": ["m", "s"]},
        "measure": {"type": "string", "enum": ["straight_line", "travel_time"]},
        "mode": or_null(codes_of(TravelMode)),
        "speed_kmh": or_null(NUMBER),
        "detour_factor": or_null(NUMBER),
    }
)
_MOMENT: Final = exactly(
    {
        "hour": {"type": "integer", "minimum": 0, "maximum": 167, "description": "Monday 00-01 is 0."},
        "week_of": or_null({**DAY, "description": "For an hour of ordinary weeks: the day that decides the season."}),
        "at": or_null(INSTANT),
    }
)
_SOURCE: Final = exactly(
    {
        "name": TEXT,
        "origin": exactly({"zh": TEXT, "en": TEXT}),
        "is_sample": BOOLEAN,
        "is_modelled": BOOLEAN,
    }
)
_POSITION: Final[Schema] = {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}
_RINGS: Final = list_of(list_of(_POSITION))
_GAP: Final = exactly(
    {
        "rank": {"type": "integer", "minimum": 1, "description": "1 has the most uncovered workers."},
        "name_zh": TEXT,
        "name_en": TEXT,
        "district": or_null(TEXT),
        "workers_count": {**_COUNT, "description": "Workers there who are not surely covered."},
        "perhaps_covered_count": {**_COUNT, "description": "Those of them who may be, by stations of unknown hours."},
        "cells_count": INTEGER,
        "label_at": {**_POSITION, "description": "Where to write its number: longitude, latitude inside the gap."},
    }
)

COVERAGE_SCHEMAS: Final[Mapping[str, Schema]] = {
    "CoverageGap": exactly(
        {
            "type": {"const": "Feature"},
            "id": INTEGER,
            "geometry": {
                "oneOf": [
                    exactly({"type": {"const": "Polygon"}, "coordinates": _RINGS}),
                    exactly({"type": {"const": "MultiPolygon"}, "coordinates": list_of(_RINGS)}),
                ]
            },
            "properties": _GAP,
        }
    ),
    "Coverage": exactly(
        {
            "rule": _RULE,
            "moment": _MOMENT,
            "groups": list_of(codes_of(WorkerGroup)),
            "kinds": list_of(codes_of(StationKind)),
            "services": list_of(codes_of(Service)),
            "entry_methods": list_of(codes_of(EntryMethod)),
            "districts": list_of(TEXT),
            "stations": codes_of(CountedStations),
            "source": _SOURCE,
            "holiday_table": {
                "type": "string",
                "enum": [use.value for use in HolidayUse],
                "description": (
                    "`missing`: the holidays of the date are not announced, the weekly rule holds; `not_used`: the "
                    "answer is about ordinary weeks."
                ),
            },
            **DATA,
            "open_count": {**INTEGER, "description": "Placed stations that match and are surely open."},
            "unknown_count": {**INTEGER, "description": "Those that match and whose hours are unknown."},
            "city": exactly(_AREA),
            "units": list_of(exactly({"code": TEXT, "name_zh": TEXT, "name_en": TEXT, **_AREA})),
            "gaps": exactly({"type": {"const": "FeatureCollection"}, "features": list_of(reference("CoverageGap"))}),
        }
    ),
}
