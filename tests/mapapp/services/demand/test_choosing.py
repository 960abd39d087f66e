"""Which layer counts the workers of each group."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from geodata.demand.movement import Movement
from geodata.demand.points import DemandLayer
from geodata.demand.profiles import week_profile
from geodata.errors import InvalidValue
from geodata.stations.vocabulary import WorkerGroup
from geodata.travel.straight_line import TravelMode
from mapapp.services.demand.choosing import choose_layers, counted_demand
from mapapp.services.demand.layers import LayerInUse, UnknownLayer, change_week, delete_layer
from mapapp.services.rights import Actor, Forbidden
from mapapp.store import LayerSource, Origin, Store
from mapapp.store.accounts import Role
from tests.conftest import FROZEN_AT

RIDERS, SANITATION = WorkerGroup.RIDERS, WorkerGroup.SANITATION
NOW: datetime = FROZEN_AT
PLANNER = Actor("planner", Role.PLANNER)
SENT_IN = LayerSource(title="上传", source="某处", method={"code": "counts"})


def layer(
    name: str, *, is_sample: bool = False, count: float = 1.0, groups: tuple[WorkerGroup, ...] = (RIDERS,)
) -> DemandLayer:
    return DemandLayer(
        name=name,
        origin_note="测试\ntest",
        is_sample=is_sample,
        is_modelled=True,
        lon=np.array([106.229683]),
        lat=np.array([38.480322]),
        h3_cells=("8924c04d45bffff",),
        workers={group: np.array([count]) for group in groups},
        profiles={group: week_profile(group) for group in groups},
    )


def keep(store: Store, each: DemandLayer, source: LayerSource | None = None) -> None:
    with store.writing(Origin.FORM) as writer:
        writer.save_demand_layer(each, actor="test", source=source)


def counted(store: Store) -> DemandLayer | None:
    with store.reading() as reader:
        return counted_demand(reader)


def test_without_layers_nobody_is_counted(store: Store) -> None:
    assert counted(store) is None


def test_the_sample_counts_where_there_is_nothing_else(store: Store) -> None:
    keep(store, layer("sample", is_sample=True))

    found = counted(store)

    assert found is not None
    assert (found.name, found.is_sample) == ("sample", True)


def test_a_real_model_goes_before_the_sample(store: Store) -> None:
    keep(store, layer("a-sample", is_sample=True))
    keep(store, layer("z-real"))

    found = counted(store)

    assert found is not None
    assert found.name == "z-real"


def test_a_file_counts_only_for_the_groups_it_is_chosen_for(store: Store) -> None:
    keep(store, layer("sample", is_sample=True, groups=(RIDERS, SANITATION)))
    keep(store, layer("upload", count=5, groups=(RIDERS, SANITATION)), SENT_IN)

    choose_layers(store, PLANNER, {RIDERS: "upload"}, NOW)

    found = counted(store)
    assert found is not None
    assert (found.total(RIDERS), found.total(SANITATION), found.is_sample) == (5, 1, True)


def test_a_choice_is_taken_back(store: Store) -> None:
    keep(store, layer("sample", is_sample=True))
    keep(store, layer("upload", count=5), SENT_IN)
    choose_layers(store, PLANNER, {RIDERS: "upload"}, NOW)

    choose_layers(store, PLANNER, {RIDERS: ""}, NOW)

    found = counted(store)
    assert found is not None
    assert found.name == "sample"


def test_choosing_raises_the_data_revision_and_choosing_the_same_does_not(store: Store) -> None:
    keep(store, layer("upload"), SENT_IN)
    before = store.data_revision()

    for _ in range(2):
        choose_layers(store, PLANNER, {RIDERS: "upload"}, NOW)

    assert store.data_revision() == before + 1


@pytest.mark.parametrize(("group", "name"), [(RIDERS, "gone"), (SANITATION, "upload")])
def test_a_layer_that_does_not_count_the_group_cannot_be_chosen(store: Store, group: WorkerGroup, name: str) -> None:
    keep(store, layer("upload"), SENT_IN)

    with pytest.raises(InvalidValue):
        choose_layers(store, PLANNER, {group: name}, NOW)


@pytest.mark.parametrize("role", [Role.KEEPER, Role.EDITOR])
def test_others_change_nothing_of_demand(store: Store, role: Role) -> None:
    keep(store, layer("upload"), SENT_IN)
    other, way = Actor("other", role), Movement(TravelMode.WALK, 5)

    with pytest.raises(Forbidden):
        choose_layers(store, other, {RIDERS: "upload"}, NOW)
    with pytest.raises(Forbidden):
        delete_layer(store, other, "upload", NOW)
    with pytest.raises(Forbidden):
        change_week(store, other, "upload", RIDERS, np.ones(168), way, expected_version=1, now=NOW)


def test_the_models_layer_cannot_be_deleted_while_it_counts(store: Store) -> None:
    keep(store, layer("sample", is_sample=True))

    with pytest.raises(LayerInUse):
        delete_layer(store, PLANNER, "sample", NOW)


def test_deleting_what_is_not_there_says_so(store: Store) -> None:
    with pytest.raises(UnknownLayer):
        delete_layer(store, PLANNER, "gone", NOW)


def test_a_changed_week_keeps_every_point(store: Store) -> None:
    keep(store, layer("upload", count=7), SENT_IN)

    levels = np.arange(168.0)
    change_week(store, PLANNER, "upload", RIDERS, levels, Movement(TravelMode.CAR, 40), expected_version=1, now=NOW)

    with store.reading() as reader:
        card, found = reader.demand.card("upload"), reader.demand.layer("upload")
    assert card is not None
    assert found is not None
    assert (card.version, card.title, card.checksum) == (2, "上传", found.checksum())
    assert found.total(RIDERS) == 7
    assert np.allclose(found.profiles[RIDERS], levels / levels.mean())


def test_saving_a_chosen_layer_again_keeps_the_choice(store: Store) -> None:
    keep(store, layer("upload"), SENT_IN)
    choose_layers(store, PLANNER, {RIDERS: "upload"}, NOW)

    keep(store, replace(layer("upload"), workers={RIDERS: np.array([9.0])}), SENT_IN)

    found = counted(store)
    assert found is not None
    assert found.total(RIDERS) == 9
