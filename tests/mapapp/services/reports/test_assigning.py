"""Who sees to a report: somebody who answers the reports of its district."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geodata.reports.report import Report
from geodata.reports.vocabulary import ReportKind
from mapapp.services.reports.assigning import ASSIGNED, assign_report, colleagues
from mapapp.services.reports.cases import InvalidMove, StaleReport
from mapapp.services.rights import Actor, Forbidden
from mapapp.store import Store
from mapapp.store.accounts import Role
from tests.mapapp.services.reports.reporting import LI, STATION, Person, at, case_of, editor

HERE, THERE = "640104", "640105"


@pytest.fixture
def report(store: Store, an: Person) -> Report:
    with store.writing("form") as writer:
        station = writer.station(STATION)
        assert station is not None
        writer.update_station(replace(station, district_code=HERE), expected_version=None, actor="li", reason="")
    return an.send(ReportKind.WRONG_HOURS).report


def test_somebody_takes_a_report(store: Store, report: Report) -> None:
    here = editor(store, "here", HERE)

    taken = assign_report(store, report.tracking, here.account_id, here, at(5))

    assert case_of(store, report.tracking).assignee_id == here.account_id
    assert (taken.history[-1].action, taken.history[-1].detail, taken.state) == (ASSIGNED, "here", report.state)


def test_a_report_is_given_back(store: Store, report: Report) -> None:
    here = editor(store, "here", HERE)
    assign_report(store, report.tracking, here.account_id, LI, at(5))

    assign_report(store, report.tracking, None, LI, at(6))

    assert case_of(store, report.tracking).assignee_id is None


def test_who_has_it_already_takes_no_step(store: Store, report: Report) -> None:
    here = editor(store, "here", HERE)
    first = assign_report(store, report.tracking, here.account_id, here, at(5))

    assert assign_report(store, report.tracking, here.account_id, here, at(6)) == first


def test_a_colleague_of_another_district_does_not_get_it(store: Store, report: Report) -> None:
    there = editor(store, "there", THERE)

    with pytest.raises(InvalidMove) as refusal:
        assign_report(store, report.tracking, there.account_id, LI, at(5))

    assert refusal.value.code == "no_such_colleague"


def test_an_editor_of_another_district_assigns_nothing(store: Store, report: Report) -> None:
    there = editor(store, "there", THERE)

    with pytest.raises(Forbidden):
        assign_report(store, report.tracking, there.account_id, there, at(5))


def test_two_who_take_it_at_once_do_not_both_have_it(store: Store, report: Report) -> None:
    one, two = editor(store, "one", HERE), editor(store, "two", HERE)
    assign_report(store, report.tracking, one.account_id, one, at(5), expected_version=1)

    with pytest.raises(StaleReport) as refusal:
        assign_report(store, report.tracking, two.account_id, two, at(5), expected_version=1)

    assert [step.detail for step in refusal.value.since] == ["one"]
    assert case_of(store, report.tracking).assignee_id == one.account_id


def test_colleagues_are_those_in_use_who_answer_that_district(store: Store) -> None:
    here, _there = editor(store, "here", HERE), editor(store, "there", THERE)
    with store.writing("form") as writer:
        gone = writer.accounts.add(name="gone", display_name="", role=Role.ADMIN, created_at=at(0))
        writer.accounts.change(replace(gone, is_disabled=True))
        writer.accounts.add(name="planner", display_name="", role=Role.PLANNER, created_at=at(0))
        boss = writer.accounts.add(name="boss", display_name="", role=Role.ADMIN, created_at=at(0))

    with store.reading() as reader:
        found = colleagues(reader, HERE)

    assert [account.id for account in found] == [boss.id, here.account_id]
    assert Actor.of_account(found[0]).role is Role.ADMIN
