"""Who may do what: by role, district by district, station by station, field by field."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from itertools import product
from typing import Any, Final

import pytest

from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Alert, Award, Position, ServiceOffer, Station, Verification
from geodata.stations.vocabulary import (
    AwardScheme,
    BuildMode,
    EntryMethod,
    HostType,
    LifeCycle,
    Service,
    StationKind,
    VerifiedHow,
)
from mapapp.services.rights import (
    COMMAND_LINE,
    Actor,
    Forbidden,
    Right,
    editable_fields,
    may,
    may_answer,
    may_read,
    require,
    require_change,
)
from mapapp.store.accounts import Role, Scope

OWN, OTHER = "990101", "990102"
STATION: Final = Station(code="TC-0001", kind=StationKind.REST_STATION, name="测试驿站", district_code=OWN)
ELSEWHERE: Final = replace(STATION, code="TC-0002", district_code=OTHER)
NOWHERE: Final = replace(STATION, code="TC-0003", district_code=None)

KEEPER: Final = Actor("ke", Role.KEEPER, stations=frozenset({"TC-0001"}))
EDITOR: Final = Actor("ed", Role.EDITOR, districts=frozenset({OWN}))
PLANNER: Final = Actor("pl", Role.PLANNER)
ADMIN: Final = Actor("ad", Role.ADMIN)

NEW_VALUES: Final[dict[str, Any]] = {
    "code": "TC-0009",
    "kind": StationKind.WORKER_HOME,
    "name": "新名",
    "name_en": "New name",
    "other_names": ("别名",),
    "address": "某路 1 号",
    "district_code": None,
    "town": "某镇",
    "position": Position.wgs84(113.0, 34.6),
    "entry_methods": (EntryMethod.ATTENDED,),
    "entry_note": "进门左转",
    "services": (ServiceOffer(service=Service.WATER),),
    "hours": OpeningHours("Mo-Fr 08:00-18:00", "周一至周五 8-18"),
    "build_mode": BuildMode.SELF_BUILT,
    "host_type": HostType.BANK,
    "capacity_count": 5,
    "area_m2": 12.5,
    "public_phone": "0951-0000000",
    "internal_contact": "内部",
    "life_cycle": LifeCycle.RENOVATING,
    "alert": Alert("停水", datetime(2026, 12, 1, tzinfo=UTC)),
    "awards": (Award(scheme=next(iter(AwardScheme)), level="3"),),
    "photo": "f" * 64,
    "source": "名录",
    "last_verified": Verification(date(2026, 11, 1), VerifiedHow.ON_SITE),
    "is_sample": True,
}
"""Another value of every field that is saved."""

KEEPERS: Final = {
    "hours",
    "services",
    "life_cycle",
    "alert",
    "entry_methods",
    "entry_note",
    "last_verified",
    "photo",
}
EDITORS: Final = NEW_VALUES.keys() - {"code", "is_sample"}
ADMINS: Final = NEW_VALUES.keys() - {"code"}


def token(*scopes: Scope, districts: frozenset[str] = frozenset()) -> Actor:
    return Actor("machine", Role.EDITOR, districts, scopes=frozenset(scopes))


def is_refused(actor: Actor, old: Station | None, new: Station) -> Forbidden | None:
    try:
        require_change(actor, old, new)
    except Forbidden as refusal:
        return refusal
    return None


def test_there_is_a_new_value_of_every_field() -> None:
    assert NEW_VALUES.keys() == {field.name for field in fields(Station)} - {"version"}


@pytest.mark.parametrize(
    ("actor", "theirs"),
    [(KEEPER, KEEPERS), (EDITOR, EDITORS), (PLANNER, set()), (ADMIN, ADMINS), (COMMAND_LINE, ADMINS)],
    ids=lambda value: value.name if isinstance(value, Actor) else "",
)
def test_each_field_can_be_changed_by_those_it_is_given_to_and_nobody_else(actor: Actor, theirs: set[str]) -> None:
    changeable = {
        name for name, value in NEW_VALUES.items() if not is_refused(actor, STATION, replace(STATION, **{name: value}))
    }

    assert changeable == theirs
    assert editable_fields(actor, STATION) == theirs


@pytest.mark.parametrize("name", sorted(NEW_VALUES))
@pytest.mark.parametrize("actor", [KEEPER, EDITOR, PLANNER], ids=lambda actor: actor.name)
def test_nothing_of_somebody_elses_station_can_be_changed(actor: Actor, name: str) -> None:
    assert is_refused(actor, ELSEWHERE, replace(ELSEWHERE, **{name: NEW_VALUES[name]}))
    assert editable_fields(actor, ELSEWHERE) == frozenset()


def test_a_refusal_names_every_field_that_stands_in_the_way() -> None:
    refusal = is_refused(KEEPER, STATION, replace(STATION, name="新名", town="某镇", entry_note="左转"))

    assert refusal is not None
    assert (refusal.right, refusal.fields, refusal.code) == (Right.EDIT_STATIONS, frozenset({"name", "town"}), "fields")


def test_saving_somebody_elses_station_unchanged_is_refused_too() -> None:
    refusal = is_refused(KEEPER, ELSEWHERE, ELSEWHERE)

    assert refusal is not None
    assert refusal.code == "not_yours"
    assert is_refused(KEEPER, STATION, replace(STATION, version=7)) is None


@pytest.mark.parametrize(("old", "new"), list(product(LifeCycle, LifeCycle)))
def test_a_keeper_closes_and_opens_a_station_and_no_more(old: LifeCycle, new: LifeCycle) -> None:
    in_use = {LifeCycle.ACTIVE, LifeCycle.TEMPORARILY_CLOSED, LifeCycle.RENOVATING}

    refusal = is_refused(KEEPER, replace(STATION, life_cycle=old), replace(STATION, life_cycle=new))

    assert (refusal is None) == (old is new or {old, new} <= in_use)
    assert refusal is None or refusal.fields == {"life_cycle"}


def test_an_editor_moves_stations_within_their_districts_alone() -> None:
    two = replace(EDITOR, districts=frozenset({OWN, OTHER}))

    assert is_refused(two, STATION, replace(STATION, district_code=OTHER)) is None
    refusal = is_refused(EDITOR, STATION, replace(STATION, district_code=OTHER))
    assert refusal is not None
    assert (refusal.fields, refusal.code) == (frozenset({"district_code"}), "district")


def test_a_station_without_a_district_is_every_editors() -> None:
    assert is_refused(EDITOR, NOWHERE, replace(NOWHERE, name="新名")) is None
    assert is_refused(EDITOR, NOWHERE, replace(NOWHERE, district_code=OWN)) is None
    assert is_refused(EDITOR, NOWHERE, replace(NOWHERE, district_code=OTHER))


def test_an_editor_without_districts_has_none() -> None:
    nobodys = Actor("new", Role.EDITOR)

    assert editable_fields(nobodys, STATION) == frozenset()
    assert is_refused(nobodys, None, STATION)


@pytest.mark.parametrize(
    ("actor", "station", "is_taken"),
    [
        (KEEPER, STATION, False),
        (PLANNER, STATION, False),
        (EDITOR, STATION, True),
        (EDITOR, NOWHERE, True),
        (EDITOR, ELSEWHERE, False),
        (EDITOR, replace(STATION, is_sample=True), False),
        (ADMIN, ELSEWHERE, True),
        (token(Scope.STATIONS_WRITE), ELSEWHERE, True),
        (token(Scope.STATIONS_WRITE, districts=frozenset({OWN})), ELSEWHERE, False),
        (token(Scope.STATIONS_READ), STATION, False),
    ],
)
def test_stations_are_created_where_one_may_edit_them(actor: Actor, station: Station, is_taken: bool) -> None:
    assert (is_refused(actor, None, station) is None) == is_taken


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        (Role.KEEPER, {Right.READ_REGISTER, Right.EDIT_STATIONS}),
        (Role.PLANNER, {Right.READ_REGISTER, Right.READ_REPORTS, Right.RUN_ANALYSES}),
        (Role.EDITOR, set(Right) - {Right.RUN_ANALYSES, Right.EDIT_HOLIDAYS, Right.MANAGE_ACCOUNTS}),
        (Role.ADMIN, set(Right)),
    ],
)
def test_what_each_role_may_do_at_all(role: Role, rights: set[Right]) -> None:
    assert {right for right in Right if may(Actor("x", role), right)} == rights


@pytest.mark.parametrize(
    ("scope", "rights"),
    [
        (Scope.STATIONS_READ, {Right.READ_REGISTER}),
        (Scope.STATIONS_WRITE, {Right.READ_REGISTER, Right.EDIT_STATIONS, Right.CREATE_STATIONS}),
        (Scope.REPORTS_READ, {Right.READ_REPORTS}),
    ],
)
def test_a_token_may_do_what_its_scopes_say(scope: Scope, rights: set[Right]) -> None:
    assert {right for right in Right if may(token(scope), right)} == rights
    assert not any(may(token(), right) for right in Right)


def test_a_token_changes_stations_of_its_districts_or_of_all() -> None:
    changed = replace(ELSEWHERE, name="新名")

    assert is_refused(token(Scope.STATIONS_WRITE), ELSEWHERE, changed) is None
    assert is_refused(token(Scope.STATIONS_WRITE, districts=frozenset({OWN})), ELSEWHERE, changed)
    assert is_refused(token(Scope.STATIONS_READ), ELSEWHERE, changed)


def test_people_read_the_whole_register_and_a_token_its_districts() -> None:
    own = token(Scope.STATIONS_READ, districts=frozenset({OWN}))

    assert all(may_read(actor, ELSEWHERE) for actor in (KEEPER, EDITOR, PLANNER, ADMIN))
    assert (may_read(own, STATION), may_read(own, ELSEWHERE)) == (True, False)
    assert may_read(token(Scope.STATIONS_WRITE), ELSEWHERE)
    assert not may_read(token(Scope.REPORTS_READ), STATION)


@pytest.mark.parametrize(
    ("actor", "district_code", "answers"),
    [
        (KEEPER, OWN, False),
        (PLANNER, OWN, False),
        (EDITOR, OWN, True),
        (EDITOR, OTHER, False),
        (EDITOR, None, True),
        (ADMIN, OTHER, True),
        (token(Scope.REPORTS_READ), OWN, False),
    ],
)
def test_reports_are_answered_by_the_editors_of_their_district(
    actor: Actor, district_code: str | None, answers: bool
) -> None:
    assert may_answer(actor, district_code) is answers


def test_what_is_missing_is_said() -> None:
    require(ADMIN, Right.MANAGE_ACCOUNTS)
    with pytest.raises(Forbidden, match="manage_accounts") as refusal:
        require(EDITOR, Right.MANAGE_ACCOUNTS)

    assert (refusal.value.right, refusal.value.code) == (Right.MANAGE_ACCOUNTS, "right")
