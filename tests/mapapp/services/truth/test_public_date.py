"""What the public reads as last verified: staff's looks count, and nothing else of a station changes by them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from geodata.stations.freshness import ConfirmedHow, FieldGroup
from geodata.stations.station import Verification
from geodata.stations.vocabulary import VerifiedHow
from mapapp.services.truth.confirming import confirm_groups, take_back
from mapapp.store import DataAction
from tests.mapapp.services.truth.world import ADMIN, EDITOR, NOW, World

CODE = "YC-0001"
TODAY = NOW.date()


def confirm(
    world: World,
    *groups: FieldGroup,
    how: ConfirmedHow = ConfirmedHow.ON_SITE,
    now: datetime = NOW,
    version: int = 1,
    code: str = CODE,
) -> None:
    confirm_groups(world.store, ADMIN, code, groups or tuple(FieldGroup), how, version, now)


def public(world: World, code: str = CODE) -> Verification | None:
    snapshot = world.snapshot()
    return snapshot.last_verified(snapshot.by_code[code])


def own_date(world: World, on: date) -> None:
    with world.store.writing("form") as writer:
        station = writer.station(CODE)
        assert station is not None
        verified = replace(station, last_verified=Verification(on, VerifiedHow.IMPORT))
        writer.update_station(verified, expected_version=station.version, actor="li", reason="")


def test_a_station_nobody_looked_at_was_never_verified(world: World) -> None:
    assert public(world) is None


@pytest.mark.parametrize("how", [ConfirmedHow.ON_SITE, ConfirmedHow.PHONE])
@pytest.mark.parametrize("group", FieldGroup)
def test_a_look_at_any_facts_moves_the_day(world: World, group: FieldGroup, how: ConfirmedHow) -> None:
    confirm(world, group, how=how)

    assert public(world) == Verification(TODAY, VerifiedHow(how.value))


def test_the_newest_look_counts(world: World) -> None:
    confirm(world, FieldGroup.HOURS, now=NOW - timedelta(days=9))
    confirm(world, FieldGroup.DOOR, how=ConfirmedHow.PHONE, now=NOW - timedelta(days=2))

    assert public(world) == Verification(TODAY - timedelta(days=2), VerifiedHow.PHONE)


def test_a_later_day_of_the_station_itself_stays(world: World) -> None:
    confirm(world, now=NOW - timedelta(days=9))
    own_date(world, TODAY - timedelta(days=1))

    assert public(world) == Verification(TODAY - timedelta(days=1), VerifiedHow.IMPORT)


def test_a_change_by_staff_is_no_look(world: World) -> None:
    with world.store.writing("form") as writer:
        station = writer.station(CODE)
        assert station is not None
        writer.update_station(replace(station, entry_note="左转"), expected_version=1, actor="li", reason="")

    assert public(world) is None


def test_that_a_station_has_no_place_is_no_look_at_its_facts(world: World) -> None:
    world.confirm("YC-0003", FieldGroup.POSITION)

    assert public(world, "YC-0003") is None


def test_the_day_is_that_of_the_place(world: World) -> None:
    just_after_midnight = datetime(2026, 11, 18, 0, 5, tzinfo=world.place.timezone)

    confirm(world, now=just_after_midnight)

    assert public(world) == Verification(date(2026, 11, 18), VerifiedHow.ON_SITE)


def test_neither_version_nor_history_knows_of_it(world: World) -> None:
    confirm(world)

    station = world.snapshot().by_code[CODE]
    assert (station.version, station.last_verified) == (1, None)
    with world.store.reading() as reader:
        assert len(reader.revisions(CODE)) == 1


def test_the_data_revision_grows_once_a_day_of_looking(world: World) -> None:
    before = world.store.data_revision()

    for group in FieldGroup:
        confirm(world, group)

    assert world.store.data_revision() == before + 1
    with world.store.reading() as reader:
        (event,) = (each for each in reader.events() if each.action is DataAction.STATION_VERIFIED)
    assert event.detail == {"station": CODE, "on": TODAY.isoformat()}


def test_taken_back_it_is_as_it_was(world: World) -> None:
    confirm_groups(world.store, EDITOR, CODE, [FieldGroup.HOURS], ConfirmedHow.ON_SITE, 1, NOW)
    before = world.store.data_revision()

    take_back(world.store, EDITOR, CODE, NOW + timedelta(minutes=1))

    assert public(world) is None
    assert world.store.data_revision() == before + 1


def test_nothing_taken_back_tells_nobody(world: World) -> None:
    before = world.store.data_revision()

    take_back(world.store, EDITOR, CODE, NOW)

    assert world.store.data_revision() == before
