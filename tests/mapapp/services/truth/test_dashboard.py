"""The dashboard and the month's sheet: the same facts, counted."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from geodata.places import Place
from geodata.reports.vocabulary import ReportKind
from geodata.stations.freshness import ConfirmedHow, FieldGroup
from mapapp.services.coverage import CoverageDesk
from mapapp.services.districts import NO_DISTRICT
from mapapp.services.snapshot import build_snapshot
from mapapp.services.truth.completeness import Fact
from mapapp.services.truth.dashboard import Dashboard, age_part, dashboard
from mapapp.services.truth.monthly_sheet import MonthlySheet, monthly_sheet
from mapapp.services.truth.months import Month
from mapapp.services.truth.register import Reason, TruthDesk
from mapapp.settings import Settings
from mapapp.store import Store
from tests.mapapp.services.truth.world import BARE, FULL, NOW, OWN, World

THIS_MONTH = Month(2026, 11)


def board(world: World) -> Dashboard:
    return dashboard(world.store, world.truth(), NOW)


def lines(sheet: MonthlySheet) -> dict[str, dict[str, str]]:
    rows = list(csv.reader(io.StringIO(sheet.csv().decode("utf-8-sig"))))
    return {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}


def cell(line: dict[str, str], word: str) -> str:
    """The cell under the heading that has the word in it."""
    return next(value for name, value in line.items() if word in name)


def test_completeness_counts_what_is_there(world: World) -> None:
    all_of_them = board(world).all

    assert all_of_them.station_count == 3
    assert all_of_them.complete[Fact.POSITION] == all_of_them.complete[Fact.HOURS] == 2
    assert all_of_them.complete[Fact.PHOTO] == 0


def test_districts_and_kinds_add_up_to_all(world: World) -> None:
    found = board(world)

    for parts in (found.by_district, found.by_kind):
        assert sum(part.station_count for part in parts) == found.all.station_count
        assert sum(part.complete[Fact.HOURS] for part in parts) == found.all.complete[Fact.HOURS]


def test_freshness_counts_what_was_confirmed_in_time_and_is_known(world: World) -> None:
    world.confirm("YC-0001", days_ago=100)
    world.confirm("YC-0003")

    own = next(part for part in board(world).by_district if part.key == OWN)

    assert own.fresh == {
        FieldGroup.HOURS: 0,
        FieldGroup.DOOR: 1,
        FieldGroup.SERVICES: 1,
        FieldGroup.POSITION: 1,
    }
    assert board(world).all.fresh[FieldGroup.HOURS] == 0


def test_doors_count_from_the_first_of_the_month(world: World) -> None:
    world.confirm("YC-0001", FieldGroup.DOOR, days_ago=18)
    world.confirm("YC-0002", FieldGroup.DOOR, days_ago=17)

    assert board(world).door_unconfirmed_count == 2


def test_what_waits_is_counted_by_reason(world: World) -> None:
    world.report(ReportKind.WRONG_HOURS)

    found = board(world)

    assert found.waiting[Reason.CONTRADICTED] == 1
    assert found.waiting[Reason.UNKNOWN_HOURS] == found.unknown_hours_count == 1


def test_open_reports_are_told_apart_by_age(world: World) -> None:
    for days_ago in (0, 3, 31):
        world.report(ReportKind.BROKEN, days_ago=days_ago)
    world.report(ReportKind.GOT_IN)
    world.report(ReportKind.OTHER, code="YC-0003")

    assert [(row.key, row.counts) for row in board(world).reports] == [(OWN, (1, 1, 0, 1)), ("none", (1, 0, 0, 0))]


@pytest.mark.parametrize(("age_days", "part"), [(0, 0), (1, 0), (2, 1), (6, 1), (7, 2), (29, 2), (30, 3), (999, 3)])
def test_an_age_falls_into_one_part(age_days: int, part: int) -> None:
    assert age_part(age_days, (2, 7, 30)) == part


def test_the_trend_has_twelve_months_and_the_present_one_last(world: World) -> None:
    world.confirm("YC-0001")
    world.confirm("YC-0001", days_ago=1)
    world.confirm("YC-0002", days_ago=30)
    with world.store.writing("form", at=NOW) as writer:
        writer.update_station(replace(BARE, name="已定"), expected_version=1, actor="li", reason="")
    world.report(ReportKind.OTHER)

    trend = board(world).trend

    assert [str(month.month) for month in (trend[0], trend[-1])] == ["2025-12", "2026-11"]
    assert [month.confirmed_stations for month in trend[-2:]] == [1, 1]
    assert (trend[-1].changes, trend[-1].reports_came, trend[-1].reports_closed) == (1, 1, 0)


def test_the_dashboard_takes_as_many_statements_for_many_stations_as_for_few(world: World) -> None:
    world.truth()
    few = world.statements(lambda: board(world))
    with world.store.writing("import") as writer:
        for number in range(100, 200):
            writer.add_station(replace(BARE, code=f"YC-0{number}"), actor="ma", reason="")

    assert world.statements(lambda: board(world)) <= few + 1


def test_the_sheet_says_what_was_done_in_the_month(world: World) -> None:
    world.confirm("YC-0001", FieldGroup.HOURS, days_ago=40)
    world.confirm("YC-0001", FieldGroup.DOOR, FieldGroup.POSITION)
    world.report(ReportKind.GOT_IN, code="YC-0002")
    world.report(ReportKind.BROKEN)

    found = lines(monthly_sheet(world.store, world.truth(), THIS_MONTH, NOW))

    assert cell(found["YC-0001"], "opening hours confirmed on") == "2026-10-09"
    assert cell(found["YC-0001"], "confirmations in the month") == "2"
    assert cell(found["YC-0001"], "door confirmed in the month") == "是 yes"
    assert cell(found["YC-0002"], "door confirmed in the month") == "是 yes"
    assert cell(found["YC-0003"], "door confirmed in the month") == "否 no"
    assert cell(found["YC-0001"], "reports received") == cell(found["YC-0001"], "open reports now") == "1"


def test_a_past_month_knows_nothing_of_later_ones(world: World) -> None:
    world.confirm("YC-0001", FieldGroup.HOURS)

    found = lines(monthly_sheet(world.store, world.truth(), Month(2026, 10), NOW))

    assert cell(found["YC-0001"], "opening hours confirmed on") == ""
    assert cell(found["YC-0001"], "confirmations in the month") == "0"


def test_a_name_like_a_formula_stays_a_name(world: World) -> None:
    with world.store.writing("form", at=NOW) as writer:
        writer.update_station(replace(FULL, name="=1+1"), expected_version=1, actor="li", reason="")
    sheet = monthly_sheet(world.store, world.truth(), THIS_MONTH, NOW)

    workbook = openpyxl.load_workbook(io.BytesIO(sheet.xlsx()))
    written = workbook.active["B2"]  # type: ignore[index]

    assert cell(lines(sheet)["YC-0001"], "name") == "'=1+1"
    assert (written.value, written.data_type, written.quotePrefix) == ("=1+1", "s", True)


def test_both_files_have_the_same_lines(world: World) -> None:
    sheet = monthly_sheet(world.store, world.truth(), THIS_MONTH, NOW)

    workbook = openpyxl.load_workbook(io.BytesIO(sheet.xlsx()))
    rows = list(workbook.active.iter_rows(values_only=True))  # type: ignore[union-attr]

    assert [len(rows), len(rows[0])] == [4, len(sheet.header)]
    assert [row[0] for row in rows[1:]] == list(lines(sheet))
    assert sheet.csv().startswith(b"\xef\xbb\xbf")


def test_months_pass_over_the_new_year() -> None:
    assert [str(Month(2026, 1).earlier(months)) for months in (0, 1, 13, -12)] == [
        "2026-01",
        "2025-12",
        "2024-12",
        "2027-01",
    ]


def test_a_month_ends_where_the_next_begins() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")

    assert Month(2026, 12).span(shanghai)[1] == Month(2027, 1).span(shanghai)[0]


@pytest.mark.parametrize("text", ["", "2026-13", "2026-00", "26-1", "2026-1", "１２", "2026-11-01", "9999-12"])
def test_what_is_no_month_is_none(text: str) -> None:
    assert Month.parse(text) is None


def test_who_got_in_at_the_months_first_instant_got_in_in_that_month(world: World) -> None:
    first = THIS_MONTH.span(world.place.timezone)[0]
    world.report(ReportKind.GOT_IN, days_ago=(NOW - first).total_seconds() / 86400)

    this, last = (
        cell(lines(monthly_sheet(world.store, world.truth(), month, NOW))["YC-0001"], "door confirmed in the month")
        for month in (THIS_MONTH, THIS_MONTH.earlier(1))
    )

    assert (this, last) == ("是 yes", "否 no")


def test_the_sheet_and_the_dashboard_agree_on_doors(world: World) -> None:
    with world.store.writing("form", at=NOW) as writer:
        writer.confirmations.add("YC-0001", [FieldGroup.DOOR], at=NOW, actor="li", how=ConfirmedHow.PHONE)
    world.report(ReportKind.GOT_IN, code="YC-0002")

    found = lines(monthly_sheet(world.store, world.truth(), THIS_MONTH, NOW))

    confirmed = [code for code, line in found.items() if cell(line, "door confirmed in the month") == "是 yes"]
    assert confirmed == ["YC-0001", "YC-0002"]
    assert board(world).door_unconfirmed_count == len(found) - len(confirmed)
    assert cell(found["YC-0002"], "how to get in confirmed on") == NOW.date().isoformat()


def test_an_empty_register_has_a_dashboard_and_a_sheet(store: Store, place: Place) -> None:
    desk = TruthDesk(store, Settings(), CoverageDesk(store))
    truth = desk.register(build_snapshot(store, place, NOW), NOW)

    sheet = monthly_sheet(store, truth, THIS_MONTH, NOW)

    assert dashboard(store, truth, NOW).all.station_count == 0
    assert sheet.lines == ()
    assert openpyxl.load_workbook(io.BytesIO(sheet.xlsx())).active["A1"].value == sheet.header[0]  # type: ignore[index]


def test_parts_count_what_one_would_count_station_by_station(world: World) -> None:
    world.confirm("YC-0001")
    truth = world.truth()
    stations = truth.snapshot.stations

    found = board(world)

    for part in found.by_district:
        own = [each for each in stations if (each.district_code or NO_DISTRICT) == part.key]
        assert (part.station_count, part.complete[Fact.HOURS]) == (len(own), sum(each.hours.known for each in own))
        assert part.complete[Fact.ADDRESS] == sum(bool(each.address) for each in own)
        assert part.waiting_count == sum(bool(truth.due[truth.facts.row_of[each.code]]) for each in own)
    for part in found.by_kind:
        own = [each for each in stations if each.kind.value == part.key]
        assert (part.station_count, part.complete[Fact.ENTRY]) == (len(own), sum(bool(e.entry_methods) for e in own))


def test_what_stands_still_with_the_snapshot_is_counted_once(world: World) -> None:
    desk, snapshot = TruthDesk(world.store, Settings(), CoverageDesk(world.store)), world.snapshot()

    first, second = (desk.register(snapshot, NOW) for _ in range(2))

    assert first.facts is second.facts
