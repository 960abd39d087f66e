"""The workbook: every table on a sheet, what was asked on the first, and no text that computes."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from mapapp.services.planning_report.content import Column, Form, Report, Table
from mapapp.services.planning_report.workbook import workbook
from tests.mapapp.services.planning_report.conftest import MakeReport
from tests.mapapp.services.planning_report.documents import FORMULA, HOSTILE


def opened(report: Report) -> Any:
    return openpyxl.load_workbook(io.BytesIO(workbook(report)))


def words_of(sheet: Any) -> str:
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


def test_the_first_sheet_says_what_was_asked_and_what_it_stands_on(make_report: MakeReport) -> None:
    about = words_of(opened(make_report()).worksheets[0])

    for said in ("50.0%–62.5%", "1,000 m", "SHA-256 c0ffee", "0123456789abcdef", "straight line × 1.3", "夜间覆盖"):
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
