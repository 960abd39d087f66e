"""The service over the small city of the planners' tests, and browsers in which a planner is signed in."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from geodata.places import Place
from mapapp import create_app
from mapapp.services.accounts.desk import AccountDesk
from mapapp.services.jobs.kinds import KINDS
from mapapp.services.jobs.run import Workshop
from mapapp.services.jobs.worker import Worker
from mapapp.settings import Settings
from mapapp.store import Store
from tests.browser.conftest import LiveServer, OpenContext, serving
from tests.browser.planner.steps import DoJobs
from tests.browser.staff.conftest import StaffPage
from tests.mapapp.planner.planning_world import add_demand
from tests.mapapp.staff.world import StaffClient, StaffDatabase, account_desk, build_staff_database, signed_in_as


@pytest.fixture(scope="session")
def live_planning_database(tmp_path_factory: pytest.TempPathFactory, place: Place) -> StaffDatabase:
    """The small city with workers as of today, to be copied and never changed."""
    database = build_staff_database(tmp_path_factory.mktemp("planning") / "stations.sqlite3", place, datetime.now(UTC))
    store = Store(f"sqlite:///{database.file}")
    add_demand(store, place)
    store.close()
    return database


@pytest.fixture(scope="session")
def live_server(
    live_planning_database: StaffDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """The service as it is run for people, over a copy of that city."""
    folder = tmp_path_factory.mktemp("live_planning")
    file = folder / "stations.sqlite3"
    with closing(sqlite3.connect(live_planning_database.file)) as source, closing(sqlite3.connect(file)) as to:
        source.backup(to)
    with serving(file, folder) as server:
        yield server


@pytest.fixture(scope="session")
def live_desk(live_server: LiveServer) -> Iterator[AccountDesk]:
    """The account desk over the running service's database."""
    store = Store(f"sqlite:///{live_server.database_file}")
    yield account_desk(store)
    store.close()


@pytest.fixture
def staff_page(live_server: LiveServer, context_factory: OpenContext, live_desk: AccountDesk) -> StaffPage:
    """Opens a page in a browser of its own in which that person is signed in; takes Playwright's options."""

    def open_page(name: str, **options: Any) -> Page:
        context = context_factory(**options)
        token = signed_in_as(live_desk, name, datetime.now(UTC))
        context.add_cookies(
            [{"name": "session", "value": token, "url": live_server.url, "httpOnly": True, "sameSite": "Lax"}]
        )
        return context.new_page()

    return open_page


@pytest.fixture(scope="session")
def live_settings(live_server: LiveServer) -> Settings:
    """Where the running service keeps its data."""
    file = live_server.database_file
    return Settings(database_url=f"sqlite:///{file}", data_dir=str(file.parent / "data"))


@pytest.fixture(scope="session")
def do_jobs(live_settings: Settings, place: Place) -> Iterator[DoJobs]:
    """Does the jobs that wait, as the worker beside the server would, and says how many."""
    store = Store(live_settings.database_url)
    worker = Worker(Workshop(store, place, live_settings, lambda: datetime.now(UTC)), KINDS)

    def work() -> int:
        count = 0
        while worker.run_one():
            count += 1
        return count

    yield work
    store.close()


@dataclass(frozen=True, slots=True)
class Kept:
    """What a planner kept before: numbers of two answers, of a search and of two scenarios, and a site of the search."""

    runs: tuple[int, int]
    job: int
    scenarios: tuple[int, int]
    site: str


@pytest.fixture(scope="session")
def kept(live_settings: Settings, live_desk: AccountDesk, do_jobs: DoJobs) -> Kept:
    """Kept by the same pages' forms, without a browser."""
    client = StaffClient(create_app(live_settings), signed_in_as(live_desk, "planner", datetime.now(UTC)))

    def number_of(path: str, **fields: str) -> int:
        answer = client.post_form(path, fields)
        assert answer.status_code == 303, answer.text
        found = re.search(r"/(\d+)(?:$|\?)", answer.location)
        assert found is not None
        return int(found[1])

    near, far = (number_of("/planner/runs", when="all", within=limit, title=limit) for limit in ("500m", "1000m"))
    jobs = [
        number_of("/planner/sites/search", when="night", do="open_site", places="cells", count=count, seconds="5")
        for count in ("2", "3")
    ]
    do_jobs()
    few, more = (number_of("/planner/scenarios", job=str(job), name=f"方案 {job}", note="年中会议") for job in jobs)
    sites = re.findall(r"NEW-[0-9A-F]+", client.get(f"/planner/sites/jobs/{jobs[0]}").text)
    return Kept(runs=(near, far), job=jobs[0], scenarios=(few, more), site=sites[0])
