"""What planners' pages are tested over: the small city of the staff tests with workers around its two stations."""

from __future__ import annotations

import h3
import numpy as np

from geodata.demand.points import DemandLayer
from geodata.demand.profiles import week_profile
from geodata.places import Place
from geodata.stations.vocabulary import WorkerGroup
from mapapp.store import Store
from tests.mapapp.staff.world import OTHER_DISTRICT, OWN_DISTRICT

GROUPS = (WorkerGroup.RIDERS, WorkerGroup.SANITATION)


def small_layer(place: Place, *, is_sample: bool = False) -> DemandLayer:
    """61 cells around the station of one district, 7 around that of the other."""
    spots = {unit.code: unit.label_at for unit in place.units}
    own, other = (
        h3.grid_disk(h3.latlng_to_cell(spots[code].lat, spots[code].lon, 9), rings)
        for code, rings in ((OWN_DISTRICT, 4), (OTHER_DISTRICT, 1))
    )
    cells = tuple(sorted({*own, *other}))
    middles = np.array([h3.cell_to_latlng(cell) for cell in cells])
    return DemandLayer(
        name="town",
        origin_note="测试\ntest",
        is_sample=is_sample,
        is_modelled=True,
        lon=middles[:, 1],
        lat=middles[:, 0],
        h3_cells=cells,
        workers={group: 1.0 + np.arange(len(cells), dtype=np.float64) % 5 for group in GROUPS},
        profiles={group: week_profile(group) for group in GROUPS},
    )


def riders_round_a_district(place: Place, cell_count: int, *, resolution: int, rings: int) -> DemandLayer:
    """Riders in so many cells round the middle of a district: 1, 2, 3 … of them."""
    middle = next(unit.label_at for unit in place.units if unit.code == OWN_DISTRICT)
    cells = sorted(h3.grid_disk(h3.latlng_to_cell(middle.lat, middle.lon, resolution), rings))[:cell_count]
    places = np.array([h3.cell_to_latlng(cell) for cell in cells])
    return DemandLayer(
        name="test",
        origin_note="测试\ntest",
        is_sample=True,
        is_modelled=True,
        lon=places[:, 1],
        lat=places[:, 0],
        h3_cells=tuple(cells),
        workers={WorkerGroup.RIDERS: np.arange(1.0, cell_count + 1)},
        profiles={WorkerGroup.RIDERS: week_profile(WorkerGroup.RIDERS)},
    )


def add_demand(store: Store, place: Place, layer: DemandLayer | None = None) -> None:
    """The layer, kept; by default the small one."""
    with store.writing("form") as writer:
        writer.save_demand_layer(layer or small_layer(place), actor="test")
