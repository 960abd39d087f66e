"""A scenario one of whose stations is gone has its report all the same, which says what it leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.coverage.within import Within
from geodata.siting.interventions import InterventionKind, LengthenHours, OpenSite, Until
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.vocabulary import LifeCycle
from geodata.travel.pairs import Network
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.scenarios import save_scenario, scenario_draft
from mapapp.services.planning_report.files import (
    ReportFormat,
    Subject,
    SubjectKind,
    report_file,
    report_head,
    report_of,
)
from tests.mapapp.services.planning.small_town import LAT, LON, Town, question

SITE = OpenSite(key="C1", name="新站", lon=LON + 0.01, lat=LAT + 0.01)
LATER = LengthenHours(station_code="TC-0002", until=Until.LATE)


def subject_of(town: Town, asked: PlanningQuestion, *names: str) -> Subject:
    """Scenarios of a new site and of longer hours of a station."""
    numbers = [
        save_scenario(town.store, town.planner, scenario_draft(name, "", asked, [SITE, LATER]), town.clock()).id
        for name in names
    ]
    return Subject(SubjectKind.SCENARIO, *numbers)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"life_cycle": LifeCycle.DELISTED}, "TC-0002"),
        ({"hours": OpeningHours.unknown()}, "TC-0002 驿站TC-0002"),
    ],
)
def test_what_cannot_be_done_any_more_is_left_out_and_named(town: Town, changes: dict[str, object], where: str) -> None:
    subject = subject_of(town, question(), "甲", "乙")
    alone = Subject(SubjectKind.SCENARIO, subject.number)
    town.change("TC-0002", **changes)

    what = InterventionKind.TO_LATE.label("en")
    for about, count in ((alone, 1), (subject, 2)):
        report = report_of(town.desk, town.store, town.place, town.planner, about, "en")
        head = report_head(town.desk, town.store, town.place, town.planner, about, "en")
        proposed = report.table("interventions")
        said = [note for note in report.notes if note.startswith("Left out")]

        assert said == list(head.notes)
        assert len(said) == count
        assert said[0] == f"Left out of “甲”, because it cannot be done any more: {where}: {what}."
        assert proposed is not None
        assert [row[2] for row in proposed.rows] == ["新站"]
    assert said[0].encode() in report_file(report, ReportFormat.HTML, town.place, town.settings).content


def test_nothing_is_said_where_all_can_be_done(town: Town) -> None:
    subject = subject_of(town, question(), "甲")

    report = report_of(town.desk, town.store, town.place, town.planner, subject, "en")

    assert not any(note.startswith("Left out") for note in report.notes)
    assert report_head(town.desk, town.store, town.place, town.planner, subject, "en").notes == ()


def test_the_head_of_an_answer_that_takes_long_leaves_it_out_too(town: Town, tmp_path: Path) -> None:
    town.load_streets(tmp_path)
    subject = subject_of(town, question(network=Network.STREETS, within=Within.parse("15min")), "甲")
    town.change("TC-0002", life_cycle=LifeCycle.DELISTED)

    head = report_head(town.desk, town.store, town.place, town.planner, subject, "zh")

    assert head.is_long
    assert [note for note in head.notes if "TC-0002" in note] == list(head.notes) != []
