"""When the locked-door warning stands, for how many, and until when."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.reports.door_warning import (
    MAX_CONSIDERED,
    WINDOW,
    DoorWarning,
    LockedDoor,
    door_warning,
    happened_at,
    last_clearing,
    next_change,
)
from geodata.reports.sender import SenderKeys
from tests.geodata.reports.doors import SlowDoor, are_independent, at, largest_group, live, locked, locked_doors

INSTANT = timedelta(microseconds=1)


def test_one_person_makes_no_warning() -> None:
    assert door_warning([locked(0, "A")], None, at(5)) is None


def test_two_people_ten_minutes_apart_make_one_that_ends_a_day_after_the_first() -> None:
    warning = door_warning([locked(0, "A"), locked(10, "B")], None, at(11))

    assert warning == DoorWarning(count=2, first_at=at(0), until=at(24 * 60))


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (locked(60, "A"), "the same device"),
        (locked(9.99, "B"), "less than ten minutes later"),
        (locked(60, "B", received=5), "delivered within ten minutes"),
        (locked(60, "B", address="address of A"), "the same address and the same agent"),
    ],
)
def test_a_second_report_that_may_be_the_first_person_again_makes_none(second: LockedDoor, why: str) -> None:
    assert door_warning([locked(0, "A"), second], None, at(61)) is None, why


def test_colleagues_behind_one_address_count_when_their_phones_differ() -> None:
    second = locked(60, "B", address="address of A", agent="another agent")

    assert door_warning([locked(0, "A"), second], None, at(61)) is not None


def test_the_pair_need_not_begin_with_the_first_report() -> None:
    """B came too soon after A, and A came again: only the last two are two people."""
    doors = [locked(0, "A"), locked(5, "B"), locked(16, "A")]

    assert door_warning(doors, None, at(20)) == DoorWarning(2, at(5), at(5) + WINDOW)


def test_each_person_is_counted_once() -> None:
    doors = [locked(0, "A"), locked(15, "B"), locked(30, "A"), locked(45, "C"), locked(60, "B")]

    warning = door_warning(doors, None, at(61))

    assert warning is not None
    assert warning.count == 3


def test_it_goes_by_itself() -> None:
    doors = [locked(0, "A"), locked(10, "B")]

    assert door_warning(doors, None, at(24 * 60) - INSTANT) is not None
    assert door_warning(doors, None, at(24 * 60)) is None


def test_what_happened_before_a_clearing_counts_no_more() -> None:
    doors = [locked(0, "A"), locked(10, "B"), locked(40, "C")]

    assert door_warning(doors, at(20), at(41)) is None
    assert door_warning([*doors, locked(60, "D")], at(20), at(61)) == DoorWarning(2, at(40), at(40) + WINDOW)


def test_who_got_in_after_the_second_report_clears_the_warning() -> None:
    assert last_clearing([locked(0, "A"), locked(10, "B")], [at(11)], None) == at(11)


def test_who_got_in_between_the_two_clears_nothing() -> None:
    assert last_clearing([locked(0, "A"), locked(10, "B")], [at(5)], None) is None


def test_who_got_in_before_an_earlier_clearing_changes_nothing() -> None:
    assert last_clearing([locked(0, "A"), locked(10, "B")], [at(11)], at(30)) == at(30)


def test_a_flood_of_reports_is_bounded_work_and_still_a_warning() -> None:
    """A thousand reports from as many devices within a minute each: quadratic work would be seconds."""
    doors = [locked(minute, f"device {minute}") for minute in range(1000)]

    warning = door_warning(doors, None, at(1000))

    assert warning is not None
    assert warning.count == MAX_CONSIDERED / 10


@pytest.mark.parametrize(
    ("made", "happened"),
    [(None, at(0)), (at(-30), at(-30)), (at(5), at(0)), (at(-25 * 60), at(-24 * 60)), (at(-24 * 60), at(-24 * 60))],
)
def test_a_report_happened_when_it_says_within_the_day_before_it_came(
    made: datetime | None, happened: datetime
) -> None:
    assert happened_at(made, at(0)) == happened


@given(doors=locked_doors(), cleared=st.none() | st.integers(-1500, 60), minute=st.integers(-60, 2000))
def test_the_rule_agrees_with_trying_every_group(doors: list[LockedDoor], cleared: int | None, minute: int) -> None:
    cleared_at, now = None if cleared is None else at(cleared), at(minute)

    warning = door_warning(doors, cleared_at, now)

    most = largest_group(live(doors, cleared_at, now))
    assert (warning is not None) == (most >= 2)
    if warning is not None:
        assert 2 <= warning.count <= most
        assert warning.first_at in {door.happened_at for door in live(doors, cleared_at, now)}


@given(doors=locked_doors(), minute=st.integers(0, 60))
def test_a_warning_stands_to_its_end_and_no_longer(doors: list[LockedDoor], minute: int) -> None:
    warning = door_warning(doors, None, at(minute))
    if warning is None:
        return

    assert largest_group(live(doors, None, warning.until - INSTANT)) >= 2
    assert largest_group(live(doors, None, warning.until)) < 2


@given(doors=locked_doors(), minute=st.integers(0, 60))
def test_nothing_changes_before_the_next_change(doors: list[LockedDoor], minute: int) -> None:
    now = at(minute)
    change_at = next_change(doors, None, now)
    if change_at is None:
        assert door_warning(doors, None, now) is None
        return

    assert change_at > now
    assert door_warning(doors, None, change_at - INSTANT) == door_warning(doors, None, now)


@given(doors=locked_doors(), seed=st.integers(0, 100))
def test_the_order_in_which_reports_are_read_does_not_matter(doors: list[LockedDoor], seed: int) -> None:
    shuffled = list(doors)
    random.Random(seed).shuffle(shuffled)

    assert door_warning(shuffled, None, at(61)) == door_warning(doors, None, at(61))


@given(doors=locked_doors())
def test_independence_is_mutual(doors: list[LockedDoor]) -> None:
    for first in doors:
        for second in doors:
            assert first.is_independent_of(second) == second.is_independent_of(first) == are_independent(first, second)


@st.composite
def arrivals(draw: st.DrawFn) -> list[tuple[datetime, LockedDoor | datetime]]:
    """What reaches one door over four days: reports of a locked door, and times at which somebody got in."""
    events: list[tuple[datetime, LockedDoor | datetime]] = []
    for _ in range(draw(st.integers(0, 9))):
        received = at(draw(st.integers(0, 4 * 24 * 6)) * 10)
        happened = happened_at(received - timedelta(minutes=draw(st.sampled_from([0, 0, 30, 600, 1500]))), received)
        sender = SenderKeys(draw(st.sampled_from("ABC")), draw(st.sampled_from("xy")), "p")
        event = LockedDoor(sender, happened, received) if draw(st.integers(0, 2)) else happened
        events.append((received, event))
    return sorted(events, key=lambda event: event[0])


@given(events=arrivals())
def test_looking_two_days_back_is_as_good_as_remembering_everything(
    events: list[tuple[datetime, LockedDoor | datetime]],
) -> None:
    slow = SlowDoor([], [])
    cleared_at: datetime | None = None
    for now, event in events:
        (slow.doors if isinstance(event, LockedDoor) else slow.got_in).append(event)  # type: ignore[arg-type]
        slow.look_again()

        doors = [door for door in slow.doors if door.happened_at > now - 2 * WINDOW]
        got_in = [moment for moment in slow.got_in if moment > now - WINDOW]
        cleared_at = last_clearing(doors, got_in, cleared_at)

        assert (door_warning(doors, cleared_at, now) is not None) == slow.warns(now)
