"""A layer of what may be shown, which counts once it is chosen, like any other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from geodata.stations.vocabulary import WorkerGroup
from mapapp.services.demand.choosing import choose_layers, counted_demand
from mapapp.services.rights import Actor, Forbidden
from mapapp.services.unmet.demand_layer import NothingShown, UnmetDraft, make_layer
from mapapp.store.accounts import Role
from tests.mapapp.services.unmet.phones import FIRST, PLANNER, City

LATER = FIRST + timedelta(days=4)


def draft(**changes: object) -> UnmetDraft:
    fields = {"title": "十一月", "group": "riders", "hours_a_week": 42.0} | changes
    return UnmetDraft(**fields)  # type: ignore[arg-type]


def make(city: City, actor: Actor = PLANNER, wish: UnmetDraft | None = None) -> str:
    return make_layer(city.store, city.place, actor, "2026-11", wish or draft(), LATER, is_sample=False)


def test_it_says_where_it_came_from_and_counts_for_nobody_yet(city: City) -> None:
    city.crowd()
    name = make(city)

    with city.store.reading() as reader:
        card = reader.demand.card(name)
        counted = counted_demand(reader)

    assert counted is None
    assert card is not None
    assert (card.title, card.is_modelled, card.made_by) == ("十一月", True, "planner")
    assert card.method["code"] == "unmet"
    assert card.method["signals_count"] == 5
    assert "2026-11" in card.origin("zh")
    assert "lower bound" in card.origin("en")


def test_chosen_for_its_group_it_counts(city: City) -> None:
    city.crowd()
    name = make(city)
    choose_layers(city.store, PLANNER, {WorkerGroup.RIDERS: name}, LATER)

    with city.store.reading() as reader:
        counted = counted_demand(reader)

    assert counted is not None
    assert counted.total(WorkerGroup.RIDERS) == pytest.approx(5 * 42 / 168)


def test_asked_for_twice_it_is_made_once(city: City) -> None:
    city.crowd()
    first = make(city)
    revision = city.store.data_revision()

    assert make(city) == first
    assert city.store.data_revision() == revision
    assert make(city, wish=draft(title="另一个")) != first


def test_where_nothing_may_be_shown_there_is_no_layer(city: City) -> None:
    city.crowd(range(1, 5))

    with pytest.raises(NothingShown):
        make(city)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 61}, "title"),
        ({"title": "a\u202eb"}, "title"),
        ({"group": "everybody"}, "group"),
        ({"hours_a_week": None}, "hours_a_week"),
        ({"hours_a_week": 169.0}, "hours_a_week"),
    ],
)
def test_a_draft_names_the_field_at_fault(city: City, changes: dict[str, object], field: str) -> None:
    wrong = draft(**changes)

    assert set(wrong.problems) == {field}
    with pytest.raises(ValueError, match=field):
        make(city, wish=wrong)


def test_an_editor_makes_none(city: City) -> None:
    city.crowd()

    with pytest.raises(Forbidden):
        make(city, Actor("editor", Role.EDITOR))
