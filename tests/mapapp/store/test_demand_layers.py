"""Where demand layers come from is kept beside them, in both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from alembic import command
from sqlalchemy import insert

from geodata.demand.movement import Movement
from geodata.demand.points import DemandLayer
from geodata.demand.profiles import week_profile
from geodata.stations.vocabulary import WorkerGroup
from geodata.travel.straight_line import TravelMode
from mapapp.store import LayerSort, LayerSource, Origin, StaleLayer, Store
from mapapp.store.migrations.upgrade import alembic_config
from mapapp.store.schema import demand_layers, demand_points
from tests.mapapp.store.table_definitions import connected

RIDERS = WorkerGroup.RIDERS


def layer(name: str = "upload-1") -> DemandLayer:
    return DemandLayer(
        name=name,
        origin_note="测试\ntest",
        is_sample=False,
        is_modelled=False,
        lon=np.array([106.229683]),
        lat=np.array([38.480322]),
        h3_cells=("8924c04d45bffff",),
        workers={RIDERS: np.array([2.5])},
        profiles={RIDERS: week_profile(RIDERS)},
        movement={RIDERS: Movement(TravelMode.CAR, 33.5)},
    )


def save(store: Store, name: str = "upload-1", title: str = "骑手") -> None:
    source = LayerSource(
        title=title,
        source="市总工会",
        source_date=date(2026, 6, 30),
        method={"code": "orders", "orders_per_worker_hour": 3.5},
        file_name="骑手.csv",
        totals={RIDERS: (4.0, 2.5, 1.5)},
    )
    with store.writing(Origin.IMPORT) as writer:
        writer.save_demand_layer(layer(name), actor="li", source=source)


def test_what_is_said_of_a_layer_comes_back(store: Store) -> None:
    save(store)

    with store.reading() as reader:
        card = reader.demand.card("upload-1")
        found = reader.demand.layer("upload-1")
    assert card is not None
    assert found is not None
    assert (card.title, card.source, card.source_date, card.file_name) == (
        "骑手",
        "市总工会",
        date(2026, 6, 30),
        "骑手.csv",
    )
    assert (card.method["orders_per_worker_hour"], card.totals) == (3.5, {RIDERS: (4.0, 2.5, 1.5)})
    assert (card.made_by, card.version, card.point_count, card.is_upload) == ("li", 1, 1, True)
    assert card.checksum == layer().checksum() == found.checksum()
    assert found.movement[RIDERS] == Movement(TravelMode.CAR, 33.5)


@pytest.mark.parametrize("name", ["gone", "", "a\0b", "\ud800", "x" * 500])
def test_any_name_may_be_asked(store: Store, name: str) -> None:
    with store.reading() as reader:
        assert reader.demand.card(name) is None
        assert reader.demand.layer(name) is None


def test_pages_of_layers_are_sorted_in_the_database(store: Store) -> None:
    for number, title in enumerate(("b", "c", "a")):
        save(store, f"upload-{number}", title)

    with store.reading() as reader:
        first, total = reader.demand.cards_page(sort=LayerSort.TITLE, descending=False, offset=0, limit=2)
        last, _ = reader.demand.cards_page(sort=LayerSort.TITLE, descending=False, offset=2, limit=2)
    assert ([card.title for card in first], [card.title for card in last], total) == (["a", "b"], ["c"], 3)


def test_a_week_made_from_an_older_version_is_refused(store: Store) -> None:
    save(store)
    changed = replace(layer(), profiles={RIDERS: np.ones(168)})
    with store.writing(Origin.FORM) as writer:
        writer.demand.save_profile(changed, expected_version=1)

    with pytest.raises(StaleLayer), store.writing(Origin.FORM) as writer:
        writer.demand.save_profile(layer(), expected_version=1)

    with store.reading() as reader:
        found = reader.demand.layer("upload-1")
    assert found is not None
    assert found.profiles[RIDERS].tolist() == [1.0] * 168


def test_layers_from_before_their_origins_were_kept_say_what_they_add_up_to(empty_url: str) -> None:
    older = Store(empty_url)
    older.migrate()
    older.close()
    with connected(empty_url) as connection:
        command.downgrade(alembic_config(connection), "0007")
        row = {"name": "old", "origin_note": "旧\nold", "is_sample": True, "is_modelled": True}
        connection.execute(insert(demand_layers), [row | {"profiles": {"riders": [1.0] * 168}}])
        point = {"layer": "old", "row": 0, "h3_cell": "8924c04d45bffff", "lon": 106.2, "lat": 38.4}
        connection.execute(insert(demand_points), [point | {"workers": {"riders": 4.5}}])
        command.upgrade(alembic_config(connection), "head")

    store = Store(empty_url)
    with store.reading() as reader:
        card, found = reader.demand.card("old"), reader.demand.layer("old")
    store.close()
    assert card is not None
    assert found is not None
    assert (card.totals, card.made_at, card.is_upload) == ({RIDERS: (4.5, 4.5, 0.0)}, None, False)
    assert found.total(RIDERS) == 4.5
