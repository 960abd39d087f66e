"""Pages of the staff over a whole province's stations: what they take, and how that grows with the register.

gunicorn runs as scripts/serve.py starts it, with one process; somebody is signed in, so that every answer goes
through session, rights, language and template as for a clerk. One question at a time: this is what a person
waits for. The floor is a staff page without a list; the peer is the same service over a small register.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.databases import make_large_database
from benchmarks.load_client import Headers, request_bytes, send_all
from benchmarks.measure import Spread, spreads_in_turns
from benchmarks.results import Figure, Section, at_most
from benchmarks.servers import ApplicationServer, running
from geodata.places import load_place
from mapapp.services.accounts.desk import AccountDesk, AccountDraft
from mapapp.services.rights import COMMAND_LINE
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.store.accounts import Role

TITLE: Final = "Staff pages over a large register"
LIMIT_MS: Final = 200.0
FLOOR: Final = "a page without a list"
DASHBOARD: Final = "dashboard, no list"
STATIONS_A_PAGE: Final = 50
SECRET: Final = "a secret for measuring"  # noqa: S105 - of a database that lives for minutes
PASSWORD: Final = "seven lanterns on a wet roof"  # noqa: S105 - of a database that lives for minutes
PAGES: Final[Mapping[str, str]] = {
    FLOOR: "/staff/account",
    "station list": "/staff/stations",
    "station list, by name, downwards": "/staff/stations?sort=name&order=down",
    "station list, the last page": "/staff/stations?page={last_page}",
    "station list, words looked for": "/staff/stations?text=%E5%8F%B8%E6%9C%BA",
    "station list, hours unknown": "/staff/stations?unknown_hours=1",
    "posters": "/staff/posters",
    "reports": "/staff/reports",
    "to be looked at": "/staff/verify",
    DASHBOARD: "/staff/dashboard",
}
"""Addresses by name; every one but the floor's and the dashboard's is a list, cut into pages on the server."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    rounds_count: int
    requests_count: int
    stations_count: int = 20_000
    few_stations_count: int = 400


FULL: Final = Effort(15, 8)
QUICK: Final = Effort(3, 4)


@dataclass(frozen=True, slots=True)
class Clerk:
    """Somebody signed in at a server."""

    server: ApplicationServer
    headers: Headers
    stations_count: int

    def seconds_for(self, path: str, count: int) -> float:
        """What one answer takes: the mean of so many, one after the other."""
        address = self.server.address
        path = path.format(last_page=-(-self.stations_count // STATIONS_A_PAGE))
        return send_all(address, [request_bytes(address, path, self.headers)], count, 1).took_s / count


def measure(place_name: str, effort: Effort) -> Section:
    """Every page over both registers, in turns; after one round that is not counted."""
    with TemporaryDirectory() as name, ExitStack() as stack:
        counts = {"many": effort.stations_count, "few": effort.few_stations_count}
        clerks = {kind: _clerk(Path(name) / kind, place_name, count, stack) for kind, count in counts.items()}
        turns: dict[str, Callable[[], float]] = {
            f"{kind} {page}": partial(clerk.seconds_for, path, effort.requests_count)
            for kind, clerk in clerks.items()
            for page, path in PAGES.items()
        }
        spreads_in_turns(turns, 1)
        seconds = spreads_in_turns(turns, effort.rounds_count)
    return Section(TITLE, _figures(seconds), _notes(effort))


def _clerk(folder: Path, place_name: str, stations_count: int, stack: ExitStack) -> Clerk:
    """An administrator signed in at a server over so many stations."""
    folder.mkdir()
    url = make_large_database(folder / "stations.sqlite3", load_place(place_name), stations_count)
    session = _session(url)
    environment = {
        "MAPAPP_DATABASE_URL": url,
        "MAPAPP_PLACE": place_name,
        "MAPAPP_SECRET_KEY": SECRET,
        "MAPAPP_RATE_LIMIT": "",
    }
    server = stack.enter_context(running(folder, environment, workers_count=1))
    return Clerk(server, (("Accept-Language", "zh-CN,zh;q=0.9"), ("Cookie", f"session={session}")), stations_count)


def _session(database_url: str) -> str:
    """The secret of a session of a new administrator."""
    store, now = Store(database_url), datetime.now(UTC)
    desk = AccountDesk(store, Settings(secret_key=SECRET), SECRET)
    _, link = desk.invite(COMMAND_LINE, AccountDraft(name="clerk", display_name="Clerk", role=Role.ADMIN), now)
    desk.accept(link, PASSWORD, now)
    token = desk.sign_in("clerk", PASSWORD, None, "127.0.0.1", now).token
    store.close()
    return token


def _figures(seconds: Mapping[str, Spread]) -> tuple[Figure, ...]:
    floor = seconds[f"many {FLOOR}"]
    figures = [Figure(FLOOR, floor.times(1e3), "ms")]
    for page in PAGES:
        if page != FLOOR:
            many, few = seconds[f"many {page}"], seconds[f"few {page}"]
            figures += [
                Figure(page, many.times(1e3), "ms", None if page == DASHBOARD else at_most(LIMIT_MS)),
                Figure(f"  ÷ {FLOOR}", many.over(floor)),
                Figure("  ÷ the same page over the small register", many.over(few)),
            ]
    return tuple(figures)


def _notes(effort: Effort) -> tuple[str, ...]:
    return (
        (
            f"{effort.stations_count:,} invented stations; the small register has {effort.few_stations_count:,}. "
            "An administrator is signed in; the page without a list is that of one's own account."
        ),
        (
            f"One process of gunicorn over SQLite, one question at a time; a round's value is the mean of "
            f"{effort.requests_count} answers, whole pages without their styles and scripts."
        ),
    )
