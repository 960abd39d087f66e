"""The parts of a station's form: what lies open, and what is said of what does not."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.mapapp.staff.station_forms import send
from tests.mapapp.staff.world import OWN_STATION, StaffClient

ClientOf = Callable[[str], StaffClient]
PAGE = f"/staff/stations/{OWN_STATION}"
ENGLISH = {"Accept-Language": "en"}


def open_parts(page: str) -> list[str]:
    return re.findall(r'<details class="form-fold" id="part-(\w+)" open>', page)


def said_of(page: str, part: str) -> str:
    found = re.search(rf'id="part-{part}".*?</summary>', page, re.DOTALL)
    assert found
    said = re.search(r'class="fold-said">([^<]*)<', found[0])
    return said[1] if said else ""


@pytest.mark.parametrize(("path", "expected"), [(PAGE, ["name"]), ("/staff/stations/new", ["name", "where"])])
def test_a_form_begins_with_its_first_parts_open(client_of: ClientOf, path: str, expected: list[str]) -> None:
    assert open_parts(client_of("editor_own").get(path).text) == expected


def test_a_folded_part_says_what_stands_in_it(client_of: ClientOf) -> None:
    page = client_of("editor_own").get(PAGE, headers=ENGLISH).text

    assert said_of(page, "when") == "8:30-18:00"
    assert said_of(page, "where").endswith("东街 1 号")
    assert said_of(page, "awards") == ""


def test_parts_with_an_error_or_something_typed_come_back_open_and_counted(client_of: ClientOf) -> None:
    client = client_of("editor_own")
    changes = {"area_m2": "large", "capacity_count": "many", "entry_note": "左转"}

    answer = send(client, client.get(PAGE), "check", **changes)

    assert answer.status_code == 400
    assert open_parts(answer.text) == ["name", "door", "who"]
    assert re.search(r'<a href="#part-who" class="has-problem">[^<]*<span class="part-problems">2 ', answer.text)
    assert answer.text.count('class="has-problem"') == 1


def test_who_may_read_only_sees_the_same_parts(client_of: ClientOf) -> None:
    page = client_of("planner").get(PAGE).text

    assert len(re.findall(r'<details class="form-fold"', page)) == 9
    assert open_parts(page) == ["name"]
