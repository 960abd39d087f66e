"""The map of a plan's places: every option with its key, in the reader's language, and what the plan chose."""

from __future__ import annotations

import json
from typing import Any

from tests.mapapp.staff.world import StaffClient

QUERY = "when=night&within=1000m&do=open_site&do=to_24h&places=cells&count=3&seconds=5"


def places(planner: StaffClient, query: str, language: str = "en") -> dict[str, Any]:
    response = planner.get(f"/planner/sites/map.json?{query}", headers={"Accept-Language": language})
    assert response.status_code == 200, response.text[:400]
    assert response.headers["Cache-Control"] == "no-store"
    return dict(json.loads(response.text))


def test_every_place_has_its_options_by_key(planner: StaffClient) -> None:
    found = places(planner, QUERY)
    keys = [key for place in found["places"] for key, _what in place["options"]]

    assert {place["site"] for place in found["places"]} == {True, False}
    assert len(keys) == len(set(keys))
    assert all(key.startswith("NEW-") for place in found["places"] if place["site"] for key, _what in place["options"])
    assert found["chosen"] == []


def test_with_a_plan_its_choices_come_in_their_order(planner: StaffClient) -> None:
    found = places(planner, f"{QUERY}&plan=1")
    page = planner.get(f"/planner/sites?{QUERY}&plan=1").text

    assert len(found["chosen"]) == 3
    at = [page.index(f'<span class="second-line">{key}</span>') for key in found["chosen"]]
    assert at == sorted(at)


def test_names_are_in_the_readers_language(planner: StaffClient) -> None:
    en, zh = (
        next(place["name"] for place in places(planner, QUERY, tag)["places"] if place["site"]) for tag in ("en", "zh")
    )

    assert en.isascii()
    assert en.startswith("candidate ")
    assert "候选点" in zh


def test_a_key_that_is_no_option_any_more_hides_no_place(planner: StaffClient) -> None:
    with_it = places(planner, f"{QUERY}&must=NEW-NOWHERE")

    assert with_it["places"] == places(planner, QUERY)["places"]


def test_where_nothing_can_be_chosen_there_is_no_map(planner: StaffClient) -> None:
    assert planner.get("/planner/sites/map.json?when=night&count=x").status_code == 404
    assert planner.get(f"/planner/sites/map.json?{QUERY}&do=nonsense").status_code == 404
    assert 'id="coverage-map"' not in planner.get("/planner/sites?when=night&count=x&plan=1").text
