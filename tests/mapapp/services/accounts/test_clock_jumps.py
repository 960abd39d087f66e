"""A clock that is set: nobody is kept out until it comes there again, and no session lives on because of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapapp.services.accounts.desk import AccountDesk, SignInRefused
from mapapp.services.accounts.throttle import ADDRESS, NAME_FROM_ANYWHERE, NAME_FROM_PLACE, Growth
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.store.clock_slack import CLOCK_SLACK
from tests.mapapp.services.accounts.signing import CHEAP_HASHER, WRONG, Person, at, person

HOUR: Final = 60
DAY: Final = 24 * HOUR
JUMPS: Final = [-DAY, -HOUR, HOUR, DAY]
"""In minutes."""


@pytest.fixture
def desk(store: Store, settings: Settings) -> AccountDesk:
    return AccountDesk(store, settings, "the tests' secret", hasher=CHEAP_HASHER)


@pytest.fixture
def li(desk: AccountDesk) -> Person:
    return person(desk)


def wait_s(somebody: Person, minute: float) -> int:
    """What a try is answered that comes then; 0 if it is taken."""
    try:
        somebody.sign_in(minute=minute)
    except SignInRefused as refused:
        return refused.retry_after_s
    return 0


@pytest.mark.parametrize("jump", JUMPS)
def test_who_failed_before_the_clock_was_set_waits_no_longer_than_the_longest_wait(li: Person, jump: int) -> None:
    for number in range(40):  # each as soon as it is taken
        li.gets_in(WRONG, minute=number * 16)
    last = 39 * 16

    assert 0 <= wait_s(li, last + jump) <= NAME_FROM_PLACE.longest.total_seconds()
    assert wait_s(li, last + max(jump, 0) + 16) == 0


def test_a_success_ends_the_count_of_failures_that_lie_ahead_of_it(li: Person) -> None:
    for number in range(10):
        li.gets_in(WRONG, minute=HOUR + number * 16)
    assert wait_s(li, 0) == 0

    assert [wait_s(li, HOUR + number * 16) for number in range(10)] == [0] * 10


def test_failures_after_the_clock_was_set_back_count_as_ever(li: Person) -> None:
    for minute in range(5):
        li.gets_in(WRONG, minute=DAY + minute)
    assert wait_s(li, DAY + 4) > 0

    for _ in range(5):
        assert not li.gets_in(WRONG, minute=1)

    assert wait_s(li, 1) == 1


@given(
    st.lists(st.integers(-3 * DAY, 3 * DAY), max_size=60).map(sorted),
    st.sampled_from([NAME_FROM_PLACE, NAME_FROM_ANYWHERE, ADDRESS]),
)
def test_whatever_was_written_down_no_wait_is_longer_than_the_longest(minutes: list[int], rule: Growth) -> None:
    assert rule.wait([at(minute) for minute in minutes], at(0)) <= rule.longest + CLOCK_SLACK


@pytest.mark.parametrize("jump", [-DAY, -HOUR, HOUR])
def test_a_clock_that_is_set_by_a_day_at_most_signs_nobody_out_who_goes_on(
    desk: AccountDesk, li: Person, jump: int
) -> None:
    token = li.sign_in(minute=HOUR).token

    assert desk.session_of(token, at(HOUR + jump)) is not None
    assert desk.session_of(token, at(HOUR + jump + 1)) is not None


def test_after_a_day_s_leap_everybody_signs_in_again(desk: AccountDesk, li: Person) -> None:
    token = li.sign_in().token

    assert desk.session_of(token, at(DAY)) is None
    assert li.gets_in(minute=DAY)


@pytest.mark.parametrize("ahead", [HOUR, DAY, 400 * DAY])
def test_no_session_of_a_clock_that_was_ahead_outlives_the_others_by_more_than_a_day(
    desk: AccountDesk, settings: Settings, li: Person, ahead: int
) -> None:
    token = li.sign_in(minute=ahead).token
    days = settings.session_days
    step = 6 * HOUR  # used often enough not to end for that

    seen = [desk.session_of(token, at(minute)) is not None for minute in range(0, int((days + 2) * DAY), step)]

    assert not any(seen[int((days + 1) * DAY / step) :])
    assert seen[0] == (ahead <= DAY)


def test_a_session_nobody_uses_ends_although_it_was_last_seen_in_the_future(desk: AccountDesk, li: Person) -> None:
    token = li.sign_in(minute=DAY).token
    assert desk.session_of(token, at(0)) is not None

    assert desk.session_of(token, at(13 * HOUR)) is None


def test_a_password_typed_under_a_clock_that_was_ahead_does_not_count_as_typed_just_now(
    desk: AccountDesk, li: Person
) -> None:
    token = li.sign_in(minute=HOUR).token

    found = desk.session_of(token, at(0))

    assert found is not None
    assert not found.session.is_confirmed(at(0))
    assert found.session.is_confirmed(at(HOUR) - timedelta(seconds=30))
    assert found.session.is_confirmed(at(HOUR + 5))
