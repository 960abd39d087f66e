"""What the pictures for the staff's guide show: two people, a change with its reason, and reports, all invented."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from argon2 import PasswordHasher

from geodata.places import Place
from geodata.reports.report import ReportDraft
from geodata.reports.vocabulary import ReportKind
from mapapp.services.accounts.desk import AccountDesk, AccountDraft
from mapapp.services.reports.desk import ReportDesk, Sender
from mapapp.services.rights import COMMAND_LINE
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.store.accounts import Role

SECRET: Final = "a secret for pictures"  # noqa: S105 - of a database that lives for minutes
PASSWORD: Final = "seven lanterns on a wet roof"  # noqa: S105 - of a database that lives for minutes
QUICK_HASHER: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
WITHOUT_POSITION: Final = range(20, 26)
"""Which of the sample stations are made to lack a position."""
REPORTS: Final = (
    (ReportKind.WRONG_HOURS, 2, "门上写的是 8:00 到 20:00", 3),
    (ReportKind.LOCKED, 4, "", 1),
    (ReportKind.BROKEN, 6, "微波炉不热", 9),
    (ReportKind.WRONG_PLACE, 8, "在马路对面", 21),
)
"""Kind, number of the sample station, words, and how many days ago."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Secrets of the sessions by name, and the tracking code of the first report."""

    sessions: dict[str, str]
    tracking: str


def make_scene(store: Store, settings: Settings, place: Place, now: datetime) -> Scene:
    """Invite two people, change a station, take positions away, send reports."""
    change_station(store, f"{place.code_prefix}-S0002")
    take_positions_away(store, place)
    return Scene(sign_people_in(store, settings, now), send_reports(store, settings, place, now))


def change_station(store: Store, code: str) -> None:
    """A station's hours as somebody read them on the door."""
    with store.writing("form") as writer:
        station = writer.station(code)
        assert station is not None  # noqa: S101 - the sample has it
        changed = replace(station, town="示例街道", entry_note="从大厅进去，左手第一间")
        writer.update_station(changed, expected_version=station.version, actor="editor", reason="现场看过")


def take_positions_away(store: Store, place: Place) -> None:
    """Stations to be placed, as after the import of a list without coordinates."""
    with store.writing("form") as writer:
        for number in WITHOUT_POSITION:
            station = writer.station(f"{place.code_prefix}-S{number:04d}")
            assert station is not None  # noqa: S101 - the sample has it
            without = replace(station, position=None)
            writer.update_station(without, expected_version=station.version, actor="editor", reason="位置有误")


def sign_people_in(store: Store, settings: Settings, now: datetime) -> dict[str, str]:
    """An administrator and an editor of the first district, each with a session."""
    desk = AccountDesk(store, settings, SECRET, hasher=QUICK_HASHER)
    drafts = (
        AccountDraft(name="admin", display_name="管理员", role=Role.ADMIN),
        AccountDraft(name="editor", display_name="张编辑", role=Role.EDITOR, districts=frozenset({"640104"})),
    )
    sessions = {}
    for draft in drafts:
        _, link = desk.invite(COMMAND_LINE, draft, now)
        desk.accept(link, PASSWORD, now)
        sessions[draft.name] = desk.sign_in(draft.name, PASSWORD, None, "127.0.0.1", now).token
    return sessions


def send_reports(store: Store, settings: Settings, place: Place, now: datetime) -> str:
    """What the public tells; the tracking code of the first."""
    chance = random.Random(2)
    desk = ReportDesk(store, settings, SECRET, district_of=place.district_of, random_below=chance.randrange)
    codes = []
    for key, (kind, number, text, days) in enumerate(REPORTS, start=1):
        code = f"{place.code_prefix}-S{number:04d}"
        draft = ReportDraft(kind=kind, station_code=code, text=text, key=str(uuid.UUID(int=key)))
        sent = desk.submit(draft, Sender(None, f"192.0.2.{key}", "phone"), now - timedelta(days=days))
        codes.append(sent.report.tracking)
    return codes[0]
