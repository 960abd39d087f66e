"""Reports that say the same go together; each sender follows the own one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geodata.coordinates import LonLat
from geodata.reports.report import Report
from geodata.reports.vocabulary import ReportKind, ReportState
from mapapp.services.reports.assigning import assign_report
from mapapp.services.reports.cases import InvalidMove, StaleReport, UnknownReport, found_report
from mapapp.services.reports.desk import ReportDesk
from mapapp.services.reports.door import standing_warning
from mapapp.services.reports.merging import merge_report, possible_mains, split_report
from mapapp.services.rights import Forbidden
from mapapp.store import Store
from tests.mapapp.services.reports.reporting import LI, STATION, Person, add_station, at, case_of, draft, editor


@pytest.fixture
def main(an: Person) -> Report:
    return an.send(ReportKind.WRONG_HOURS, minute=0).report


@pytest.fixture
def repeat(bo: Person) -> Report:
    return bo.send(ReportKind.WRONG_HOURS, minute=1).report


def found(desk: ReportDesk, report: Report) -> Report:
    known = desk.find(report.tracking)
    assert known is not None
    return known


def test_who_sent_the_repeat_reads_what_is_answered_to_the_main_one(
    store: Store, desk: ReportDesk, main: Report, repeat: Report
) -> None:
    merge_report(store, repeat.tracking, main.tracking, LI, at(5))

    desk.move(main.tracking, ReportState.RESOLVED, "时间已改。", LI, "internal", at(6))

    told = found(desk, repeat)
    assert (told.state, told.public_reply) == (ReportState.RESOLVED, "时间已改。")
    assert told.history[-1].reason == ""
    assert told.closed_at == at(6)


def test_a_repeat_gets_the_state_and_reply_the_main_one_has_already(
    store: Store, desk: ReportDesk, main: Report, repeat: Report
) -> None:
    desk.move(main.tracking, ReportState.IN_PROGRESS, "正在核实。", LI, "", at(3))

    merge_report(store, repeat.tracking, main.tracking, LI, at(5))

    assert (found(desk, repeat).state, found(desk, repeat).public_reply) == (ReportState.IN_PROGRESS, "正在核实。")


def test_a_repeat_is_not_answered_itself(store: Store, desk: ReportDesk, main: Report, repeat: Report) -> None:
    merge_report(store, repeat.tracking, main.tracking, LI, at(5))

    with pytest.raises(InvalidMove) as answered:
        desk.move(repeat.tracking, ReportState.RESOLVED, "", LI, "", at(6))
    with pytest.raises(InvalidMove) as assigned:
        assign_report(store, repeat.tracking, None, LI, at(6))

    assert {answered.value.code, assigned.value.code} == {"repeats_another"}


def test_what_repeats_a_repeat_goes_to_the_main_one(
    store: Store, desk: ReportDesk, main: Report, repeat: Report, chen: Person
) -> None:
    third = chen.send(ReportKind.WRONG_HOURS, minute=2).report
    merge_report(store, third.tracking, repeat.tracking, LI, at(4))

    merge_report(store, repeat.tracking, main.tracking, LI, at(5))
    desk.move(main.tracking, ReportState.RESOLVED, "好了。", LI, "", at(6))

    assert case_of(store, main.tracking).repeated_by == (repeat.tracking, third.tracking)
    assert case_of(store, third.tracking).main == main.tracking
    assert found(desk, third).public_reply == "好了。"


def test_merging_into_a_repeat_means_its_main_one(store: Store, main: Report, repeat: Report, chen: Person) -> None:
    merge_report(store, repeat.tracking, main.tracking, LI, at(4))
    third = chen.send(ReportKind.WRONG_HOURS, minute=5).report

    assert merge_report(store, third.tracking, repeat.tracking, LI, at(6)).tracking == main.tracking
    assert case_of(store, third.tracking).main == main.tracking


def test_two_reports_cannot_repeat_each_other(store: Store, main: Report, repeat: Report) -> None:
    merge_report(store, repeat.tracking, main.tracking, LI, at(4))

    with pytest.raises(InvalidMove) as refusal:
        merge_report(store, main.tracking, repeat.tracking, LI, at(5))

    assert refusal.value.code == "itself"
    assert case_of(store, main.tracking).main is None


def test_reports_of_two_stations_do_not_go_together(store: Store, main: Report, bo: Person) -> None:
    add_station(store, "TC-0002")
    other = bo.send(draft(ReportKind.WRONG_HOURS, station_code="TC-0002"), minute=1).report

    with pytest.raises(InvalidMove) as refusal:
        merge_report(store, other.tracking, main.tracking, LI, at(5))

    assert refusal.value.code == "other_station"


def test_suggested_sites_can_go_together(store: Store, an: Person, bo: Person) -> None:
    sites = [
        person.send(draft(ReportKind.SUGGEST_SITE, place=LonLat(106.2, 38.4)), minute=minute).report
        for minute, person in enumerate((an, bo))
    ]

    merge_report(store, sites[1].tracking, sites[0].tracking, LI, at(5))

    assert case_of(store, sites[1].tracking).main == sites[0].tracking


def test_the_locked_door_still_counts_each_person_once(store: Store, an: Person, bo: Person, chen: Person) -> None:
    first, second = an.send(minute=0).report, bo.send(minute=12).report
    merge_report(store, second.tracking, first.tracking, LI, at(13))

    with store.reading() as reader:
        after_two = standing_warning(reader.reports, STATION, at(14))
    chen.send(minute=25)
    with store.reading() as reader:
        after_three = standing_warning(reader.reports, STATION, at(26))

    assert (after_two and after_two.count, after_three and after_three.count) == (2, 3)


def test_a_repeat_told_apart_is_answered_by_itself_again(
    store: Store, desk: ReportDesk, main: Report, repeat: Report
) -> None:
    merge_report(store, repeat.tracking, main.tracking, LI, at(4))
    split_report(store, repeat.tracking, LI, at(5))

    desk.move(main.tracking, ReportState.REJECTED, "", LI, "", at(6))

    assert found(desk, repeat).state is ReportState.OPEN
    assert case_of(store, main.tracking).repeated_by == ()


def test_merging_and_telling_apart_are_no_news_for_the_senders(
    store: Store, desk: ReportDesk, main: Report, repeat: Report
) -> None:
    merge_report(store, repeat.tracking, main.tracking, LI, at(4))
    split_report(store, repeat.tracking, LI, at(5))

    steps = [*found(desk, main).history[1:], *found(desk, repeat).history[1:]]
    assert [step.action for step in steps] == ["taken_in", "split", "merged", "split"]


def test_who_merges_second_is_told_so(store: Store, main: Report, repeat: Report) -> None:
    merge_report(store, repeat.tracking, main.tracking, LI, at(4), expected_version=1)

    with pytest.raises(StaleReport):
        split_report(store, repeat.tracking, LI, at(5), expected_version=1)


def test_merging_needs_both_districts(store: Store, main: Report, repeat: Report) -> None:
    nobody = editor(store, "elsewhere", "640105")
    with store.writing("form") as writer:
        station = writer.station(STATION)
        assert station is not None
        writer.update_station(replace(station, district_code="640104"), expected_version=None, actor="li", reason="")

    with pytest.raises(Forbidden):
        merge_report(store, repeat.tracking, main.tracking, nobody, at(5))


def test_a_report_that_is_not_there_takes_nothing_in(store: Store, main: Report) -> None:
    with pytest.raises(UnknownReport):
        merge_report(store, main.tracking, "00000-00000", LI, at(5))


def test_possible_mains_are_the_stations_reports_that_still_wait(
    store: Store, desk: ReportDesk, main: Report, repeat: Report, chen: Person
) -> None:
    done = chen.send(ReportKind.WRONG_HOURS, minute=2).report
    desk.move(done.tracking, ReportState.RESOLVED, "", LI, "", at(3))

    with store.reading() as reader:
        mains = possible_mains(reader, found_report(reader, repeat.tracking))

    assert [report.tracking for report in mains] == [main.tracking]
