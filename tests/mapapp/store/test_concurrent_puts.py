"""Many programs that save one station at once, through the whole application: one wins each version, nothing is lost.

Two applications over one database stand for two processes of a server; what lies between them is the
database alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from threading import Barrier
from typing import Any, Final

import pytest
from flask import Flask

from geodata.stations.vocabulary import StationKind
from mapapp import create_app
from mapapp.services.rights import COMMAND_LINE
from mapapp.settings import Settings
from mapapp.store import Revision, Store
from mapapp.store.accounts import Scope
from tests.mapapp.store.station_writing import real

ADDRESS: Final = "/api/v1/stations/YC-0001"
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


def test_no_increment_of_6_programs_is_lost(apps: list[Flask], token: str, store: Store) -> None:
    def increment(app: Flask) -> Counter[int]:
        """Add one so many times, reading again after each change of another."""
        client, headers, answers = app.test_client(), {"Authorization": f"Bearer {token}"}, Counter[int]()
        while answers[200] < STEPS_COUNT:
            got = client.get(ADDRESS, headers=headers)
            feature: dict[str, Any] = got.get_json()
            feature["properties"]["capacity"] += 1
            saved = client.put(ADDRESS, json=feature, headers={**headers, "If-Match": got.headers["ETag"]})
            answers[saved.status_code] += 1
        return answers

    with ThreadPoolExecutor(CLIENTS_COUNT) as pool:
        answers = sum(pool.map(increment, islice(cycle(apps), CLIENTS_COUNT)), Counter[int]())

    saved_count = CLIENTS_COUNT * STEPS_COUNT
    assert set(answers) <= {200, 412}
    assert answers[200] == saved_count
    made = revisions(store)
    assert [revision.number for revision in made] == list(range(1, saved_count + 2))
    assert [revision.changes["capacity_count"] for revision in made[1:]] == [(n, n + 1) for n in range(saved_count)]
