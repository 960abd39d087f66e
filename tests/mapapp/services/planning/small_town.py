"""A small town in a database: 37 cells with riders and street cleaners, six stations of every sort."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import h3
import numpy as np

from geodata.demand.points import DemandLayer
from geodata.demand.profiles import week_profile
from geodata.places import Place
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Position, ServiceOffer, Station
from geodata.stations.vocabulary import LifeCycle, Service, StationKind, WorkerGroup
from geodata.travel.street_files import save_streets, use_streets
from mapapp.services.jobs import desk as jobs_desk
from mapapp.services.jobs.kinds import KINDS
from mapapp.services.jobs.run import Workshop
from mapapp.services.jobs.worker import Worker
from mapapp.services.planning.ground import STREETS_FOLDER
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.runs import RunDesk
from mapapp.services.rights import Actor
from mapapp.settings import Settings
from mapapp.store import Job, LayerSource, Origin, Store
from mapapp.store.accounts import Role
from tests.conftest import FrozenClock
from tests.geodata.travel.street_maps import streets_of, write_map

WEEK: Final = date(2026, 11, 18)
LON, LAT = 113.6, 34.75
"""In the middle of the test city."""
RIDERS, SANITATION, TRAFFIC = WorkerGroup.RIDERS, WorkerGroup.SANITATION, WorkerGroup.TRAFFIC
STEP_DEG: Final = 0.005

STATIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "TC-0001": {"rule": "24/7", "at": (0, 0), "seats": 10, "services": (Service.WATER, Service.REST)},
    "TC-0002": {"rule": "Mo-Su 08:00-18:00", "at": (1, 0), "seats": None, "services": (Service.WATER,)},
    "TC-0003": {"rule": None, "at": (0, 2), "seats": 4, "services": (Service.TOILET,)},
    "TC-0004": {"rule": "24/7", "at": (-2, 0), "seats": 6, "life_cycle": LifeCycle.PLANNED},
    "TC-0005": {"rule": "24/7", "at": (0, -2), "seats": 8, "life_cycle": LifeCycle.TEMPORARILY_CLOSED},
    "TC-0006": {"rule": "24/7", "at": None, "seats": 8},
}


def question(**words: Any) -> PlanningQuestion:
    """A question of the frozen week."""
    return PlanningQuestion(**{"week_of": WEEK, **words})


def station(code: str, facts: Mapping[str, Any]) -> Station:
    at = facts["at"]
    return Station(
        code=code,
        kind=StationKind.REST_STATION,
        name=f"驿站{code}",
        position=None if at is None else Position.wgs84(LON + at[0] * STEP_DEG, LAT + at[1] * STEP_DEG),
        hours=OpeningHours.from_rule(facts["rule"]) if facts["rule"] else OpeningHours.unknown(),
        services=tuple(ServiceOffer(service=service) for service in facts.get("services", ())),
        life_cycle=facts.get("life_cycle", LifeCycle.ACTIVE),
        capacity_count=facts["seats"],
        source="test",
    )


def layer(name: str = "town", *, rings: int = 3, groups: tuple[WorkerGroup, ...] = (RIDERS, SANITATION)) -> DemandLayer:
    cells = tuple(sorted(h3.grid_disk(h3.latlng_to_cell(LAT, LON, 9), rings)))
    middles = np.array([h3.cell_to_latlng(cell) for cell in cells])
    return DemandLayer(
        name=name,
        origin_note="测试\ntest",
        is_sample=False,
        is_modelled=True,
        lon=middles[:, 1],
        lat=middles[:, 0],
        h3_cells=cells,
        workers={group: 1.0 + np.arange(len(cells), dtype=np.float64) % 5 for group in groups},
        profiles={group: week_profile(group) for group in groups},
    )


@dataclass(slots=True)
class Town:
    """The database, a desk over it, and a worker beside it."""

    store: Store
    place: Place
    settings: Settings
    clock: FrozenClock
    desk: RunDesk
    planner: Actor
    other: Actor
    admin: Actor
    editor: Actor

    @classmethod
    def of(cls, store: Store, place: Place, settings: Settings, clock: FrozenClock) -> Town:
        """The stations and the layer, kept; four people."""
        with store.writing(Origin.FORM, at=clock()) as writer:
            for code, facts in STATIONS.items():
                writer.add_station(station(code, facts), actor="test", reason="test")
            writer.save_demand_layer(layer(), actor="test")
            roles = {"planner": Role.PLANNER, "other": Role.PLANNER, "admin": Role.ADMIN, "editor": Role.EDITOR}
            people = {
                name: Actor.of_account(writer.accounts.add(name=name, display_name=name, role=role, created_at=clock()))
                for name, role in roles.items()
            }
        return cls(store, place, settings, clock, RunDesk(store, place, settings, clock, lambda: 0.0), **people)

    def work(self) -> bool:
        """Do the next job, if there is one."""
        return Worker(Workshop(self.store, self.place, self.settings, self.clock), KINDS).run_one()

    def desk_job(self, job_id: int) -> Job:
        """A job as it is now."""
        return jobs_desk.job_of(self.store, self.admin, job_id)

    def keep(self, each: DemandLayer) -> None:
        """Another layer, as if sent in."""
        with self.store.writing(Origin.FORM, at=self.clock()) as writer:
            writer.save_demand_layer(each, actor="test", source=LayerSource(title=each.name, method={"code": "counts"}))

    def change(self, code: str, **fields: Any) -> None:
        """A station, changed by somebody."""
        with self.store.writing(Origin.FORM, at=self.clock()) as writer:
            found = writer.station(code)
            assert found is not None
            writer.update_station(replace(found, **fields), expected_version=found.version, actor="test", reason="test")

    def load_streets(self, folder: Path, *, columns_count: int = 10) -> None:
        """A grid of streets through the middle of the town."""
        places = {10 * row + column: (column - 5.0, row - 5.0) for row in range(10) for column in range(10)}
        rows = [[10 * row + column for column in range(10)] for row in range(10)]
        columns = [[10 * row + column for row in range(10)] for column in range(columns_count)]
        path = write_map(
            folder / "town.osm.pbf", places, [(line, {"highway": "residential"}) for line in rows + columns]
        )
        home = Path(self.settings.data_dir) / STREETS_FOLDER
        home.mkdir(parents=True, exist_ok=True)
        read = streets_of(path)
        source = replace(read.source, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
        save_streets(replace(read, source=source), home / f"town{columns_count}.npz")
        use_streets(home, home / f"town{columns_count}.npz")
