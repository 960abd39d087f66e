"""However many stations there are, a page asks the database as often: of the public, of staff, of planners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from flask import Flask

from geodata.places import Place
from mapapp.store.batches import prepared_addition
from tests.mapapp.staff.world import OWN_DISTRICT, OWN_STATION, StaffClient, stations
from tests.statements import statements_asked

FEW_COUNT: Final = 50
MANY_COUNT: Final = 500
FILES: Final = (".csv", ".xlsx", ".pdf", ".zip", ".geojson", ".gpkg", "exports/stations", "exports/template", ".js")
"""How the paths of downloads end: they hold everything on purpose."""
NOT_OPENED: Final = frozenset(
    {
        "staff.sign_in",  # sends whoever is signed in on
        "metrics.page",  # how the program does, not the register
    }
)

ASKED: Final = {"staff.print_posters": f"?district={OWN_DISTRICT}&text=20"}
"""Questions of pages that refuse to show everything there is."""


def pages(app: Flask) -> dict[str, str]:
    """The path of every page that an address without anything in it, or with a station in it, opens; by endpoint."""
    return {
        rule.endpoint: rule.rule.replace("<code>", OWN_STATION) + ASKED.get(rule.endpoint, "")
        for rule in app.url_map.iter_rules()
        if rule.arguments <= {"code"}
        and "GET" in (rule.methods or ())
        and rule.endpoint not in NOT_OPENED
        and not rule.rule.endswith(FILES)
        and not rule.rule.startswith("/static")
    }


def statements(client: StaffClient, path: str) -> int:
    """How often the database is asked for a page that was opened before."""
    client.get(path)
    with statements_asked() as asked:
        answer = client.get(path)
    assert answer.status_code < 500, path
    return len(asked)


def add_stations(app: Flask, place: Place, until: int) -> None:
    """Stations of the pattern's district until there are so many, each with something that a page may ask for."""
    parts = app.extensions["stationmap"]
    pattern = next(station for station in stations(place) if station.code == OWN_STATION)
    have = len(parts.snapshot.stations)
    added = [
        prepared_addition(
            replace(pattern, code=f"YC-{number:04d}", name=f"{number} 号驿站", address=f"东街 {number} 号")
        )
        for number in range(2000 + have, 2000 + until)
    ]
    with parts.store.writing("form") as writer:
        writer.save_batch(added, actor="test", reason="many", batch="many")
    parts.keeper.refresh()
    assert len(parts.snapshot.stations) == until


@pytest.mark.parametrize("blueprint", ["public", "staff", "planner", "api"])
def test_no_page_asks_more_of_the_database_when_there_are_more_stations(
    blueprint: str, client_of: Callable[[str], StaffClient], staff_app: Flask, place: Place
) -> None:
    client = client_of("admin")
    paths = {endpoint: path for endpoint, path in pages(staff_app).items() if endpoint.startswith(f"{blueprint}.")}
    add_stations(staff_app, place, FEW_COUNT)
    few = {endpoint: statements(client, path) for endpoint, path in paths.items()}

    add_stations(staff_app, place, MANY_COUNT)

    assert len(paths) > 2
    assert {endpoint: statements(client, path) for endpoint, path in paths.items()} == few
    if blueprint == "public":  # the public's pages come from the snapshot
        assert set(few.values()) == {0}
