"""Confirmations in the database: on both kinds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from geodata.stations.freshness import ConfirmedHow, FieldGroup
from geodata.stations.opening_hours import OpeningHours
from mapapp.store import ConfirmationMark, Origin, Store, Writer, prepared_change
from mapapp.store.accounts import Account, Role
from tests.mapapp.store.station_writing import NOW, add, real

HOURS, DOOR = FieldGroup.HOURS, FieldGroup.DOOR
ON_SITE = ConfirmedHow.ON_SITE


def confirm(store: Store, code: str, *groups: FieldGroup, days_ago: int = 0, actor: str = "li") -> None:
    with store.writing(Origin.FORM, at=NOW) as writer:
        writer.confirmations.add(code, groups, at=NOW - timedelta(days=days_ago), actor=actor, how=ON_SITE)


def groups_by_how(store: Store, code: str = "TC-0001") -> list[tuple[FieldGroup, ConfirmedHow, str]]:
    with store.reading() as reader:
        return [(each.group, each.how, each.actor) for each in reader.confirmations.of_station(code)]


def _account(writer: Writer, name: str) -> Account:
    return writer.accounts.add(name=name, display_name="", role=Role.EDITOR, created_at=NOW)


def test_the_newest_of_a_group_counts(store: Store) -> None:
    add(store, real())
    confirm(store, "TC-0001", HOURS, days_ago=5)
    confirm(store, "TC-0001", HOURS, DOOR, days_ago=2)
    confirm(store, "TC-0001", DOOR, days_ago=9)

    with store.reading() as reader:
        latest = {each.group: each.at for each in reader.confirmations.latest()}

    assert latest == dict.fromkeys((HOURS, DOOR), NOW - timedelta(days=2))


def test_the_newest_after_a_moment_in_some_ways_can_be_asked_for(store: Store) -> None:
    add(store, real(), real("TC-0002"))
    confirm(store, "TC-0001", HOURS, DOOR, days_ago=5)
    confirm(store, "TC-0001", HOURS, days_ago=2)
    confirm(store, "TC-0002", DOOR, days_ago=1)

    with store.reading() as reader:
        since = NOW - timedelta(days=5)
        assert reader.confirmations.latest_by([ON_SITE], since) == {
            ("TC-0001", HOURS): NOW - timedelta(days=2),
            ("TC-0002", DOOR): NOW - timedelta(days=1),
        }
        assert set(reader.confirmations.latest_by([ON_SITE], since, "TC-0002")) == {("TC-0002", DOOR)}
        assert reader.confirmations.latest_by([ConfirmedHow.PHONE], since) == {}


def test_only_what_is_newer_than_a_mark_can_be_read(store: Store) -> None:
    add(store, real())
    confirm(store, "TC-0001", HOURS)
    with store.reading() as reader:
        mark = reader.confirmations.mark()
    confirm(store, "TC-0001", DOOR)

    with store.reading() as reader:
        assert [each.group for each in reader.confirmations.latest(after_id=mark.last_id)] == [DOOR]


def test_a_number_is_never_used_twice(store: Store) -> None:
    add(store, real())
    confirm(store, "TC-0001", HOURS)
    with store.writing(Origin.FORM) as writer:
        before = writer.confirmations.mark()
        writer.confirmations.take_back("TC-0001", actor="li", since=NOW)
    confirm(store, "TC-0001", HOURS)

    with store.reading() as reader:
        after = reader.confirmations.mark()

    assert before.count == after.count == 1
    assert after.last_id > before.last_id


def test_confirming_is_no_change_of_the_data(store: Store) -> None:
    add(store, real())
    before = store.data_revision()

    confirm(store, "TC-0001", *FieldGroup)

    assert store.data_revision() == before
    with store.reading() as reader:
        assert reader.versions() == {"TC-0001": 1}
        assert len(reader.revisions("TC-0001")) == 1


def test_a_change_by_staff_confirms_the_groups_it_touches(store: Store) -> None:
    add(store, real())
    with store.writing(Origin.FORM, at=NOW) as writer:
        changed = replace(real(), hours=OpeningHours.from_rule("24/7", "24小时"), name="另一个")
        writer.update_station(changed, expected_version=1, actor="li", reason="new")

    assert groups_by_how(store) == [(HOURS, ConfirmedHow.EDIT, "li")]


def test_an_import_that_changes_many_confirms_by_import(store: Store) -> None:
    add(store, real())
    with store.writing(Origin.IMPORT, at=NOW) as writer:
        change = prepared_change(real(), replace(real(), entry_note="右转"))
        assert change is not None
        writer.save_batch([change], actor="li", reason="sheet", batch="b")

    assert groups_by_how(store) == [(DOOR, ConfirmedHow.IMPORT, "li")]


def test_a_new_station_is_confirmed_by_nobody(store: Store) -> None:
    add(store, real(hours=OpeningHours.from_rule("24/7", "24小时")))

    assert groups_by_how(store) == []


def test_what_the_public_does_confirms_nothing_here(store: Store) -> None:
    add(store, real())
    with store.writing(Origin.PUBLIC, at=NOW) as writer:
        writer.update_station(replace(real(), entry_note="右转"), expected_version=1, actor="", reason="")

    assert groups_by_how(store) == []


def test_taking_back_leaves_what_others_and_earlier_days_confirmed(store: Store) -> None:
    add(store, real())
    confirm(store, "TC-0001", HOURS, actor="wang")
    confirm(store, "TC-0001", HOURS, days_ago=1)
    confirm(store, "TC-0001", HOURS, DOOR)

    with store.writing(Origin.FORM, at=NOW) as writer:
        taken = writer.confirmations.take_back("TC-0001", actor="li", since=NOW - timedelta(minutes=15))

    assert taken == (HOURS, DOOR)
    assert [actor for _, _, actor in groups_by_how(store)] == ["wang", "li"]


def test_stations_are_counted_once_a_month(store: Store) -> None:
    add(store, real(), real("TC-0002"))
    confirm(store, "TC-0001", HOURS, DOOR)
    confirm(store, "TC-0001", HOURS, days_ago=1)
    confirm(store, "TC-0002", HOURS, days_ago=40)
    spans = [(NOW - timedelta(days=60), NOW - timedelta(days=30)), (NOW - timedelta(days=30), NOW + timedelta(days=1))]

    with store.reading() as reader:
        assert reader.confirmations.station_counts(spans) == [1, 1]
        assert reader.confirmations.counts_between(*spans[1]) == {"TC-0001": (3, True)}
        assert set(reader.confirmations.latest_before(spans[0][1])) == {("TC-0002", HOURS)}


def test_a_station_that_goes_takes_its_confirmations_along(store: Store) -> None:
    add(store, real())
    confirm(store, "TC-0001", HOURS)
    with store.writing(Origin.IMPORT) as writer:
        writer.remove_stations(["TC-0001"])

    with store.reading() as reader:
        assert reader.confirmations.mark() == ConfirmationMark(0, 0)


def test_a_task_is_one_persons_at_a_time(store: Store) -> None:
    add(store, real(), real("TC-0002"))
    with store.writing(Origin.FORM, at=NOW) as writer:
        ids = [_account(writer, name).id for name in ("li", "wang")]
        writer.confirmations.assign(["TC-0001", "TC-0002"], account_id=ids[0], by="ma", at=NOW)
        writer.confirmations.assign(["TC-0002"], account_id=ids[1], by="ma", at=NOW)

    with store.reading() as reader:
        assert {task.station_code: task.account_name for task in reader.confirmations.tasks()} == {
            "TC-0001": "li",
            "TC-0002": "wang",
        }


def test_a_task_ends(store: Store) -> None:
    add(store, real())
    with store.writing(Origin.FORM, at=NOW) as writer:
        writer.confirmations.assign(["TC-0001"], account_id=_account(writer, "li").id, by="ma", at=NOW)
        writer.confirmations.end_tasks(["TC-0001", "TC-0009"])

        assert writer.confirmations.task("TC-0001") is None
