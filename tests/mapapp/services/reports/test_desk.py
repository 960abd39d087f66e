"""Reports come in once, about stations that are there, and are found again by their tracking code."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from geodata.coordinates import LonLat
from geodata.errors import InvalidReport
from geodata.reports.tracking import new_tracking
from geodata.reports.vocabulary import ReportKind, ReportState
from geodata.stations.vocabulary import LifeCycle, Service
from mapapp.services.photos import photo_file, photos_dir
from mapapp.services.reports.desk import ReportDesk, Sender, TooManyReports, UnknownStation
from mapapp.settings import Settings
from mapapp.store import Store
from tests.mapapp.services.reports.reporting import Person, add_station, at, draft, photo


def test_a_report_is_found_by_its_tracking_code_however_it_is_typed(desk: ReportDesk, an: Person) -> None:
    sent = draft(ReportKind.BROKEN, services=(Service.WATER,), text="不出水", contact="微信 abc", made_at=at(-3))

    report = an.send(sent).report

    assert desk.find(report.tracking) == report
    assert desk.find(report.tracking.lower().replace("-", " ")) == report
    assert (report.kind, report.services, report.text, report.contact) == (
        sent.kind,
        sent.services,
        "不出水",
        "微信 abc",
    )
    assert (report.received_at, report.made_at, report.state) == (at(0), at(-3), ReportState.OPEN)
    assert [change.to_state for change in report.history] == [ReportState.OPEN]


def test_a_code_nobody_has_finds_nothing(desk: ReportDesk) -> None:
    assert desk.find("00000-00000") is None
    assert desk.find("no code\0") is None


def test_a_suggested_site_has_a_place_and_no_station(desk: ReportDesk, an: Person) -> None:
    report = an.send(draft(ReportKind.SUGGEST_SITE, place=LonLat(113.01, 34.61))).report

    assert desk.find(report.tracking) == report
    assert (report.station_code, report.place) == (None, LonLat(113.01, 34.61))


def test_who_got_in_waits_for_nothing(an: Person) -> None:
    assert an.send(ReportKind.GOT_IN).report.state is ReportState.RESOLVED


@pytest.mark.parametrize("fields", [{"code": "TC-0002", "life_cycle": LifeCycle.PLANNED}, {"code": "TC-0003"}])
def test_only_a_public_station_can_be_reported_about(store: Store, an: Person, fields: dict[str, Any]) -> None:
    add_station(store, "TC-0002", life_cycle=LifeCycle.PLANNED)

    with pytest.raises(UnknownStation):
        an.send(draft(station_code=fields["code"]))


def test_the_same_report_delivered_again_is_the_first_one(desk: ReportDesk, an: Person) -> None:
    sent = draft(text="门锁着")

    first, again = an.send(sent), an.send(sent, minute=30)

    assert (first.is_new, again.is_new) == (True, False)
    assert again.report == first.report
    assert again.device == first.device


def test_a_report_whose_answer_was_lost_comes_from_the_same_device_again(an: Person) -> None:
    """The cookie was in the answer that never arrived."""
    sent = draft()
    first = an.send(sent)
    an.device = None

    again = an.send(sent, minute=1)

    assert (again.is_new, again.device) == (False, first.device)


def test_a_report_delivered_again_is_not_counted_against_its_sender(an: Person) -> None:
    sent = draft()

    trackings = {an.send(sent, minute=minute).report.tracking for minute in range(50)}

    assert len(trackings) == 1


@pytest.mark.parametrize(
    "other", [draft(ReportKind.GOT_IN), draft(station_code="TC-0002"), draft(ReportKind.OTHER, text="?")]
)
def test_a_key_belongs_to_one_report(store: Store, an: Person, bo: Person, other: Any) -> None:
    add_station(store, "TC-0002")
    sent = draft()
    an.send(sent)

    with pytest.raises(InvalidReport) as refusal:
        bo.send(replace(other, key=sent.key))

    assert refusal.value.problems == {"key": "taken"}


def test_two_phones_are_two_devices_and_one_phone_is_one(an: Person, bo: Person) -> None:
    devices = [an.send(ReportKind.LOCKED).device, an.send(ReportKind.GOT_IN).device, bo.send().device]

    assert devices[0] == devices[1] != devices[2]


def test_a_tracking_code_that_is_taken_is_drawn_again(store: Store, settings: Settings) -> None:
    add_station(store)
    twice_the_same = [3] * 20 + [5] * 10
    desk = ReportDesk(store, settings, "secret", random_below=lambda _n: twice_the_same.pop(0))

    trackings = [Person(desk, f"10.0.0.{number}").send().report.tracking for number in range(2)]

    assert trackings == ["33333-33333", "55555-55555"]


def test_tracking_codes_come_from_the_randomness_that_was_given(store: Store, settings: Settings) -> None:
    add_station(store)
    desk = ReportDesk(store, settings, "secret", random_below=random.Random(1).randrange)

    tracking = Person(desk, "10.0.0.1").send().report.tracking

    assert tracking == new_tracking(random.Random(1).randrange)


def test_a_photo_is_kept_without_what_was_around_it(desk: ReportDesk, an: Person, settings: Settings) -> None:
    report = an.send(draft(ReportKind.OTHER, photo=photo())).report

    assert report.photo_hash is not None
    file = photo_file(settings, report.photo_hash)
    assert file is not None
    assert file.read_bytes().startswith(b"\xff\xd8\xff")
    assert desk.find(report.tracking) == report


def test_a_photo_that_cannot_be_taken_refuses_the_report(store: Store, an: Person) -> None:
    with pytest.raises(InvalidReport) as refusal:
        an.send(draft(ReportKind.OTHER, photo=b"GIF89a"))

    assert refusal.value.problems == {"photo": "not_a_photo"}
    with store.reading() as reader:
        assert reader.reports.all() == ()


def test_a_sender_who_must_wait_has_no_photo_decoded(an: Person, settings: Settings) -> None:
    for number in range(10):
        an.send(draft(ReportKind.OTHER, text=str(number)))

    with pytest.raises(TooManyReports):
        an.send(draft(ReportKind.OTHER, photo=photo()))

    assert not photos_dir(settings).exists()


def test_nothing_that_is_kept_of_a_sender_can_be_read(store: Store, desk: ReportDesk) -> None:
    desk.submit(draft(), Sender(None, "203.0.113.7", "Mozilla/5.0 special"), at(0))

    with store.reading() as reader:
        rows = str(reader._connection.exec_driver_sql("SELECT * FROM reports").fetchall())
    assert not any(word in rows for word in ("203.0.113", "Mozilla", "special"))


def test_a_report_changes_nothing_of_its_station_and_no_data_revision(store: Store, an: Person) -> None:
    with store.reading() as reader:
        before = (reader.stations(), reader.data_revision())

    an.send(ReportKind.CLOSED_FOR_GOOD)

    with store.reading() as reader:
        assert (reader.stations(), reader.data_revision()) == before


def test_a_phone_whose_clock_is_years_off_can_report(an: Person) -> None:
    report = an.send(draft(made_at=at(0) - timedelta(days=4000))).report

    assert report.received_at == at(0)
