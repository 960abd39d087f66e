"""Kept runs: answered at once or by a job, listed, named, renewed and deleted by those who may."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from geodata.coverage.within import Within
from geodata.errors import InvalidValue
from geodata.siting.interventions import OpenSite, Reopen
from geodata.travel.pairs import Network
from mapapp.services.demand.layers import LayerInUse, delete_layer
from mapapp.services.jobs import desk as job_desk
from mapapp.services.jobs.kinds import KINDS
from mapapp.services.planning.answer import answer_stages
from mapapp.services.planning.ground import STREETS_FOLDER
from mapapp.services.planning.runs import Run, RunState
from mapapp.services.planning.version import code_version
from mapapp.services.rights import COMMAND_LINE, Actor, Forbidden
from mapapp.store import JobState, Origin, RunSort, UnknownRun
from mapapp.store.accounts import Role, Scope
from tests.mapapp.services.planning.small_town import LAT, LON, Town, layer, question

SITE = OpenSite(key="A1", name="新址 <b>", lon=LON + 0.01, lat=LAT)
ALONG_STREETS = question(network=Network.STREETS)


def without_seconds(run: Run) -> dict[str, Any]:
    """A kept document without how long it took."""
    return {name: value for name, value in (run.document or {}).items() if name != "seconds"}


class TestAtOnce:
    """Questions that are quick."""

    def test_a_run_is_done_when_it_is_kept(self, town: Town) -> None:
        run = town.desk.ask(town.planner, question(), title="  夜间  缺口 ")

        assert run.state is RunState.DONE
        assert run.card.title == "夜间 缺口"
        assert run.document == town.desk.document(town.planner, question(), to_compare=True) | {"seconds": 0.0}
        assert run.question == question()

    def test_it_carries_all_it_came_from(self, town: Town) -> None:
        card = town.desk.ask(town.planner, question()).card

        with town.store.reading() as reader:
            assert card.data_revision == reader.data_revision()
            known = reader.demand.card("town")
        assert known is not None
        assert card.layers == {"town": known.checksum}
        assert card.code_version == code_version()
        assert card.network_checksum == ""
        assert (card.created_by, card.account_id) == ("planner", town.planner.account_id)
        assert card.created_at == card.finished_at == town.clock()
        assert card.headline is not None
        assert card.headline["share_low"] > 0

    def test_interventions_come_back_as_they_were(self, town: Town) -> None:
        changes = (SITE, Reopen("TC-0005"))

        run = town.desk.ask(town.planner, question(), interventions=changes)

        assert town.desk.run(town.planner, run.card.id).interventions == changes

    def test_the_same_question_is_computed_once(self, town: Town) -> None:
        assert town.desk.answer(town.planner, question()) is town.desk.answer(town.other, question())

    def test_people_who_ask_at_once_get_one_answer(self, town: Town) -> None:
        with ThreadPoolExecutor(6) as people:
            found = list(people.map(lambda _number: town.desk.answer(town.planner, question()), range(12)))

        assert {id(each) for each in found} == {id(found[0])}

    def test_a_run_says_when_the_data_have_changed(self, town: Town) -> None:
        run = town.desk.ask(town.planner, question())
        assert run.is_current

        town.change("TC-0001", name="新名")

        assert not town.desk.run(town.planner, run.card.id).is_current
        assert town.desk.again(town.planner, run.card.id).is_current

    def test_keeping_a_run_is_no_change_of_the_data(self, town: Town) -> None:
        before = town.desk.ground().revision
        town.desk.ask(town.planner, question())

        assert town.desk.ground().revision == before

    @pytest.mark.parametrize(("title", "code"), [("x" * 121, "too_long"), ("a\u202eb", "unprintable")])
    def test_a_title_nobody_could_read_is_refused(self, town: Town, title: str, code: str) -> None:
        with pytest.raises(InvalidValue) as caught:
            town.desk.ask(town.planner, question(), title=title)

        assert caught.value.code == code

    def test_what_cannot_be_answered_is_not_kept(self, town: Town) -> None:
        with pytest.raises(InvalidValue):
            town.desk.ask(town.planner, question(layers=("gone",)))
        with pytest.raises(InvalidValue):
            town.desk.ask(town.planner, ALONG_STREETS)

        assert town.desk.runs(town.planner) == ((), 0)


class TestRights:
    """Who may do what."""

    def test_only_those_who_run_analyses_may_ask_or_look(self, town: Town) -> None:
        run = town.desk.ask(town.planner, question())

        for forbidden in (
            lambda: town.desk.answer(town.editor, question()),
            lambda: town.desk.ask(town.editor, question()),
            lambda: town.desk.run(town.editor, run.card.id),
            lambda: town.desk.runs(town.editor),
            lambda: town.desk.rename(town.editor, run.card.id, "x"),
            lambda: town.desk.delete(town.editor, run.card.id),
        ):
            with pytest.raises(Forbidden):
                forbidden()

    def test_another_planner_looks_but_changes_nothing(self, town: Town) -> None:
        run_id = town.desk.ask(town.planner, question(), title="mine").card.id

        assert not town.desk.run(town.other, run_id).may_change
        for forbidden in (town.desk.delete, town.desk.cancel):
            with pytest.raises(Forbidden):
                forbidden(town.other, run_id)
        with pytest.raises(Forbidden):
            town.desk.rename(town.other, run_id, "yours")
        assert town.desk.run(town.planner, run_id).card.title == "mine"

    def test_the_maker_and_administrators_rename_and_delete(self, town: Town) -> None:
        run_id = town.desk.ask(town.planner, question()).card.id

        town.desk.rename(town.planner, run_id, "first")
        town.desk.rename(town.admin, run_id, "second")
        assert town.desk.run(town.other, run_id).card.title == "second"
        town.desk.delete(town.planner, run_id)

        with pytest.raises(UnknownRun):
            town.desk.run(town.planner, run_id)

    def test_a_machine_runs_no_analyses(self, town: Town) -> None:
        machine = Actor("token", Role.PLANNER, scopes=frozenset({Scope.STATIONS_READ}))

        with pytest.raises(Forbidden):
            town.desk.ask(machine, question())


class TestList:
    """The list of runs."""

    @pytest.fixture
    def listed(self, town: Town) -> Town:
        """Three runs of two people."""
        for title, actor in (("b", town.planner), ("a_%", town.other), ("C", town.planner)):
            town.desk.ask(actor, question(), title=title)
            town.clock.advance(minutes=1)
        return town

    def test_newest_first_and_in_pages(self, listed: Town) -> None:
        first, count = listed.desk.runs(listed.planner, limit=2)
        rest, _count = listed.desk.runs(listed.planner, offset=2, limit=2)

        assert [run.card.title for run in (*first, *rest)] == ["C", "a_%", "b"]
        assert count == 3
        assert {run.document for run in first} == {None}

    def test_sorted_by_title_or_maker(self, listed: Town) -> None:
        titles = [run.card.title for run in listed.desk.runs(listed.planner, sort=RunSort.TITLE, descending=False)[0]]
        makers = [run.card.created_by for run in listed.desk.runs(listed.planner, sort=RunSort.MADE_BY)[0]]

        assert titles == ["C", "a_%", "b"]
        assert makers == ["planner", "planner", "other"]

    def test_ones_own_and_those_with_words(self, listed: Town) -> None:
        own, own_count = listed.desk.runs(listed.planner, own=True)
        found, _count = listed.desk.runs(listed.planner, words="A_%")

        assert (len(own), own_count) == (2, 2)
        assert [run.card.title for run in found] == ["a_%"]
        assert listed.desk.runs(listed.planner, words="%")[1] == 1


class TestByAJob:
    """Questions along streets, which take longer."""

    @pytest.fixture
    def streets(self, town: Town, tmp_path: Path) -> Town:
        """The town with its streets."""
        town.load_streets(tmp_path)
        return town

    def test_what_was_cancelled_a_moment_ago_can_be_asked_again(self, streets: Town) -> None:
        cancelled = streets.desk.ask(streets.planner, ALONG_STREETS).card.id
        streets.desk.cancel(streets.planner, cancelled)
        streets.work()

        assert streets.desk.ask(streets.planner, ALONG_STREETS).card.id != cancelled

    def test_other_streets_make_its_answer_one_of_before(self, streets: Town) -> None:
        run = streets.desk.ask(streets.planner, ALONG_STREETS)
        streets.work()
        before = streets.desk.run(streets.planner, run.card.id).is_current
        home = Path(streets.settings.data_dir) / STREETS_FOLDER
        for file in home.iterdir():
            file.unlink()

        assert before
        assert not streets.desk.run(streets.planner, run.card.id).is_current
        assert not streets.desk.runs(streets.planner)[0][0].is_current

    def test_a_form_that_is_sent_twice_is_queued_once(self, streets: Town) -> None:
        with ThreadPoolExecutor(4) as hands:
            made = set(hands.map(lambda _number: streets.desk.ask(streets.planner, ALONG_STREETS).card.id, range(6)))

        assert len(made) == 1
        assert streets.work()
        assert not streets.work()

    def test_it_waits_and_then_holds_the_same_answer(self, streets: Town) -> None:
        run = streets.desk.ask(streets.planner, ALONG_STREETS)
        assert (run.state, run.document) == (RunState.QUEUED, None)

        assert streets.work()

        done = streets.desk.run(streets.planner, run.card.id)
        assert done.state is RunState.DONE
        assert without_seconds(done) == streets.desk.document(streets.planner, ALONG_STREETS, to_compare=True)
        loaded = streets.desk.ground().streets
        assert loaded is not None
        assert done.card.network_checksum == loaded.source.sha256

    def test_a_question_too_large_for_a_request_waits_too(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        assert town.desk.is_quick(question())
        monkeypatch.setattr("mapapp.services.planning.runs.MOST_AT_ONCE", 5)

        run = town.desk.ask(town.planner, question())

        assert run.state is RunState.QUEUED
        town.work()
        expected = town.desk.document(town.planner, question(), to_compare=True)
        assert without_seconds(town.desk.run(town.planner, run.card.id)) == expected

    def test_its_parts_can_be_read_while_it_works(self, streets: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        run = streets.desk.ask(streets.planner, ALONG_STREETS)
        seen = []

        def watched(*words: object) -> Iterator[object]:
            for stage in answer_stages(*words):  # type: ignore[arg-type]
                now = streets.desk.run(streets.planner, run.card.id)
                seen.append((now.state, len((now.document or {}).get("parts", ())), now.card.is_whole))
                yield stage

        monkeypatch.setattr("mapapp.services.planning.job.answer_stages", watched)
        streets.work()

        assert seen == [(RunState.RUNNING, max(0, number - 1), False) for number in range(6)]

    def test_cancelled_while_it_waits_it_never_runs(self, streets: Town) -> None:
        run = streets.desk.ask(streets.planner, ALONG_STREETS)

        streets.desk.cancel(streets.planner, run.card.id)

        assert streets.desk.run(streets.planner, run.card.id).state is RunState.CANCELLED
        assert not streets.work()

    def test_deleting_a_run_cancels_its_job(self, streets: Town) -> None:
        run = streets.desk.ask(streets.planner, ALONG_STREETS)

        streets.desk.delete(streets.planner, run.card.id)

        assert run.job is not None
        assert job_desk.job_of(streets.store, streets.planner, run.job.id).state is JobState.CANCELLED

    def test_a_run_deleted_while_it_is_computed_comes_to_nothing(
        self, streets: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = streets.desk.ask(streets.planner, ALONG_STREETS)

        def deleted_meanwhile(*words: object) -> Iterator[object]:
            for number, stage in enumerate(answer_stages(*words)):  # type: ignore[arg-type]
                if number == 5:
                    with streets.store.writing(Origin.FORM) as writer:
                        writer.planning.remove(run.card.id)
                yield stage

        monkeypatch.setattr("mapapp.services.planning.job.answer_stages", deleted_meanwhile)
        streets.work()

        assert run.job is not None
        job = job_desk.job_of(streets.store, streets.planner, run.job.id)
        assert job.error is not None
        assert (job.state, job.error.code) == (JobState.FAILED, "no_run")

    def test_a_layer_that_vanished_is_told_in_words(self, streets: Town) -> None:
        streets.keep(layer("other"))
        run = streets.desk.ask(streets.planner, replace(ALONG_STREETS, layers=("other",)))
        with streets.store.writing(Origin.FORM) as writer:
            writer.demand.remove("other")

        streets.work()

        failed = streets.desk.run(streets.planner, run.card.id)
        assert failed.state is RunState.FAILED
        assert failed.job is not None
        assert failed.job.error is not None
        assert failed.job.error.code == "cannot_answer_unknown_layer"

    def test_somebody_who_lost_the_right_gets_no_answer(self, streets: Town) -> None:
        run = streets.desk.ask(streets.planner, ALONG_STREETS)
        assert streets.planner.account_id is not None
        with streets.store.writing(Origin.COMMAND) as writer:
            account = writer.accounts.find(streets.planner.account_id)
            assert account is not None
            writer.accounts.change(replace(account, role=Role.KEEPER))

        streets.work()

        assert streets.desk.run(streets.admin, run.card.id).state is RunState.FAILED

    def test_a_lost_lease_writes_no_part(self, streets: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        run = streets.desk.ask(streets.planner, ALONG_STREETS)

        def taken_over(*words: object) -> Iterator[object]:
            for number, stage in enumerate(answer_stages(*words)):  # type: ignore[arg-type]
                if number == 1:
                    streets.clock.advance(hours=1)
                    with streets.store.writing(Origin.COMMAND) as writer:
                        writer.jobs.claim(KINDS, "another", streets.clock(), timedelta(seconds=30))
                yield stage

        monkeypatch.setattr("mapapp.services.planning.job.answer_stages", taken_over)
        streets.work()

        assert streets.desk.run(streets.planner, run.card.id).document is None

    def test_a_run_whose_job_is_forgotten_has_failed(self, streets: Town) -> None:
        run = streets.desk.ask(streets.planner, ALONG_STREETS)
        streets.desk.cancel(streets.planner, run.card.id)
        streets.clock.advance(days=40)
        with streets.store.writing(Origin.COMMAND) as writer:
            writer.jobs.delete_old(streets.clock())

        assert streets.desk.run(streets.planner, run.card.id).state is RunState.FAILED
        assert [each.state for each in streets.desk.runs(streets.planner)[0]] == [RunState.FAILED]


class TestLayersInUse:
    """A demand layer that something kept was asked of."""

    @pytest.mark.parametrize("named", [True, False])
    def test_a_layer_that_a_run_needs_is_not_deleted(self, town: Town, named: bool) -> None:
        town.keep(layer("sent-in"))
        asked = question(layers=("sent-in",) if named else ("sent-in", "town"))
        run_id = town.desk.ask(town.planner, asked).card.id

        with pytest.raises(LayerInUse) as caught:
            delete_layer(town.store, town.planner, "sent-in", town.clock())
        assert caught.value.by_plans

        town.desk.delete(town.planner, run_id)
        delete_layer(town.store, town.planner, "sent-in", town.clock())


def test_a_rule_so_far_that_pairs_would_not_fit_is_refused(town: Town) -> None:
    with pytest.raises(InvalidValue) as caught:
        question(within=Within.parse("20000m"))

    assert (caught.value.field, caught.value.code) == ("within", "out_of_range")


def test_a_run_nobody_made_is_unknown(town: Town) -> None:
    with pytest.raises(UnknownRun):
        town.desk.run(COMMAND_LINE, 999)


def test_a_form_sent_by_many_hands_at_once_makes_one_run(town: Town) -> None:
    with ThreadPoolExecutor(6) as hands:
        made = list(hands.map(lambda _number: town.desk.ask(town.planner, question(), title="once").card.id, range(8)))

    assert len(set(made)) == 1
    assert town.desk.runs(town.planner)[1] == 1
    assert town.desk.ask(town.planner, question(), title="another").card.id != made[0]
    assert town.desk.ask(town.other, question(), title="once").card.id != made[0]


def test_asked_again_later_or_of_other_data_it_is_another_run(town: Town) -> None:
    first = town.desk.ask(town.planner, question()).card.id
    town.clock.advance(minutes=1)
    later = town.desk.ask(town.planner, question()).card.id
    town.change("TC-0001", name="新名")
    changed = town.desk.ask(town.planner, question()).card.id
    again = [town.desk.again(town.planner, changed).card.id for _twice in range(2)]

    assert len({first, later, changed, *again}) == 4
