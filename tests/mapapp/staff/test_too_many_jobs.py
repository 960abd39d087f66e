"""Where too much of somebody's is under way every page says so, and keeps what was chosen and typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from geodata.places import Place
from mapapp.services.jobs import desk
from mapapp.services.jobs.kinds import KINDS, MAKE_POSTERS
from mapapp.services.jobs.run import Workshop
from mapapp.services.jobs.worker import Worker
from mapapp.services.rights import Actor
from mapapp.store import JobState
from tests.conftest import FrozenClock
from tests.mapapp.staff.test_imports import HEADINGS, own_row, plan, sent, workbook
from tests.mapapp.staff.world import OWN_DISTRICT, StaffClient, StaffDatabase

ClientOf = Callable[[str], StaffClient]
WORDS = "Wait until one is done"
ENGLISH = {"Accept-Language": "en"}


def spot_of(place: Place) -> tuple[float, float]:
    """Where the own station is."""
    label_at = next(unit.label_at for unit in place.units if unit.code == OWN_DISTRICT)
    return label_at.lon, label_at.lat


@pytest.fixture
def fill(staff_app: Flask, staff_database: StaffDatabase, clock: FrozenClock) -> Callable[[], None]:
    """Have as many jobs of the own editor wait as may."""
    store = staff_app.extensions["stationmap"].store
    editor = Actor.of_account(staff_database.people["editor_own"])

    def ask() -> None:
        for number in range(desk.MOST_UNDER_WAY):
            desk.submit(store, editor, MAKE_POSTERS, {"codes": [], "root_url": str(number)}, clock())

    return ask


@pytest.fixture
def work(staff_app: Flask, clock: FrozenClock) -> Callable[[], None]:
    parts = staff_app.extensions["stationmap"]
    worker = Worker(Workshop(parts.store, parts.place, parts.settings, clock), KINDS)

    def do_all() -> None:
        while worker.run_one():
            pass

    return do_all


def test_a_files_columns_and_system_stay_chosen(client_of: ClientOf, fill: Callable[[], None], place: Place) -> None:
    client = client_of("editor_own")
    file = sent(client, workbook((HEADINGS, own_row(spot_of(place)))))
    fill()

    answer = client.post_form(
        f"{file}", {"column-0": "name", "column-1": "", "crs": "bd09", "step": "plan"}, headers=ENGLISH
    )

    assert answer.status_code == 429
    assert WORDS in answer.text
    assert 'value="bd09" checked' in answer.text
    assert answer.text.count('<tr class="unread">') == 1


def test_a_plan_and_an_import_keep_the_reason_typed(
    client_of: ClientOf, fill: Callable[[], None], work: Callable[[], None], place: Place
) -> None:
    client = client_of("editor_own")
    plan_page = plan(client, work, sent(client, workbook((HEADINGS, own_row(spot_of(place), seats=5)))))
    fill()
    refused = client.post_form(f"{plan_page}/commit", {"reason": "yearly list"}, headers=ENGLISH)
    work()
    done = client.post_form(f"{plan_page}/commit").location
    work()
    fill()
    not_undone = client.post_form(f"{done}/undo", {"reason": "a mistake"}, headers=ENGLISH)

    for answer, reason in ((refused, "yearly list"), (not_undone, "a mistake")):
        assert answer.status_code == 429
        assert WORDS in answer.text
        assert f'value="{reason}"' in answer.text


def test_an_export_and_posters_keep_what_was_chosen(
    client_of: ClientOf, fill: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mapapp.staff.export_routes.MOST_ROWS_AT_ONCE", 0)
    client = client_of("editor_own")
    fill()

    export = client.post_form("/staff/exports/stations", {"format": "csv", "district": OWN_DISTRICT}, headers=ENGLISH)
    posters = client.post_form("/staff/posters/job", {"district": OWN_DISTRICT}, headers=ENGLISH)

    for answer in (export, posters):
        assert answer.status_code == 429
        assert WORDS in answer.text
        assert f'value="{OWN_DISTRICT}" selected' in answer.text


def test_jobs_that_are_done_do_not_count(
    staff_app: Flask, client_of: ClientOf, fill: Callable[[], None], work: Callable[[], None]
) -> None:
    fill()
    work()

    answer = client_of("editor_own").post_form("/staff/posters/job", {"district": OWN_DISTRICT})

    assert answer.status_code == 303
    with staff_app.extensions["stationmap"].store.reading() as reader:
        assert len(reader.jobs.latest(states=(JobState.QUEUED,))) == 1
