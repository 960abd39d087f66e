"""A register too large for one file comes in the same parts from either database."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from flask.testing import FlaskClient

from geodata.places import Place, load_place
from geodata.sample import SAMPLE_SEED
from geodata.sample.country import write_country
from mapapp import create_app
from mapapp.services.load_country import load_country
from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import FrozenClock
from tests.postgres_cluster import PostgresCluster

SHORT_COUNT: Final = 300
LONG_COUNT: Final = 5_000
DEEPEST: Final = 4
FILTERS: Final = ("", "?kind=driver_home&open=now", "?services=toilet,water&open_late=true", "?always_open=true")
PAGES: Final = ("/stations", "/stations?q=示例", "/about", "/manifest.webmanifest")


@pytest.fixture
def clients(
    tmp_path: Path,
    cluster: PostgresCluster,
    postgresql_name: str,
    clock: FrozenClock,
    request: pytest.FixtureRequest,
) -> Iterator[tuple[FlaskClient, FlaskClient]]:
    """The made-up country served from SQLite, and from PostgreSQL with PostGIS."""
    write_country(tmp_path / "place")
    place = load_place(str(tmp_path / "place"))
    urls = f"sqlite:///{tmp_path / 'stations.sqlite3'}", cluster.url(postgresql_name)
    count = LONG_COUNT if request.config.getoption("--long") else SHORT_COUNT
    made = [_served(url, tmp_path, place, count, clock) for url in urls]
    yield made[0], made[1]
    for client in made:
        client.application.extensions["stationmap"].store.close()


def _served(url: str, folder: Path, place: Place, count: int, clock: FrozenClock) -> FlaskClient:
    store = Store(url, clock=clock)
    store.migrate()
    load_country(store, place, count, SAMPLE_SEED)
    store.close()
    settings = Settings(
        database_url=url, place=str(folder / "place"), data_dir=str(folder), cells_above=100, rate_limit=""
    )
    return create_app(settings, clock=clock, start_refresher=False).test_client()


def test_page_cells_and_numbers_are_the_same_from_both(clients: tuple[FlaskClient, FlaskClient]) -> None:
    from_sqlite, from_postgresql = (_everything(client) for client in clients)

    assert from_sqlite.keys() == from_postgresql.keys()
    assert [path for path, said in from_sqlite.items() if from_postgresql[path] != said] == []
    print(f"{len(from_sqlite)} addresses compared")


def _everything(client: FlaskClient) -> dict[str, object]:
    """What each address of the large register says: every cell, and every tile with stations down to ``DEEPEST``."""
    home = re.search(r'id="page-data"[^>]*>(.*?)</script>', client.get("/").get_data(as_text=True), re.DOTALL)
    assert home is not None
    said: dict[str, object] = {"/": json.loads(home[1])}
    index = client.get("/data/cells.json").get_json()
    paths = ["/data/cells.json", *(f"/data/cells/{cell}.json" for cell in index["cells"]["id"])]
    paths += [f"/data/clusters/{zoom}/{x}/{y}.json{query}" for zoom, x, y in _tiles(client) for query in FILTERS]
    for path in (*PAGES, *paths):
        answer = client.get(path)
        assert answer.status_code == 200, path
        said[path] = re.sub(r'nonce="[^"]+"', "", answer.get_data(as_text=True))
    return said


def _tiles(client: FlaskClient) -> list[tuple[int, int, int]]:
    """The tiles down to ``DEEPEST`` that hold stations."""
    found = tiles = [(0, 0, 0)]
    for zoom in range(1, DEEPEST + 1):
        below = [(zoom, 2 * x + dx, 2 * y + dy) for _zoom, x, y in tiles for dx in (0, 1) for dy in (0, 1)]
        tiles = [each for each in below if _clusters(client, each)]
        found = found + tiles
    return found


def _clusters(client: FlaskClient, tile: tuple[int, int, int]) -> list[list[float]]:
    zoom, x, y = tile
    clusters: list[list[float]] = client.get(f"/data/clusters/{zoom}/{x}/{y}.json").get_json()["clusters"]
    return clusters
