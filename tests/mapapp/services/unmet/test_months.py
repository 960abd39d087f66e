"""What planners see of a month, and what is left of it when it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mapapp.services.rights import Actor, Forbidden
from mapapp.services.unmet.months import RunningMonths, UnknownMonth, close_ended_months, shown_month
from mapapp.store.accounts import Role
from tests.mapapp.services.unmet.phones import FIRST, NEXT_MONTH, PLANNER, City

LATER = (FIRST + timedelta(days=4)).date()
NEW_DEVICES = range(11, 16)


def squares(city: City, month: str = "", today: object = LATER) -> list[tuple[int, int]]:
    """Devices and signals of each square shown."""
    shown = shown_month(city.store, PLANNER, month, today)  # type: ignore[arg-type]
    return [] if shown is None else [(each.devices_at_least, each.signals_count) for each in shown.squares]


def close(city: City) -> tuple[str, ...]:
    return close_ended_months(city.store, city.place.timezone, NEXT_MONTH)


def test_a_square_shows_at_five_devices_on_three_days(city: City) -> None:
    city.crowd()
    city.crowd(range(1, 5), step=1)

    assert squares(city) == [(5, 5)]


def test_before_anybody_said_anything_nothing_is_shown(city: City) -> None:
    assert shown_month(city.store, PLANNER, "", LATER) is None


def test_a_month_nothing_came_in_is_unknown(city: City) -> None:
    city.crowd()

    with pytest.raises(UnknownMonth):
        shown_month(city.store, PLANNER, "2026-10", LATER)


def test_a_month_too_few_spoke_in_is_as_unknown_as_one_nobody_spoke_in(city: City) -> None:
    city.crowd(range(1, 5))

    running = shown_month(city.store, PLANNER, "", LATER)
    close(city)
    closed = shown_month(city.store, PLANNER, "", NEXT_MONTH.date())

    assert running is None
    assert closed is None
    with pytest.raises(UnknownMonth):
        shown_month(city.store, PLANNER, "2026-11", LATER)


def test_without_a_choice_the_newest_month_that_shows_anything_is_meant_and_no_other_is_named(city: City) -> None:
    city.crowd()
    close(city)
    city.say(1, NEXT_MONTH)

    shown = shown_month(city.store, PLANNER, "", NEXT_MONTH.date())

    assert shown is not None
    assert (shown.month, shown.months) == ("2026-11", ("2026-11",))


@pytest.mark.parametrize("role", [Role.KEEPER, Role.EDITOR])
def test_only_who_runs_analyses_sees_it(city: City, role: Role) -> None:
    with pytest.raises(Forbidden):
        shown_month(city.store, Actor("somebody", role), "", LATER)


def test_of_a_closed_month_only_what_may_be_shown_is_left(city: City) -> None:
    city.crowd()
    city.crowd(range(1, 5), step=1)
    before = squares(city, today=NEXT_MONTH.date())

    assert close(city) == ("2026-11",)

    assert squares(city, "2026-11") == before == [(5, 5)]
    assert city.tables() == {"unmet_months": 1, "unmet_signals": 0, "unmet_squares": 1, "unmet_addresses": 0}
    with city.store.reading() as reader:
        assert reader.unmet.month_key("2026-11") is None


def test_hours_and_filters_show_when_the_month_is_over(city: City) -> None:
    city.crowd(asked=("service:toilet",))
    city.crowd(NEW_DEVICES, first_day=FIRST.replace(hour=23))
    running = shown_month(city.store, PLANNER, "2026-11", LATER)
    close(city)
    closed = shown_month(city.store, PLANNER, "2026-11", LATER)

    assert running is not None
    assert closed is not None
    assert (running.squares[0].hours, running.squares[0].asked) == ((), ())
    assert sum(count for _part, count in closed.squares[0].hours) == closed.squares[0].signals_count == 10
    assert closed.squares[0].asked == (("service:toilet", 5),)


def test_closing_twice_changes_nothing_more(city: City) -> None:
    city.crowd()
    close(city)

    assert close(city) == ()
    assert squares(city, "2026-11") == [(5, 5)]


def test_the_present_month_is_not_closed(city: City) -> None:
    city.crowd()

    assert close_ended_months(city.store, city.place.timezone, NEXT_MONTH - timedelta(seconds=1)) == ()
    assert city.tables()["unmet_signals"] == 5


def test_addresses_are_forgotten_after_a_day(city: City) -> None:
    city.say(1)

    close_ended_months(city.store, city.place.timezone, FIRST + timedelta(hours=24))
    assert city.tables()["unmet_addresses"] == 1
    close_ended_months(city.store, city.place.timezone, FIRST + timedelta(hours=24, seconds=1))
    assert city.tables() == {"unmet_months": 1, "unmet_signals": 1, "unmet_squares": 0, "unmet_addresses": 0}


def test_a_running_month_is_worked_out_again_only_when_a_day_has_ended(city: City) -> None:
    city.crowd()
    kept = RunningMonths()
    first = shown_month(city.store, PLANNER, "", LATER, kept)
    city.crowd(range(20, 30), first_day=FIRST + timedelta(days=4))

    same_day = shown_month(city.store, PLANNER, "", LATER, kept)
    days_later = shown_month(city.store, PLANNER, "", LATER + timedelta(days=4), kept)

    assert first is not None
    assert same_day is not None
    assert days_later is not None
    assert same_day.squares is first.squares
    assert days_later == shown_month(city.store, PLANNER, "", LATER + timedelta(days=4))
    assert days_later.squares[0].signals_count > first.squares[0].signals_count
