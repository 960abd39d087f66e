"""Rows spread over cells: everything exactly once."""

from __future__ import annotations

import h3
import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPoint, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from geodata.demand import spreading
from geodata.demand.aggregating import gather
from geodata.demand.sheet import DemandRow
from geodata.demand.spreading import OUTSIDE, CellSpreader
from geodata.errors import UnreadableFile
from geodata.places import Place
from geodata.stations.vocabulary import WorkerGroup

RIDERS, SANITATION = WorkerGroup.RIDERS, WorkerGroup.SANITATION


def share_by_sampling(shape: BaseGeometry, step_deg: float) -> dict[str, float]:
    """What a slow count of a grid of points inside a small polygon gives each cell."""
    west, south, east, north = shape.bounds
    lon, lat = np.meshgrid(np.arange(west, east, step_deg), np.arange(south, north, step_deg))
    inside = shapely.contains_xy(shape, lon.ravel(), lat.ravel())
    cells = [h3.latlng_to_cell(y, x, 9) for x, y in zip(lon.ravel()[inside], lat.ravel()[inside], strict=True)]
    return {cell: cells.count(cell) / len(cells) for cell in set(cells)}


@pytest.fixture(scope="module")
def spreader(place: Place) -> CellSpreader:
    return CellSpreader(place)


def test_a_point_falls_into_its_cell(spreader: CellSpreader) -> None:
    assert spreader.shares(Point(106.23, 38.48)) == [(h3.latlng_to_cell(38.48, 106.23, 9), 1.0)]


def test_several_points_share_evenly(spreader: CellSpreader) -> None:
    shares = spreader.shares(MultiPoint([(106.23, 38.48), (106.3, 38.48)]))

    assert [share for _cell, share in shares] == [0.5, 0.5]


def test_a_polygon_is_spread_by_area(spreader: CellSpreader) -> None:
    shape = shapely.Polygon([(106.23, 38.48), (106.245, 38.483), (106.24, 38.495), (106.228, 38.49)])
    expected = share_by_sampling(shape, 0.0001)

    found = dict(spreader.shares(shape))

    assert sum(found.values()) == pytest.approx(1, abs=1e-12)
    for cell in expected | found:
        assert found.get(cell, 0.0) == pytest.approx(expected.get(cell, 0.0), abs=0.004)


def test_a_hole_holds_nobody(spreader: CellSpreader) -> None:
    whole, hole = box(106.2, 38.45, 106.26, 38.5), box(106.21, 38.46, 106.25, 38.49)
    middle = h3.latlng_to_cell(38.475, 106.23, 9)

    assert middle in dict(spreader.shares(whole))
    assert middle not in dict(spreader.shares(whole.difference(hole)))


def test_a_line_is_spread_by_length(spreader: CellSpreader) -> None:
    line = LineString([(106.2, 38.45), (106.24, 38.48), (106.24, 38.5)])
    steps = np.linspace(0, 1, 20_001)
    points = shapely.get_coordinates(line.interpolate(steps, normalized=True))
    cells = [h3.latlng_to_cell(lat, lon, 9) for lon, lat in points]

    found = dict(spreader.shares(line))

    assert set(found) == set(cells)
    assert sum(found.values()) == pytest.approx(1, abs=1e-12)
    flat_shares = {cell: cells.count(cell) / len(cells) for cell in set(cells)}
    assert all(found[cell] == pytest.approx(share, rel=0.25, abs=0.003) for cell, share in flat_shares.items())


def test_what_lies_far_away_is_outside_as_a_whole(spreader: CellSpreader) -> None:
    assert spreader.shares(box(10, 10, 60, 60)) == [(OUTSIDE, 1.0)]


def test_a_tiny_polygon_within_one_cell_is_all_in_that_cell(spreader: CellSpreader) -> None:
    lat, lon = h3.cell_to_latlng(h3.latlng_to_cell(38.48, 106.23, 9))

    shares = spreader.shares(box(lon, lat, lon + 1e-5, lat + 1e-5))

    assert [share for _cell, share in shares] == [1.0]


def shapes() -> st.SearchStrategy[BaseGeometry]:
    """Points, lines and rectangles in, across and beyond the city."""
    degrees = st.tuples(st.floats(105.6, 107.2), st.floats(37.4, 39.0))
    sizes = st.floats(0.0005, 0.05)
    return st.one_of(
        degrees.map(Point),
        st.tuples(degrees, sizes, sizes).map(lambda t: LineString([t[0], (t[0][0] + t[1], t[0][1] + t[2])])),
        st.tuples(degrees, sizes, sizes).map(lambda t: box(*t[0], t[0][0] + t[1], t[0][1] + t[2])),
    )


@settings(max_examples=25, deadline=None)
@given(listed=st.lists(st.tuples(shapes(), st.floats(0, 1000)), max_size=6))
def test_workers_are_conserved(place: Place, listed: list[tuple[BaseGeometry, float]]) -> None:
    rows = [DemandRow(line, shape, {RIDERS: count}) for line, (shape, count) in enumerate(listed)]

    found = gather(rows, (RIDERS, SANITATION), place)

    total = found.totals[RIDERS]
    assert total.given_count == pytest.approx(sum(count for _shape, count in listed), rel=1e-9)
    assert total.placed_count + total.outside_count == pytest.approx(total.given_count, rel=1e-9, abs=1e-9)
    assert found.workers[RIDERS].sum() == pytest.approx(total.placed_count, rel=1e-12)
    assert all(unit is not None for unit in place.districts_of(found.lon, found.lat))


