"""The register's list: one's own first, found and sorted on the server."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from geodata.stations.station import Station
from geodata.stations.vocabulary import StationKind
from mapapp.staff.lists import PAGE_ROWS
from tests.mapapp.staff.world import OTHER_STATION, OWN_STATION, UNPLACED_STATION, StaffClient

ClientOf = Callable[[str], StaffClient]


def codes(client: StaffClient, **question: str) -> list[str]:
    page = client.get("/staff/stations", query_string=question)
    assert page.status_code == 200
    return re.findall(r'<td class="nowrap">(YC-\d+)</td>', page.text)


def test_an_editor_begins_with_their_own_districts_and_the_unplaced(client_of: ClientOf) -> None:
    assert codes(client_of("editor_own")) == [OWN_STATION, UNPLACED_STATION]


def test_a_keeper_begins_with_their_own_station(client_of: ClientOf) -> None:
    assert codes(client_of("keeper_own")) == [OWN_STATION]


def test_everybody_may_look_at_all(client_of: ClientOf) -> None:
    assert codes(client_of("keeper_own"), all="1") == [OWN_STATION, OTHER_STATION, UNPLACED_STATION]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ({"text": "西街"}, [OTHER_STATION]),
        ({"district": "640104"}, [OWN_STATION]),
        ({"district": "none"}, [UNPLACED_STATION]),
        ({"unplaced": "1"}, [UNPLACED_STATION]),
        ({"unknown_hours": "1"}, [OTHER_STATION, UNPLACED_STATION]),
        ({"kind": "driver_home"}, []),
        ({"life_cycle": "active", "sort": "code", "order": "down"}, [UNPLACED_STATION, OTHER_STATION, OWN_STATION]),
    ],
)
def test_a_question_is_answered(client_of: ClientOf, question: dict[str, str], found: list[str]) -> None:
    assert codes(client_of("admin"), **question) == found


@pytest.mark.parametrize("question", [{"sort": "magic"}, {"page": "x"}, {"page": "99999999999"}, {"kind": "castle"}])
def test_a_strange_question_is_answered_too(client_of: ClientOf, question: dict[str, str]) -> None:
    assert codes(client_of("admin"), **question) == [OWN_STATION, OTHER_STATION, UNPLACED_STATION]


def test_pages_can_be_turned_and_keep_the_question(client_of: ClientOf, staff_app: Flask) -> None:
    with staff_app.extensions["stationmap"].store.writing("form") as writer:
        for number in range(PAGE_ROWS):
            station = Station(code=f"YC-1{number:03d}", kind=StationKind.REST_STATION, name=f"{number} 号驿站")
            writer.add_station(station, actor="test", reason="many")
    client = client_of("admin")
    first = client.get("/staff/stations?text=驿站&sort=name")
    onward = re.search(r'rel="next" href="([^"]*)"', first.text)
    assert onward is not None

    second = client.get(onward[1].replace("&amp;", "&"))

    assert (first.text.count('scope="row"'), second.text.count('scope="row"')) == (PAGE_ROWS, 3)


def test_a_heading_sorts_the_other_way_when_it_is_chosen_again(client_of: ClientOf) -> None:
    page = client_of("admin").get("/staff/stations?sort=name").text

    assert 'aria-sort="ascending"' in page
    assert "sort=name&amp;order=down" in page or "order=down&amp;sort=name" in page
