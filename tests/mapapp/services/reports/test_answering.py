"""Staff move a report on, and its sender reads what they say."""

from __future__ import annotations

import pytest

from geodata.reports.report import MAX_TEXT_CHARS, Report
from geodata.reports.vocabulary import ReportKind, ReportState
from mapapp.services.reports.answering import InvalidMove, UnknownReport, latest_reports
from mapapp.services.reports.desk import ReportDesk
from mapapp.store import Store
from tests.mapapp.services.reports.reporting import STATION, Person, add_station, at, draft


@pytest.fixture
def report(an: Person) -> Report:
    return an.send(ReportKind.WRONG_HOURS).report


def test_every_step_is_kept_with_who_took_it_and_why(desk: ReportDesk, report: Report) -> None:
    desk.move(report.tracking, ReportState.IN_PROGRESS, "", "li", "打电话问", at(5))
    desk.move(report.tracking, ReportState.RESOLVED, " 时间已改。 ", "wang", "改了", at(9))

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
    assert desk.move(report.tracking, ReportState.REJECTED, "不是", "li", "", at(5)) == desk.find(report.tracking)


@pytest.mark.parametrize("state", ReportState)
@pytest.mark.parametrize("to", ReportState)
def test_there_is_a_way_only_to_the_next_states(
    desk: ReportDesk, report: Report, state: ReportState, to: ReportState
) -> None:
    if state is not ReportState.OPEN:
        desk.move(report.tracking, state, "", "li", "", at(1))

    if to is state or to in state.next_states:
        assert desk.move(report.tracking, to, "好", "li", "", at(2)).state is to
    else:
        with pytest.raises(InvalidMove, match="cannot become"):
            desk.move(report.tracking, to, "好", "li", "", at(2))


def test_a_reply_may_be_written_again_without_a_step(desk: ReportDesk, report: Report) -> None:
    moved = desk.move(report.tracking, ReportState.OPEN, "收到,谢谢。", "li", "", at(5))

    assert (moved.state, moved.public_reply, len(moved.history)) == (ReportState.OPEN, "收到,谢谢。", 2)


def test_an_endless_reply_is_refused(desk: ReportDesk, report: Report) -> None:
    with pytest.raises(InvalidMove) as refusal:
        desk.move(report.tracking, ReportState.RESOLVED, "好" * (MAX_TEXT_CHARS + 1), "li", "", at(5))

    assert refusal.value.code == "reply_too_long"


@pytest.mark.parametrize("tracking", ["00000-00000", "none"])
def test_a_report_that_is_not_there_cannot_be_moved(desk: ReportDesk, tracking: str) -> None:
    with pytest.raises(UnknownReport):
        desk.move(tracking, ReportState.RESOLVED, "", "li", "", at(5))


def test_reports_are_listed_newest_first_by_state_and_station(store: Store, desk: ReportDesk, an: Person) -> None:
    add_station(store, "TC-0002")
    first = an.send(ReportKind.WRONG_HOURS, minute=0).report
    second = an.send(draft(ReportKind.WRONG_PLACE, station_code="TC-0002"), minute=1).report
    third = desk.move(an.send(ReportKind.LOCKED, minute=2).report.tracking, ReportState.RESOLVED, "", "li", "", at(3))

    assert latest_reports(store) == (third, second, first)
    assert latest_reports(store, limit=2) == (third, second)
    assert latest_reports(store, states=(ReportState.OPEN,)) == (second, first)
    assert latest_reports(store, station_code=STATION) == (third, first)
