"""How old what is known about a station is."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta

import pytest

from geodata.errors import InvalidValue
from geodata.stations.freshness import (
    ConfirmedHow,
    FieldGroup,
    FreshnessLimits,
    groups_of,
    is_known,
    known_groups,
)
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Position, ServiceOffer, Station
from geodata.stations.vocabulary import Service, StationKind, VerifiedHow

TODAY = date(2026, 11, 18)
BARE = Station(code="YC-0001", kind=StationKind.REST_STATION, name="驿站")


def test_the_last_day_of_a_limit_still_counts() -> None:
    limits = FreshnessLimits()

    assert not limits.is_stale(FieldGroup.HOURS, TODAY - timedelta(days=90), TODAY)
    assert limits.is_stale(FieldGroup.HOURS, TODAY - timedelta(days=91), TODAY)


def test_what_was_never_confirmed_is_stale() -> None:
    assert all(FreshnessLimits().is_stale(group, None, TODAY) for group in FieldGroup)


def test_a_day_ahead_of_a_slow_clock_is_fresh() -> None:
    assert not FreshnessLimits().is_stale(FieldGroup.HOURS, TODAY + timedelta(days=1), TODAY)


def test_each_group_has_its_own_limit() -> None:
    limits = FreshnessLimits(hours_days=1, door_days=2, services_days=3, position_days=4)

    assert [limits.days(group) for group in FieldGroup] == [1, 2, 3, 4]


def test_a_limit_of_no_days_is_refused() -> None:
    with pytest.raises(InvalidValue):
        FreshnessLimits(hours_days=0)


def test_every_field_of_a_group_is_a_field_of_a_station_and_of_no_other_group() -> None:
    known = {field.name for field in fields(Station)}
    named = [name for group in FieldGroup for name in group.fields]

    assert set(named) <= known
    assert len(named) == len(set(named))


def test_a_change_touches_the_groups_of_its_fields() -> None:
    assert groups_of(["entry_note", "name", "hours"]) == (FieldGroup.HOURS, FieldGroup.DOOR)
    assert groups_of(["name", "alert"]) == ()


def test_of_a_bare_station_only_the_door_can_be_confirmed() -> None:
    assert known_groups(BARE) == (FieldGroup.DOOR,)


def test_a_full_station_can_be_confirmed_throughout() -> None:
    full = Station(
        code="YC-0001",
        kind=StationKind.REST_STATION,
        name="驿站",
        position=Position.wgs84(106.2, 38.4),
        services=(ServiceOffer(service=Service.WATER),),
        hours=OpeningHours.from_rule("24/7", "24小时"),
    )

    assert all(is_known(full, group) for group in FieldGroup)


def test_whatever_way_a_station_was_verified_in_can_be_said_of_a_group() -> None:
    assert [ConfirmedHow.of(how).value for how in VerifiedHow] == [how.value for how in VerifiedHow]
