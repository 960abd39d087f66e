"""The holiday table on its page: shown, checked, saved, told by whom, and never overwritten unseen."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

import pytest
from flask import Flask

from geodata.stations.holidays import DayKind, SpecialDay
from geodata.stations.opening_hours import OpeningHours
from mapapp.web import EXTENSION_KEY
from tests.conftest import FrozenClock
from tests.mapapp.staff.world import OWN_STATION, StaffClient, field_value

ClientOf = Callable[[str], StaffClient]
ENGLISH: Final = {"Accept-Language": "en"}
FEAST: Final = {
    "what": "day",
    "date": "2026-03-20",
    "kind": "holiday",
    "name_zh": "开斋节",
    "name_en": "Eid al-Fitr",
    "source": "通知一号",
}


def hidden(page: str, name: str) -> str:
    return html.unescape(field_value(page, name))


def check(client: StaffClient, data: dict[str, str], year: int = 2026) -> str:
    """The page that shows what a change would do."""
    return client.post_form(f"/staff/holidays/{year}/check", data, headers=ENGLISH).text


def save(client: StaffClient, checked: str, reason: str = "the notice is out", year: int = 2026) -> int:
    data = {"edit": hidden(checked, "edit"), "stamp": hidden(checked, "stamp"), "reason": reason}
    return client.post_form(f"/staff/holidays/{year}", data).status_code


def special(app: Flask, day: str) -> SpecialDay | None:
    with app.extensions[EXTENSION_KEY].store.reading() as reader:
        found: SpecialDay | None = reader.holidays().special(date.fromisoformat(day))
    return found


def test_the_page_shows_this_year_with_its_national_days(client_of: ClientOf) -> None:
    page = client_of("admin").get("/staff/holidays").text

    assert "国庆节" in page
    assert '<time datetime="2026-10-01">' in page


@pytest.mark.parametrize("asked", ["?year=1999", "?year=2100", "?year=9999"])
def test_a_year_nobody_plans_is_not_found(asked: str, client_of: ClientOf) -> None:
    assert client_of("admin").get(f"/staff/holidays{asked}").status_code == 404


@pytest.mark.parametrize("asked", ["?year=", "?year=x", "?year=٢٠٢٦", "?day=x", "?year=%00"])
def test_an_address_that_names_no_year_shows_this_one(asked: str, client_of: ClientOf) -> None:
    assert client_of("admin").get(f"/staff/holidays{asked}").status_code == 200


def test_a_day_is_looked_at_saved_and_told_of(client_of: ClientOf, staff_app: Flask) -> None:
    client = client_of("admin")
    checked = check(client, FEAST)
    assert "day off: 开斋节 / Eid al-Fitr (通知一号)" in checked
    assert special(staff_app, "2026-03-20") is None

    assert save(client, checked, reason="自治区通知") == 303

    page = client.get("/staff/holidays?year=2026&saved=1", headers=ENGLISH).text
    assert special(staff_app, "2026-03-20") is not None
    assert "Saved." in page
    assert "自治区通知" in page
    assert "admin" in page


def test_the_check_counts_the_stations_whose_hours_change(client_of: ClientOf, staff_app: Flask) -> None:
    parts = staff_app.extensions[EXTENSION_KEY]
    with parts.store.writing("form") as writer:
        station = writer.station(OWN_STATION)
        closed = replace(station, hours=OpeningHours("Mo-Su 08:30-18:00; PH off"))
        writer.update_station(closed, expected_version=None, actor="test", reason="because")
    parts.keeper.refresh()

    checked = check(client_of("admin"), FEAST)

    assert "1 station opens at other times" in checked
    assert re.search(r'<td class="number">1</td>', checked)


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(client_of: ClientOf) -> None:
    page = check(client_of("admin"), FEAST | {"date": "the 20th"})

    assert "Write the date like 2026-03-20." in page
    assert 'href="#date"' in page
    assert 'value="开斋节"' in page
    assert 'value="通知一号"' in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name_zh": " ", "name_en": ""}, "name_zh"),
        ({"name_zh": "长" * 41}, "name_zh"),
        ({"name_en": "x" * 81}, "name_en"),
        ({"source": "\x00"}, "source"),
        ({"date": "2027-01-01"}, "date"),
        ({"date": ""}, "date"),
        ({"what": "remove", "date": "x"}, "date"),
        ({"what": "paste", "dates": ""}, "dates"),
        ({"what": "paste", "dates": "2月30日"}, "dates"),
        ({"what": "paste", "dates": "1" * 5001}, "dates"),
    ],
)
def test_every_mistake_is_said_where_it_is(typed: dict[str, str], field: str, client_of: ClientOf) -> None:
    answer = client_of("admin").post_form("/staff/holidays/2026/check", FEAST | typed)

    assert answer.status_code == 400
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text


def test_a_change_without_a_reason_is_asked_for_one(client_of: ClientOf, staff_app: Flask) -> None:
    client = client_of("admin")

    assert save(client, check(client, FEAST), reason=" ") == 400
    assert special(staff_app, "2026-03-20") is None


def test_pasted_dates_are_shown_and_saved_together(client_of: ClientOf, staff_app: Flask) -> None:
    client = client_of("admin")
    checked = check(client, FEAST | {"what": "paste", "dates": "3月20日至21日\n3月28日上班"})
    assert save(client, checked) == 303

    kinds = {day: special(staff_app, day) for day in ("2026-03-20", "2026-03-21", "2026-03-28")}
    assert [found and found.kind for found in kinds.values()] == [DayKind.HOLIDAY, DayKind.HOLIDAY, DayKind.WORKDAY]


def test_a_day_is_put_into_the_form_to_be_changed(client_of: ClientOf) -> None:
    page = client_of("admin").get("/staff/holidays?year=2026&day=2026-10-01").text

    assert 'value="2026-10-01"' in page
    assert 'value="国庆节' in page


def test_a_day_is_removed(client_of: ClientOf, staff_app: Flask) -> None:
    client = client_of("admin")
    checked = check(client, {"what": "remove", "date": "2026-10-01"})
    assert "ordinary day" in checked

    assert save(client, checked) == 303
    assert special(staff_app, "2026-10-01") is None


def test_a_removed_national_day_can_be_taken_over_again(client_of: ClientOf, staff_app: Flask) -> None:
    client = client_of("admin")
    assert "Take over the national notice" not in client.get("/staff/holidays", headers=ENGLISH).text
    save(client, check(client, {"what": "remove", "date": "2026-10-01"}))
    assert "Take over the national notice" in client.get("/staff/holidays", headers=ENGLISH).text

    checked = check(client, {"what": "national"})

    assert checked.count('<th scope="row"') == 1
    assert save(client, checked) == 303
    assert special(staff_app, "2026-10-01") is not None


def test_a_notice_that_is_not_out_is_not_found(client_of: ClientOf) -> None:
    answer = client_of("admin").post_form("/staff/holidays/2090/check", {"what": "national"})

    assert answer.status_code == 404


def test_a_year_is_marked_complete_and_not(client_of: ClientOf, staff_app: Flask) -> None:
    client, store = client_of("admin"), staff_app.extensions[EXTENSION_KEY].store
    assert save(client, check(client, {"what": "complete"}, 2090), year=2090) == 303
    with store.reading() as reader:
        assert 2090 in reader.holidays().years

    assert save(client, check(client, {"what": "incomplete"}, 2090), year=2090) == 303
    with store.reading() as reader:
        assert 2090 not in reader.holidays().years


def test_what_is_so_already_is_said(client_of: ClientOf) -> None:
    assert "This is how it is already." in check(client_of("admin"), {"what": "remove", "date": "2026-03-20"})


def test_the_second_of_two_editors_sees_what_the_year_is_now(client_of: ClientOf, staff_app: Flask) -> None:
    mine, theirs = client_of("admin"), client_of("admin")
    checked = check(mine, FEAST | {"name_zh": "我的名字"})
    save(theirs, check(theirs, FEAST | {"name_zh": "他的名字"}))

    data = {"edit": hidden(checked, "edit"), "stamp": hidden(checked, "stamp"), "reason": "mine"}
    answer = mine.post_form("/staff/holidays/2026", data, headers=ENGLISH)

    assert answer.status_code == 409
    assert "Somebody has changed this year since you opened it." in answer.text
    assert "他的名字" in answer.text
    assert "我的名字" in answer.text
    found = special(staff_app, "2026-03-20")
    assert found is not None
    assert found.name_zh == "他的名字"
    assert save(mine, answer.text) == 303


def test_who_saves_what_somebody_else_just_saved_is_told_so(client_of: ClientOf) -> None:
    mine, theirs = client_of("admin"), client_of("admin")
    checked = check(mine, FEAST)
    save(theirs, check(theirs, FEAST))

    assert save(mine, checked) == 409


@pytest.mark.parametrize(
    "edit", ["", "[]", "{}", "x", "[" * 100_000, '{"put": [["a"]], "remove": [], "complete": null}']
)
def test_a_form_that_is_not_ours_saves_nothing(edit: str, client_of: ClientOf, staff_app: Flask) -> None:
    store = staff_app.extensions[EXTENSION_KEY].store
    before = store.data_revision()

    answer = client_of("admin").post_form("/staff/holidays/2026", {"edit": edit, "stamp": "x", "reason": "y"})

    assert answer.status_code == 400
    assert store.data_revision() == before


@pytest.mark.parametrize("reason", ["", "the notice is out"])
@pytest.mark.parametrize(
    "put",
    [
        [["2031-01-01", "holiday", "元旦", "x", ""]],
        [["2026-01-01", "holiday", "元旦", "x", ""]] * 2,
        [["2026-01-01", "holiday", "\ud800", "x", ""]],
    ],
    ids=["another year", "twice", "no character"],
)
def test_an_edit_that_cannot_be_is_refused_whatever_else_is_wrong(
    put: list[list[str]], reason: str, client_of: ClientOf
) -> None:
    edit = json.dumps({"put": put, "remove": [], "complete": None})

    answer = client_of("admin").post_form("/staff/holidays/2026", {"edit": edit, "stamp": "x", "reason": reason})

    assert answer.status_code == 400


def test_the_overview_says_louder_from_october_on_that_next_year_is_missing(
    client_of: ClientOf, clock: FrozenClock, staff_app: Flask
) -> None:
    with staff_app.extensions[EXTENSION_KEY].store.reading() as reader:
        last = max(reader.holidays().years)
    for month, is_loud in ((9, False), (10, True)):
        clock.now = datetime(last, month, 2, 4, tzinfo=UTC)
        page = client_of("admin").get("/staff/", headers=ENGLISH).text
        assert f"Enter the holidays of {last + 1}" in page
        assert (f"The holidays of {last + 1} are still missing." in page) is is_loud


def test_who_does_not_keep_the_table_is_not_bothered_with_it(client_of: ClientOf, clock: FrozenClock) -> None:
    clock.now = datetime(2098, 11, 2, 4, tzinfo=UTC)

    page = client_of("editor_own").get("/staff/", headers=ENGLISH).text

    assert "still missing" not in page
    assert "/staff/holidays" not in page