def test_the_order_of_rows_changes_nothing(place: Place) -> None:
    rows = [
        DemandRow(1, box(106.2, 38.45, 106.22, 38.47), {RIDERS: 7}),
        DemandRow(2, Point(106.21, 38.46), {RIDERS: 3, SANITATION: 2}),
    ]

    one, other = gather(rows, (RIDERS, SANITATION), place), gather(rows[::-1], (RIDERS, SANITATION), place)

    assert one.h3_cells == other.h3_cells == tuple(sorted(one.h3_cells))
    assert np.allclose(one.workers[RIDERS], other.workers[RIDERS], rtol=1e-12)


def test_an_empty_file_gathers_nobody(place: Place) -> None:
    found = gather([], (RIDERS,), place)

    assert (found.h3_cells, found.totals[RIDERS].given_count) == ((), 0)


def test_an_area_of_many_corners_is_laid_over_the_cells_as_each_cell_alone_would_be(place: Place) -> None:
    west, south = place.center.lon, place.center.lat
    teeth = [(west + 0.0005 * number, south + (0.03 if number % 2 else 0.01)) for number in range(120)]
    saw = Polygon([*teeth, (west + 0.06, south), (west, south)])
    spreader = CellSpreader(place)

    shares = spreader.shares(saw)

    flat = place.plane.flatten(saw)
    for cell, share in shares:
        ring = [(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]
        alone = place.plane.flatten(Polygon(ring)).intersection(flat).area
        assert share == pytest.approx(alone / flat.area, rel=1e-6, abs=1e-12)
    assert sum(share for _cell, share in shares) == pytest.approx(1)


def test_within_one_huge_row_somebody_may_say_stop(place: Place) -> None:
    class Stopped(Exception):
        pass

    asked = 0

    def stop_at_the_third(_done: int, _all: int) -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise Stopped

    middle = place.center
    row = DemandRow(2, box(middle.lon - 0.3, middle.lat - 0.3, middle.lon + 0.3, middle.lat + 0.3), {RIDERS: 5.0})

    with pytest.raises(Stopped):
        gather([row], [RIDERS], place, stop_at_the_third)


def by_one_search(place: Place, shape: Polygon) -> dict[str, float]:
    """The oracle: H3 is given the whole polygon at once, and each cell is laid over it alone."""
    outer = [(lat, lon) for lon, lat in shape.exterior.coords]
    holes = [[(lat, lon) for lon, lat in ring.coords] for ring in shape.interiors]
    cells = h3.h3shape_to_cells_experimental(h3.LatLngPoly(outer, *holes), 9, contain="overlap")
    flat = place.plane.flatten(shape)
    shared = {
        cell: place.plane.flatten(Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]))
        .intersection(flat)
        .area
        for cell in cells
    }
    return {cell: area / sum(shared.values()) for cell, area in shared.items() if area > 0}


def star(seed: int, place: Place) -> Polygon:
    """A polygon of some two hundred cells whose corners go round its middle, with a hole."""
    chance = np.random.default_rng(seed)
    turns = np.sort(chance.uniform(0, 2 * np.pi, 12))
    far_deg = 0.03 * chance.uniform(0.4, 1.0, 12)
    corners = np.column_stack((far_deg * np.cos(turns), far_deg * np.sin(turns)))
    whole = Polygon(corners + np.array([place.center.lon, place.center.lat]))
    holed = whole.difference(whole.representative_point().buffer(0.004))
    return holed if isinstance(holed, Polygon) else whole


@pytest.mark.parametrize("seed", range(4))
def test_cells_found_box_by_box_are_those_of_one_search(
    place: Place, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(spreading, "_CELLS_AT_ONCE", 8)
    shape = star(seed, place)

    found = dict(CellSpreader(place).shares(shape))

    expected = by_one_search(place, shape)
    assert found.keys() == expected.keys()
    assert all(found[cell] == pytest.approx(share, rel=1e-6, abs=1e-12) for cell, share in expected.items())


def test_no_search_of_an_area_as_large_as_the_city_is_about_more_than_some_thousand_cells(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[int] = []
    search = h3.h3shape_to_cells_experimental

    def counting(shape: h3.H3Shape, resolution: int, contain: str) -> list[str]:
        cells: list[str] = search(shape, resolution, contain=contain)
        searched.append(len(cells))
        return cells

    class Stopped(Exception):
        pass

    def stop() -> None:
        if sum(searched) > 20_000:
            raise Stopped

    monkeypatch.setattr(h3, "h3shape_to_cells_experimental", counting)
    city = place.bbox
    with pytest.raises(Stopped):
        CellSpreader(place, on_piece=stop).shares(box(city.west, city.south, city.east, city.north))

    assert max(searched) < 5_000
    assert sum(searched) < 30_000


def test_an_area_of_too_many_cells_is_refused_in_words(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "MOST_CELLS", 50)
    rows = [DemandRow(2, star(0, place), {RIDERS: 5.0})]

    with pytest.raises(UnreadableFile, match="too large") as refused:
        gather(rows, [RIDERS], place)

    assert "图形过大" in refused.value.zh


def test_outlines_that_are_forgotten_change_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    one = star(1, place)
    other = shapely.affinity.translate(one, xoff=0.2)
    remembering = CellSpreader(place)
    first = remembering.shares(one)
    most = len(remembering._outlines) + 50
    expected = [first, remembering.shares(other), first]
    monkeypatch.setattr(spreading, "MOST_CELLS", most)
    forgetting = CellSpreader(place)

    found = [forgetting.shares(shape) for shape in (one, other, one)]

    assert found == expected
    assert len(forgetting._outlines) <= most < len(remembering._outlines)
