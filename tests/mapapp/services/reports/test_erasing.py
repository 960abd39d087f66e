"""What is held of somebody who reported: theirs to have, and to have forgotten."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from geodata.reports.report import Report
from geodata.reports.vocabulary import ReportKind, ReportState
from mapapp.services.photos import photo_file
from mapapp.services.reports.cases import StaleReport, UnknownReport
from mapapp.services.reports.desk import ReportDesk
from mapapp.services.reports.door import standing_warning
from mapapp.services.reports.erasing import erase_person, erasures, personal_file
from mapapp.services.rights import Actor, Forbidden
from mapapp.services.station_photo import set_station_photo
from mapapp.settings import Settings
from mapapp.store import DataAction, Store
from mapapp.store.accounts import Role
from tests.mapapp.services.reports.reporting import LI, STATION, Person, at, draft, photo

PHONE = "13800000000"
TEXT = "老王总是锁门"


@pytest.fixture
def report(desk: ReportDesk, an: Person) -> Report:
    """A report with everything a sender may give, answered with a note."""
    sent = an.send(draft(ReportKind.OTHER, text=TEXT, contact=PHONE, photo=photo())).report
    return desk.move(sent.tracking, ReportState.IN_PROGRESS, "正在处理", LI, "给老王打电话", at(1))


def stored_words(store: Store) -> str:
    """Every value of every table that reports touch, as text."""
    tables = ("reports", "report_changes", "report_cases", "data_events", "door_clearings")
    with store.reading() as reader:
        rows = [reader._connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in tables]  # noqa: S608
    return repr(rows)


def test_the_copy_holds_what_was_sent_and_what_was_told(store: Store, settings: Settings, report: Report) -> None:
    archive = zipfile.ZipFile(BytesIO(personal_file(store, settings, report.tracking, LI)))
    document = json.loads(archive.read("report.json"))

    assert (document["text"], document["contact"], document["reply"]) == (TEXT, PHONE, "正在处理")
    assert document["sender_hashes_kept"] is True
    assert archive.read("photo.jpg").startswith(b"\xff\xd8\xff")


def test_the_copy_names_no_colleague_and_no_note(store: Store, settings: Settings, report: Report) -> None:
    archive = zipfile.ZipFile(BytesIO(personal_file(store, settings, report.tracking, LI)))

    assert "给老王打电话" not in archive.read("report.json").decode()
    assert '"li"' not in archive.read("report.json").decode()


def test_contact_photo_and_sender_are_gone_and_the_report_stays(
    store: Store, desk: ReportDesk, settings: Settings, report: Report
) -> None:
    done = erase_person(store, settings, report.tracking.lower(), LI, at(2))

    assert set(done.what) == {"contact", "photo", "sender"}
    found = desk.find(report.tracking)
    assert found is not None
    assert (found.contact, found.photo_hash, found.text, found.state) == ("", None, TEXT, ReportState.IN_PROGRESS)
    assert PHONE not in stored_words(store)
    assert photo_file(settings, report.photo_hash or "") is None
    with store.reading() as reader:
        assert not reader.reports.has_sender_keys(report.tracking)


def test_words_go_too_where_that_is_asked_for(store: Store, settings: Settings, report: Report) -> None:
    erase_person(store, settings, report.tracking, LI, at(2), words=True)

    assert "老王" not in stored_words(store)
    assert "正在处理" in stored_words(store)


def test_it_is_written_down_who_did_it_and_what_went(store: Store, settings: Settings, report: Report) -> None:
    erase_person(store, settings, report.tracking, LI, at(2))

    with store.reading() as reader:
        (event,) = [event for event in reader.events() if event.action is DataAction.SENDER_ERASED]
    assert (event.actor, event.detail["report"]) == ("li", report.tracking)
    (listed,) = erasures(store)
    assert (listed.tracking, listed.at, listed.what) == (report.tracking, at(2), ("contact", "photo", "sender"))


def test_its_sender_reads_the_same_as_before(
    store: Store, desk: ReportDesk, settings: Settings, report: Report
) -> None:
    erase_person(store, settings, report.tracking, LI, at(2))

    found = desk.find(report.tracking)
    assert found is not None
    assert found.public_reply == report.public_reply
    assert [step for step in found.history if not step.action] == list(report.history)


def test_a_second_time_is_no_step(store: Store, settings: Settings, report: Report) -> None:
    erase_person(store, settings, report.tracking, LI, at(2))

    assert erase_person(store, settings, report.tracking, LI, at(3)).what == ()
    assert len(erasures(store)) == 1


def test_a_picture_that_a_station_has_too_stays(store: Store, settings: Settings, report: Report) -> None:
    set_station_photo(store, settings, STATION, photo(), actor="li", reason="", now=at(1))

    erase_person(store, settings, report.tracking, LI, at(2))

    assert photo_file(settings, report.photo_hash or "") is not None


def test_who_does_not_answer_reports_neither_sees_nor_erases(store: Store, settings: Settings, report: Report) -> None:
    stranger = Actor("wu", Role.PLANNER)

    with pytest.raises(Forbidden):
        personal_file(store, settings, report.tracking, stranger)
    with pytest.raises(Forbidden):
        erase_person(store, settings, report.tracking, stranger, at(2))
    assert PHONE in stored_words(store)


def test_an_unknown_code_and_an_old_page_change_nothing(store: Store, settings: Settings, report: Report) -> None:
    with pytest.raises(UnknownReport):
        erase_person(store, settings, "7KQ2M-9XHTB", LI, at(2))
    with pytest.raises(StaleReport):
        erase_person(store, settings, report.tracking, LI, at(2), expected_version=1)
    assert PHONE in stored_words(store)


def test_a_sender_who_is_forgotten_counts_no_more_at_the_door(
    store: Store, settings: Settings, an: Person, bo: Person
) -> None:
    first = an.send(draft(), minute=0).report
    bo.send(draft(), minute=20)

    with store.reading() as reader:
        assert standing_warning(reader.reports, STATION, at(21)) is not None
    erase_person(store, settings, first.tracking, LI, at(21))

    with store.reading() as reader:
        assert standing_warning(reader.reports, STATION, at(22)) is None
        assert DataAction.DOOR_WARNING_CHANGED in {event.action for event in reader.events()}


def test_a_picture_that_is_named_again_at_the_last_moment_stays(
    store: Store, settings: Settings, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert report.photo_hash is not None
    found = photo_file(settings, report.photo_hash)

    def named_again(*_asked: object) -> Path | None:
        with store.writing("form") as writer:
            station = writer.station(STATION)
            assert station is not None
            named = replace(station, photo=report.photo_hash)
            writer.update_station(named, expected_version=None, actor="li", reason="")
        return found

    monkeypatch.setattr("mapapp.services.reports.erasing.photo_file", named_again)
    erase_person(store, settings, report.tracking, LI, at(2))

    assert found is not None
    assert found.is_file()
