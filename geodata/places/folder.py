"""Reading a place from its folder.

A folder holds two files and an account of them::

    place.json      names, code prefix, time zone, map start, units (names, census), towns, settlements
    units.geojson   one Polygon or MultiPolygon a unit, WGS-84, property ``code``
    SOURCES.md      where every fact was taken from, and on what terms

Folders below this package are known by name; any other folder by its path. A second city is a second
folder: no code changes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shapely.geometry import MultiPolygon, Polygon, shape

from geodata.coordinates import LonLat
from geodata.errors import InvalidValue, UnknownPlace
from geodata.places.place import Outline, Place, Settlement, SettlementRole, Town, Unit

PLACES_DIR: Final = Path(__file__).resolve().parent

_FACTS: Final = "place.json"
_OUTLINES: Final = "units.geojson"


def known_places() -> tuple[str, ...]:
    """The names of the folders below this package, sorted."""
    return tuple(sorted(facts.parent.name for facts in PLACES_DIR.glob(f"*/{_FACTS}")))


def load_place(name_or_path: str) -> Place:
    """The place of that name below this package, else of the folder at that path.

    Raises UnknownPlace when there is neither, InvalidValue when the folder contradicts itself.
    """
    folder = PLACES_DIR / name_or_path if name_or_path in known_places() else Path(name_or_path).expanduser()
    if not name_or_path or not (folder / _FACTS).is_file():
        raise UnknownPlace(
            f"There is no place {name_or_path!r}: give one of {', '.join(known_places())}, "
            f"or the path of a folder with {_FACTS} and {_OUTLINES}."
        )
    try:
        facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        outlines = _outlines(json.loads((folder / _OUTLINES).read_text(encoding="utf-8")))
        return _place(folder.resolve().name, facts, outlines)
    except InvalidValue:
        raise
    except (OSError, KeyError, TypeError, ValueError, ZoneInfoNotFoundError) as fault:
        raise InvalidValue(
            f"The place folder {folder.name!r} cannot be read: {type(fault).__name__}: {fault}.", field="place"
        ) from fault


def _outlines(collection: Mapping[str, Any]) -> dict[str, Outline]:
    outlines: dict[str, Outline] = {}
    for feature in collection["features"]:
        code, geometry = feature["properties"]["code"], shape(feature["geometry"])
        if not isinstance(geometry, Polygon | MultiPolygon):
            raise InvalidValue(f"The outline of {code} is a {geometry.geom_type}.", field="outline", code="outline")
        outlines[code] = geometry
    return outlines


def _place(folder_name: str, facts: Mapping[str, Any], outlines: Mapping[str, Outline]) -> Place:
    if {unit["code"] for unit in facts["units"]} != set(outlines):
        raise InvalidValue(f"{_FACTS} and {_OUTLINES} do not name the same units.", field="units")
    units = tuple(_unit(unit, outlines[unit["code"]]) for unit in sorted(facts["units"], key=lambda unit: unit["code"]))
    return Place(
        id=folder_name,
        name_zh=facts["name_zh"],
        name_en=facts["name_en"],
        code_prefix=facts["code_prefix"],
        timezone=ZoneInfo(facts["timezone"]),
        units=units,
        towns=tuple(Town(code, name, code[:6]) for code, name in sorted(facts.get("towns", {}).items())),
        settlements=tuple(_settlement(each) for each in facts.get("settlements", ())) or _one_a_unit(units),
        name_prefixes=tuple(facts.get("name_prefixes", ())),
        outline_credit_zh=facts.get("outline_credit_zh", ""),
        outline_credit_en=facts.get("outline_credit_en", ""),
        center=LonLat(*facts["map"]["center"]),
        default_zoom=facts["map"]["zoom"],
    )


def _unit(facts: Mapping[str, Any], outline: Outline) -> Unit:
    return Unit(
        code=facts["code"],
        name_zh=facts["name_zh"],
        name_en=facts["name_en"],
        short_zh=facts["short_zh"],
        short_en=facts["short_en"],
        census_2020_count=facts["census_2020_count"],
        aliases=tuple(facts.get("aliases", ())),
        outline=outline,
    )


def _settlement(facts: Mapping[str, Any]) -> Settlement:
    return Settlement(
        unit_code=facts["unit_code"],
        at=LonLat(*facts["at"]),
        share=facts["share"],
        spread_m=facts["spread_m"],
        role=SettlementRole(facts["role"]),
    )


def _one_a_unit(units: tuple[Unit, ...]) -> tuple[Settlement, ...]:
    """Where a folder names no settlements: one in the middle of each unit."""
    return tuple(Settlement(unit_code=unit.code, at=unit.label_at, share=1.0, spread_m=2500.0) for unit in units)
