"""Which layer counts whom, chosen by two planners at once: nobody's choice is undone unseen, nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from flask import Flask

from geodata.demand.points import DemandLayer
from geodata.demand.profiles import week_profile
from geodata.places import Place
from geodata.stations.vocabulary import WorkerGroup
from mapapp.store import LayerSource, Origin, Store
from tests.mapapp.staff.world import StaffClient

ROOT = "/planner/demand"
RIDERS, SANITATION, TRAFFIC = WorkerGroup.RIDERS, WorkerGroup.SANITATION, WorkerGroup.TRAFFIC
GROUPS = (RIDERS, SANITATION, TRAFFIC)


@pytest.fixture
def store(staff_app: Flask, place: Place) -> Store:
    """With a layer of the model and two that were sent in."""
    found: Store = staff_app.extensions["stationmap"].store
    model = DemandLayer(
        name="model",
        origin_note="测试\ntest",
        is_sample=False,
        is_modelled=True,
        lon=np.array([place.center.lon]),
        lat=np.array([place.center.lat]),
        h3_cells=("8924c04d45bffff",),
        workers={group: np.array([1.0]) for group in GROUPS},
        profiles={group: week_profile(group) for group in GROUPS},
    )
    with found.writing(Origin.FORM) as writer:
        writer.save_demand_layer(model, actor="test")
        for name in ("first", "second"):
            source = LayerSource(title=f"{name} file", method={"code": "counts"})
            writer.save_demand_layer(replace(model, name=name), actor="test", source=source)
    return found


@pytest.fixture
def planners(client_of: Callable[[str], StaffClient], store: Store) -> tuple[StaffClient, StaffClient]:
    found = client_of("planner"), client_of("admin")
    for each in found:
        each.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return found


def form_of(page: str) -> dict[str, str]:
    """What the form about layers would send as it stands."""
    fields = dict(re.findall(r'<input type="hidden" name="(shown-\w+)" value="([^"]*)"', page))
    for name, body in re.findall(r'<select id="[^"]*" name="(layer-\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        fields[name] = chosen[1] if chosen else ""
    assert "layer-riders" in fields
    return fields


def choices_of(store: Store) -> dict[WorkerGroup, str]:
    with store.reading() as reader:
        return dict(reader.demand.choices())


def test_what_somebody_did_not_change_stays_as_another_chose_it(
    planners: tuple[StaffClient, StaffClient], store: Store
) -> None:
    one, other = planners
    seen = form_of(one.get(ROOT).text)
    other.post_form(f"{ROOT}/choices", form_of(other.get(ROOT).text) | {"layer-sanitation": "second"})

    answer = one.post_form(f"{ROOT}/choices", seen | {"layer-riders": "first"})

    assert answer.status_code == 303
    assert choices_of(store) == {RIDERS: "first", SANITATION: "second"}


def test_two_choices_for_one_group_are_shown_side_by_side_and_sent_again(
    planners: tuple[StaffClient, StaffClient], store: Store
) -> None:
    one, other = planners
    seen = form_of(one.get(ROOT).text)
    other.post_form(
        f"{ROOT}/choices", form_of(other.get(ROOT).text) | {"layer-riders": "second", "layer-sanitation": "second"}
    )

    refused = one.post_form(f"{ROOT}/choices", seen | {"layer-riders": "first", "layer-traffic": "first"})
    after_refusal = choices_of(store)
    again = one.post_form(f"{ROOT}/choices", form_of(refused.text))

    assert refused.status_code == 409
    assert "Somebody else chose another layer meanwhile." in refused.text
    assert "Chosen by somebody else meanwhile: second file." in refused.text
    assert refused.text.count('aria-invalid="true"') == 1
    assert after_refusal == {RIDERS: "second", SANITATION: "second"}
    assert form_of(refused.text) == {
        **{f"shown-{group}": "" for group in WorkerGroup},
        **{f"layer-{group}": "" for group in WorkerGroup},
        "shown-riders": "second",
        "shown-sanitation": "second",
        "layer-riders": "first",
        "layer-sanitation": "second",
        "layer-traffic": "first",
    }
    assert again.status_code == 303
    assert choices_of(store) == {RIDERS: "first", SANITATION: "second", TRAFFIC: "first"}


def test_sending_the_same_form_twice_is_no_clash(planners: tuple[StaffClient, StaffClient], store: Store) -> None:
    seen = form_of(planners[0].get(ROOT).text)

    answers = [planners[0].post_form(f"{ROOT}/choices", seen | {"layer-riders": "first"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert choices_of(store) == {RIDERS: "first"}


def test_a_layer_that_is_gone_is_refused_with_the_other_choices_kept(
    planners: tuple[StaffClient, StaffClient], store: Store
) -> None:
    seen = form_of(planners[0].get(ROOT).text)

    refused = planners[0].post_form(f"{ROOT}/choices", seen | {"layer-riders": "gone", "layer-traffic": "first"})

    assert refused.status_code == 409
    assert form_of(refused.text) == seen | {"layer-traffic": "first"}
    assert choices_of(store) == {}
