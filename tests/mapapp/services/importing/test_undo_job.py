"""Taking a whole import back: all that nobody touched since, and a word about the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from geodata.reports.vocabulary import ReportKind
from geodata.stations.freshness import ConfirmedHow, FieldGroup
from geodata.stations.opening_hours import OpeningHours
from mapapp.services.importing.undo_job import _Undoing
from mapapp.services.reports.desk import ReportDesk
from mapapp.services.rights import COMMAND_LINE, Actor
from mapapp.services.truth.confirming import confirm_groups
from mapapp.store import DataAction, Job, JobState, Writer
from tests.geodata.files.sheets import csv_file
from tests.mapapp.services.importing.stations import HEADINGS, LAT, LON, add, known, stations_of
from tests.mapapp.services.jobs.at_work import Bench
from tests.mapapp.services.reports.reporting import Person, draft

SEATS = (*HEADINGS, "座位数")
THERE = {"address": "街", "district_code": "990102"}


def imported(bench: Bench, tmp_path: Path) -> Job:
    """甲 changed from 10 seats to 12, 乙 (TC-0001) and 丙 (TC-0002) new."""
    add(bench.store, known("甲驿站", capacity_count=10, **THERE))
    rows = (
        ("甲驿站", "街", LON, LAT, "12"),
        ("乙驿站", "路", LON, LAT + 0.01, "3"),
        ("丙驿站", "园", LON, LAT - 0.01, "4"),
    )
    return bench.commit(bench.plan(csv_file(tmp_path, SEATS, *rows)))


def seats(bench: Bench) -> dict[str, int | None]:
    return {station.name: station.capacity_count for station in stations_of(bench.store)}


def test_everything_is_as_before(bench: Bench, tmp_path: Path) -> None:
    commit = imported(bench, tmp_path)

    undone = bench.undo(commit)

    assert undone.state is JobState.DONE
    assert undone.result is not None
    assert (undone.result["removed_count"], undone.result["restored_count"], undone.result["refused_count"]) == (
        2,
        1,
        0,
    )
    assert stations_of(bench.store) == (known("甲驿站", capacity_count=10, version=3, **THERE),)
    with bench.store.reading() as reader:
        third = reader.revisions("TC-0500")[-1]
        event = reader.events()[-1]
    assert dict(third.changes) == {"capacity_count": (12, 10)}
    assert (event.action, event.detail["removed"]) == (DataAction.IMPORT_UNDONE, ["TC-0001", "TC-0002"])
    assert [document["station"]["name"] for _, document in bench.rows(undone, "removed")] == ["乙驿站", "丙驿站"]


def test_what_was_changed_since_stays_and_is_named(bench: Bench, tmp_path: Path) -> None:
    commit = imported(bench, tmp_path)
    with bench.store.writing("form") as writer:
        for code in ("TC-0500", "TC-0001"):
            station = writer.station(code)
            assert station is not None
            writer.update_station(replace(station, town="某镇"), expected_version=None, actor="wang", reason="")

    undone = bench.undo(commit)

    assert sorted((document["code"], document["why"]) for _, document in bench.rows(undone, "refused")) == [
        ("TC-0001", "changed_since"),
        ("TC-0500", "changed_since"),
    ]
    assert seats(bench) == {"乙驿站": 3, "甲驿站": 12}


def test_a_new_station_that_somebody_reported_about_stays(bench: Bench, tmp_path: Path) -> None:
    commit = imported(bench, tmp_path)
    report_about(bench, "TC-0001")

    undone = bench.undo(commit)

    assert [(document["code"], document["why"]) for _, document in bench.rows(undone, "refused")] == [
        ("TC-0001", "reported")
    ]
    assert seats(bench) == {"乙驿站": 3, "甲驿站": 10}


def confirm(bench: Bench, code: str, group: FieldGroup, how: ConfirmedHow = ConfirmedHow.ON_SITE) -> None:
    bench.clock.advance(days=1)
    with bench.store.reading() as reader:
        station = reader.station(code)
    assert station is not None
    confirm_groups(bench.store, COMMAND_LINE, code, [group], how, station.version, bench.clock())


def refused(bench: Bench, undone: Job) -> list[tuple[str, str]]:
    return sorted((document["code"], document["why"]) for _, document in bench.rows(undone, "refused"))


def test_what_somebody_has_confirmed_since_stays(bench: Bench, tmp_path: Path) -> None:
    add(bench.store, known("甲驿站", hours=OpeningHours.from_rule("Mo-Su 08:00-18:00"), **THERE))
    rows = (("甲驿站", "街", LON, LAT, "9:00-17:00"), ("乙驿站", "路", LON, LAT + 0.01, ""))
    commit = bench.commit(bench.plan(csv_file(tmp_path, (*HEADINGS, "开放时间"), *rows)))
    confirm(bench, "TC-0500", FieldGroup.HOURS)
    confirm(bench, "TC-0001", FieldGroup.DOOR, ConfirmedHow.PHONE)

    undone = bench.undo(commit)

    assert refused(bench, undone) == [("TC-0001", "confirmed_since"), ("TC-0500", "confirmed_since")]
    with bench.store.reading() as reader:
        station = reader.station("TC-0500")
        assert station is not None
        assert station.hours.rule == "Mo-Su 09:00-17:00"
        assert len(reader.confirmations.of_station("TC-0001")) == 1


def test_a_look_at_other_facts_or_before_the_import_stands_in_nobodys_way(bench: Bench, tmp_path: Path) -> None:
    add(bench.store, known("甲驿站", hours=OpeningHours.from_rule("Mo-Su 08:00-18:00"), **THERE))
    confirm(bench, "TC-0500", FieldGroup.HOURS)
    row = ("甲驿站", "街", LON, LAT, "9:00-17:00")
    commit = bench.commit(bench.plan(csv_file(tmp_path, (*HEADINGS, "开放时间"), row)))
    confirm(bench, "TC-0500", FieldGroup.DOOR)

    assert refused(bench, bench.undo(commit)) == []


def test_what_is_confirmed_while_the_undoing_is_prepared_stays(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = imported(bench, tmp_path)
    settle = _Undoing.settled

    def confirmed_meanwhile(self: _Undoing, writer: Writer, actor: Actor) -> _Undoing:
        at = bench.clock() + timedelta(minutes=1)
        for code in ("TC-0500", "TC-0001"):
            writer.confirmations.add(code, tuple(FieldGroup), at=at, actor="wang", how=ConfirmedHow.ON_SITE)
        return settle(self, writer, actor)

    monkeypatch.setattr(_Undoing, "settled", confirmed_meanwhile)
    undone = bench.undo(commit)

    assert refused(bench, undone) == [("TC-0001", "confirmed_since")]
    assert seats(bench) == {"甲驿站": 10, "乙驿站": 3}


def test_an_import_is_undone_once(bench: Bench, tmp_path: Path) -> None:
    commit = imported(bench, tmp_path)
    bench.undo(commit)

    again = bench.undo(commit)

    assert again.result is not None
    assert (again.result["removed_count"], again.result["restored_count"], again.result["refused_count"]) == (0, 0, 1)
    assert seats(bench) == {"甲驿站": 10}


def test_the_code_of_a_removed_station_is_not_given_again(bench: Bench, tmp_path: Path) -> None:
    bench.undo(imported(bench, tmp_path))

    bench.commit(bench.plan(csv_file(tmp_path, HEADINGS, ("丁驿站", "路", LON, LAT + 0.02))))

    assert [station.code for station in stations_of(bench.store)] == ["TC-0003", "TC-0500"]


def test_nor_is_a_code_that_the_file_brought(bench: Bench, tmp_path: Path) -> None:
    coded = csv_file(tmp_path, ("站点编码", *HEADINGS), ("TC-0001", "乙驿站", "路", LON, LAT + 0.01))
    bench.undo(bench.commit(bench.plan(coded)))

    bench.commit(bench.plan(csv_file(tmp_path, HEADINGS, ("丁驿站", "路", LON, LAT + 0.02))))

    assert [station.code for station in stations_of(bench.store)] == ["TC-0002"]


def test_what_is_in_another_district_stays(bench: Bench, tmp_path: Path) -> None:
    commit = imported(bench, tmp_path)

    undone = bench.undo(commit, bench.editor("990101"))

    assert {document["why"] for _, document in bench.rows(undone, "refused")} == {
        "forbidden_not_yours",
        "forbidden_district",
    }
    assert seats(bench) == {"甲驿站": 12, "乙驿站": 3, "丙驿站": 4}


def test_an_import_there_never_was_cannot_be_undone(bench: Bench) -> None:
    job = bench.do("undo_batch", batch="20261118T100000-job1")

    assert job.error is not None
    assert job.error.code == "no_batch"


def report_about(bench: Bench, code: str) -> None:
    Person(ReportDesk(bench.store, bench.settings, "s" * 32), "203.0.113.5").send(
        draft(ReportKind.LOCKED, station_code=code), minute=60
    )
