"""The database goes away for half a minute while a clerk saves: nothing typed is lost, and it is saved once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import expect

from mapapp.store import Revision, Store
from mapapp.web.away import AS_OF
from tests.browser.conftest import LiveServer, Watch
from tests.browser.offline.phone import eventually
from tests.browser.staff.conftest import StaffPage
from tests.browser.staff.test_station_form import PAGE, check
from tests.mapapp.staff.world import OWN_STATION

AWAY_FOR_S: Final = 30.0


@contextmanager
def away(file: Path) -> Iterator[float]:
    """The database is not there within the block; since when, by a clock that only goes forward."""
    elsewhere = file.with_suffix(".away")
    file.rename(elsewhere)
    try:
        yield time.monotonic()
    finally:
        elsewhere.rename(file)


def revisions(server: LiveServer) -> tuple[Revision, ...]:
    with closing(Store(f"sqlite:///{server.database_file}")) as store, store.reading() as reader:
        return reader.revisions(OWN_STATION)


@pytest.mark.long
@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_a_form_sent_while_the_database_is_away_comes_back_and_is_saved_once(
    staff_page: StaffPage, staff_city: LiveServer, watch: Watch, java_script_enabled: bool
) -> None:
    page = staff_page("editor_own", java_script_enabled=java_script_enabled)
    page.goto(PAGE)
    page.fill("#name", "新东街驿站")
    check(page)
    page.fill("#reason", "现场核实")
    before = len(revisions(staff_city))

    with away(staff_city.database_file) as since_s:
        with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
            page.locator("button[value=save]").click()
        visitor = page.context.request
        assert eventually(lambda: AS_OF.lower() in visitor.get("/api/v1/stations").headers, page)
        page.wait_for_timeout(max(0.0, AWAY_FOR_S - (time.monotonic() - since_s)) * 1000)
        public = visitor.get("/stations")
        while_away = (public.status, AS_OF.lower() in public.headers, "数据更新于" in public.text())
    assert eventually(lambda: visitor.get("/readyz").ok, page)

    assert (sent.value.status, int(sent.value.headers["retry-after"]) > 0) == (503, True)
    assert while_away == (200, True, True)
    page.get_by_role("button", name="再次提交").click()
    page.locator(".saved-notice").wait_for()
    expect(page.locator("h1")).to_have_text("新东街驿站")
    made = revisions(staff_city)[before:]
    assert [(revision.reason, revision.changes["name"][1]) for revision in made] == [("现场核实", "新东街驿站")]
    watch.expect("503")
