"""The holiday table as staff keep it: a year at a time, checked before it is written, nothing overwritten unseen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InvalidValue
from geodata.stations.holidays import DayKind, HolidayTable, SpecialDay, national_holidays
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Station
from geodata.stations.vocabulary import StationKind
from mapapp.services.holiday_editing import (
    DayChange,
    Year,
    YearChanged,
    YearEdit,
    changes_of,
    edit_document,
    missing_year,
    national_edit,
    read_edit,
    save_year,
    special_day,
    stations_affected,
    table_with,
    year_events,
    year_of,
)
from mapapp.services.pasted_dates import read_pasted
from mapapp.services.rights import Actor, Forbidden
from mapapp.store import Store
from mapapp.store.accounts import Role
from tests.conftest import FROZEN_AT

ADMIN: Final = Actor("li", Role.ADMIN)
OTHER_ADMIN: Final = Actor("wang", Role.ADMIN)
FEAST: Final = SpecialDay(date(2026, 3, 20), DayKind.HOLIDAY, "开斋节", "Eid al-Fitr", "通知一号")
EMPTY: Final = Year(2026, (), is_complete=False)


def save(store: Store, edit: YearEdit, stamp: str, actor: Actor = ADMIN, reason: str = "the notice is out") -> Year:
    return save_year(store, actor, 2026, edit, stamp, reason, FROZEN_AT)


def test_a_day_is_added_and_the_event_says_who_why_and_what(store: Store) -> None:
    save(store, YearEdit(put=(FEAST,)), EMPTY.stamp)

    with store.reading() as reader:
        (event,) = year_events(reader, 2026)
        assert reader.holidays().special(FEAST.date) == FEAST
    assert (event.actor, event.detail["reason"]) == ("li", "the notice is out")
    assert event.detail["added"] == [["2026-03-20", "holiday", "开斋节", "Eid al-Fitr"]]


def test_a_day_is_changed_and_removed(store: Store) -> None:
    year = save(store, YearEdit(put=(FEAST,)), EMPTY.stamp)
    year = save(store, YearEdit(put=(replace(FEAST, source="通知二号"),)), year.stamp)
    assert year.days[0].source == "通知二号"

    assert save(store, YearEdit(remove=frozenset({FEAST.date})), year.stamp).days == ()


def test_two_editors_of_one_year_do_not_overwrite_each_other_unseen(store: Store) -> None:
    seen = year_of(store, ADMIN, 2026)
    save(store, YearEdit(put=(FEAST,)), seen.stamp, actor=OTHER_ADMIN)
    mine = YearEdit(put=(replace(FEAST, name_zh="别的名字"),))

    with pytest.raises(YearChanged) as raised:
        save(store, mine, seen.stamp)

    assert raised.value.current.days == (FEAST,)
    with store.reading() as reader:
        assert reader.holidays().special(FEAST.date) == FEAST


def test_two_editors_of_two_years_do_not_meet(store: Store) -> None:
    seen = year_of(store, ADMIN, 2026)
    next_feast = replace(FEAST, date=date(2027, 3, 10))
    empty_stamp = year_of(store, ADMIN, 2027).stamp
    save_year(store, OTHER_ADMIN, 2027, YearEdit(put=(next_feast,)), empty_stamp, "next year", FROZEN_AT)

    assert save(store, YearEdit(put=(FEAST,)), seen.stamp).days == (FEAST,)


@pytest.mark.parametrize("role", [Role.KEEPER, Role.EDITOR, Role.PLANNER])
def test_only_administrators_keep_the_table(role: Role, store: Store) -> None:
    with pytest.raises(Forbidden):
        save(store, YearEdit(put=(FEAST,)), EMPTY.stamp, actor=Actor("somebody", role))
    with pytest.raises(Forbidden):
        year_of(store, Actor("somebody", role), 2026)


def test_a_change_needs_a_reason(store: Store) -> None:
    with pytest.raises(InvalidValue) as raised:
        save(store, YearEdit(put=(FEAST,)), EMPTY.stamp, reason="  ")

    assert (raised.value.field, raised.value.code) == ("reason", "empty")


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (YearEdit(put=(FEAST, FEAST)), "repeated"),
        (YearEdit(put=(FEAST,), remove=frozenset({FEAST.date})), "repeated"),
        (YearEdit(put=(replace(FEAST, date=date(2027, 1, 1)),)), "other_year"),
        (YearEdit(remove=frozenset({date(2025, 12, 31)})), "other_year"),
        (YearEdit(put=(replace(FEAST, name_zh="长" * 41),)), "too_long"),
        (YearEdit(put=(replace(FEAST, source="\x00"),)), "control_characters"),
        (YearEdit(remove=frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(121))), "too_many"),
    ],
)
def test_an_edit_that_cannot_be_is_refused(edit: YearEdit, code: str) -> None:
    with pytest.raises(InvalidValue) as raised:
        changes_of(EMPTY, edit)

    assert raised.value.code == code


def test_changes_name_what_a_date_was_and_becomes() -> None:
    year = Year(2026, (FEAST,), is_complete=True)
    renamed, added = replace(FEAST, name_en="Feast"), replace(FEAST, date=date(2026, 3, 21))

    assert changes_of(year, YearEdit(put=(added, renamed))) == (
        DayChange(FEAST.date, FEAST, renamed),
        DayChange(added.date, None, added),
    )
    assert changes_of(year, YearEdit(put=(FEAST,), remove=frozenset({date(2026, 5, 5)}))) == ()


def test_the_national_notice_is_taken_over_beside_days_of_ones_own() -> None:
    table = HolidayTable((FEAST,), frozenset())
    edit = national_edit(Year.of(table, 2026))
    assert edit is not None

    changed = table_with(table, 2026, edit)

    assert changed.special(FEAST.date) == FEAST
    assert set(national_holidays([2026]).days) < set(changed.days)
    assert 2026 in changed.years


def test_a_notice_that_is_not_out_cannot_be_taken_over() -> None:
    assert national_edit(Year(2090, (), is_complete=False)) is None


def test_the_effect_counts_the_stations_that_open_at_other_times() -> None:
    plain = Station(code="YC-0001", kind=StationKind.REST_STATION, name="东街驿站")
    stations = [
        replace(plain, hours=OpeningHours("Mo-Su 08:00-18:00; PH off")),
        replace(plain, hours=OpeningHours("Mo-Su 08:00-18:00; PH off")),
        replace(plain, hours=OpeningHours("24/7")),
        replace(plain, hours=OpeningHours.unknown("看情况")),
    ]
    before = HolidayTable.empty()
    after = HolidayTable((FEAST,), frozenset())

    assert stations_affected(stations, before, after) == {FEAST.date: 2}
    assert stations_affected(stations, after, after) == {}


@pytest.mark.parametrize(
    ("today", "years", "expected"),
    [
        (date(2026, 3, 1), {2026, 2027}, None),
        (date(2026, 3, 1), {2026}, (2027, False)),
        (date(2026, 9, 30), {2026}, (2027, False)),
        (date(2026, 10, 1), {2026}, (2027, True)),
        (date(2026, 3, 1), {2027}, (2026, True)),
    ],
)
def test_a_missing_year_is_said_louder_from_october_on(
    today: date, years: set[int], expected: tuple[int, bool] | None
) -> None:
    missing = missing_year(HolidayTable((), frozenset(years)), today)

    assert (None if missing is None else (missing.year, missing.is_urgent)) == expected


def test_the_history_of_a_year_is_that_years_alone_newest_first(store: Store) -> None:
    year = save(store, YearEdit(put=(FEAST,)), EMPTY.stamp, reason="one")
    save(store, YearEdit(is_complete=True), year.stamp, reason="two")
    stamp = year_of(store, ADMIN, 2027).stamp
    save_year(store, ADMIN, 2027, YearEdit(is_complete=True), stamp, "three", FROZEN_AT)

    with store.reading() as reader:
        assert [event.detail["reason"] for event in year_events(reader, 2026)] == ["two", "one"]
        assert [event.detail["reason"] for event in year_events(reader, 2027)] == ["three"]


@given(
    st.dictionaries(
        st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        st.tuples(st.sampled_from(DayKind), st.text("开斋节 abc\"'<", min_size=1).filter(str.strip), st.text("x\n")),
        max_size=5,
    ),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=5),
    st.sampled_from([None, True, False]),
)
def test_an_edit_is_carried_along_by_a_form_as_it_was(
    days: dict[date, tuple[DayKind, str, str]], remove: frozenset[date], complete: bool | None
) -> None:
    put = tuple(SpecialDay(day, kind, zh, "", source) for day, (kind, zh, source) in days.items())
    edit = YearEdit(put, remove, complete)

    assert read_edit(edit_document(edit)) == edit


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"put": 1, "remove": [], "complete": None},
        {"put": [["2026-01-01"]], "remove": [], "complete": None},
        {"put": [["2026-13-01", "holiday", "a", "b", ""]], "remove": [], "complete": None},
        {"put": [["2026-01-01", "feast", "a", "b", ""]], "remove": [], "complete": None},
        {"put": [["2026-01-01", "holiday", "", "", ""]], "remove": [], "complete": None},
        {"put": [], "remove": [7], "complete": None},
        {"put": [], "remove": [], "complete": "yes"},
        {"put": [], "remove": [], "complete": []},
    ],
)
def test_what_is_no_edit_is_refused(document: object) -> None:
    with pytest.raises(InvalidValue):
        read_edit(document)


def dates_of(text: str, kind: DayKind = DayKind.HOLIDAY) -> list[str]:
    days = read_pasted(text, 2026, kind, "开斋节", "Eid al-Fitr", "").days
    return [f"{day.date:%m-%d} {day.kind.value}" for day in days]


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-20, 2026-03-21",
        "2026/3/20 2026/3/21",
        "2026年3月20日、3月21日",
        "3月20日至21日",
        "3月20日至3月21日放假",
        "2026-03-20 - 2026-03-21",
        "3月20日（农历二月初二、周五）至21日（周六）放假，共2天",
        "3.20\n3.21",
    ],
)
def test_dates_are_read_however_they_are_written(text: str) -> None:
    assert dates_of(text) == ["03-20 holiday", "03-21 holiday"]


def test_a_national_notice_is_read_whole() -> None:
    text = (
        "一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。\n"
        "二、清明节：4月4日（周六）至6日（周一）放假，共3天。"
    )
    days = read_pasted(text, 2026, DayKind.HOLIDAY, "", "", "国办发明电").days

    assert [(day.date.isoformat(), day.kind, day.name_zh, day.name_en) for day in days] == [
        ("2026-01-01", DayKind.HOLIDAY, "元旦", "New Year's Day"),
        ("2026-01-02", DayKind.HOLIDAY, "元旦", "New Year's Day"),
        ("2026-01-03", DayKind.HOLIDAY, "元旦", "New Year's Day"),
        ("2026-01-04", DayKind.WORKDAY, "元旦调休上班", "Make-up working day (New Year's Day)"),
        ("2026-04-04", DayKind.HOLIDAY, "清明节", days[4].name_en),
        ("2026-04-05", DayKind.HOLIDAY, "清明节", days[4].name_en),
        ("2026-04-06", DayKind.HOLIDAY, "清明节", days[4].name_en),
    ]
    assert {day.source for day in days} == {"国办发明电"}


def test_a_list_of_working_days_takes_the_kind_of_the_form() -> None:
    assert dates_of("3月28日", DayKind.WORKDAY) == ["03-28 workday"]


@pytest.mark.parametrize(
    "text", ["2月30日", "2025-03-20", "3月20日至1日", "2026-01-01至2026-12-31", "节后通知", "13月1日"]
)
def test_dates_that_cannot_be_are_named(text: str) -> None:
    pasted = read_pasted(text, 2026, DayKind.HOLIDAY, "开斋节", "", "")

    assert pasted.days == ()
    assert len(pasted.unread) == 1


@given(st.text("0123456789年月日至-/.（）：。上班放假开 \n", max_size=60))
def test_no_pasted_text_is_a_failure(text: str) -> None:
    pasted = read_pasted(text, 2026, DayKind.HOLIDAY, "某节", "", "")

    assert all(day.date.year == 2026 for day in pasted.days)


def test_a_pasted_day_without_any_name_is_refused() -> None:
    with pytest.raises(InvalidValue):
        read_pasted("3月20日", 2026, DayKind.HOLIDAY, "", "", "")


def test_typed_names_lose_their_spare_blanks() -> None:
    assert special_day(FEAST.date, DayKind.HOLIDAY, " 开斋节 ", "Eid  al-Fitr", " 通知一号\n") == FEAST
