"""What a station's revisions say, the station as it was, and going back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.places import Place
from geodata.stations.document import station_document
from geodata.stations.station import Position, ServiceOffer, Station
from geodata.stations.vocabulary import LifeCycle, Service, ServiceState
from mapapp.services.editing.history import UnknownRevision, history, restore, restored, station_at
from mapapp.services.editing.life_cycle import NEXT_LIFE_CYCLES, since
from mapapp.services.rights import Forbidden
from mapapp.store import StaleVersion, Store, UnknownStation
from tests.geodata.stations.any_station import stations
from tests.mapapp.services.editing.conftest import ADMIN, EDITOR, HOME, KEEPER, NOW, OTHER_EDITOR, Save, now_stored


def test_a_history_tells_newest_first_who_changed_what_and_why(register: Store, save: Save) -> None:
    save(replace(HOME, name="新驿站"), reason="搬家")

    newest, oldest = history(register, "YC-0001")

    assert (newest.number, newest.actor, newest.reason, newest.origin) == (2, "li", "搬家", "form")
    assert [(change.field, change.old, change.new) for change in newest.changes] == [("name", "测试驿站", "新驿站")]
    assert (oldest.number, oldest.reason) == (1, "first")


def test_services_are_told_one_by_one(register: Store, save: Save) -> None:
    broken = replace(HOME.services[0], state=ServiceState.BROKEN)
    save(replace(HOME, services=(broken, ServiceOffer(service=Service.WIFI))))

    changes = history(register, "YC-0001")[0].changes

    assert [(change.field, change.old, change.new) for change in changes] == [
        ("services.water", {"service": "water"}, {"service": "water", "state": "broken"}),
        ("services.toilet", {"service": "toilet"}, None),
        ("services.wifi", None, {"service": "wifi"}),
    ]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(stations, min_size=1, max_size=4))
def test_every_past_state_is_rebuilt_exactly(store: Store, versions: list[Station]) -> None:
    saved: list[Station] = []
    with store.writing("command") as writer:
        code = writer.next_code("TC")
        first, *later = (replace(one, code=code, is_sample=False) for one in versions)
        saved.append(writer.add_station(first, actor="li", reason=""))
        saved.extend(writer.update_station(one, expected_version=None, actor="li", reason="") for one in later)

    assert [station_at(store, code, one.version) for one in saved] == saved


def test_one_field_goes_back_and_the_others_stay(register: Store, save: Save, place: Place) -> None:
    save(replace(HOME, name="新驿站", address="新路1号"))

    back = restore(register, place, EDITOR, "YC-0001", 1, ["name"], 2, "写错了", NOW)

    assert (back.name, back.address, back.version) == ("测试驿站", "新路1号", 3)
    assert now_stored(register) == back


def test_a_photo_that_is_kept_no_more_does_not_come_back(register: Store, save: Save, place: Place) -> None:
    with_photo = save(replace(HOME, photo="a" * 64, address="新路1号"))
    save(replace(with_photo, photo="b" * 64, address="新路2号"))

    back = restore(
        register, place, EDITOR, "YC-0001", 2, None, 3, "旧照片", NOW, is_photo_kept=lambda photo: photo != "a" * 64
    )

    assert (back.photo, back.address) == ("b" * 64, "新路1号")


def test_one_service_goes_back_alone(register: Store, save: Save, place: Place) -> None:
    save(replace(HOME, services=()))

    back = restore(register, place, EDITOR, "YC-0001", 1, ["services.toilet"], 2, "", NOW)

    assert [offer.service for offer in back.services] == [Service.TOILET]


def test_the_whole_goes_back_but_code_and_version(register: Store, save: Save, place: Place) -> None:
    save(replace(HOME, name="新驿站", services=(), hours=replace(HOME.hours, original_text="")))

    back = restore(register, place, EDITOR, "YC-0001", 1, None, 2, "", NOW)

    assert back == replace(HOME, version=3)


def test_going_back_may_take_up_a_life_cycle_no_move_leads_to(register: Store, save: Save, place: Place) -> None:
    delisted = save(replace(HOME, life_cycle=LifeCycle.DELISTED))
    save(replace(delisted, life_cycle=LifeCycle.PLANNED))

    back = restore(register, place, EDITOR, "YC-0001", 2, ["life_cycle"], 3, "", NOW)

    assert back.life_cycle is LifeCycle.DELISTED


def test_a_position_that_goes_back_brings_its_district(register: Store, save: Save, place: Place) -> None:
    save(replace(HOME, position=Position.wgs84(106.13, 38.49), district_code="640105"), ADMIN)

    back = restore(register, place, ADMIN, "YC-0001", 1, ["position"], 2, "", NOW)

    assert (back.position, back.district_code) == (HOME.position, "640104")


def test_a_district_that_never_was_the_positions_stays(place: Place) -> None:
    past = replace(HOME, district_code="640106")
    now = replace(HOME, district_code="640105", position=Position.wgs84(106.28, 38.47))

    assert restored(place, now, past, ["position"]) == replace(now, position=HOME.position)


def test_fields_nobody_restores_stay(place: Place) -> None:
    past = replace(HOME, is_sample=True)

    assert restored(place, HOME, past, ["is_sample", "code", "nonsense", "name.en", "position.lon"]) == HOME


def test_going_back_needs_the_right_to_those_fields(register: Store, save: Save, place: Place) -> None:
    save(replace(HOME, name="新驿站"))

    with pytest.raises(Forbidden):
        restore(register, place, KEEPER, "YC-0001", 1, ["name"], 2, "", NOW)
    with pytest.raises(Forbidden):
        restore(register, place, OTHER_EDITOR, "YC-0001", 1, ["name"], 2, "", NOW)


def test_going_back_from_an_old_page_is_refused(register: Store, save: Save, place: Place) -> None:
    save(replace(HOME, name="新驿站"))

    with pytest.raises(StaleVersion):
        restore(register, place, EDITOR, "YC-0001", 1, ["name"], 1, "", NOW)


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_revision_there_never_was_is_refused(register: Store, number: int) -> None:
    with pytest.raises(UnknownRevision):
        station_at(register, "YC-0001", number)


def test_a_station_there_never_was_has_no_history(register: Store) -> None:
    with pytest.raises(UnknownStation):
        history(register, "YC-0404")


def test_the_life_cycle_stands_since_its_last_move(register: Store, save: Save) -> None:
    closed = save(replace(HOME, life_cycle=LifeCycle.TEMPORARILY_CLOSED))
    save(replace(closed, name="新驿站"))

    with register.reading() as reader:
        revisions = reader.revisions("YC-0001")

    assert since(revisions) == revisions[1].at


def test_every_life_cycle_has_a_way_on() -> None:
    assert set(NEXT_LIFE_CYCLES) == set(LifeCycle)
    assert all(moves and start not in moves for start, moves in NEXT_LIFE_CYCLES.items())


def test_documents_of_restored_stations_have_every_field(register: Store) -> None:
    assert set(station_document(station_at(register, "YC-0001", 1))) == set(station_document(HOME))
