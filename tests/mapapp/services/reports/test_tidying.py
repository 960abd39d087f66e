"""What has served its purpose is forgotten, and nothing else."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from geodata.reports.vocabulary import ReportKind, ReportState
from mapapp.services.photos import keep_photo, photo_file, photos_dir
from mapapp.services.reports.desk import ReportDesk, Tidied
from mapapp.services.station_photo import set_station_photo
from mapapp.settings import Settings
from mapapp.store import Deletions, Reader, Store, UnknownStation
from tests.mapapp.services.reports.reporting import LI, STATION, Person, at, draft, photo

DAYS = 24 * 60


def senders_kept(store: Store) -> int:
    with store.reading() as reader:
        query = "SELECT count(device_key) + count(address_key) + count(agent_key) FROM reports"
        return int(reader._connection.exec_driver_sql(query).scalar_one())


def age(file: Path, days: float) -> None:
    """Let the file be so old when the tests' clock began."""
    moment_s = (at(0) - timedelta(days=days)).timestamp()
    os.utime(file, (moment_s, moment_s))


def test_a_week_later_nobody_can_tell_who_sent_what(store: Store, desk: ReportDesk, an: Person, bo: Person) -> None:
    an.send(minute=0)
    bo.send(minute=1)

    assert desk.tidy(at(7 * DAYS)).deletions == Deletions(sender_key_count=1)

    assert senders_kept(store) == 3


def test_a_report_without_its_sender_is_still_the_same_report(desk: ReportDesk, an: Person) -> None:
    sent = draft(text="门锁着")
    report = an.send(sent).report
    desk.tidy(at(8 * DAYS))

    assert desk.find(report.tracking) == report
    assert not an.send(sent, minute=9 * DAYS).is_new


def test_a_contact_is_forgotten_ninety_days_after_closing(desk: ReportDesk, an: Person) -> None:
    report = an.send(draft(text="门锁着", contact="13800000000")).report
    desk.tidy(at(200 * DAYS))
    desk.move(report.tracking, ReportState.RESOLVED, "好", LI, "", at(200 * DAYS))

    kept = [desk.tidy(at(minute)).deletions.contact_count for minute in (290 * DAYS - 1, 290 * DAYS, 300 * DAYS)]

    assert kept == [0, 1, 0]
    found = desk.find(report.tracking)
    assert found is not None
    assert (found.contact, found.has_contact, found.text) == ("", False, "门锁着")


def test_a_report_that_is_taken_up_again_keeps_its_contact(desk: ReportDesk, an: Person) -> None:
    report = an.send(draft(contact="13800000000")).report
    desk.move(report.tracking, ReportState.RESOLVED, "好", LI, "", at(1))
    desk.move(report.tracking, ReportState.IN_PROGRESS, "再看", LI, "", at(2))

    assert desk.tidy(at(400 * DAYS)).deletions.contact_count == 0


def test_a_photo_is_forgotten_half_a_year_after_closing_and_its_file_with_it(
    desk: ReportDesk, an: Person, settings: Settings
) -> None:
    report = an.send(draft(ReportKind.OTHER, text="灯坏了", photo=photo())).report
    desk.move(report.tracking, ReportState.RESOLVED, "好", LI, "", at(0))
    for file in photos_dir(settings).iterdir():
        age(file, 0)

    kept = [desk.tidy(at(minute)) for minute in (180 * DAYS - 1, 180 * DAYS, 181 * DAYS)]

    assert [each.deletions.photo_count for each in kept] == [0, 1, 0]
    assert [each.photo_count for each in kept] == [0, 1, 0]
    found = desk.find(report.tracking)
    assert found is not None
    assert (found.photo_hash, found.text) == (None, "灯坏了")


def test_words_and_notes_are_forgotten_two_years_after_closing(desk: ReportDesk, an: Person) -> None:
    report = an.send(draft(text="老王总是锁门")).report
    desk.move(report.tracking, ReportState.RESOLVED, "已提醒", LI, "打电话给老王", at(0))

    kept = [desk.tidy(at(minute)).deletions.words_count for minute in (730 * DAYS - 1, 730 * DAYS, 731 * DAYS)]

    assert kept == [0, 1, 0]
    found = desk.find(report.tracking)
    assert found is not None
    assert (found.text, found.public_reply) == ("", "已提醒")
    assert [step.reason for step in found.history] == ["", ""]


