"""XLSX in the forms that offices produce, and the ones that attack."""

from __future__ import annotations

import zipfile
from datetime import date, time
from pathlib import Path

import openpyxl
import pytest

from geodata.errors import UnreadableFile
from geodata.files.writing_formats import workbook_of_rows
from geodata.stations.vocabulary import Service
from tests.geodata.files.sheets import codes, csv_file, only_draft, read, workbook


def test_titles_stand_above_the_headings_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["工会驿站名单"], [], ["名称", "经度", "纬度"], ["甲驿站", 106.27, 38.47], [], ["乙驿站"])

    sheet = read(path)

    assert [(draft.line, draft.name) for draft in sheet.drafts] == [(4, "甲驿站"), (6, "乙驿站")]


def test_a_cell_merged_downwards_holds_for_every_row_it_spans(tmp_path: Path) -> None:
    path = workbook(
        tmp_path, ["区县", "名称"], ["东区", "甲驿站"], [None, "乙驿站"], ["西区", "丙驿站"], merged=["A2:A3"]
    )

    assert [draft.district for draft in read(path).drafts] == ["东区", "东区", "西区"]


def test_a_heading_over_two_rows_is_understood(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        ["名称", "地址", "坐标", None],
        [None, None, "经度", "纬度"],
        ["甲驿站", "街", 106.27, 38.47],
        merged=["A1:A2", "B1:B2", "C1:D1"],
    )

    draft = only_draft(path)

    assert draft.given is not None
    assert draft.given.lon == 106.27


def test_a_wide_merged_cell_between_rows_is_a_title(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["名称", "地址", "电话"], ["一、东区"], ["甲驿站", "街"], merged=["A2:C2"])

    assert [draft.name for draft in read(path).drafts] == ["甲驿站"]


def test_numbers_as_text_and_text_as_numbers_are_read(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        ["名称", "经度", "纬度", "座位数", "电话", "编码", "核实日期"],
        [2024, "106.27", " 38.47 ", "20人", 9511234567.0, 20240001, date(2026, 3, 1)],
    )

    draft = only_draft(path)

    assert draft.name == "2024"
    assert draft.given is not None
    assert draft.capacity_count == 20
    assert draft.public_phone == "9511234567"
    assert draft.code == "20240001"
    assert draft.last_verified is not None
    assert draft.last_verified.on.isoformat() == "2026-03-01"


def test_times_in_cells_of_their_own_make_the_hours(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["名称", "开门时间", "关门时间"], ["甲驿站", time(8, 30), time(18)])

    draft = only_draft(path)

    assert draft.hours is not None
    assert draft.hours.rule is not None
    assert draft.hours.original_text == "08:30-18:00"


def test_the_first_sheet_with_headings_is_read_and_the_others_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("说明", 0).append(["填表说明"])
    book.create_sheet("名单").append(["名称"])
    book["名单"].append(["甲驿站"])
    book.create_sheet("旧名单").append(["名称"])
    path = tmp_path / "book.xlsx"
    book.save(path)

    sheet = read(path)

    assert [draft.name for draft in sheet.drafts] == ["甲驿站"]
    assert any("旧名单" in note.zh for note in sheet.notes)


def test_one_column_a_service_with_a_mark(tmp_path: Path) -> None:
    path = workbook(
        tmp_path, ["名称", "饮水机", "微波炉", "空调", "WiFi", "药箱"], ["甲驿站", "√", "×", 1, "2台", "看情况"]
    )

    sheet = read(path)
    services = sheet.drafts[0].services

    assert services is not None
    assert set(services.named) == {Service.WATER, Service.COOL_WARM, Service.WIFI}
    assert services.denied == {Service.HEAT_MEAL}
    assert codes(sheet) == [(2, "not_a_mark")]


def test_a_formula_that_failed_is_no_name(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["名称", "地址"], ["#REF!", "街"], ["乙驿站", "街"])

    sheet = read(path)

    assert codes(sheet) == [(2, "spreadsheet_error")]
    assert len(sheet.drafts) == 1


def test_a_text_file_called_xlsx_is_refused(tmp_path: Path) -> None:
    path = csv_file(tmp_path, ["名称"], ["甲"]).rename(tmp_path / "stations.xlsx")

    with pytest.raises(UnreadableFile, match="no Excel workbook"):
        read(path)


