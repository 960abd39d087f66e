"""Many programs that save one station at once, through the whole application: one wins each version, nothing is lost.

First with two applications in this process, whose threads meet in every lock there is; then with two servers of several
threads, each a process of its own with its own port, between which there is the database alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path
from threading import Barrier
from typing import Final

import pytest
from flask import Flask

from geodata.stations.vocabulary import StationKind
from installation.web_server import Address
from mapapp import create_app
from mapapp.services.accounts.desk import AccountDesk
from mapapp.services.rights import COMMAND_LINE
from mapapp.settings import Settings
from mapapp.store import Revision, Store
from mapapp.store.accounts import Scope
from tests.mapapp.staff.world import SECRET
from tests.mapapp.store.served import OK, STALE, connected_to, read, save, serving
from tests.mapapp.store.station_writing import NOW, add, real

CODE: Final = "YC-0001"
ADDRESS: Final = f"/api/v1/stations/{CODE}"
AT_ONCE_COUNT: Final = 24
CLIENTS_COUNT: Final = 6
STEPS_COUNT: Final = 10


@pytest.fixture
def apps(settings: Settings, store: Store) -> Iterator[list[Flask]]:
    """Two applications over one database with one station of capacity 0."""
    with store.writing("command") as writer:
        home = real("YC-0001", kind=StationKind.WORKER_HOME, capacity_count=0)
        writer.add_station(home, actor="li", reason="first")
    made = [create_app(settings, start_refresher=False) for _ in range(2)]
    yield made
    for app in made:
        app.extensions["stationmap"].store.close()


@pytest.fixture
def token(apps: list[Flask]) -> str:
    """What may write to it."""
    parts = apps[0].extensions["stationmap"]
    return str(parts.accounts.create_token(COMMAND_LINE, "bot", [Scope.STATIONS_WRITE], [], None, parts.now())[1])


def revisions(store: Store) -> tuple[Revision, ...]:
    with store.reading() as reader:
        return reader.revisions("YC-0001")


def test_of_24_changes_from_one_version_one_is_saved(apps: list[Flask], token: str, store: Store) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    got = apps[0].test_client().get(ADDRESS, headers=headers)
    together = Barrier(AT_ONCE_COUNT)

    def save(number: int) -> int:
        feature = got.get_json()
        feature["properties"]["capacity"] = number + 1
        client = apps[number % len(apps)].test_client()
        together.wait()
        return client.put(ADDRESS, json=feature, headers={**headers, "If-Match": got.headers["ETag"]}).status_code

    with ThreadPoolExecutor(AT_ONCE_COUNT) as pool:
        answers = Counter(pool.map(save, range(AT_ONCE_COUNT)))

    assert answers == {200: 1, 412: AT_ONCE_COUNT - 1}
    assert [revision.number for revision in revisions(store)] == [1, 2]


def test_between_two_processes_one_change_wins_each_version_and_no_increment_is_lost(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    add(store, real("YC-0001", kind=StationKind.WORKER_HOME, capacity_count=0), reason="first")
    desk = AccountDesk(store, Settings(secret_key=SECRET), SECRET)
    token = desk.create_token(COMMAND_LINE, "bot", [Scope.STATIONS_WRITE], [], None, NOW)[1]

    with (
        serving(settings, tmp_path / "first.log", workers_count=1) as first,
        serving(settings, tmp_path / "second.log", workers_count=1) as second,
    ):
        addresses = [first.address, second.address]
        at_once = save_one_version(addresses, token)
        increments = increment_from_all(addresses, token)

    assert [sum(answers.values()) for answers in at_once] == [AT_ONCE_COUNT // 2] * 2
    assert at_once[0] + at_once[1] == {OK: 1, STALE: AT_ONCE_COUNT - 1}
    assert set(increments) <= {OK, STALE}
    saved_count = CLIENTS_COUNT * STEPS_COUNT
    assert increments[OK] == saved_count
    made = revisions(store)
    assert [revision.number for revision in made] == list(range(1, saved_count + 3))
    begun_at = made[1].changes["capacity_count"][1]
    steps = [(begun_at + n, begun_at + n + 1) for n in range(saved_count)]
    assert [revision.changes["capacity_count"] for revision in made[2:]] == steps


def save_one_version(addresses: list[Address], token: str) -> list[Counter[int]]:
    """Save over one version as often as there are programs, all at once; what each server answered."""
    with closing(connected_to(addresses[0])) as connection:
        tag, feature = read(connection, CODE, token)
    together = Barrier(AT_ONCE_COUNT)

    def save_as(number: int) -> int:
        changed = {**feature, "properties": {**feature["properties"], "capacity": number + 1}}
        with closing(connected_to(addresses[number % len(addresses)])) as connection:
            connection.connect()
            together.wait()
            return save(connection, CODE, token, tag, changed)[0]

    with ThreadPoolExecutor(AT_ONCE_COUNT) as pool:
        answers = list(pool.map(save_as, range(AT_ONCE_COUNT)))
    return [Counter(answers[at :: len(addresses)]) for at in range(len(addresses))]


def increment_from_all(addresses: list[Address], token: str) -> Counter[int]:
    """Let each program add one so many times; all answers."""
    together = Barrier(CLIENTS_COUNT)

    def increment(address: Address) -> Counter[int]:
        answers = Counter[int]()
        with closing(connected_to(address)) as connection:
            connection.connect()
            together.wait()
            while answers[OK] < STEPS_COUNT and set(answers) <= {OK, STALE}:
                tag, feature = read(connection, CODE, token)
                feature["properties"]["capacity"] += 1
                answers[save(connection, CODE, token, tag, feature)[0]] += 1
        return answers

    with ThreadPoolExecutor(CLIENTS_COUNT) as pool:
        return sum(pool.map(increment, islice(cycle(addresses), CLIENTS_COUNT)), Counter[int]())
