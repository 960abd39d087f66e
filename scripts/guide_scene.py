"""What the pictures for the staff's guide show: three people, a change with its reason, and reports, all invented."""

from __future__ import annotations

import io
import random
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from argon2 import PasswordHasher

from geodata.coordinates import Crs, convert
from geodata.files.csv_out import csv_bytes
from geodata.files.reading_choice import ReadingChoice
from geodata.places import Place
from geodata.reports.report import ReportDraft
from geodata.reports.vocabulary import ReportKind
from mapapp.services.accounts.desk import AccountDesk, AccountDraft
from mapapp.services.importing.steering import ask_plan
from mapapp.services.importing.uploads import keep_upload
from mapapp.services.jobs.kinds import KINDS
from mapapp.services.jobs.run import Workshop
from mapapp.services.jobs.worker import Worker
from mapapp.services.reports.desk import ReportDesk, Sender
from mapapp.services.rights import COMMAND_LINE, Actor
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.store.accounts import Role

SECRET: Final = "a secret for pictures"  # noqa: S105 - of a database that lives for minutes
PASSWORD: Final = "seven lanterns on a wet roof"  # noqa: S105 - of a database that lives for minutes
QUICK_HASHER: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
EDITORS_DISTRICT: Final = "640104"
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
    """Secrets of the sessions by name, the tracking code of the first report, and an import's file and check."""

    sessions: dict[str, str]
    tracking: str
    upload: str
    plan: int


def make_scene(store: Store, settings: Settings, place: Place, now: datetime) -> Scene:
    """Invite three people, change a station, take positions away, send reports, have a list checked."""
    change_station(store, f"{place.code_prefix}-S0002")
    take_positions_away(store, place)
    sessions, tracking = sign_people_in(store, settings, now), send_reports(store, settings, place, now)
    return Scene(sessions, tracking, *check_list(store, settings, place, now))


def check_list(store: Store, settings: Settings, place: Place, now: datetime) -> tuple[str, int]:
    """An invented list in GCJ-02 that the editor sent in and had checked: its file, and the check's number."""
    with store.reading() as reader:
        editor = next(Actor.of_account(account) for account in reader.accounts.all() if account.name == "editor")
    content = csv_bytes(("站点名称", "详细地址", "经度", "纬度", "开放时间", "服务项目"), invented_rows(place))
    upload = keep_upload(store, settings, editor, "示例名单.csv", io.BytesIO(content), now)
    job = ask_plan(store, editor, upload, Crs.GCJ02, ReadingChoice(), now)
    Worker(Workshop(store, place, settings, lambda: now), KINDS).run_one()
    return upload.token, job.id


def invented_rows(place: Place) -> list[tuple[str, str, float, float, str, str]]:
    """New stations, two that may be one, and one whose coordinates stand in each other's columns."""
    middle = place.unit(EDITORS_DISTRICT).label_at
    lon, lat = (float(degrees) for degrees in convert(middle.lon, middle.lat, Crs.WGS84, Crs.GCJ02))
    rows = [
        (f"示例{name}驿站", f"示例路 {number} 号", lon + 0.004 * number, lat, "8:30-18:00", "休息、饮水、微波炉")
        for number, name in enumerate(("东门", "西门", "南门", "北门"), start=1)
    ]
    twin = ("示例东门驿站", "示例路 1 号附近", lon + 0.0052, lat, "工作日 9:00-17:00", "休息、饮水")
    swapped = ("示例中心驿站", "示例路 9 号", lat, lon, "24小时", "休息")
    return [*rows, twin, swapped]


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
    """An administrator, an editor of the first district and a planner, each with a session."""
    desk = AccountDesk(store, settings, SECRET, hasher=QUICK_HASHER)
    drafts = (
        AccountDraft(name="admin", display_name="管理员", role=Role.ADMIN),
        AccountDraft(name="editor", display_name="张编辑", role=Role.EDITOR, districts=frozenset({EDITORS_DISTRICT})),
        AccountDraft(name="planner", display_name="李规划", role=Role.PLANNER),
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
