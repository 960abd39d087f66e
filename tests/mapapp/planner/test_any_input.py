"""Whatever is sent to a planner's address: an answer, never a failure; nothing that was typed comes back as markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule

from geodata.coverage.within import Within
from geodata.siting.interventions import LengthenHours, OpenSite, Until
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.scenarios import save_scenario, scenario_draft
from mapapp.services.rights import Actor
from tests.conftest import FROZEN_AT
from tests.mapapp.staff.world import OWN_STATION, StaffClient, StaffDatabase

MARKUP: Final = "</script><img src=x onerror=alert(1)>"
HOSTILE: Final = (
    "", "0", "-1", "1", "2", "1e9", "nan", "inf", "NaN", "9" * 30, "9" * 5000, "１２", "²", "٣", "0x1", "1.5", "1,5",
    MARKUP, "{{7*7}}", "%(count)s", "%s", "'; drop table stations;--", "\x00", "\ud800", "\u202e", "a" * 3000,
    "../../etc/passwd", "=1+1", "1000m", "15min", "0m", "99999min", "1e3m", "61min", "2026-03-01", "2026-02-30",
    "2026-03-01T22:30", "0001-01-01T00:00", "9999-12-31T23:59", "all", "night", "hour", "span", "list", "date", "1,2,3",
    "168", "town", "streets", "walk", "own", "water", "open_site", "to_24h", "cells", "premises", "fewest", "fairest",
    "least_mean", "budget", "count", "html", "xlsx", "png", "geojson", "created_at", "name", "up", "NEW-X", OWN_STATION,
)  # fmt: skip
FIELDS: Final = (
    "when", "day", "clock", "from", "to", "at", "days", "hours", "within", "mode", "network", "detour", "min_stay",
    "week_of", "layer", "group", "kind", "needs_all", "needs_any", "entry", "also", "gaps", "title", "do", "objective",
    "places", "limit", "count", "budget", "target", "cost-open_site", "rule", "must", "not", "seconds", "upload", "crs",
    "plan", "run", "scenario", "after", "a", "b", "format", "sort", "order", "page", "own", "words", "done", "job",
    "name", "note", "version", "drop", "reason", "month", "hours_a_week", "layer-riders", "step", "sheet", "only_group",
    "column-0", "orders_per_worker_hour", "source", "source_date", "groups", "level-0", "speed_kmh",
)  # fmt: skip
PUBLIC: Final = frozenset(
    f"planner.{each}" for each in ("coverage", "map_data", "gaps_file", "areas_file", "cells_file")
)
fields = st.lists(st.tuples(st.sampled_from(FIELDS), st.sampled_from(HOSTILE)), max_size=7)


@pytest.fixture
def city(planning_city: Flask, planning_database: StaffDatabase, planner: StaffClient) -> Flask:
    """With a run and two scenarios, named as somebody would who means harm."""
    name = MARKUP[:60]
    kept = planner.post_form("/planner/runs", {"when": "hour", "day": "2", "clock": "9", "title": MARKUP})
    assert kept.status_code == 303
    store, actor = planning_city.extensions["stationmap"].store, Actor.of_account(planning_database.people["planner"])
    question = PlanningQuestion(week_of=FROZEN_AT.date(), within=Within.parse("500m"))
    site = OpenSite(key="A", name=MARKUP, lon=106.2, lat=38.4)
    for changes in ([site], [LengthenHours(OWN_STATION, Until.AROUND_THE_CLOCK)]):
        save_scenario(store, actor, scenario_draft(name, MARKUP, question, changes), FROZEN_AT)
    return planning_city


def rules_of(app: Flask) -> list[Rule]:
    found = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("planner.")]
    return sorted(found, key=lambda rule: rule.rule)


def address(rule: Rule, words: Sequence[str]) -> str:
    path = rule.rule
    for name, word in zip(sorted(rule.arguments), words, strict=False):
        path = path.replace(f"<int:{name}>", quote(word, errors="replace")).replace(
            f"<{name}>", quote(word, safe="", errors="replace")
        )
    return path


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_input_has_an_answer(city: Flask, planner: StaffClient, data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(rules_of(city)))
    words = data.draw(st.lists(st.sampled_from(("1", "2", *HOSTILE)), min_size=2, max_size=2))
    sent = data.draw(fields)
    path = address(rule, words)
    pairs: dict[str, Any] = {}
    for name, value in sent:
        pairs.setdefault(name, []).append(value.encode(errors="surrogatepass"))

    is_read = "GET" in (rule.methods or ())
    answer = planner.get(path, query_string=pairs) if is_read else planner.post_form(path, pairs)

    assert answer.status_code < 500, (rule.rule, words, sent)
    if answer.mimetype == "text/html":
        assert MARKUP not in answer.text, (rule.rule, words, sent)
    if rule.endpoint not in PUBLIC:
        assert "no-store" in answer.headers["Cache-Control"], (rule.rule, words, sent)
