"""However many stations there are, a page of the staff asks the database as often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from flask import Flask

from geodata.places import Place
from mapapp.staff.lists import PAGE_ROWS
from tests.mapapp.staff.world import OWN_STATION, StaffClient, stations
from tests.statements import statements_asked

MORE_COUNT: Final = PAGE_ROWS + 30
"""More stations than stand on a page: what is asked once a row or once a station is seen."""
FILES: Final = (".csv", ".xlsx", ".pdf", ".zip", "exports/stations", "exports/template", "sign-in", ".js")
"""How the paths of downloads end: they hold everything on purpose."""


def pages(app: Flask) -> dict[str, str]:
    """The path of every page that an address without anything in it opens, by endpoint."""
    return {
        rule.endpoint: rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("staff.")
        and not rule.arguments
        and "GET" in (rule.methods or ())
        and not rule.rule.endswith(FILES)
    }


def statements(client: StaffClient, path: str) -> int:
    """How often the database is asked for a page that was opened before."""
    client.get(path)
    with statements_asked() as asked:
        answer = client.get(path)
    assert answer.status_code < 500, path
    return len(asked)


def test_no_page_asks_more_of_the_database_when_there_are_more_stations(
    client_of: Callable[[str], StaffClient], staff_app: Flask, place: Place
) -> None:
    client, paths = client_of("admin"), pages(staff_app)
    parts = staff_app.extensions["stationmap"]
    few = {endpoint: statements(client, path) for endpoint, path in paths.items()}

    pattern = next(station for station in stations(place) if station.code == OWN_STATION)
    with parts.store.writing("form") as writer:
        for number in range(MORE_COUNT):
            more = replace(pattern, code=f"YC-1{number:03d}", name=f"{number} 号驿站", address=f"东街 {number + 10} 号")
            writer.add_station(more, actor="test", reason="many")
    parts.keeper.refresh()

    assert {"staff.stations", "staff.home"} <= set(paths)
    assert {endpoint: statements(client, path) for endpoint, path in paths.items()} == few
