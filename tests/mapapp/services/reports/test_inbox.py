"""Who sees which reports, and how much of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geodata.coordinates import LonLat
from geodata.reports.report import Report
from geodata.reports.vocabulary import ReportKind, ReportState
from mapapp.services.reports.answering import Answer, move_report
from mapapp.services.reports.cases import UnknownReport
from mapapp.services.reports.desk import ReportDesk
from mapapp.services.reports.inbox import candidate_sites, open_report, reports_page
from mapapp.services.rights import Actor, Forbidden
from mapapp.settings import Settings
from mapapp.store import ReportsQuestion, Store
from mapapp.store.accounts import Role, Scope
from tests.mapapp.services.reports.reporting import LI, STATION, Person, at, draft

HERE, THERE = "640104", "640105"
PLANNER = Actor("planner", Role.PLANNER)
KEEPER = Actor("keeper", Role.KEEPER, stations=frozenset({STATION}))


@pytest.fixture
def report(store: Store, an: Person) -> Report:
    with store.writing("form") as writer:
        station = writer.station(STATION)
        assert station is not None
        writer.update_station(replace(station, district_code=HERE), expected_version=None, actor="li", reason="")
    return an.send(draft(ReportKind.WRONG_HOURS, contact="139 0000 0000")).report


def editor_of(*districts: str, scopes: frozenset[Scope] | None = None) -> Actor:
    return Actor("editor", Role.EDITOR, frozenset(districts), scopes=scopes)


@pytest.mark.parametrize(
    ("actor", "count"),
    [
        (LI, 1),
        (PLANNER, 1),
        (editor_of(HERE), 1),
        (editor_of(THERE), 0),
        (editor_of(THERE, scopes=frozenset({Scope.REPORTS_READ})), 0),
        (editor_of(scopes=frozenset({Scope.REPORTS_READ})), 1),
    ],
)
def test_one_sees_the_reports_of_the_own_districts(actor: Actor, count: int, store: Store, report: Report) -> None:
    rows, total = reports_page(store, actor, ReportsQuestion())

    assert (len(rows), total) == (count, count)


@pytest.mark.parametrize("actor", [KEEPER, editor_of(HERE, scopes=frozenset({Scope.STATIONS_WRITE}))])
def test_who_has_no_right_to_reports_sees_none(actor: Actor, store: Store, report: Report) -> None:
    with pytest.raises(Forbidden):
        reports_page(store, actor, ReportsQuestion())
    with pytest.raises(Forbidden):
        open_report(store, actor, report.tracking, at(5))


def test_a_question_cannot_widen_what_one_may_see(store: Store, report: Report) -> None:
    asked = ReportsQuestion(within=None, district_codes=frozenset({HERE}))

    assert reports_page(store, editor_of(THERE), asked) == ((), 0)


def test_the_contact_is_for_those_who_answer(store: Store, report: Report) -> None:
    assert open_report(store, editor_of(HERE), report.tracking, at(5)).report.contact == "139 0000 0000"
    assert open_report(store, PLANNER, report.tracking, at(5)).report.contact == ""


def test_a_report_of_another_district_is_not_opened(store: Store, report: Report) -> None:
    with pytest.raises(Forbidden):
        open_report(store, editor_of(THERE), report.tracking, at(5))


@pytest.mark.parametrize("tracking", ["00000-00000", "nothing", "\x00"])
def test_a_report_that_is_not_there_is_not_opened(store: Store, tracking: str) -> None:
    with pytest.raises(UnknownReport):
        open_report(store, LI, tracking, at(5))


def test_a_suggested_site_belongs_to_the_district_it_lies_in(store: Store, settings: Settings) -> None:
    desk = ReportDesk(store, settings, "secret", district_of=lambda point: HERE if point.lon < 106.2 else THERE)
    west, _east = (
        Person(desk, f"10.0.0.{number}").send(draft(ReportKind.SUGGEST_SITE, place=LonLat(lon, 38.4))).report
        for number, lon in enumerate((106.1, 106.3), start=1)
    )

    rows, _total = reports_page(store, editor_of(HERE), ReportsQuestion())

    assert [row.tracking for row in rows] == [west.tracking]


def test_a_candidate_that_is_rejected_later_is_none_any_more(store: Store, an: Person) -> None:
    site = an.send(draft(ReportKind.SUGGEST_SITE, place=LonLat(106.2, 38.4))).report
    move_report(store, site.tracking, Answer(ReportState.RESOLVED, is_candidate=True), LI, at(5))
    with store.reading() as reader:
        kept = [each.tracking for each in candidate_sites(reader)]

    move_report(store, site.tracking, Answer(ReportState.IN_PROGRESS), LI, at(6))
    move_report(store, site.tracking, Answer(ReportState.REJECTED), LI, at(7))

    with store.reading() as reader:
        assert (kept, candidate_sites(reader)) == ([site.tracking], ())
        assert reader.reports.case(site.tracking).outcome == ""