def test_an_old_or_locked_workbook_is_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "old.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100)

    with pytest.raises(UnreadableFile, match="password"):
        read(path)


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x05\x06" + b"\x00" * 18, b"PK\x03\x04" + b"\xff" * 400])
def test_a_damaged_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "damaged.xlsx"
    path.write_bytes(content)

    with pytest.raises(UnreadableFile, match="sound Excel workbook"):
        read(path)


def test_another_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no workbook")

    with pytest.raises(UnreadableFile, match="sound Excel workbook"):
        read(path)


def test_an_archive_that_unpacks_to_too_much_is_not_opened(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["名称"], ["甲驿站"])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b"\x00" * (30 * 1024 * 1024))

    with pytest.raises(UnreadableFile, match="unpacks"):
        read(path)


def test_an_entity_bomb_is_not_expanded(tmp_path: Path) -> None:
    sound = workbook(tmp_path, ["名称"], ["甲驿站"])
    path = tmp_path / "bomb.xlsx"
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with zipfile.ZipFile(sound) as source, zipfile.ZipFile(path, "w") as target:
        for part in source.infolist():
            data = source.read(part)
            if part.filename.startswith("xl/worksheets/"):
                data = entities + data[data.find(b"<worksheet") :]
            target.writestr(part.filename, data)

    with pytest.raises(UnreadableFile):
        read(path)


def with_words(path: Path, words: str) -> None:
    """Put words, as they stand in the file, where PLACEHOLDER is, in whatever part."""
    with_replaced(path, b"PLACEHOLDER", words.encode())


def with_replaced(path: Path, before: bytes, after: bytes) -> None:
    """Put something else where ``before`` stands in the workbook, in whatever part."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(before, after))


@pytest.mark.parametrize(
    ("cell", "seats", "said"),
    [
        (b'<c r="C2"><f>5+5</f><v>10</v></c>', 10, []),
        (b'<c r="C2" t="str"><f>IF(1,"","")</f><v></v></c>', None, []),
        (b'<c r="C2"><f>5+5</f><v/></c>', None, ["formula_unsaved"]),
        (b'<c r="C2"><f>5+5</f></c>', None, ["formula_unsaved"]),
    ],
    ids=["a result", "an empty text", "an empty value", "no value"],
)
def test_a_formula_without_a_saved_result_is_said_and_not_taken_for_blank(
    tmp_path: Path, cell: bytes, seats: int | None, said: list[str]
) -> None:
    path = workbook(tmp_path, ["名称", "地址", "座位数"], ["甲驿站", "街", "=5+5"])
    with_replaced(path, b'<c r="C2"><f>5+5</f><v /></c>', cell)

    sheet = read(path)

    assert [draft.capacity_count for draft in sheet.drafts] == [seats]
    assert codes(sheet) == [(2, code) for code in said]


@pytest.mark.parametrize("is_shared", [True, False], ids=["shared text", "text in the cell"])
@pytest.mark.parametrize(
    ("written", "read_as"),
    [("路2_x000D_\n号", "路2 号"), ("a_x005F_x000D_b", "a_x000D_b"), ("_x4E2d_路", "中路"), ("_xD800_路", "_xD800_路")],
)
def test_characters_written_by_their_numbers_are_read(
    tmp_path: Path, written: str, read_as: str, is_shared: bool
) -> None:
    path = workbook(tmp_path, ["名称", "地址"], ["甲驿站", "PLACEHOLDER"])
    if not is_shared:
        path.write_bytes(workbook_of_rows(["名称", "地址"], [["甲驿站", "PLACEHOLDER"]], title="t"))
    with_words(path, written)

    assert only_draft(path).address == read_as


@pytest.mark.parametrize("text", ["a_x000D_b", "_x000D_x000A_", "_x005F_", "x000D_", "_xZZZZ_"])
def test_what_looks_like_such_a_number_is_written_so_that_it_is_read_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rows.xlsx"
    path.write_bytes(workbook_of_rows(["名称", "地址"], [["甲驿站", text]], title="t"))

    assert only_draft(path).address == text
