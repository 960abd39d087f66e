"""Who is asked to look at which station."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mapapp.services.rights import Forbidden
from mapapp.services.truth.tasks import CannotLook, assign, lookers
from mapapp.store.accounts import Role
from tests.mapapp.services.truth.world import ADMIN, EDITOR, NOW, OTHER, OWN, PLANNER, World

ALL = ["YC-0001", "YC-0002", "YC-0003"]


def test_stations_are_given_one_by_one_to_those_who_may_look_at_them(world: World) -> None:
    li = world.account("li", Role.EDITOR, districts=frozenset({OWN}))

    done = assign(world.store, ADMIN, [*ALL, "YC-0999"], li.id, NOW)

    assert done.codes == ("YC-0001", "YC-0003")
    assert done.refused == ("YC-0002", "YC-0999")


def test_nobody_gives_away_what_is_not_theirs(world: World) -> None:
    boss = world.account("boss", Role.ADMIN)

    assert assign(world.store, EDITOR, ALL, boss.id, NOW).codes == ("YC-0001", "YC-0003")


def test_a_task_can_be_taken_from_everybody(world: World) -> None:
    li = world.account("li", Role.EDITOR, districts=frozenset({OWN, OTHER}))
    assign(world.store, ADMIN, ALL, li.id, NOW)

    assign(world.store, EDITOR, ALL, None, NOW)

    with world.store.reading() as reader:
        assert [task.station_code for task in reader.confirmations.tasks()] == ["YC-0002"]


def test_a_planner_gives_nothing_and_gets_nothing(world: World) -> None:
    planner = world.account("qian", Role.PLANNER)

    with pytest.raises(CannotLook):
        assign(world.store, ADMIN, ALL, planner.id, NOW)
    with pytest.raises(Forbidden):
        assign(world.store, PLANNER, ALL, None, NOW)


def test_only_those_who_can_sign_in_are_offered(world: World) -> None:
    world.account("an", Role.EDITOR)
    gone = world.account("gone", Role.EDITOR)
    world.account("qian", Role.PLANNER)
    with world.store.writing("form") as writer:
        writer.accounts.change(replace(gone, is_disabled=True))
        writer.accounts.add(name="invited", display_name="", role=Role.EDITOR, created_at=NOW)

    with world.store.reading() as reader:
        assert [account.name for account in lookers(reader)] == ["an"]
