"""Staff move a report on, and its sender reads what they say."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from geodata.reports.report import MAX_TEXT_CHARS, Report
from geodata.reports.vocabulary import ReportKind, ReportState
from mapapp.services.reports.answering import (
    NOTE,
    Answer,
    InvalidMove,
    StaleReport,
    UnknownReport,
    latest_reports,
    move_report,
)
from mapapp.services.reports.desk import ReportDesk
from mapapp.services.rights import Actor, Forbidden
from mapapp.store import Store
from mapapp.store.accounts import Role
from tests.mapapp.services.reports.reporting import LI, STATION, WANG, Person, add_station, at, case_of, draft, editor


@pytest.fixture
def report(an: Person) -> Report:
    return an.send(ReportKind.WRONG_HOURS).report


def test_every_step_is_kept_with_who_took_it_and_why(desk: ReportDesk, report: Report) -> None:
    desk.move(report.tracking, ReportState.IN_PROGRESS, "", LI, "打电话问", at(5))
    desk.move(report.tracking, ReportState.RESOLVED, " 时间已改。 ", WANG, "改了", at(9))

    found = desk.find(report.tracking)

    assert found is not None
    assert (found.state, found.public_reply) == (ReportState.RESOLVED, "时间已改。")
    steps = [(step.at, step.from_state, step.to_state, step.actor, step.reply, step.reason) for step in found.history]
    assert steps == [
        (at(0), None, ReportState.OPEN, "", "", ""),
        (at(5), ReportState.OPEN, ReportState.IN_PROGRESS, "li", "", "打电话问"),
        (at(9), ReportState.IN_PROGRESS, ReportState.RESOLVED, "wang", "时间已改。", "改了"),
    ]


def test_moving_answers_with_the_report_as_it_is_then(desk: ReportDesk, report: Report) -> None:
    assert desk.move(report.tracking, ReportState.REJECTED, "不是", LI, "", at(5)) == desk.find(report.tracking)


@pytest.mark.parametrize("state", ReportState)
@pytest.mark.parametrize("to", ReportState)
def test_there_is_a_way_only_to_the_next_states(
    desk: ReportDesk, report: Report, state: ReportState, to: ReportState
) -> None:
    if state is not ReportState.OPEN:
        desk.move(report.tracking, state, "", LI, "", at(1))

    if to is state or to in state.next_states:
        assert desk.move(report.tracking, to, "好", LI, "", at(2)).state is to
    else:
        with pytest.raises(InvalidMove, match="cannot become"):
            desk.move(report.tracking, to, "好", LI, "", at(2))


def test_a_reply_may_be_written_again_without_a_step(desk: ReportDesk, report: Report) -> None:
    moved = desk.move(report.tracking, ReportState.OPEN, "收到,谢谢。", LI, "", at(5))

    assert (moved.state, moved.public_reply, len(moved.history)) == (ReportState.OPEN, "收到,谢谢。", 2)


def test_a_reply_stays_until_there_is_a_new_one(desk: ReportDesk, report: Report) -> None:
    desk.move(report.tracking, ReportState.IN_PROGRESS, "正在核实。", LI, "", at(5))

    moved = desk.move(report.tracking, ReportState.RESOLVED, "", LI, "", at(6))

    assert moved.public_reply == "正在核实。"
    assert desk.find(report.tracking) == moved


def test_a_note_alone_is_no_news_for_the_sender(desk: ReportDesk, report: Report) -> None:
    noted = desk.move(report.tracking, ReportState.OPEN, "", LI, "等站长回电", at(5))

    assert (noted.history[-1].action, noted.history[-1].reason) == (NOTE, "等站长回电")
    assert noted.public_reply == ""


def test_who_answers_second_is_told_what_the_first_did_and_changes_nothing(
    store: Store, desk: ReportDesk, report: Report
) -> None:
    first = desk.move(report.tracking, ReportState.RESOLVED, "时间已改。", LI, "改了", at(5))

    with pytest.raises(StaleReport) as refusal:
        move_report(store, report.tracking, Answer(ReportState.REJECTED, "不是"), WANG, at(6), expected_version=1)

    assert [(step.actor, step.to_state, step.reply) for step in refusal.value.since] == [
        ("li", ReportState.RESOLVED, "时间已改。")
    ]
    assert desk.find(report.tracking) == first


def test_of_many_who_answer_at_once_one_is_taken(store: Store, desk: ReportDesk, report: Report) -> None:
    def answer(number: int) -> bool:
        try:
            move_report(
                store, report.tracking, Answer(ReportState.RESOLVED, str(number)), LI, at(5), expected_version=1
            )
        except StaleReport:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(answer, range(8)))

    found = desk.find(report.tracking)
    assert taken.count(True) == 1
    assert found is not None
    assert (found.public_reply, found.version) == (str(taken.index(True)), 2)


def test_an_editor_answers_the_reports_of_the_own_districts_only(
    store: Store, desk: ReportDesk, report: Report
) -> None:
    with store.writing("form") as writer:
        station = writer.station(STATION)
        assert station is not None
        moved = replace(station, district_code="640104")
        writer.update_station(moved, expected_version=None, actor="li", reason="")
    theirs, others = editor(store, "theirs", "640104"), editor(store, "others", "640105")

    with pytest.raises(Forbidden):
        desk.move(report.tracking, ReportState.RESOLVED, "", others, "", at(5))
    with pytest.raises(Forbidden):
        desk.end_warning(STATION, others, "", at(5))

    assert desk.move(report.tracking, ReportState.RESOLVED, "", theirs, "", at(5)).state is ReportState.RESOLVED
    assert not desk.end_warning(STATION, theirs, "", at(5))


def test_planners_answer_nothing(desk: ReportDesk, report: Report) -> None:
    with pytest.raises(Forbidden):
        desk.move(report.tracking, ReportState.RESOLVED, "", Actor("he", Role.PLANNER), "", at(5))


def test_the_edit_that_solved_it_is_one_of_its_stations(store: Store, report: Report) -> None:
    move_report(store, report.tracking, Answer(ReportState.RESOLVED, solved_by=1), LI, at(5))

    with pytest.raises(InvalidMove) as refusal:
        move_report(store, report.tracking, Answer(ReportState.IN_PROGRESS, solved_by=9), LI, at(6))

    assert refusal.value.code == "no_such_edit"
    assert case_of(store, report.tracking).solved_by == 1


def test_the_edit_noted_stays_until_it_is_taken_away(store: Store, report: Report) -> None:
    noted = []
    for solved_by in (1, None, 0):
        move_report(store, report.tracking, Answer(report.state, reason="so", solved_by=solved_by), LI, at(5))
        noted.append(case_of(store, report.tracking).solved_by)

    assert noted == [1, 1, None]


def test_only_a_suggested_site_is_kept_for_planners(store: Store, report: Report) -> None:
    with pytest.raises(InvalidMove) as refusal:
        move_report(store, report.tracking, Answer(ReportState.RESOLVED, is_candidate=True), LI, at(5))

    assert refusal.value.code == "no_site"


def test_an_endless_reply_is_refused(desk: ReportDesk, report: Report) -> None:
    with pytest.raises(InvalidMove) as refusal:
        desk.move(report.tracking, ReportState.RESOLVED, "好" * (MAX_TEXT_CHARS + 1), LI, "", at(5))

    assert refusal.value.code == "reply_too_long"


@pytest.mark.parametrize("tracking", ["00000-00000", "none"])
def test_a_report_that_is_not_there_cannot_be_moved(desk: ReportDesk, tracking: str) -> None:
    with pytest.raises(UnknownReport):
        desk.move(tracking, ReportState.RESOLVED, "", LI, "", at(5))


def test_reports_are_listed_newest_first_by_state_and_station(store: Store, desk: ReportDesk, an: Person) -> None:
    add_station(store, "TC-0002")
    first = an.send(ReportKind.WRONG_HOURS, minute=0).report
    second = an.send(draft(ReportKind.WRONG_PLACE, station_code="TC-0002"), minute=1).report
    third = desk.move(an.send(ReportKind.LOCKED, minute=2).report.tracking, ReportState.RESOLVED, "", LI, "", at(3))

    assert latest_reports(store) == (third, second, first)
    assert latest_reports(store, limit=2) == (third, second)
    assert latest_reports(store, states=(ReportState.OPEN,)) == (second, first)
    assert latest_reports(store, station_code=STATION) == (third, first)
