"""What waits for somebody, in the bar on top of their pages: as many as the list behind it shows."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from geodata.reports.report import ReportDraft
from geodata.reports.vocabulary import ReportKind
from mapapp.services.reports.desk import Sender
from mapapp.services.reports.merging import merge_report
from mapapp.services.rights import COMMAND_LINE
from tests.conftest import FrozenClock
from tests.mapapp.staff.world import OTHER_STATION, OWN_STATION, UNPLACED_STATION, StaffClient
from tests.statements import statements_asked

ClientOf = Callable[[str], StaffClient]
Send = Callable[[str], str]


@pytest.fixture
def send(staff_app: Flask) -> Send:
    """Lets somebody new report something about a station; the tracking code."""
    numbers = iter(range(1, 100))

    def send_report(code: str) -> str:
        parts, number = staff_app.extensions["stationmap"], next(numbers)
        key = str(uuid.UUID(int=number))
        draft = ReportDraft(kind=ReportKind.WRONG_HOURS, station_code=code, key=key)
        sender = Sender(None, f"10.0.0.{number}", "phone")
        tracking: str = parts.reports.submit(draft, sender, parts.now()).report.tracking
        return tracking

    return send_report


def counts(client: StaffClient, path: str = "/staff/") -> dict[str, str]:
    """The counts in the bar, by address."""
    page = client.get(path).text
    bar = page[page.index('class="staff-nav') : page.index("</nav>", page.index('class="staff-nav'))]
    found = re.findall(r'<a href="([^"]*)"[^>]*>[^<]*<span class="nav-count">(\d+\+?)', bar)
    return dict(found)


def total(client: StaffClient, path: str) -> int:
    """How many the list says it has."""
    found = re.search(r'class="found-count" role="status">\D*(\d+)', client.get(path).text)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("name", ["admin", "editor_own", "editor_other", "planner"])
def test_the_bar_counts_what_the_inbox_shows(client_of: ClientOf, send: Send, name: str) -> None:
    for code in (OWN_STATION, OWN_STATION, OTHER_STATION, UNPLACED_STATION):
        send(code)
    client = client_of(name)

    shown = len(re.findall(r'href="/staff/reports/[0-9A-Z]{5}-[0-9A-Z]{5}"', client.get("/staff/reports").text))

    assert counts(client)["/staff/reports"] == str({"admin": 4, "planner": 4, "editor_own": 3, "editor_other": 2}[name])
    assert shown >= int(counts(client)["/staff/reports"])


@pytest.mark.parametrize("name", ["admin", "editor_own", "planner", "keeper_own"])
def test_the_bar_counts_what_the_queue_shows(client_of: ClientOf, name: str) -> None:
    client = client_of(name)

    assert counts(client)["/staff/verify"] == str(total(client, "/staff/verify"))


def test_a_keeper_is_told_of_no_reports(client_of: ClientOf, send: Send) -> None:
    send(OWN_STATION)

    assert "/staff/reports" not in counts(client_of("keeper_own"))


def test_a_report_that_repeats_another_is_counted_with_it(staff_app: Flask, client_of: ClientOf, send: Send) -> None:
    first, second = send(OWN_STATION), send(OWN_STATION)
    parts = staff_app.extensions["stationmap"]

    merge_report(parts.store, second, first, COMMAND_LINE, parts.now())

    assert counts(client_of("admin"))["/staff/reports"] == "1"


def test_nothing_that_waits_is_no_number(client_of: ClientOf) -> None:
    assert "/staff/reports" not in counts(client_of("admin"))


def test_other_pages_count_the_stations_once_a_minute(
    staff_app: Flask, client_of: ClientOf, clock: FrozenClock
) -> None:
    client = client_of("admin")
    counts(client, "/staff/account")

    with statements_asked() as soon:
        counts(client, "/staff/account")
    clock.now += timedelta(seconds=61)
    with statements_asked() as later:
        counts(client, "/staff/account")

    assert not [each for each in soon if "confirmations" in each]
    assert [each for each in later if "confirmations" in each]


def test_whoever_opens_the_first_page_reads_what_is_so_now(staff_app: Flask, client_of: ClientOf) -> None:
    client, path = client_of("keeper_own"), f"/staff/verify/{OWN_STATION}"
    assert counts(client)["/staff/verify"] == "1"

    client.post_form(path, {"group": "all", "version": "1", "how": "on_site"})

    assert "/staff/verify" not in counts(client)
