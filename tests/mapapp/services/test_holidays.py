"""Seeding the holiday table and editing it."""

from __future__ import annotations

from datetime import date

from geodata.stations.holidays import DayKind, SpecialDay, national_holidays
from mapapp.services.holidays import remove_special_day, seed_holidays, set_special_day
from mapapp.store import Store

EID = SpecialDay(date(2026, 3, 20), DayKind.HOLIDAY, "开斋节", "Eid al-Fitr", "a notice")
NATIONAL_DAY = date(2026, 10, 1)


def test_an_empty_table_gets_every_announced_year(store: Store) -> None:
    years = seed_holidays(store, actor="li")

    with store.reading() as reader:
        assert reader.holidays() == national_holidays()
    assert set(years) == national_holidays().years


def test_seeding_again_changes_nothing(store: Store) -> None:
    seed_holidays(store, actor="li")
    before = store.data_revision()

    assert seed_holidays(store, actor="li") == ()
    assert store.data_revision() == before


def test_seeding_keeps_what_staff_set_before(store: Store) -> None:
    ours = SpecialDay(NATIONAL_DAY, DayKind.WORKDAY, "值班", "on duty")
    set_special_day(store, ours, actor="li")
    set_special_day(store, EID, actor="li")

    seed_holidays(store, actor="li")

    with store.reading() as reader:
        table = reader.holidays()
    assert table.special(NATIONAL_DAY) == ours
    assert table.special(EID.date) == EID
    assert table.covers(NATIONAL_DAY)


def test_a_removed_day_is_not_seeded_again(store: Store) -> None:
    seed_holidays(store, actor="li")

    assert remove_special_day(store, NATIONAL_DAY, actor="li")
    seed_holidays(store, actor="li")

    with store.reading() as reader:
        assert reader.holidays().special(NATIONAL_DAY) is None
    assert not remove_special_day(store, NATIONAL_DAY, actor="li")


def test_editing_a_day_raises_the_data_revision_and_is_written_down(store: Store) -> None:
    set_special_day(store, EID, actor="li")
    renamed = SpecialDay(EID.date, DayKind.HOLIDAY, "开斋节假期", "Eid al-Fitr", "a notice")

    set_special_day(store, renamed, actor="wang")

    with store.reading() as reader:
        event = reader.events()[-1]
        assert (reader.data_revision(), event.data_revision) == (2, 2)
    assert (event.action, event.actor) == ("holidays_changed", "wang")
    assert event.detail["removed"] == [["2026-03-20", "holiday", "开斋节", "Eid al-Fitr"]]
    assert event.detail["added"] == [["2026-03-20", "holiday", "开斋节假期", "Eid al-Fitr"]]


def test_setting_a_day_to_what_it_is_changes_nothing(store: Store) -> None:
    set_special_day(store, EID, actor="li")
    before = store.data_revision()

    set_special_day(store, EID, actor="li")

    assert store.data_revision() == before