def test_a_report_that_waits_keeps_its_photo_and_its_words(desk: ReportDesk, an: Person) -> None:
    an.send(draft(ReportKind.OTHER, text="灯坏了", photo=photo()))

    deletions = desk.tidy(at(4000 * DAYS)).deletions

    assert (deletions.photo_count, deletions.words_count) == (0, 0)


def test_photos_that_nothing_refers_to_go_after_a_day(
    store: Store, desk: ReportDesk, an: Person, settings: Settings
) -> None:
    of_report = an.send(draft(ReportKind.OTHER, photo=photo("red"))).report.photo_hash
    of_station = set_station_photo(store, settings, STATION, photo("blue"), actor="li", reason="", now=at(0)).photo
    stray, fresh = keep_photo(settings, photo("green")), keep_photo(settings, photo("white"))
    for file in photos_dir(settings).iterdir():
        age(file, 0.9 if file.stem == fresh else 1.1)

    assert desk.tidy(at(0)).photo_count == 1

    left = {file.stem for file in photos_dir(settings).iterdir()}
    assert left == {of_report, of_station, fresh}
    assert stray not in left


def test_a_photo_a_station_shows_no_more_waits_a_month_for_a_change_of_mind(
    store: Store, desk: ReportDesk, settings: Settings
) -> None:
    first = set_station_photo(store, settings, STATION, photo("red"), actor="li", reason="", now=at(0)).photo
    second = set_station_photo(store, settings, STATION, photo("blue"), actor="li", reason="", now=at(DAYS)).photo
    set_station_photo(store, settings, STATION, None, actor="li", reason="", now=at(2 * DAYS))
    for file in photos_dir(settings).iterdir():
        age(file, 0)

    left = []
    for day in (3, 31, 32):
        desk.tidy(at(day * DAYS))
        left.append({file.stem for file in photos_dir(settings).iterdir()})

    assert left == [{first, second}, {second}, set()]


def test_a_stray_photo_that_is_sent_again_is_kept_for_its_report(settings: Settings, desk: ReportDesk) -> None:
    """Between the file and the report that refers to it, tidying may come."""
    photo_hash = keep_photo(settings, photo())
    file = photo_file(settings, photo_hash)
    assert file is not None
    os.utime(file, (0, 0))

    keep_photo(settings, photo())

    assert file.stat().st_mtime > 0


@pytest.mark.parametrize("is_named", [True, False], ids=["named", "sent again"])
def test_a_stray_photo_that_is_wanted_at_the_last_moment_stays(
    store: Store, settings: Settings, desk: ReportDesk, monkeypatch: pytest.MonkeyPatch, is_named: bool
) -> None:
    file = photo_file(settings, keep_photo(settings, photo()))
    assert file is not None
    age(file, 1.1)
    looked = Reader.photos_changed_since

    def wanted_again(self: Reader, since: datetime) -> frozenset[str]:
        changed = looked(self, since)
        if is_named:
            with store.writing("form") as writer:
                station = writer.station(STATION)
                assert station is not None
                named = replace(station, photo=file.stem)
                writer.update_station(named, expected_version=None, actor="li", reason="")
        else:
            age(file, 0)
        return changed

    monkeypatch.setattr(Reader, "photos_changed_since", wanted_again)

    assert desk.tidy(at(0)).photo_count == 0
    assert file.is_file()


def test_with_nothing_to_forget_nothing_is_written(store: Store, desk: ReportDesk) -> None:
    with store.writing("form"):  # whoever wrote now would have to wait
        assert desk.tidy(at(0)) == Tidied(Deletions(), 0)


def test_a_station_gets_a_photo_and_loses_it_again(store: Store, desk: ReportDesk, settings: Settings) -> None:
    with_photo = set_station_photo(store, settings, STATION, photo(), actor="li", reason="新照片", now=at(0))
    without = set_station_photo(store, settings, STATION, None, actor="li", reason="", now=at(1))

    assert with_photo.photo is not None
    assert (without.photo, without.version) == (None, 3)
    with store.reading() as reader:
        changes = [revision.changes for revision in reader.revisions(STATION)][1:]
    assert changes == [{"photo": (None, with_photo.photo)}, {"photo": (with_photo.photo, None)}]


def test_a_station_that_is_not_there_gets_no_photo(store: Store, settings: Settings) -> None:
    with pytest.raises(UnknownStation):
        set_station_photo(store, settings, "TC-0009", None, actor="li", reason="", now=at(0))
