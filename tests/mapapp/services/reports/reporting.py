"""People who send reports, and short ways to let them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any, Final

from PIL import Image

from geodata.reports.report import ReportDraft
from geodata.reports.vocabulary import ReportKind
from geodata.stations.station import Station
from geodata.stations.vocabulary import StationKind
from mapapp.services.reports.desk import ReportDesk, Sender, Submission
from mapapp.services.rights import Actor
from mapapp.store import ReportCase, Store
from mapapp.store.accounts import Role
from tests.conftest import FROZEN_AT

STATION: Final = "TC-0001"
LI: Final = Actor("li", Role.ADMIN)
WANG: Final = Actor("wang", Role.ADMIN)
_numbers: Final = count(1)


def draft(kind: ReportKind = ReportKind.LOCKED, **fields: Any) -> ReportDraft:
    """A report with a key of its own."""
    station_code = STATION if kind.is_about_station else None
    key = str(uuid.UUID(int=next(_numbers)))
    return ReportDraft(**{"kind": kind, "station_code": station_code, "key": key, **fields})


def editor(store: Store, name: str, *districts: str) -> Actor:
    """Somebody with an account who answers the reports of these districts."""
    with store.writing("form") as writer:
        account = writer.accounts.add(name=name, display_name=name.title(), role=Role.EDITOR, created_at=FROZEN_AT)
        account = replace(account, districts=frozenset(districts))
        writer.accounts.change(account)
    return Actor.of_account(account)


def case_of(store: Store, tracking: str) -> ReportCase:
    """What staff know of a report."""
    with store.reading() as reader:
        return reader.reports.case(tracking)


def photo(colour: str = "red") -> bytes:
    """A small photo."""
    stream = BytesIO()
    Image.new("RGB", (8, 8), colour).save(stream, "PNG")
    return stream.getvalue()


def add_station(store: Store, code: str = STATION, **fields: Any) -> None:
    """A station to report about."""
    station = Station(**{"code": code, "kind": StationKind.REST_STATION, "name": "测试驿站", **fields})
    with store.writing("form") as writer:
        writer.add_station(station, actor="li", reason="")


@dataclass(slots=True)
class Person:
    """Somebody with one phone, who keeps its cookie."""

    desk: ReportDesk
    address: str
    agent: str = "phone"
    device: str | None = None

    def send(self, report: ReportDraft | ReportKind = ReportKind.LOCKED, *, minute: float = 0) -> Submission:
        """Send a report so many minutes after the tests' clock began."""
        sent = draft(report) if isinstance(report, ReportKind) else report
        submission = self.desk.submit(sent, Sender(self.device, self.address, self.agent), at(minute))
        self.device = submission.device
        return submission


def at(minute: float) -> datetime:
    """So many minutes after the tests' clock began."""
    return FROZEN_AT + timedelta(minutes=minute)
