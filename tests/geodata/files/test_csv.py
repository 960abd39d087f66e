"""CSV in the forms that offices produce."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.errors import UnreadableFile
from tests.geodata.files.sheets import codes, csv_file, read, text_file

HEADINGS = ("站点名称", "地址")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encoding_and_separator_are_found_out(tmp_path: Path, encoding: str, separator: str) -> None:
    path = csv_file(tmp_path, HEADINGS, ("凤凰驿站", "解放街1号"), encoding=encoding, separator=separator)

    (draft,) = read(path).drafts

    assert (draft.name, draft.address) == ("凤凰驿站", "解放街1号")


def test_a_row_is_named_by_the_physical_line_it_begins_on(tmp_path: Path) -> None:
    path = text_file(tmp_path, '站点名称,地址\n甲驿站,"一楼\n二楼"\n\n乙驿站,街\n')

    sheet = read(path)

    assert [draft.line for draft in sheet.drafts] == [2, 5]
    assert sheet.drafts[0].address == "一楼 二楼"


def test_a_quote_that_is_never_closed_costs_its_own_line_only(tmp_path: Path) -> None:
    path = text_file(tmp_path, '站点名称,地址\n甲驿站,"街\n乙驿站,街\n丙驿站,"路"\n')

    sheet = read(path)

    assert codes(sheet) == [(2, "broken_quotes")]
    assert [draft.name for draft in sheet.drafts] == ["乙驿站", "丙驿站"]


def test_a_comma_without_quotes_is_noticed_before_it_shifts_the_cells(tmp_path: Path) -> None:
    path = text_file(tmp_path, "站点名称,地址,电话\n甲驿站,街,1号,0951-1234567\n乙驿站,街\n")

    sheet = read(path)

    assert codes(sheet) == [(2, "surplus_cells")]
    assert [draft.name for draft in sheet.drafts] == ["乙驿站"]


def test_titles_above_and_totals_below_the_list_are_no_stations(tmp_path: Path) -> None:
    path = text_file(tmp_path, "驿站名单,,\n制表：工会,,\n序号,站点名称,地址\n1,甲驿站,街\n合计,1,\n")

    sheet = read(path)

    assert [draft.name for draft in sheet.drafts] == ["甲驿站"]
    assert sheet.skipped_lines == (5,)
    assert sheet.problems == ()


def test_headings_repeated_on_every_page_are_passed_over(tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADINGS, ("甲驿站", "街"), HEADINGS, ("乙驿站", "路"))

    assert [draft.line for draft in read(path).drafts] == [2, 4]


def test_a_few_broken_bytes_cost_their_cells_not_the_file(tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    whole = "站点名称,地址\n甲驿站,解放街一号院内\n乙驿站,长城路二号院内\n".encode()
    path.write_bytes(whole.replace("乙".encode(), b"\xe4\xb9"))

    sheet = read(path)

    assert [draft.name for draft in sheet.drafts] == ["甲驿站"]
    assert codes(sheet) == [(3, "control_characters")]


def test_a_nul_byte_in_a_name_rejects_its_row(tmp_path: Path) -> None:
    path = text_file(tmp_path, "name,address\nA\x00B,street\nC,street\n")

    sheet = read(path)

    assert codes(sheet) == [(2, "control_characters")]
    assert [draft.name for draft in sheet.drafts] == ["C"]


@pytest.mark.parametrize(
    ("content", "zh", "en"),
    [
        (b"", "空", "empty"),
        (b"\xff\xfe\x00", "UTF-8", "UTF-8"),
        (b"a,b\n1,2\n", "表头", "headings"),
        ("经度,纬度,地址\n1,2,3\n".encode(), "名称列", "name"),
        (b"PK\x03\x04rest of a workbook", "不是文本", "no text"),
        ("好" * 10).encode("gb18030")[:-1] and (b"\x80\x81\xff", "UTF-8", "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, content: bytes, zh: str, en: str) -> None:
    path = tmp_path / "stations.csv"
    path.write_bytes(content)

    with pytest.raises(UnreadableFile) as refused:
        read(path)

    assert zh in refused.value.zh
    assert en in refused.value.en


def test_the_refusal_lists_the_headings_that_were_found(tmp_path: Path) -> None:
    path = text_file(tmp_path, "经度,纬度,备注栏\n1,2,3\n")

    with pytest.raises(UnreadableFile, match="备注栏"):
        read(path)


@pytest.mark.parametrize("name", ["stations.xls", "stations.doc", "stations"])
def test_an_ending_nobody_reads_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableFile, match=r"\.xlsx"):
        read(text_file(tmp_path, "name\nA\n", name=name))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()

    with pytest.raises(UnreadableFile, match="no file"):
        read(tmp_path / "nothing.csv")
    with pytest.raises(UnreadableFile, match="no file"):
        read(tmp_path / "folder.csv")


def test_a_file_larger_than_any_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "stations.csv"
    path.write_bytes(b"name\n" + b"x" * (20 * 1024 * 1024))

    with pytest.raises(UnreadableFile, match="20 MB"):
        read(path)


def test_more_rows_than_any_city_has_stations_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="100,000"):
        read(text_file(tmp_path, "name\n" + "A\n" * 100_001))


def test_formulas_are_text(tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADINGS, ("=HYPERLINK(1)", "@SUM"), ('<img src=x onerror="alert(1)">', "`${alert(1)}`"))

    assert [draft.name for draft in read(path).drafts] == ["=HYPERLINK(1)", '<img src=x onerror="alert(1)">']
