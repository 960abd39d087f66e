"""Locked doors outside the station's hours: kept, answered, and no reason to warn anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from geodata.places import Place
from geodata.reports.door_warning import DoorWarning
from geodata.reports.vocabulary import ReportKind, ReportState
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.vocabulary import LifeCycle
from mapapp.services.reports.desk import ReportDesk
from mapapp.services.reports.door import standing_warning
from mapapp.settings import Settings
from mapapp.store import Store
from tests.mapapp.services.reports.reporting import STATION, Person, add_station, at, draft

SHUT_AT_TEN = OpeningHours("Mo-Su 08:00-10:00", "08:00-10:00")
"""The tests' clock begins at ten."""


@pytest.fixture
def desk(store: Store, settings: Settings, testcity: Place) -> ReportDesk:
    """A desk that knows one station, and when it is open."""
    add_station(store, hours=SHUT_AT_TEN)
    return ReportDesk(store, settings, "the tests' secret", timezone=testcity.timezone)


def warning(store: Store, minute: float) -> DoorWarning | None:
    with store.reading() as reader:
        return standing_warning(reader.reports, STATION, at(minute))


def test_locked_doors_outside_the_hours_make_no_warning(an: Person, bo: Person, store: Store) -> None:
    first = an.send(minute=60)
    bo.send(minute=90)

    assert warning(store, 91) is None
    assert first.report.was_outside_hours
    assert first.report.state is ReportState.OPEN


def test_what_happened_within_the_hours_counts_however_late_it_comes(an: Person, bo: Person, store: Store) -> None:
    an.send(draft(made_at=at(-30)), minute=60)
    bo.send(draft(made_at=at(-10)), minute=90)

    assert warning(store, 91) == DoorWarning(2, at(-30), at(-30) + timedelta(hours=24))


def test_who_turned_away_just_before_closing_counts(an: Person, bo: Person, store: Store) -> None:
    an.send(minute=-20)
    bo.send(minute=10)

    assert warning(store, 11) is not None


def test_unknown_hours_count(an: Person, bo: Person, store: Store) -> None:
    with store.writing("form") as writer:
        station = writer.station(STATION)
        assert station is not None
        writer.update_station(replace(station, hours=OpeningHours(None)), expected_version=1, actor="li", reason="")

    an.send(minute=60)
    bo.send(minute=90)

    assert warning(store, 91) is not None


def test_hours_that_are_corrected_later_do_not_make_the_old_reports_count(an: Person, bo: Person, store: Store) -> None:
    an.send(minute=60)
    bo.send(minute=90)
    with store.writing("form") as writer:
        station = writer.station(STATION)
        assert station is not None
        always = replace(station, hours=OpeningHours("24/7", "24小时"))
        writer.update_station(always, expected_version=1, actor="li", reason="")

    assert warning(store, 91) is None


def test_a_station_that_is_temporarily_closed_may_be_locked(an: Person, bo: Person, store: Store) -> None:
    with store.writing("form") as writer:
        station = writer.station(STATION)
        assert station is not None
        closed = replace(station, life_cycle=LifeCycle.TEMPORARILY_CLOSED, hours=OpeningHours("24/7", "24小时"))
        writer.update_station(closed, expected_version=1, actor="li", reason="")

    an.send(minute=60)
    bo.send(minute=90)

    assert warning(store, 91) is None


def test_they_contradict_nothing_that_we_publish_and_still_wait_for_an_answer(
    an: Person, bo: Person, store: Store
) -> None:
    an.send(minute=-30)
    bo.send(minute=60)

    with store.reading() as reader:
        (counted,) = reader.report_counts.open_by_station()

    assert (counted.kind, counted.count, counted.outside_hours_count) == (ReportKind.LOCKED, 2, 1)


def test_sent_again_it_is_the_report_it_was(an: Person) -> None:
    report = draft()
    first = an.send(report, minute=60)

    again = an.send(report, minute=70)

    assert (again.is_new, again.report) == (False, first.report)
