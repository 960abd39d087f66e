"""The queue's page and the page of one station while somebody stands before it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from geodata.reports.report import ReportDraft
from geodata.reports.vocabulary import ReportKind
from geodata.stations.freshness import ConfirmedHow, FieldGroup
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Station
from geodata.stations.vocabulary import StationKind
from mapapp.services.reports.desk import Sender
from mapapp.staff.lists import PAGE_ROWS
from mapapp.store import Store
from mapapp.store.accounts import Account
from tests.mapapp.staff.world import OTHER_STATION, OWN_STATION, UNPLACED_STATION, StaffClient
from tests.statements import statements_asked

ClientOf = Callable[[str], StaffClient]
QUEUE = "/staff/verify"
OWN = f"{QUEUE}/{OWN_STATION}"
ALL_AS_BEFORE = {"group": "all", "version": "1", "how": "on_site"}


def store_of(app: Flask) -> Store:
    store: Store = app.extensions["stationmap"].store
    return store


def queue(client: StaffClient, **question: str) -> list[str]:
    page = client.get(QUEUE, query_string=question)
    assert page.status_code == 200
    return re.findall(r'class="queue-name" href="/staff/verify/(YC-\d+)', page.text)


def confirmed(app: Flask, code: str = OWN_STATION) -> list[tuple[str, str, str]]:
    with store_of(app).reading() as reader:
        return sorted((each.group.value, each.how.value, each.actor) for each in reader.confirmations.of_station(code))


def test_everybody_begins_with_what_is_theirs(client_of: ClientOf) -> None:
    assert sorted(queue(client_of("keeper_own"))) == [OWN_STATION]
    assert sorted(queue(client_of("editor_own"))) == [OWN_STATION, UNPLACED_STATION]
    assert sorted(queue(client_of("planner"))) == [OWN_STATION, OTHER_STATION, UNPLACED_STATION]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ({"all": "1"}, {OWN_STATION, OTHER_STATION, UNPLACED_STATION}),
        ({"district": "640105"}, {OTHER_STATION}),
        ({"district": "none"}, {UNPLACED_STATION}),
        ({"reason": "unknown_hours", "all": "1"}, {OTHER_STATION, UNPLACED_STATION}),
        ({"reason": "contradicted", "all": "1"}, set()),
        ({"door": "month", "all": "1"}, {OWN_STATION, OTHER_STATION, UNPLACED_STATION}),
        ({"mine": "1"}, set()),
        (
            {"reason": "magic", "district": "atlantis", "page": "x", "all": "1"},
            {OWN_STATION, OTHER_STATION, UNPLACED_STATION},
        ),
    ],
)
def test_a_question_is_answered(client_of: ClientOf, question: dict[str, str], found: set[str]) -> None:
    assert set(queue(client_of("editor_own"), **question)) == found


def test_pages_can_be_turned(client_of: ClientOf, staff_app: Flask) -> None:
    with store_of(staff_app).writing("form") as writer:
        for number in range(PAGE_ROWS):
            station = Station(code=f"YC-1{number:03d}", kind=StationKind.REST_STATION, name=f"{number} 号驿站")
            writer.add_station(station, actor="test", reason="many")
    staff_app.extensions["stationmap"].keeper.refresh()
    client = client_of("admin")

    assert (len(queue(client)), len(queue(client, page="2")), len(queue(client, page="99"))) == (PAGE_ROWS, 3, 0)


def test_all_as_before_is_one_press(client_of: ClientOf, staff_app: Flask) -> None:
    client = client_of("keeper_own")

    answer = client.post_form(OWN, ALL_AS_BEFORE)

    assert answer.status_code == 303
    assert confirmed(staff_app) == [(group, "on_site", "keeper_own") for group in ("door", "hours", "position")]
    assert "开放时间" in client.get(answer.location).text


def test_one_group_can_be_confirmed_by_telephone(client_of: ClientOf, staff_app: Flask) -> None:
    client_of("editor_own").post_form(OWN, {**ALL_AS_BEFORE, "group": "hours", "how": "phone"})

    assert confirmed(staff_app) == [("hours", "phone", "editor_own")]


def test_a_confirmed_station_leaves_the_queue(client_of: ClientOf) -> None:
    client = client_of("editor_own")
    client.post_form(OWN, ALL_AS_BEFORE)

    assert OWN_STATION not in queue(client)


def test_the_way_on_leads_to_the_next_station_of_the_same_queue(client_of: ClientOf) -> None:
    client = client_of("admin")
    answer = client.post_form(OWN, {**ALL_AS_BEFORE, "reason": "unknown_hours", "district": "640105"})

    page = client.get(answer.location).text

    assert f'href="/staff/verify/{OTHER_STATION}?reason=unknown_hours&amp;district=640105"' in page


def test_what_was_confirmed_can_be_taken_back(client_of: ClientOf, staff_app: Flask) -> None:
    client = client_of("editor_own")
    client.post_form(OWN, ALL_AS_BEFORE)

    answer = client.post_form(f"{OWN}/take-back")

    assert confirmed(staff_app) == []
    assert client.get(answer.location).status_code == 200


@pytest.mark.parametrize("path", [OWN, f"{OWN}/take-back"])
@pytest.mark.parametrize("name", ["editor_other", "keeper_other", "planner"])
def test_nobody_confirms_what_is_not_theirs(client_of: ClientOf, staff_app: Flask, name: str, path: str) -> None:
    assert client_of(name).post_form(path, ALL_AS_BEFORE).status_code == 403
    assert confirmed(staff_app) == []


def test_whose_station_it_is_not_sees_it_without_buttons(client_of: ClientOf) -> None:
    page = client_of("editor_other").get(OWN).text

    assert 'name="group"' not in page


def test_facts_that_changed_meanwhile_are_shown_before_they_are_confirmed(
    client_of: ClientOf, staff_app: Flask
) -> None:
    change(staff_app, hours=OpeningHours.from_rule("24/7", "昼夜开放"))

    answer = client_of("editor_own").post_form(OWN, ALL_AS_BEFORE)

    assert answer.status_code == 409
    assert "昼夜开放" in answer.text
    assert 'name="version" value="2"' in answer.text
    assert confirmed(staff_app) == [("hours", "edit", "wang")]


@pytest.mark.parametrize("posted", [{}, {"group": "magic"}, {"group": "services"}])
def test_nothing_to_confirm_is_said(client_of: ClientOf, staff_app: Flask, posted: dict[str, str]) -> None:
    assert client_of("editor_own").post_form(OWN, {"version": "1", **posted}).status_code == 400
    assert confirmed(staff_app) == []


@pytest.mark.parametrize("version", ["", "x", "99999999999", "-1", "１"])
def test_a_strange_version_confirms_nothing(client_of: ClientOf, staff_app: Flask, version: str) -> None:
    assert client_of("editor_own").post_form(OWN, {**ALL_AS_BEFORE, "version": version}).status_code == 409
    assert confirmed(staff_app) == []


def test_an_unknown_station_is_not_found(client_of: ClientOf) -> None:
    client = client_of("admin")

    assert client.get(f"{QUEUE}/YC-9999").status_code == 404
    assert client.post_form(f"{QUEUE}/YC-9999", ALL_AS_BEFORE).status_code == 404


def test_stations_are_given_to_a_colleague_who_finds_them(
    client_of: ClientOf, people: dict[str, Account], staff_app: Flask
) -> None:
    admin, keeper = client_of("admin"), client_of("keeper_own")
    posted = {"station": [OWN_STATION, OTHER_STATION], "account": str(people["keeper_own"].id), "all": "1"}

    answer = admin.post_form(f"{QUEUE}/assign", posted)

    assert "given=1&refused=1" in answer.location
    assert admin.get(answer.location).status_code == 200
    assert queue(keeper, mine="1") == [OWN_STATION]


def test_a_task_is_over_when_the_station_was_looked_at(
    client_of: ClientOf, people: dict[str, Account], staff_app: Flask
) -> None:
    keeper = client_of("keeper_own")
    keeper.post_form(f"{QUEUE}/assign", {"station": OWN_STATION, "account": str(people["keeper_own"].id)})

    keeper.post_form(OWN, ALL_AS_BEFORE)

    with store_of(staff_app).reading() as reader:
        assert reader.confirmations.tasks() == ()


@pytest.mark.parametrize(
    "posted",
    [
        {"station": OWN_STATION},
        {"account": "1"},
        {"station": OWN_STATION, "account": "x"},
        {"station": "x", "account": "999"},
    ],
)
def test_giving_nothing_to_nobody_is_said(client_of: ClientOf, posted: dict[str, Any]) -> None:
    answer = client_of("admin").post_form(f"{QUEUE}/assign", posted)

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


def test_a_report_is_told_in_its_own_words_only_to_those_who_read_reports(
    client_of: ClientOf, staff_app: Flask
) -> None:
    words = "门口<b>贴了</b>条子"
    report(staff_app, words)

    editor, keeper = client_of("editor_own").get(OWN).text, client_of("keeper_own").get(OWN).text

    assert "门口&lt;b&gt;贴了&lt;/b&gt;条子" in editor
    assert "贴了" not in keeper


def test_every_text_of_the_pages_is_there_in_english_too(client_of: ClientOf) -> None:
    client = client_of("admin")

    pages = [client.get(f"{path}?lang=en", follow_redirects=True).text for path in (QUEUE, OWN, "/staff/dashboard")]

    assert ["To be looked at" in page for page in pages] == [True] * 3
    assert "All as before" in pages[1]


def test_the_number_of_statements_does_not_grow_with_the_register(client_of: ClientOf, staff_app: Flask) -> None:
    """A page of the queue for three stations and for a hundred more."""
    client, store = client_of("admin"), store_of(staff_app)
    client.get(QUEUE)
    with store.writing("form") as writer:
        for number in range(100):
            station = Station(code=f"YC-1{number:03d}", kind=StationKind.REST_STATION, name=f"{number} 号驿站")
            writer.add_station(station, actor="test", reason="many")
            writer.confirmations.add(station.code, FieldGroup, at=writer._at, actor="t", how=ConfirmedHow.ON_SITE)
    before = statements(lambda: client.get(QUEUE))
    staff_app.extensions["stationmap"].keeper.refresh()
    client.get(QUEUE)

    assert statements(lambda: client.get(QUEUE)) <= before


def statements(ask: Callable[[], object]) -> int:
    with statements_asked() as seen:
        ask()
    return len(seen)


def change(app: Flask, **fields: Any) -> None:
    """Let a colleague save the own station."""
    with store_of(app).writing("form") as writer:
        station = writer.station(OWN_STATION)
        assert station is not None
        writer.update_station(replace(station, **fields), expected_version=None, actor="wang", reason="")


def report(app: Flask, words: str) -> None:
    """Let somebody report wrong hours of the own station."""
    parts = app.extensions["stationmap"]
    key = "00000000-0000-0000-0000-00000000000a"
    draft = ReportDraft(kind=ReportKind.WRONG_HOURS, station_code=OWN_STATION, key=key, text=words)
    parts.reports.submit(draft, Sender(None, "10.0.0.1", "phone"), parts.now())


def reported(app: Flask, code: str) -> str:
    """Somebody reports something about a station; the tracking code."""
    parts = app.extensions["stationmap"]
    key = "00000000-0000-4000-8000-000000000001"
    draft = ReportDraft(kind=ReportKind.OTHER, station_code=code, text="门口没有灯", key=key)
    tracking: str = parts.reports.submit(draft, Sender(None, "10.0.0.9", "phone"), parts.now()).report.tracking
    return tracking


def test_what_people_say_leads_to_where_it_is_answered(staff_app: Flask, client_of: ClientOf) -> None:
    tracking = reported(staff_app, OWN_STATION)

    assert f'href="/staff/reports/{tracking}"' in client_of("editor_own").get(OWN).text


@pytest.mark.parametrize("name", ["editor_other", "keeper_own"])
def test_who_does_not_read_the_districts_reports_learns_only_that_there_is_one(
    staff_app: Flask, client_of: ClientOf, name: str
) -> None:
    tracking = reported(staff_app, OWN_STATION)

    page = client_of(name).get(OWN).text

    assert 'class="said"' in page
    assert tracking not in page
    assert "门口没有灯" not in page


@pytest.mark.parametrize("how", ["", "nonsense"])
def test_nobody_is_taken_to_have_been_there_who_did_not_say_so(staff_app: Flask, client_of: ClientOf, how: str) -> None:
    answer = client_of("editor_own").post_form(OWN, ALL_AS_BEFORE | {"how": how})

    assert answer.status_code == 400
    assert confirmed(staff_app) == []
