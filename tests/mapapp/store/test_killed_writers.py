"""kill -9 of the whole web server while programs save through it: what was acknowledged is there, once.

gunicorn runs as ``scripts/serve.py`` starts it: one master, two processes that answer. Several programs save
the same few stations as fast as they can, each change under a reason of its own, so that afterwards every
revision can be told from every other. At some moment all processes of the server are killed at once; whatever
they were doing stops there.
"""

from __future__ import annotations

import http.client
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition
from typing import Any, Final

import pytest

from geodata.stations.document import station_document
from geodata.stations.station import Station
from geodata.stations.vocabulary import StationKind
from installation.web_server import Address
from mapapp.services.accounts.desk import AccountDesk
from mapapp.services.rights import COMMAND_LINE
from mapapp.settings import Settings
from mapapp.store import Revision, Store
from mapapp.store.accounts import Scope
from tests.mapapp.staff.world import SECRET
from tests.mapapp.store.served import (
    OK,
    STALE,
    KillableServer,
    connected_to,
    read,
    save,
    serving,
    version_of,
)
from tests.mapapp.store.station_writing import NOW, add, real
from tests.patience import PATIENCE_S

CODES: Final = ("YC-0001", "YC-0002", "YC-0003")
CLIENTS_COUNT: Final = 5
"""More than there are stations: some meet another's change and read again."""
ACKNOWLEDGED_BEFORE_THE_END: Final = (3, 40)
"""The least and the most answers that are waited for until the server is killed."""
WITHIN_S: Final = 0.03
"""The server is killed at any moment of so many seconds after that answer."""
EXPECTED: Final = frozenset({OK, STALE})


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A change that the server said it had saved, and the version that it made."""

    code: str
    version: int
    reason: str


@dataclass(slots=True)
class Ledger:
    """What the programs sent and what they were told, over all rounds."""

    sent: dict[str, str] = field(default_factory=dict)
    """The station of each change that left a program, by its reason."""
    acknowledged: list[Acknowledged] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    told: Condition = field(default_factory=Condition)

    @property
    def unanswered_count(self) -> int:
        """Changes that may have been saved or not: the server was killed before it said so."""
        return len(self.sent) - self.statuses.total()

    def tell(self, status: int, made: Acknowledged | None) -> None:
        """Write an answer down."""
        with self.told:
            self.statuses[status] += 1
            if made is not None:
                self.acknowledged.append(made)
            self.told.notify_all()

    def wait_for_more(self, count: int) -> None:
        """Return when so many more changes were acknowledged."""
        with self.told:
            wanted = len(self.acknowledged) + count
            self.told.wait_for(lambda: len(self.acknowledged) >= wanted or set(self.statuses) - EXPECTED, PATIENCE_S)
            assert len(self.acknowledged) >= wanted, f"the server is stuck after {self.statuses}"


@dataclass(frozen=True, slots=True)
class Client:
    """A program that adds to a station's number of seats until the server is gone."""

    address: Address
    token: str
    ledger: Ledger
    name: str
    chance: random.Random

    def save_until_the_end(self) -> None:
        """Read a station, send it back changed, again and again; returns when there is no answer."""
        number = 0
        with suppress_end(), closing(connected_to(self.address)) as connection:
            while True:
                code, number = self.chance.choice(CODES), number + 1
                tag, feature = read(connection, code, self.token)
                reason = f"{self.name}, change {number}"
                feature["properties"]["capacity"] += 1
                feature["reason"] = reason
                self.ledger.sent[reason] = code
                status, tag = save(connection, code, self.token, tag, feature)
                made = Acknowledged(code, version_of(tag), reason) if status == OK else None
                self.ledger.tell(status, made)


@contextmanager
def suppress_end() -> Iterator[None]:
    """The server ended in the middle of a word."""
    try:
        yield
    except (OSError, http.client.HTTPException):
        return


@pytest.fixture
def token(store: Store) -> str:
    """What may write to every station; they are there, of no seats."""
    add(store, *(real(code, kind=StationKind.WORKER_HOME, capacity_count=0) for code in CODES))
    desk = AccountDesk(store, Settings(secret_key=SECRET), SECRET)
    return desk.create_token(COMMAND_LINE, "counting", [Scope.STATIONS_WRITE], [], None, NOW)[1]


