"""The report of an import, as people read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.coordinates import Crs
from geodata.places import Place
from mapapp.commands.import_report import run_import
from mapapp.store import Store
from tests.geodata.files.sheets import csv_file, text_file

HEADINGS = ("站点名称", "地址", "经度", "纬度", "备注")
GOOD = ("甲驿站", "街", 113.6, 34.75, "")


def test_every_row_good_is_0(store: Store, testcity: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_import(store, testcity, csv_file(tmp_path, HEADINGS, GOOD), Crs.GCJ02, False, "zh")

    printed = capsys.readouterr()
    assert code == 0
    assert "共 1 行，新增 1，更新 0，未变 0，未导入 0" in printed.out
    assert "GCJ-02（由 --crs 指定）" in printed.out
    assert "没有读取的列：备注" in printed.out
    assert printed.err == ""


@pytest.mark.parametrize(
    ("lang", "line"),
    [("zh", "第 3 行 “站点名称”（空）: 没有名称。"), ("en", 'line 3 "站点名称" (blank): There is no name.')],
)
def test_a_bad_row_is_1_and_named_by_line_column_value_and_reason(
    store: Store, testcity: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str, line: str
) -> None:
    path = csv_file(tmp_path, HEADINGS, GOOD, ("", "街", 113.6, 34.75, ""), ("乙驿站", "街", "east", 34.75, ""))

    code = run_import(store, testcity, path, None, False, lang)

    printed = capsys.readouterr().out
    assert code == 1
    assert line in printed
    assert "east, 34.75" in printed


def test_a_file_of_bad_rows_only_is_2(
    store: Store, testcity: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_import(store, testcity, csv_file(tmp_path, HEADINGS, ("", "街", "", "", "")), None, False, "en")

    assert code == 2
    assert "nothing was changed" in capsys.readouterr().out


def test_an_unusable_file_is_2_and_said_on_stderr(
    store: Store, testcity: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_import(store, testcity, text_file(tmp_path, ""), None, False, "zh")

    printed = capsys.readouterr()
    assert code == 2
    assert printed.out == ""
    assert "文件是空的。 没有导入任何内容。" in printed.err


def test_an_assumed_system_is_warned_about(
    store: Store, testcity: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_import(store, testcity, csv_file(tmp_path, HEADINGS, GOOD), None, True, "en")

    printed = capsys.readouterr().out
    assert "WGS-84 (the file does not say; the default)" in printed
    assert "--crs gcj02" in printed
    assert "nothing was saved" in printed


def test_a_change_shows_the_old_and_the_new(
    store: Store, testcity: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_import(store, testcity, csv_file(tmp_path, HEADINGS, GOOD), None, False, "zh")
    capsys.readouterr()

    run_import(store, testcity, csv_file(tmp_path, HEADINGS, ("甲驿站", "新街", 113.6, 34.75, "")), None, False, "zh")

    assert "地址: 街 → 新街" in capsys.readouterr().out


def test_a_second_import_says_that_nothing_changed(
    store: Store, testcity: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = csv_file(tmp_path, HEADINGS, GOOD)
    run_import(store, testcity, path, None, False, "en")
    capsys.readouterr()

    assert run_import(store, testcity, path, None, False, "en") == 0
    assert "nothing was changed" in capsys.readouterr().out


def test_the_removal_of_the_sample_is_announced_by_the_dry_run(
    sample_store: Store, testcity: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_import(sample_store, testcity, csv_file(tmp_path, HEADINGS, GOOD), None, True, "zh")

    assert "导入时将删除 420 个示例站点" in capsys.readouterr().out


def test_a_terminal_never_sees_control_characters(
    store: Store, testcity: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = csv_file(tmp_path, HEADINGS, GOOD, ("\x1b[2J甲", "街", "", "", ""), ("乙\u202e驿站", "街", "", "", ""))

    run_import(store, testcity, path, None, False, "en")

    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    assert "\\x1b[2J" in printed


def test_the_same_remark_in_many_rows_is_said_once_with_all_its_lines(
    store: Store, testcity: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [(f"第{number}驿站", "月球区") for number in (1, 2, 3)]
    path = csv_file(tmp_path, ("名称", "区县"), *rows, ("第4驿站", "测试一区"), ("第5驿站", "月球区"))

    run_import(store, testcity, path, None, False, "zh")

    assert "第 2-4, 6 行 “区县” = 月球区" in capsys.readouterr().out
