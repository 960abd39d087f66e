"""Saving, adding and taking back: with the rights of this moment, whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from geodata.places import Place
from geodata.stations.document import station_document
from geodata.stations.freshness import ConfirmedHow, FieldGroup
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.reading import InvalidFields
from geodata.stations.station import Alert, Position, ServiceOffer, Station, Verification
from geodata.stations.vocabulary import LifeCycle, Service, VerifiedHow
from mapapp.services.editing.save import CannotUndo, create_station, undo
from mapapp.services.rights import Actor, Forbidden
from mapapp.services.truth.confirming import confirm_groups
from mapapp.store import CodeTaken, MixedSampleAndReal, StaleVersion, Store, UnknownStation
from mapapp.store.accounts import Role, Scope
from tests.mapapp.services.editing.conftest import (
    ADMIN,
    EDITOR,
    HOME,
    KEEPER,
    NOW,
    OTHER_EDITOR,
    PLANNER,
    Save,
    now_stored,
)

NEW = {"kind": "driver_home", "name": "新司机之家"}
IN_XINGQING = {"lon": 106.29, "lat": 38.47, "accuracy": "surveyed"}


def fields_of(refusal: pytest.ExceptionInfo[InvalidFields]) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in refusal.value.problems]


def revision_count(store: Store, code: str = "YC-0001") -> int:
    with store.reading() as reader:
        return len(reader.revisions(code))


def test_a_save_makes_one_revision_with_its_author(register: Store, save: Save) -> None:
    saved = save(replace(HOME, name="新驿站"), reason="  改名\n了 ")

    with register.reading() as reader:
        latest = reader.revisions("YC-0001")[-1]
    assert (saved.version, now_stored(register)) == (2, saved)
    assert (latest.actor, latest.reason, latest.origin, latest.at) == ("li", "改名 了", "form", NOW)


def test_saving_what_is_there_makes_no_revision(register: Store, save: Save) -> None:
    assert save(HOME) == HOME
    assert revision_count(register) == 1


def test_a_save_from_an_old_version_is_refused_with_the_present_station(register: Store, save: Save) -> None:
    saved = save(replace(HOME, name="新驿站"))

    with pytest.raises(StaleVersion) as refusal:
        save(replace(HOME, address="新路1号"))

    assert refusal.value.current == saved
    assert now_stored(register) == saved


def test_a_station_there_never_was_cannot_be_saved(save: Save) -> None:
    with pytest.raises(UnknownStation):
        save(replace(HOME, code="YC-0404"))


@pytest.mark.parametrize("actor", [OTHER_EDITOR, PLANNER, replace(KEEPER, stations=frozenset({"YC-0002"}))])
def test_who_has_not_the_station_is_refused_before_being_told_of_changes(
    register: Store, save: Save, actor: Actor
) -> None:
    with pytest.raises(Forbidden):
        save(replace(HOME, entry_note="左转"), actor, expected_version=7)

    assert revision_count(register) == 1


def test_a_keeper_saves_the_fields_that_are_theirs(save: Save) -> None:
    assert save(replace(HOME, entry_note="进大厅左转"), KEEPER).entry_note == "进大厅左转"


def test_a_keeper_is_told_which_fields_are_not(save: Save) -> None:
    with pytest.raises(Forbidden) as refusal:
        save(replace(HOME, entry_note="左转", name="我的驿站", address="我的路"), KEEPER)

    assert refusal.value.fields == {"name", "address"}


def test_the_rights_are_those_over_the_station_as_it_is_now(register: Store, save: Save) -> None:
    save(replace(HOME, district_code="640105"), ADMIN)

    with pytest.raises(Forbidden):
        save(replace(HOME, name="新驿站", district_code="640104"), EDITOR)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"district_code": "110101"}, ("district_code", "unknown_unit")),
        ({"position": Position.wgs84(0, 0)}, ("position", "zero_position")),
        ({"last_verified": Verification(date(2026, 11, 19), VerifiedHow.PHONE)}, ("last_verified.on", "in_future")),
        (
            {"services": (ServiceOffer(service=Service.WIFI, confirmed_on=date(2026, 11, 19)),)},
            ("services.wifi.confirmed_on", "in_future"),
        ),
        ({"alert": Alert("停电", NOW)}, ("alert.expires_at", "over")),
        ({"life_cycle": LifeCycle.PLANNED}, ("life_cycle", "no_such_move")),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    register: Store, save: Save, changes: dict[str, object], expected: tuple[str, str]
) -> None:
    with pytest.raises(InvalidFields) as refusal:
        save(replace(HOME, **changes), ADMIN)  # type: ignore[arg-type] # the table above names fields with their types

    assert fields_of(refusal) == [expected]
    assert revision_count(register) == 1


def test_all_that_cannot_be_is_refused_at_once(save: Save) -> None:
    with pytest.raises(InvalidFields) as refusal:
        save(replace(HOME, district_code="110101", position=Position.wgs84(0, 0)), ADMIN)

    assert fields_of(refusal) == [("district_code", "unknown_unit"), ("position", "zero_position")]


def test_an_old_oddity_does_not_stop_another_change(register: Store, save: Save) -> None:
    odd = replace(HOME, alert=Alert("停电", NOW - timedelta(days=1)), district_code="110101", version=2)
    with register.writing("command") as writer:
        writer.update_station(odd, expected_version=1, actor="ma", reason="")

    assert save(replace(odd, name="新驿站"), ADMIN).version == 3


def test_a_move_of_the_life_cycle_needs_a_reason(save: Save) -> None:
    closed = replace(HOME, life_cycle=LifeCycle.TEMPORARILY_CLOSED)

    with pytest.raises(InvalidFields) as refusal:
        save(closed, KEEPER, reason=" ")

    assert fields_of(refusal) == [("reason", "missing")]
    assert save(closed, KEEPER, reason="停电").version == 2


@pytest.mark.parametrize(("reason", "code"), [("长" * 501, "too_long"), ("a\x00b", "control_characters")])
def test_a_reason_that_cannot_be_written_is_refused(save: Save, reason: str, code: str) -> None:
    with pytest.raises(InvalidFields) as refusal:
        save(replace(HOME, name="新驿站"), reason=reason)

    assert fields_of(refusal) == [("reason", code)]


# --- adding ---------------------------------------------------------------------------------------


def add(store: Store, place: Place, actor: Actor = ADMIN, **more: object) -> Station:
    return create_station(store, place, actor, {**NEW, **more}, "new", NOW)


def test_a_new_station_gets_the_places_next_code_and_its_district(register: Store, place: Place) -> None:
    added = add(register, place, EDITOR, position=IN_XINGQING)

    assert (added.code, added.version, added.district_code) == ("YC-0002", 1, "640104")
    assert now_stored(register, "YC-0002") == added
    assert add(register, place).code == "YC-0003"


def test_a_district_that_is_given_is_kept(register: Store, place: Place) -> None:
    assert add(register, place, position=IN_XINGQING, district_code=None).district_code is None


def test_only_administrators_give_codes(register: Store, place: Place) -> None:
    assert add(register, place, code="YC-X1").code == "YC-X1"
    with pytest.raises(CodeTaken):
        add(register, place, code="YC-0001")
    with pytest.raises(Forbidden):
        add(register, place, EDITOR, code="YC-X2")


def test_a_refused_station_uses_no_code_up(register: Store, place: Place) -> None:
    with pytest.raises(Forbidden):
        add(register, place, OTHER_EDITOR, position=IN_XINGQING)

    assert add(register, place).code == "YC-0002"


@pytest.mark.parametrize("actor", [KEEPER, PLANNER, Actor("bot", Role.EDITOR, scopes=frozenset({Scope.STATIONS_READ}))])
def test_who_may_not_add_is_refused_before_the_document_is_read(register: Store, place: Place, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        add(register, place, actor, name="")


def test_a_new_station_may_begin_anywhere_in_its_life(register: Store, place: Place) -> None:
    assert add(register, place, life_cycle="planned").life_cycle is LifeCycle.PLANNED


def test_real_stations_do_not_come_among_sample_ones(sample_store: Store, place: Place) -> None:
    with pytest.raises(MixedSampleAndReal):
        add(sample_store, place)


def test_an_editor_may_add_a_sample_station_to_the_sample(sample_store: Store, place: Place) -> None:
    assert add(sample_store, place, EDITOR, is_sample=True).is_sample


def test_an_editor_adds_no_sample_station_to_real_ones(register: Store, place: Place) -> None:
    with pytest.raises(Forbidden):
        add(register, place, EDITOR, is_sample=True)


# --- taking back ----------------------------------------------------------------------------------


def test_undoing_gives_back_exactly_what_was_there(register: Store, save: Save, place: Place) -> None:
    save(replace(HOME, name="新驿站", services=(), position=None, life_cycle=LifeCycle.DELISTED))

    back = undo(register, place, EDITOR, "YC-0001", 2, NOW)

    assert back == replace(HOME, version=3)
    assert station_document(now_stored(register)) == station_document(back)


def test_undoing_can_be_undone(register: Store, save: Save, place: Place) -> None:
    save(replace(HOME, name="新驿站"))
    undo(register, place, EDITOR, "YC-0001", 2, NOW)

    assert undo(register, place, EDITOR, "YC-0001", 3, NOW).name == "新驿站"


def test_undoing_leaves_out_a_photo_that_is_kept_no_more(register: Store, save: Save, place: Place) -> None:
    with_photo = save(replace(HOME, photo="a" * 64))
    save(replace(with_photo, photo=None, name="新驿站"))

    back = undo(register, place, EDITOR, "YC-0001", 3, NOW, is_photo_kept=lambda _photo: False)

    assert (back.photo, back.name) == (None, HOME.name)


def test_undoing_nothing_but_a_photo_that_is_kept_no_more_is_refused(register: Store, save: Save, place: Place) -> None:
    save(replace(save(replace(HOME, photo="a" * 64)), photo=None))

    with pytest.raises(CannotUndo) as refusal:
        undo(register, place, EDITOR, "YC-0001", 3, NOW, is_photo_kept=lambda _photo: False)

    assert refusal.value.code == "photo_gone"
    assert now_stored(register).version == 3


def test_nothing_is_undone_over_a_later_change(register: Store, save: Save, place: Place) -> None:
    second = save(replace(HOME, name="新驿站"))
    save(replace(second, address="新路1号"), ADMIN)

    with pytest.raises(CannotUndo) as refusal:
        undo(register, place, EDITOR, "YC-0001", 2, NOW)

    assert refusal.value.code == "changed_since"


@pytest.mark.parametrize(("group", "is_refused"), [(FieldGroup.HOURS, True), (FieldGroup.DOOR, False)])
def test_what_somebody_found_to_be_so_since_is_not_undone(
    register: Store, save: Save, place: Place, group: FieldGroup, is_refused: bool
) -> None:
    changed = save(replace(HOME, hours=OpeningHours.from_rule("24/7")))
    later = NOW + timedelta(hours=1)
    confirm_groups(register, ADMIN, "YC-0001", [group], ConfirmedHow.PHONE, 2, later)

    if is_refused:
        with pytest.raises(CannotUndo) as refusal:
            undo(register, place, EDITOR, "YC-0001", 2, later)
        assert refusal.value.code == "confirmed_since"
        assert now_stored(register) == changed
    else:
        assert undo(register, place, EDITOR, "YC-0001", 2, later).hours == HOME.hours


@pytest.mark.parametrize(
    ("actor", "number", "code"),
    [(ADMIN, 2, "not_yours"), (EDITOR, 3, "unknown_revision"), (EDITOR, 0, "unknown_revision")],
)
def test_only_ones_own_latest_revision_is_undone(
    register: Store, save: Save, place: Place, actor: Actor, number: int, code: str
) -> None:
    save(replace(HOME, name="新驿站"))

    with pytest.raises(CannotUndo) as refusal:
        undo(register, place, actor, "YC-0001", number, NOW)

    assert refusal.value.code == code


def test_the_making_of_a_station_is_not_undone(register: Store, place: Place) -> None:
    with pytest.raises(CannotUndo) as refusal:
        undo(register, place, ADMIN, "YC-0001", 1, NOW)

    assert refusal.value.code == "creation"


def test_undoing_needs_the_right_that_saving_needed(register: Store, save: Save, place: Place) -> None:
    save(replace(HOME, name="新驿站"))

    with pytest.raises(Forbidden):
        undo(register, place, replace(EDITOR, districts=frozenset()), "YC-0001", 2, NOW)
