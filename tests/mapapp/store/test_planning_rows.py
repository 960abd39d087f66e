"""Planning runs and scenarios in either database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mapapp.store import (
    RunDraft,
    RunFindings,
    RunSort,
    ScenarioDraft,
    ScenarioSort,
    StaleScenario,
    Store,
    UnknownRun,
    UnknownScenario,
)
from tests.mapapp.store.station_writing import NOW

DRAFT = RunDraft(
    title="夜间缺口",
    question={"layers": ["town"], "within": "1000m"},
    question_key="k" * 64,
    interventions=({"type": "reopen", "station": "TC-1"},),
    code_version="v1",
    created_by="planner",
    account_id=7,
)
FOUND = RunFindings(
    data_revision=3,
    layers={"town": "c" * 64},
    network_checksum="",
    code_version="v2",
    headline={"share_low": 0.5},
    result={"格式": 1, "cells": {"covered_low": [0.25] * 1000}},
    seconds=0.5,
)
SCENARIO = ScenarioDraft(name="十个新站", question={"layers": ["town"]}, interventions=({"type": "reopen"},))


def kept(store: Store, draft: RunDraft = DRAFT, minute: int = 0) -> int:
    with store.writing("form", at=NOW) as writer:
        return writer.planning.add(draft, NOW + timedelta(minutes=minute)).id


class TestRuns:
    def test_a_result_comes_back_as_it_was(self, store: Store) -> None:
        run_id = kept(store)
        with store.writing("form") as writer:
            writer.planning.save(run_id, FOUND, NOW)

        with store.reading() as reader:
            card, result = reader.planning.get(run_id), reader.planning.result(run_id)
        assert result == {**FOUND.result, "seconds": 0.5}
        assert (card.title, card.question, card.interventions) == (DRAFT.title, DRAFT.question, DRAFT.interventions)
        assert (card.layers, card.headline, card.code_version) == (FOUND.layers, FOUND.headline, "v2")
        assert (card.is_whole, card.finished_at, card.created_at) == (True, NOW, NOW)

    def test_a_part_is_written_over_and_the_whole_is_not(self, store: Store) -> None:
        run_id = kept(store)
        with store.writing("form") as writer:
            writer.planning.save(run_id, replace(FOUND, result={"part": 1}, is_whole=False), NOW)
        with store.reading() as reader:
            assert not reader.planning.get(run_id).is_whole
            assert reader.planning.result(run_id) == {"part": 1, "seconds": 0.5}

        with store.writing("form") as writer:
            writer.planning.save(run_id, FOUND, NOW)
            writer.planning.save(run_id, replace(FOUND, result={"late": 1}, is_whole=False), NOW)

        with store.reading() as reader:
            assert (reader.planning.result(run_id) or {}).keys() == {"格式", "cells", "seconds"}

    def test_a_run_nobody_made_is_unknown(self, store: Store) -> None:
        with store.reading() as reader:
            assert reader.planning.find(9) is None
            for number in (9, 10**30):
                for look in (reader.planning.get, reader.planning.result):
                    with pytest.raises(UnknownRun):
                        look(number)

    @pytest.mark.parametrize("words", ["\0", "\ud800", "x" * 500])
    def test_words_no_title_can_hold_find_nothing(self, store: Store, words: str) -> None:
        kept(store)

        with store.reading() as reader:
            assert reader.planning.page(words=words) == ((), 0)

    def test_pages_are_sorted_and_narrowed(self, store: Store) -> None:
        for minute, title in enumerate(("b", "A%", "ä")):
            kept(store, replace(DRAFT, title=title, account_id=minute), minute)

        with store.reading() as reader:
            newest, count = reader.planning.page(limit=2)
            by_title, _count = reader.planning.page(sort=RunSort.TITLE, descending=False)
            own, own_count = reader.planning.page(account_id=1)
            found, _count = reader.planning.page(words="a%")
        assert ([card.title for card in newest], count) == (["ä", "A%"], 3)
        assert [card.title for card in by_title] == ["A%", "b", "ä"]
        assert ([card.title for card in own], own_count) == (["A%"], 1)
        assert [card.title for card in found] == ["A%"]

    def test_a_layer_is_in_use_by_name_and_by_what_counted(self, store: Store) -> None:
        run_id = kept(store)
        with store.writing("form") as writer:
            writer.planning.save(run_id, replace(FOUND, layers={"counted": "c" * 64}), NOW)

        with store.reading() as reader:
            assert [reader.planning.uses_layer(name) for name in ("town", "counted", "other")] == [True, True, False]

    def test_they_are_no_part_of_the_data_revision(self, store: Store) -> None:
        before = store.data_revision()
        kept(store)

        assert store.data_revision() == before


class TestScenarios:
    def test_each_change_makes_a_version_and_a_stale_one_is_refused(self, store: Store) -> None:
        with store.writing("form") as writer:
            made = writer.scenarios.add(SCENARIO, created_by="planner", account_id=7, at=NOW)
            changed = writer.scenarios.change(made.id, replace(SCENARIO, name="八个"), expected_version=1, at=NOW)

        assert (made.version, changed.version, changed.name) == (1, 2, "八个")
        with pytest.raises(StaleScenario), store.writing("form") as writer:
            writer.scenarios.change(made.id, SCENARIO, expected_version=1, at=NOW)

    def test_it_goes_into_the_register_once(self, store: Store) -> None:
        with store.writing("form") as writer:
            made = writer.scenarios.add(SCENARIO, created_by="planner", account_id=7, at=NOW)
            taken = writer.scenarios.take(made.id, expected_version=1, by="admin", at=NOW)

        assert (taken.taken_by, taken.taken_at) == ("admin", NOW)
        with pytest.raises(StaleScenario), store.writing("form") as writer:
            writer.scenarios.take(made.id, expected_version=1, by="admin", at=NOW)

    def test_it_outlives_the_run_it_came_of(self, store: Store) -> None:
        run_id = kept(store)
        with store.writing("form") as writer:
            made = writer.scenarios.add(replace(SCENARIO, run_id=run_id), created_by="planner", account_id=7, at=NOW)
            writer.planning.remove(run_id)

        with store.reading() as reader:
            assert reader.scenarios.get(made.id).run_id is None
            assert reader.scenarios.uses_layer("town")

    def test_pages_and_several_at_once(self, store: Store) -> None:
        with store.writing("form") as writer:
            ids = [
                writer.scenarios.add(replace(SCENARIO, name=name), created_by="p", account_id=None, at=NOW).id
                for name in ("b", "a")
            ]
            writer.scenarios.remove(writer.scenarios.add(SCENARIO, created_by="p", account_id=None, at=NOW).id)

        with store.reading() as reader:
            page, count = reader.scenarios.page(sort=ScenarioSort.NAME, descending=False)
            found = reader.scenarios.several([*ids, 99])
            for number in (99, 10**30):
                with pytest.raises(UnknownScenario):
                    reader.scenarios.get(number)
            assert reader.scenarios.several([10**30]) == {}
        assert ([each.name for each in page], count) == (["a", "b"], 2)
        assert sorted(found) == sorted(ids)
