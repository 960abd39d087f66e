"""Reports are kept alike by both databases, and once, whoever delivers them how often at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from geodata.coordinates import LonLat
from geodata.reports.door_warning import LockedDoor
from geodata.reports.report import Report, StateChange
from geodata.reports.sender import SenderKeys
from geodata.reports.vocabulary import ReportKind, ReportState
from geodata.stations.vocabulary import Service
from mapapp.services.reports.desk import ReportDesk, Sender, Submission, TooManyReports
from mapapp.settings import Settings
from mapapp.store import Deadlines, Deletions, Store, StoreBusy
from tests.mapapp.services.reports.reporting import draft
from tests.mapapp.store.station_writing import NOW, add, real, sample

SENDER = SenderKeys("d" * 64, "a" * 64, "u" * 64)
KEY = "0b6f9f0e-6a3c-4b7e-9a59-0a4f2d3c1b2a"
RECEIVED = StateChange(at=NOW, from_state=None, to_state=ReportState.OPEN)


ALL_AT_NOW = Deadlines(sender_keys=NOW, contacts=NOW, photos=NOW, words=NOW)


def report(tracking: str = "00000-00001", **fields: object) -> Report:
    plain = Report(
        tracking=tracking,
        kind=ReportKind.LOCKED,
        station_code="TC-0001",
        state=ReportState.OPEN,
        received_at=NOW,
        history=(RECEIVED,),
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


def keep(store: Store, kept: Report, *, key: str = KEY, sender: SenderKeys = SENDER) -> None:
    with store.writing("public") as writer:
        writer.reports.add(kept, key=key, happened_at=kept.made_at or kept.received_at, sender=sender)


def at_once(count: int, act: Callable[[int], object]) -> None:
    """Let so many threads act at the same moment."""
    gate = threading.Barrier(count)

    def wait_and_act(number: int) -> None:
        gate.wait()
        act(number)

    threads = [threading.Thread(target=wait_and_act, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture
def desk(store: Store, settings: Settings) -> ReportDesk:
    add(store, real())
    return ReportDesk(store, settings, "secret")


def test_a_report_comes_back_as_it_was(store: Store) -> None:
    add(store, real())
    kept = report(
        kind=ReportKind.BROKEN,
        services=(Service.WATER, Service.TOILET),
        text="第一行\n第二行 😀",
        contact="微信",
        photo_hash="f" * 64,
        place=LonLat(113.123456, 34.6),
        made_at=NOW - timedelta(hours=3, microseconds=5),
        public_reply="好",
    )

    keep(store, kept)

    with store.reading() as reader:
        assert reader.reports.find(kept.tracking) == kept
        assert reader.reports.with_key(KEY) == kept
        assert reader.reports.all() == (kept,)


def test_any_text_can_be_looked_for(store: Store) -> None:
    with store.reading() as reader:
        assert [reader.reports.find(code) for code in ("", "\0", "\ud800", "x" * 100)] == [None] * 4


def test_a_key_is_unique_whatever_the_program_does(store: Store) -> None:
    add(store, real())
    keep(store, report())

    with pytest.raises(IntegrityError):
        keep(store, report("00000-00002"))


def test_a_report_is_about_a_station_or_a_place(store: Store) -> None:
    with pytest.raises(IntegrityError):
        keep(store, report(station_code=None))
    with pytest.raises(IntegrityError):
        keep(store, report(station_code="TC-0009"))


def test_reports_of_the_sample_go_with_it(store: Store) -> None:
    add(store, sample())
    keep(store, report(station_code="TC-S0001"))

    with store.writing("import") as writer:
        writer.remove_sample()

    with store.reading() as reader:
        assert reader.reports.all() == ()


def test_locked_doors_are_found_by_station_and_time(store: Store) -> None:
    add(store, real("TC-0001"), real("TC-0002"))
    earlier = NOW - timedelta(hours=2)
    keep(store, report("00000-00001", made_at=earlier), key=KEY)
    keep(store, report("00000-00002", station_code="TC-0002"), key=KEY.replace("0b", "0c"))
    keep(store, report("00000-00003", kind=ReportKind.GOT_IN), key=KEY.replace("0b", "0d"))

    with store.reading() as reader:
        doors = reader.reports.locked_doors(NOW - timedelta(hours=3))
        later = reader.reports.locked_doors(earlier)
        got_in = reader.reports.got_in_at(earlier, "TC-0001")

    assert doors == {"TC-0001": [LockedDoor(SENDER, earlier, NOW)], "TC-0002": [LockedDoor(SENDER, NOW, NOW)]}
    assert list(later) == ["TC-0002"]
    assert got_in == [NOW]


def test_of_several_clearings_the_last_counts(store: Store) -> None:
    add(store, real("TC-0001"), real("TC-0002"))
    with store.writing("form") as writer:
        for hours in (3, 1, 2):
            writer.reports.add_clearing("TC-0001", NOW + timedelta(hours=hours), actor="li", reason="")

    with store.reading() as reader:
        assert reader.reports.door_clearings() == {"TC-0001": NOW + timedelta(hours=3)}
        assert reader.reports.door_clearings("TC-0002") == {}


def test_what_is_past_its_time_is_counted_and_deleted(store: Store) -> None:
    add(store, real())
    keep(store, report(contact="1", text="门锁着", photo_hash="0" * 64, state=ReportState.RESOLVED), key=KEY)
    keep(store, report("00000-00002", received_at=NOW + timedelta(hours=1)), key=KEY.replace("0b", "0c"))

    with store.writing("command") as writer:
        due = writer.reports.deletable(ALL_AT_NOW)
        done = writer.reports.delete_old(ALL_AT_NOW)
        left = writer.reports.deletable(ALL_AT_NOW)

    assert due == done == Deletions(sender_key_count=1, contact_count=1, photo_count=1, words_count=1)
    assert left == Deletions()


def test_one_report_delivered_many_times_at_once_is_kept_once(store: Store, desk: ReportDesk) -> None:
    """A phone that comes back to the network sends again before the first answer arrives."""
    sent = draft(text="门锁着")
    submissions: list[Submission] = []

    at_once(4, lambda _: submissions.append(desk.submit(sent, Sender(None, "10.0.0.1", "phone"), NOW)))

    assert [submission.is_new for submission in submissions].count(True) == 1
    assert len({submission.report.tracking for submission in submissions}) == 1
    assert len({submission.device for submission in submissions}) == 1
    with store.reading() as reader:
        assert len(reader.reports.all()) == 1


def test_a_limit_holds_for_reports_that_come_at_once(store: Store, desk: ReportDesk) -> None:
    outcomes: list[str] = []

    def send(_number: int) -> None:
        try:
            desk.submit(draft(), Sender("one device", "10.0.0.1", "phone"), NOW)
        except TooManyReports:
            outcomes.append("wait")
        else:
            outcomes.append("taken")

    at_once(4, send)

    assert sorted(outcomes) == ["taken", "wait", "wait", "wait"]


def test_two_people_at_once_make_one_warning(store: Store, desk: ReportDesk) -> None:
    desk.submit(draft(), Sender("first", "10.0.0.1", "phone"), NOW)
    before = store.data_revision()

    later = NOW + timedelta(minutes=20)
    at_once(3, lambda n: desk.submit(draft(), Sender(f"device {n}", f"10.0.1.{n}", "phone"), later))

    # The three came at one moment: together with the first each makes two people, and none makes three.
    assert store.data_revision() == before + 1


def test_a_visitor_does_not_wait_for_long_imports(
    store: Store, desk: ReportDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mapapp.services.reports.desk.PATIENCE_S", 0.05)

    with store.writing("import"), pytest.raises(StoreBusy):
        desk.submit(draft(), Sender(None, "10.0.0.1", "phone"), NOW)

    assert desk.submit(draft(), Sender(None, "10.0.0.1", "phone"), NOW).is_new


def test_no_failure_tells_what_a_sender_wrote(store: Store) -> None:
    add(store, real())
    keep(store, report())

    with pytest.raises(IntegrityError) as refusal:
        keep(store, report("00000-00002", contact="13800000000", text="我是王五"))

    assert not any(word in str(refusal.value) for word in ("13800000000", "王五"))


def test_the_keys_of_a_sender_are_deleted_from_the_row(store: Store) -> None:
    add(store, real())
    keep(store, report())
    with store.writing("command") as writer:
        writer.reports.delete_old(ALL_AT_NOW)
        row = writer._connection.execute(text("SELECT device_key, address_key, agent_key FROM reports")).one()

    assert tuple(row) == (None, None, None)
