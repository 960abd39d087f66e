"""The workbook: every table on a sheet, what was asked on the first, and no text that computes."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from mapapp.services.planning_report.content import Column, Form, Report, Table, both_bounds
from mapapp.services.planning_report.workbook import workbook
from tests.mapapp.services.planning_report.conftest import MakeReport
from tests.mapapp.services.planning_report.documents import FORMULA, HOSTILE


def opened(report: Report) -> Any:
    return openpyxl.load_workbook(io.BytesIO(workbook(report)))


def words_of(sheet: Any) -> str:
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


def test_the_first_sheet_says_what_was_asked_and_what_it_stands_on(make_report: MakeReport) -> None:
    about = words_of(opened(make_report()).worksheets[0])

    for said in ("50.0%–62.5%", "1000 m", "SHA-256 c0ffee", "0123456789abcdef", "straight line × 1.3", "夜间覆盖"):
        assert said in about


@pytest.mark.parametrize(("language", "mark"), [("en", "Sample data"), ("zh", "示例数据")])
def test_every_sheet_says_that_the_data_are_a_sample(make_report: MakeReport, language: str, mark: str) -> None:
    book = opened(make_report(language))

    assert [sheet.title for sheet in book.worksheets if mark not in words_of(sheet)] == []


def test_each_table_has_a_sheet_with_all_its_rows(make_report: MakeReport) -> None:
    report = make_report()
    book = opened(report)

    assert len(book.worksheets) == 1 + len(report.tables)
    for table, sheet in zip(report.tables, book.worksheets[1:], strict=True):
        assert [cell.value for cell in sheet[1]] == [column.heading for column in table.columns]
        assert sheet.cell(row=1 + len(table.rows), column=1).value == table.rows[-1][0]


def test_numbers_are_numbers_in_the_format_of_their_column(make_report: MakeReport) -> None:
    report = make_report()
    sheet = opened(report)["Districts"]
    headings = {cell.value: cell.column for cell in sheet[1]}
    share = sheet.cell(row=2, column=headings["covered share, low"])

    assert (share.value, share.number_format, share.data_type) == (0.6, "0.0%", "n")


def with_tables(report: Report, *tables: Table) -> Report:
    return Report(**{name: getattr(report, name) for name in report.__slots__} | {"tables": tables})


@pytest.mark.parametrize(
    ("share", "number_format"),
    [(0.99999, '">99.9%"'), (1.0, "0.0%"), (0.9, "0.0%"), (0.00001, '"<0.1%"'), (0.0, "0.0%")],
)
def test_a_share_short_of_all_never_reads_as_all(make_report: MakeReport, share: float, number_format: str) -> None:
    table = Table(key="t", title="t", columns=(Column("x", Form.SHARE),), rows=((share,),))
    cell = opened(with_tables(make_report(), table))["t"]["A2"]

    assert (cell.value, cell.number_format) == (share, number_format)


def test_a_page_says_the_smaller_of_two_bounds_first_and_a_sheet_keeps_each_in_its_column(
    make_report: MakeReport,
) -> None:
    report = make_report()
    columns = both_bounds("newly covered", Form.COUNT, report.speech)
    table = Table(key="t", title="t", columns=columns, rows=((3.0, 2.0),))
    sheet = opened(with_tables(report, table))["t"]

    assert [cell.value for cell in sheet[2]] == [3, 2]
    assert Form.COUNT.both_said(3.0, 2.0, report.speech) == "2–3"


def test_a_long_heading_makes_no_wide_column_and_a_long_title_ends_at_a_word(make_report: MakeReport) -> None:
    table = Table(
        key="t", title="What changes, service by service", columns=(Column("words " * 20, Form.COUNT),), rows=((1,),)
    )
    sheet = opened(with_tables(make_report(), table)).worksheets[1]

    assert sheet.title == "What changes, service by…"
    assert sheet.column_dimensions["A"].width <= 24


@pytest.mark.parametrize("name", [FORMULA, "+86 951", "-1", "@SUM(A1)", "\t=1", "＝1", HOSTILE])
def test_no_name_computes(make_report: MakeReport, name: str) -> None:
    book = opened(make_report(name=name, station_name=name, gap_name=name))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]

    assert "f" not in {cell.data_type for cell in cells}
    quoted = [cell.quotePrefix for cell in cells if isinstance(cell.value, str) and cell.value.startswith(("=", "@"))]
    assert all(quoted)


def test_numbers_without_end_leave_their_cell_empty(make_report: MakeReport) -> None:
    report = make_report()
    table = Table(
        key="t", title="t", columns=(Column("x", Form.NUMBER),), rows=((float("inf"),), (float("nan"),), (1.5,))
    )
    changed = Report(**{name: getattr(report, name) for name in report.__slots__} | {"tables": (table,)})

    assert [row[0] for row in opened(changed)["t"].iter_rows(min_row=2, max_row=4, values_only=True)] == [
        None,
        None,
        1.5,
    ]


def test_sheets_of_one_name_are_told_apart(make_report: MakeReport) -> None:
    report = make_report()
    twins = tuple(
        Table(key=str(number), title="Is this: a [name] / that\\ a workbook* forbids?", columns=(Column("x"),), rows=())
        for number in range(3)
    )
    changed = Report(**{name: getattr(report, name) for name in report.__slots__} | {"tables": twins})
    titles = [sheet.title for sheet in opened(changed).worksheets]

    assert len({title.casefold() for title in titles}) == 4
    assert max(len(title) for title in titles) <= 31
