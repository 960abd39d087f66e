"""A small city's staff: stations in two districts, and somebody of every role, in the own district and in another."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geodata.coordinates import LonLat
from geodata.places import Place
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Position, Station
from geodata.stations.vocabulary import StationKind
from mapapp.services.accounts.desk import AccountDesk, AccountDraft
from mapapp.services.holidays import seed_holidays
from mapapp.services.rights import COMMAND_LINE
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.store.accounts import Account, Role, Scope
from mapapp.web.csrf import FIELD, HEADER, csrf_token

OWN_DISTRICT: Final = "640104"
OTHER_DISTRICT: Final = "640105"
OWN_STATION: Final = "YC-0001"
"""In the own district, and the own keeper's."""
OTHER_STATION: Final = "YC-0002"
"""In the other district, and the other keeper's."""
UNPLACED_STATION: Final = "YC-0003"
"""Without position and district."""
CHEAP_HASHER: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SECRET: Final = "a secret of the tests"  # noqa: S105 - of the tests
ADDRESS: Final = "192.0.2.7"
BROWSER: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
FROM_OUR_PAGE: Final = {"Sec-Fetch-Site": "same-origin"}

DRAFTS: Final = {
    "admin": AccountDraft(name="admin", display_name="系统管理员", role=Role.ADMIN),
    "editor_own": AccountDraft(
        name="editor_own", display_name="编辑甲", role=Role.EDITOR, districts=frozenset({OWN_DISTRICT})
    ),
    "editor_other": AccountDraft(
        name="editor_other", display_name="编辑乙", role=Role.EDITOR, districts=frozenset({OTHER_DISTRICT})
    ),
    "planner": AccountDraft(name="planner", display_name="规划员", role=Role.PLANNER),
    "keeper_own": AccountDraft(name="keeper_own", display_name="站长甲", stations=frozenset({OWN_STATION})),
    "keeper_other": AccountDraft(name="keeper_other", display_name="站长乙", stations=frozenset({OTHER_STATION})),
}


def password_of(name: str) -> str:
    """The password of one of the people."""
    return f"wolfberry lantern 47 {name[::-1]}"


@dataclass(frozen=True, slots=True)
class StaffDatabase:
    """A database file to be copied, whose accounts are in it, a session of each, and a token of each scope."""

    file: Path
    people: dict[str, Account]
    sessions: dict[str, str]
    tokens: dict[Scope, str]


def build_staff_database(file: Path, place: Place, now: datetime) -> StaffDatabase:
    """Make the stations and the people."""
    store = Store(f"sqlite:///{file}", clock=lambda: now)
    store.migrate()
    seed_holidays(store, actor="test")
    add_stations(store, place)
    desk = account_desk(store)
    people = add_people(desk, now)
    sessions = {name: signed_in_as(desk, name, now) for name in people}
    tokens = {scope: desk.create_token(COMMAND_LINE, scope.value, (scope,), (), 30, now)[1] for scope in Scope}
    store.close()
    return StaffDatabase(file, people, sessions, tokens)


def add_stations(store: Store, place: Place) -> None:
    """Two stations in two districts, and one that is not placed yet."""
    with store.writing("form") as writer:
        for station in stations(place):
            writer.add_station(station, actor="test", reason="to begin with")


def stations(place: Place) -> tuple[Station, ...]:
    """The stations of this small world."""
    spots = {unit.code: unit.label_at for unit in place.units}
    plain = Station(code=OWN_STATION, kind=StationKind.REST_STATION, name="东街驿站", address="东街 1 号")
    own = replace(
        plain,
        district_code=OWN_DISTRICT,
        position=_at(spots[OWN_DISTRICT]),
        hours=OpeningHours("Mo-Su 08:30-18:00", "8:30-18:00"),
    )
    other = replace(
        plain,
        code=OTHER_STATION,
        name="西街驿站",
        address="西街 2 号",
        district_code=OTHER_DISTRICT,
        position=_at(spots[OTHER_DISTRICT]),
    )
    return own, other, replace(plain, code=UNPLACED_STATION, name="待定驿站", address="")


def account_desk(store: Store) -> AccountDesk:
    """The account desk with cheap hashing."""
    return AccountDesk(store, Settings(secret_key=SECRET), SECRET, hasher=CHEAP_HASHER)


def add_people(desk: AccountDesk, now: datetime) -> dict[str, Account]:
    """Everybody, with a password each."""
    people = {}
    for name, draft in DRAFTS.items():
        _, link = desk.invite(COMMAND_LINE, draft, now)
        people[name] = desk.accept(link, password_of(name), now)
    return people


def signed_in_as(desk: AccountDesk, name: str, now: datetime) -> str:
    """The secret of a new session of one of the people."""
    return desk.sign_in(name, password_of(name), None, ADDRESS, now, user_agent=BROWSER).token


class StaffClient:
    """A browser without a screen, signed in or not. Forms carry what our pages put into them."""

    def __init__(self, app: Flask, token: str | None = None) -> None:
        self.app = app
        self.token = token
        self.browser: FlaskClient = app.test_client()
        self.browser.set_cookie("visit", "what-a-first-page-would-give")
        if token is not None:
            self.browser.set_cookie("session", token)

    def get(self, path: str, **options: Any) -> TestResponse:
        """Ask for a page."""
        return self.browser.get(path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        """Post as a script of another program would: without a token."""
        return self.browser.post(path, **options)

    def post_form(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form of ours; files are file storages among the data."""
        fields = {FIELD: self.csrf_token(), **(data or {})}
        return self.browser.post(path, data=fields, headers=FROM_OUR_PAGE | options.pop("headers", {}), **options)

    def post_json(self, path: str, document: object, **options: Any) -> TestResponse:
        """Send what a script of ours sends."""
        headers = FROM_OUR_PAGE | {HEADER: self.csrf_token(), "Accept": "application/json"}
        return self.browser.post(path, json=document, headers=headers | options.pop("headers", {}), **options)

    def csrf_token(self) -> str:
        """A token as our pages would give it to this browser."""
        held = {name: self.browser.get_cookie(name) for name in ("session", "visit")}
        cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in held.items() if cookie is not None)
        with self.app.test_request_context("/staff/sign-in", headers={"Cookie": cookies}):
            return csrf_token()


def field_value(page: str, name: str) -> str:
    """The value of an input of a page."""
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert tag, f"there is no input {name}"
    value = re.search(r'value="([^"]*)"', tag.group(0))
    assert value, f"the input {name} has no value"
    return value.group(1)


def _at(spot: LonLat) -> Position:
    return Position.wgs84(spot.lon, spot.lat)
