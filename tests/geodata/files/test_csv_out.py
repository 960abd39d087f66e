"""CSV that spreadsheets open as it is meant."""

from __future__ import annotations

import codecs
import csv
import io

import pytest

from geodata.files.csv_out import csv_bytes


def read_back(table: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))


def test_it_begins_with_the_mark_that_makes_spreadsheets_read_utf_8() -> None:
    assert csv_bytes(("名称",), []).startswith(codecs.BOM_UTF8)


def test_cells_come_back_as_they_were_written() -> None:
    rows = [('兴庆区, "北"', 1.5, None), ("two\nlines", -2, "")]

    table = read_back(csv_bytes(("a", "b", "c"), rows))

    assert table == [["a", "b", "c"], ['兴庆区, "北"', "1.5", ""], ["two\nlines", "-2", ""]]


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "=cmd|' /C calc'!A0"]
)
def test_text_that_a_spreadsheet_would_compute_is_made_plain(text: str) -> None:
    ((_header, (cell,)),) = [read_back(csv_bytes(("a",), [(text,)]))]

    assert cell.startswith("'")
    assert cell[1:].replace("\r", "\n") == text.replace("\r", "\n")


@pytest.mark.parametrize("text", ["示例", "a=b", "38.47", "1-2", "'"])
def test_other_text_is_left_alone(text: str) -> None:
    assert read_back(csv_bytes(("a",), [(text,)]))[1] == [text]


def test_headers_are_text_like_any_other() -> None:
    assert read_back(csv_bytes(("=1",), [])) == [["'=1"]]


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="2 cells"):
        csv_bytes(("a",), [(1, 2)])
