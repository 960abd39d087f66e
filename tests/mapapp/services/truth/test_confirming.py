"""Confirming: by those whose station it is, of what they saw, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from geodata.errors import InvalidValue
from geodata.stations.freshness import ConfirmedHow, FieldGroup
from mapapp.services.rights import Actor, Forbidden
from mapapp.services.truth.confirming import OWN_MISTAKE, confirm_groups, take_back
from mapapp.services.truth.one_station import GroupTruth, station_truth
from mapapp.services.truth.register import limits_of
from mapapp.services.truth.tasks import assign
from mapapp.settings import Settings
from mapapp.store import StaleVersion, UnknownStation
from mapapp.store.accounts import Role
from tests.mapapp.services.truth.world import ADMIN, EDITOR, FULL, KEEPER, NOW, PLANNER, World

ON_SITE = ConfirmedHow.ON_SITE
EVERY = tuple(FieldGroup)


def confirm(world: World, code: str = "YC-0001", actor: Actor = EDITOR, version: int = 1) -> tuple[FieldGroup, ...]:
    return confirm_groups(world.store, actor, code, EVERY, ON_SITE, version, NOW).groups


def known(world: World, group: FieldGroup, code: str = "YC-0001") -> GroupTruth:
    with world.store.reading() as reader:
        station = reader.station(code)
        assert station is not None
        truth = station_truth(reader, station, limits_of(Settings()), NOW, world.place.timezone)
    return next(each for each in truth.groups if each.group is group)


@pytest.mark.parametrize("actor", [ADMIN, EDITOR, KEEPER], ids=["admin", "editor", "keeper"])
def test_those_whose_station_it_is_confirm_all_of_it(world: World, actor: Actor) -> None:
    assert confirm(world, actor=actor) == EVERY


@pytest.mark.parametrize(
    ("actor", "code"),
    [(EDITOR, "YC-0002"), (KEEPER, "YC-0002"), (PLANNER, "YC-0001")],
    ids=["editor", "keeper", "planner"],
)
def test_nobody_confirms_a_station_that_is_not_theirs(world: World, actor: Actor, code: str) -> None:
    with pytest.raises(Forbidden):
        confirm(world, code, actor)

    with world.store.reading() as reader:
        assert reader.confirmations.mark().count == 0


def test_who_confirmed_when_and_how_can_be_read(world: World) -> None:
    confirm_groups(world.store, EDITOR, "YC-0001", [FieldGroup.HOURS], ConfirmedHow.PHONE, 1, NOW)

    assert known(world, FieldGroup.HOURS) == GroupTruth(
        group=FieldGroup.HOURS,
        is_known=True,
        is_stale=False,
        confirmed_on=NOW.date(),
        how=ConfirmedHow.PHONE,
        actor="li",
    )
    assert known(world, FieldGroup.DOOR).is_stale


def test_confirming_leaves_the_station_and_its_history_alone(world: World) -> None:
    confirm(world)

    with world.store.reading() as reader:
        assert reader.station("YC-0001") == FULL
        assert len(reader.revisions("YC-0001")) == 1


def test_what_is_unknown_is_passed_over(world: World) -> None:
    assert confirm(world, "YC-0003") == (FieldGroup.DOOR,)


def test_unknown_hours_cannot_be_confirmed_by_themselves(world: World) -> None:
    with pytest.raises(InvalidValue):
        confirm_groups(world.store, ADMIN, "YC-0003", [FieldGroup.HOURS], ON_SITE, 1, NOW)


@pytest.mark.parametrize("how", [ConfirmedHow.PUBLIC, ConfirmedHow.IMPORT, ConfirmedHow.EDIT])
def test_nobody_on_a_page_says_that_the_public_or_a_sheet_confirmed_it(world: World, how: ConfirmedHow) -> None:
    with pytest.raises(InvalidValue):
        confirm_groups(world.store, ADMIN, "YC-0001", EVERY, how, 1, NOW)


def test_facts_that_changed_since_they_were_shown_are_not_confirmed(world: World) -> None:
    with world.store.writing("form") as writer:
        writer.update_station(replace(FULL, entry_note="右转"), expected_version=1, actor="wang", reason="")

    with pytest.raises(StaleVersion) as refused:
        confirm(world, version=1)

    assert refused.value.current.entry_note == "右转"


def test_an_unknown_station_is_said_to_be_unknown(world: World) -> None:
    with pytest.raises(UnknownStation):
        confirm(world, "YC-0999", ADMIN)


def test_a_mistake_can_be_taken_back_for_a_while(world: World) -> None:
    confirm(world)

    assert take_back(world.store, EDITOR, "YC-0001", NOW + OWN_MISTAKE * 2) == ()
    assert take_back(world.store, EDITOR, "YC-0001", NOW + OWN_MISTAKE) == EVERY
    assert known(world, FieldGroup.HOURS).confirmed_on is None


def test_nobody_takes_back_what_another_confirmed(world: World) -> None:
    confirm(world)

    assert take_back(world.store, KEEPER, "YC-0001", NOW) == ()


def test_a_task_ends_when_everything_known_was_confirmed(world: World) -> None:
    li = world.account("li", Role.EDITOR, districts=frozenset({"640104"}))
    assign(world.store, ADMIN, ["YC-0001"], li.id, NOW)

    hours = confirm_groups(world.store, EDITOR, "YC-0001", [FieldGroup.HOURS], ON_SITE, 1, NOW)
    rest = confirm_groups(world.store, EDITOR, "YC-0001", EVERY[1:], ON_SITE, 1, NOW)

    assert (hours.has_ended_task, rest.has_ended_task) == (False, True)
    with world.store.reading() as reader:
        assert reader.confirmations.tasks() == ()


def test_a_task_that_ended_with_what_is_taken_back_is_open_again(world: World) -> None:
    li = world.account("wang", Role.EDITOR, districts=frozenset({"640104"}))
    assign(world.store, ADMIN, ["YC-0001"], li.id, NOW)
    confirm_groups(world.store, EDITOR, "YC-0001", EVERY, ON_SITE, 1, NOW)

    take_back(world.store, EDITOR, "YC-0001", NOW + timedelta(minutes=1))

    with world.store.reading() as reader:
        task = reader.confirmations.task("YC-0001")
    assert task is not None
    assert (task.account_name, task.assigned_by, task.assigned_at) == ("wang", ADMIN.name, NOW)


def test_a_task_that_another_ended_stays_ended(world: World) -> None:
    li = world.account("wang", Role.EDITOR, districts=frozenset({"640104"}))
    confirm_groups(world.store, KEEPER, "YC-0001", [FieldGroup.HOURS], ON_SITE, 1, NOW)
    assign(world.store, ADMIN, ["YC-0001"], li.id, NOW)
    confirm_groups(world.store, EDITOR, "YC-0001", EVERY, ON_SITE, 1, NOW)

    take_back(world.store, KEEPER, "YC-0001", NOW + timedelta(minutes=1))

    with world.store.reading() as reader:
        assert reader.confirmations.task("YC-0001") is None


def test_a_task_given_anew_after_one_that_ended_is_open(world: World) -> None:
    li = world.account("wang", Role.EDITOR, districts=frozenset({"640104"}))
    assign(world.store, ADMIN, ["YC-0001"], li.id, NOW)
    confirm_groups(world.store, EDITOR, "YC-0001", EVERY, ON_SITE, 1, NOW)

    later = NOW + timedelta(days=90)
    assign(world.store, ADMIN, ["YC-0001"], li.id, later)

    with world.store.reading() as reader:
        task = reader.confirmations.task("YC-0001")
    assert task is not None
    assert task.assigned_at == later


def test_a_form_that_was_sent_twice_is_one_confirmation(world: World) -> None:
    first = confirm_groups(world.store, EDITOR, "YC-0001", EVERY, ON_SITE, 1, NOW)
    again = confirm_groups(world.store, EDITOR, "YC-0001", EVERY, ON_SITE, 1, NOW + timedelta(seconds=2))

    with world.store.reading() as reader:
        assert len(reader.confirmations.of_station("YC-0001")) == len(EVERY)
    assert again.groups == first.groups


def test_what_somebody_else_or_another_way_confirms_is_another(world: World) -> None:
    confirm(world)
    confirm(world, actor=ADMIN)
    confirm_groups(world.store, EDITOR, "YC-0001", EVERY, ConfirmedHow.PHONE, 1, NOW)

    with world.store.reading() as reader:
        assert len(reader.confirmations.of_station("YC-0001")) == 3 * len(EVERY)
