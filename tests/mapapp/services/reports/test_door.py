"""From reports to the warning that everybody sees, and away again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from geodata.places import Place
from geodata.reports.door_warning import DoorWarning
from geodata.reports.vocabulary import ReportKind
from geodata.stations.vocabulary import LifeCycle
from mapapp.services.reports.desk import ReportDesk, UnknownStation
from mapapp.services.snapshot_keeper import SnapshotKeeper
from mapapp.store import DataAction, Store
from tests.conftest import FrozenClock
from tests.mapapp.services.reports.reporting import LI, STATION, Person, at, draft

Look = Callable[[float], DoorWarning | None]


@pytest.fixture
def keeper(store: Store, testcity: Place, clock: FrozenClock) -> Iterator[SnapshotKeeper]:
    """A process that follows the data revision."""
    keeper = SnapshotKeeper(store, testcity, clock, 0.01)
    yield keeper
    keeper.stop()


@pytest.fixture
def look(keeper: SnapshotKeeper, clock: FrozenClock) -> Look:
    """What the public sees so many minutes after the clock began."""

    def look_at(minute: float) -> DoorWarning | None:
        clock.now = at(minute)
        keeper.refresh()
        return keeper.current.door_warnings.get(STATION)

    return look_at


def test_two_devices_make_the_warning_and_one_cannot(an: Person, bo: Person, look: Look) -> None:
    an.send(minute=0)
    an.send(minute=15)
    assert look(16) is None

    bo.send(minute=20)

    assert look(21) == DoorWarning(2, at(0), at(24 * 60))


def test_the_warning_goes_when_somebody_got_in(an: Person, bo: Person, chen: Person, look: Look) -> None:
    an.send(minute=0)
    bo.send(minute=12)
    assert look(13) == DoorWarning(2, at(0), at(24 * 60))

    chen.send(ReportKind.GOT_IN, minute=14)

    assert look(15) is None


def test_after_somebody_got_in_two_more_people_are_needed(
    desk: ReportDesk, an: Person, bo: Person, chen: Person, look: Look
) -> None:
    an.send(minute=0)
    bo.send(minute=12)
    chen.send(ReportKind.GOT_IN, minute=14)

    chen.send(minute=30)
    assert look(31) is None
    Person(desk, "10.0.0.4").send(minute=45)

    assert look(46) == DoorWarning(2, at(30), at(30 + 24 * 60))


def test_who_got_in_between_the_two_clears_nothing(an: Person, bo: Person, chen: Person, look: Look) -> None:
    an.send(minute=0)
    chen.send(ReportKind.GOT_IN, minute=5)
    bo.send(minute=12)

    assert look(13) is not None


def test_who_got_in_late_by_an_offline_phone_clears_what_was_before(
    an: Person, bo: Person, chen: Person, look: Look
) -> None:
    an.send(minute=0)
    bo.send(minute=12)

    chen.send(draft(ReportKind.GOT_IN, made_at=at(20)), minute=300)

    assert look(301) is None


def test_a_locked_door_reported_late_was_cleared_by_who_got_in_after_it(
    an: Person, bo: Person, chen: Person, look: Look
) -> None:
    an.send(minute=0)
    chen.send(ReportKind.GOT_IN, minute=30)

    bo.send(draft(made_at=at(12)), minute=300)

    assert look(301) is None


def test_what_was_cleared_stays_cleared_while_time_passes(an: Person, bo: Person, chen: Person, look: Look) -> None:
    """Its first report is a day old by then, and no warning could be seen to have stood."""
    an.send(minute=0)
    bo.send(minute=12)
    chen.send(ReportKind.GOT_IN, minute=14)

    chen.send(minute=24 * 60 + 5)

    assert look(24 * 60 + 6) is None


def test_staff_can_end_a_warning(desk: ReportDesk, an: Person, bo: Person, look: Look) -> None:
    an.send(minute=0)
    bo.send(minute=12)

    assert desk.end_warning(STATION, LI, "去看过了", at(13))

    assert look(13) is None
    assert not desk.end_warning(STATION, LI, "", at(14))


def test_a_warning_of_no_station_cannot_be_ended(desk: ReportDesk) -> None:
    with pytest.raises(UnknownStation):
        desk.end_warning("TC-0009", LI, "", at(0))


def test_the_count_shrinks_by_itself_without_a_write(
    store: Store, an: Person, bo: Person, chen: Person, look: Look
) -> None:
    for minute, person in ((0, an), (60, bo), (120, chen)):
        person.send(minute=minute)
    written = store.data_revision()

    day = 24 * 60
    warnings = [look(day - 1), look(day), look(day + 60)]

    assert warnings == [DoorWarning(3, at(0), at(day + 60)), DoorWarning(2, at(60), at(day + 60)), None]
    assert store.data_revision() == written


def test_the_data_revision_grows_only_when_a_warning_starts_changes_or_ends(
    store: Store, desk: ReportDesk, an: Person, bo: Person, chen: Person
) -> None:
    seen = [store.data_revision()]
    for minute, person, kind in (
        (0, an, ReportKind.LOCKED),  # one alone
        (5, chen, ReportKind.GOT_IN),  # clears nothing
        (12, bo, ReportKind.LOCKED),  # starts
        (24, bo, ReportKind.LOCKED),  # the same person again
        (25, bo, ReportKind.WRONG_HOURS),  # not about the door
        (30, chen, ReportKind.LOCKED),  # a third
        (40, an, ReportKind.GOT_IN),  # ends
    ):
        person.send(kind, minute=minute)
        seen.append(store.data_revision())
    desk.end_warning(STATION, LI, "", at(50))

    assert [revision - seen[0] for revision in (*seen[1:], store.data_revision())] == [0, 0, 1, 1, 1, 2, 3, 3]
    with store.reading() as reader:
        events = [event for event in reader.events() if event.action is DataAction.DOOR_WARNING_CHANGED]
    assert [event.detail for event in events] == [{"station": STATION, "count": count} for count in (2, 3, 0)]


def test_a_hidden_station_has_no_warning(store: Store, an: Person, bo: Person, look: Look) -> None:
    an.send(minute=0)
    bo.send(minute=12)
    with store.writing("form") as writer:
        station = writer.station(STATION)
        assert station is not None
        hidden = replace(station, life_cycle=LifeCycle.DELISTED)
        writer.update_station(hidden, expected_version=None, actor="li", reason="")

    assert look(13) is None


def test_a_restart_finds_the_warning_again(
    store: Store, testcity: Place, clock: FrozenClock, an: Person, bo: Person
) -> None:
    an.send(minute=0)
    bo.send(minute=12)
    clock.now = at(13)
    fresh = SnapshotKeeper(store, testcity, clock, 0.01)

    fresh.refresh()

    assert fresh.current.door_warnings == {STATION: DoorWarning(2, at(0), at(24 * 60))}