@pytest.mark.parametrize("rounds", [5, pytest.param(50, marks=pytest.mark.long)])
def test_what_was_acknowledged_outlives_a_killed_server(
    settings: Settings, store: Store, token: str, rounds: int, tmp_path: Path
) -> None:
    chance, ledger = random.Random(9), Ledger()
    versions = dict.fromkeys(CODES, 1)
    restarts_s: list[float] = []

    for number in range(1, rounds + 1):
        stopped_s = time.monotonic()
        with serving(settings, tmp_path / "server.log") as server:
            restarts_s.append(time.monotonic() - stopped_s)
            require_answers(server, token, versions)
            kill_while_saving(server, token, ledger, number, chance)
        versions = require_all_there(store, ledger)
        require_sound(settings)
    with serving(settings, tmp_path / "server.log") as server:
        require_answers(server, token, versions)

    assert set(ledger.statuses) <= EXPECTED
    print(
        f"{rounds} servers killed: {ledger.statuses[OK]} changes acknowledged, {ledger.statuses[STALE]} refused"
        f" as stale, {ledger.unanswered_count} without an answer, of which"
        f" {sum(versions.values()) - len(CODES) - ledger.statuses[OK]} were saved;"
        f" answering again within {max(restarts_s):.1f} s"
    )


def kill_while_saving(server: KillableServer, token: str, ledger: Ledger, number: int, chance: random.Random) -> None:
    """Let all programs save, and kill the server at some moment of it."""
    clients = [
        Client(server.address, token, ledger, f"round {number}, program {each}", random.Random(chance.random()))
        for each in range(CLIENTS_COUNT)
    ]
    with ThreadPoolExecutor(CLIENTS_COUNT) as pool:
        at_work = [pool.submit(client.save_until_the_end) for client in clients]
        try:
            ledger.wait_for_more(chance.randint(*ACKNOWLEDGED_BEFORE_THE_END))
            time.sleep(chance.uniform(0, WITHIN_S))  # this is the test: at any moment of the work
        finally:
            server.kill()
        for each in at_work:
            each.result()


def require_all_there(store: Store, ledger: Ledger) -> dict[str, int]:
    """Each acknowledged change is the revision it was said to be, none is there twice; the versions now."""
    with store.reading() as reader:
        versions, saved_count = reader.versions(), reader.data_revision() - 1
        revisions = {code: reader.revisions(code) for code in CODES}
        stations = {code: reader.station(code) for code in CODES}
    for code in CODES:
        require_told(stations[code], revisions[code])
        assert versions[code] == len(revisions[code])
    reasons = Counter(revision.reason for code in CODES for revision in revisions[code][1:])
    assert set(reasons.values()) <= {1}
    assert all(ledger.sent[revision.reason] == code for code in CODES for revision in revisions[code][1:])
    assert all(revisions[made.code][made.version - 1].reason == made.reason for made in ledger.acknowledged)
    assert saved_count == reasons.total() <= len(ledger.acknowledged) + ledger.unanswered_count
    return versions


def require_told(station: Station | None, revisions: tuple[Revision, ...]) -> None:
    """The revisions are numbered without a gap, and tell the station as it is: no change stands on half a leg."""
    assert station is not None
    assert [revision.number for revision in revisions] == list(range(1, len(revisions) + 1))
    told: dict[str, Any] = {}
    for revision in revisions:
        for name, (old, new) in revision.changes.items():
            assert revision.number == 1 or told[name] == old
            told[name] = new
    document = station_document(station)
    assert {name: document[name] for name in told} == told
    assert document["capacity_count"] == len(revisions) - 1


def require_sound(settings: Settings) -> None:
    """The file is whole; PostgreSQL would not have let go of its own rules."""
    if settings.database_url.startswith("sqlite:///"):
        with closing(sqlite3.connect(settings.database_url.removeprefix("sqlite:///"))) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def require_answers(server: KillableServer, token: str, versions: dict[str, int]) -> None:
    """A server that starts anew says what the database has."""
    with closing(connected_to(server.address)) as connection:
        said = {code: version_of(read(connection, code, token)[0]) for code in CODES}
    assert said == versions
