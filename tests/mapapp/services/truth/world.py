"""A register of three stations and some workers, people with different rights, and short ways to look at it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import h3
import numpy as np

from geodata.demand.points import DemandLayer
from geodata.places import Place
from geodata.reports.report import ReportDraft
from geodata.reports.vocabulary import ReportKind
from geodata.stations.freshness import ConfirmedHow, FieldGroup
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Position, ServiceOffer, Station
from geodata.stations.vocabulary import Service, StationKind, WorkerGroup
from mapapp.services.reports.desk import ReportDesk, Sender
from mapapp.services.rights import Actor
from mapapp.services.snapshot import StationSnapshot, build_snapshot
from mapapp.services.truth.register import RegisterTruth, TruthDesk
from mapapp.services.truth.waiting import QueueQuestion, queue_page
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.store.accounts import Account, Role
from tests.conftest import FROZEN_AT
from tests.statements import statements_asked

NOW: Final = FROZEN_AT
OWN, OTHER = "640104", "640105"
ADMIN: Final = Actor("ma", Role.ADMIN)
EDITOR: Final = Actor("li", Role.EDITOR, districts=frozenset({OWN}))
KEEPER: Final = Actor("zhao", Role.KEEPER, stations=frozenset({"YC-0001"}))
PLANNER: Final = Actor("qian", Role.PLANNER)

FULL: Final = Station(
    code="YC-0001",
    kind=StationKind.REST_STATION,
    name="测试驿站",
    district_code=OWN,
    position=Position.wgs84(106.29, 38.47),
    services=(ServiceOffer(service=Service.WATER),),
    hours=OpeningHours.from_rule("Mo-Su 09:00-17:00", "每天9:00-17:00"),
)
BUSY: Final = replace(FULL, code="YC-0002", name="大站", district_code=OTHER, position=Position.wgs84(106.2, 38.49))
BARE: Final = Station(code="YC-0003", kind=StationKind.DRIVER_HOME, name="待定")


def workers() -> DemandLayer:
    """Ten workers beside FULL, a hundred beside BUSY, a thousand far from both."""
    points = [(106.291, 38.47), (106.2, 38.491), (106.0, 38.3)]
    return DemandLayer(
        name="test",
        origin_note="测试\ntest",
        is_sample=False,
        is_modelled=True,
        lon=np.array([lon for lon, _ in points]),
        lat=np.array([lat for _, lat in points]),
        h3_cells=tuple(h3.latlng_to_cell(lat, lon, 9) for lon, lat in points),
        workers={WorkerGroup.RIDERS: np.array([4.0, 60.0, 900.0]), WorkerGroup.COURIERS: np.array([6.0, 40.0, 100.0])},
        profiles={WorkerGroup.RIDERS: np.ones(168), WorkerGroup.COURIERS: np.ones(168)},
    )


@dataclass(slots=True)
class World:
    """The register, its desk, and the place."""

    store: Store
    place: Place
    desk: TruthDesk

    def snapshot(self, now: datetime = NOW) -> StationSnapshot:
        """What the public sees."""
        return build_snapshot(self.store, self.place, now)

    def truth(self, now: datetime = NOW) -> RegisterTruth:
        """What is known."""
        return self.desk.register(self.snapshot(now), now)

    def queue(self, now: datetime = NOW, **question: Any) -> list[str]:
        """The codes of the queue."""
        return [item.station.code for item in queue_page(self.truth(now), QueueQuestion(**question)).items]

    def confirm(self, code: str, *groups: FieldGroup, days_ago: float = 0) -> None:
        """Let groups (all without any) be confirmed on site some days ago."""
        at = NOW - timedelta(days=days_ago)
        with self.store.writing("form") as writer:
            writer.confirmations.add(code, groups or tuple(FieldGroup), at=at, actor="li", how=ConfirmedHow.ON_SITE)

    def report(self, kind: ReportKind, code: str = "YC-0001", *, days_ago: float = 0) -> str:
        """Let somebody report; the tracking code."""
        desk = ReportDesk(self.store, Settings(reports_per_address_h=1000), "the tests' secret")
        draft = ReportDraft(
            kind=kind,
            station_code=code,
            key=str(uuid.uuid4()),
            services=(Service.WATER,) if kind.names_services else (),
            text="看一看",
        )
        sender = Sender(None, "10.0.0.1", "phone")
        return desk.submit(draft, sender, NOW - timedelta(days=days_ago)).report.tracking

    def account(self, name: str, role: Role, **fields: Any) -> Account:
        """Somebody who has set up an account."""
        with self.store.writing("form") as writer:
            account = writer.accounts.add(name=name, display_name=name.title(), role=role, created_at=NOW)
            writer.accounts.change(replace(account, **fields))
            writer.accounts.set_password(account.id, "a hash")
        with self.store.reading() as reader:
            found = reader.accounts.find(account.id)
        assert found is not None
        return found

    def statements(self, ask: Any) -> int:
        """How many statements asking takes."""
        with statements_asked() as seen:
            ask()
        return len([statement for statement in seen if statement.lstrip().startswith("SELECT")])
