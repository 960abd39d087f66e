"""Workbooks that unpack to far more than they weigh, or whose XML means harm."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"

Pieces = Iterable[bytes]

FRAME: Final[Mapping[str, str]] = {
    "[Content_Types].xml": f"""<?xml version="1.0"?><Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_XLSX}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_XLSX}.worksheet+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="{_XLSX}.sharedStrings+xml"/></Types>""",
    "_rels/.rels": f"""<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/workbook.xml": f"""<?xml version="1.0"?><workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">
<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>""",
    "xl/sharedStrings.xml": f'<?xml version="1.0"?><sst xmlns="{_MAIN}"><si><t>a</t></si></sst>',
}
SHEET: Final = "xl/worksheets/sheet1.xml"
TEXTS: Final = "xl/sharedStrings.xml"
_SHEET_HEAD: Final = f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}">'
_HEADINGS: Final = (
    '<row><c t="inlineStr"><is><t>站点名称</t></is></c><c t="inlineStr"><is><t>经度</t></is></c>'
    '<c t="inlineStr"><is><t>纬度</t></is></c><c t="inlineStr"><is><t>riders</t></is></c></row>'
)
_ROWS_HEAD: Final = f"{_SHEET_HEAD}<sheetData>{_HEADINGS}".encode()
_ROWS_END: Final = b"</sheetData></worksheet>"
_BLOCK_COUNT: Final = 10_000


def workbook(path: Path, parts: Mapping[str, Pieces | str | bytes]) -> Path:
    """A workbook of the smallest frame there is, with these parts in it or instead of its own."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, part in {**FRAME, **parts}.items():
            with archive.open(name, "w", force_zip64=False) as stream:
                for piece in [part] if isinstance(part, str | bytes) else part:
                    stream.write(piece.encode() if isinstance(piece, str) else piece)
    return path


def repeated(head: bytes, block: bytes, count: int, end: bytes, *, is_salted: bool = True) -> Pieces:
    """The block so many times; comments of noise between keep it from looking packed too well."""
    chance = random.Random(7)
    yield head
    many = block * _BLOCK_COUNT
    for _ in range(max(1, count // _BLOCK_COUNT)):
        yield many
        if is_salted:
            yield b"<!--" + _noise(max(40, len(many) // 120), chance) + b"-->"
    yield end


def _noise(size_bytes: int, chance: random.Random) -> bytes:
    """Text that does not pack well."""
    return chance.randbytes(size_bytes // 2).hex().encode()


def cells_of_one_row(path: Path, count: int) -> Path:
    """One row of so many empty cells: four bytes each in the file, a hundred in memory."""
    return workbook(path, {SHEET: repeated(_ROWS_HEAD + b"<row>", b"<c/>", count, b"</row>" + _ROWS_END)})


def rows_without_end(path: Path, count: int) -> Path:
    """Rows that all say they are the first."""
    return workbook(path, {SHEET: repeated(_ROWS_HEAD, b'<row r="1"/>', count, _ROWS_END)})


def elements_before_rows(path: Path, count: int) -> Path:
    """So many columns described before the first row."""
    head = f"{_SHEET_HEAD}<cols>".encode()
    return workbook(
        path, {SHEET: repeated(head, b"<c/>", count, f"</cols><sheetData>{_HEADINGS}".encode() + _ROWS_END)}
    )


def pieces_of_one_text(path: Path, count: int) -> Path:
    """One text of so many pieces, which a cell refers to."""
    cell = b'<row><c t="s"><v>0</v></c></row>'
    texts = repeated(f'<?xml version="1.0"?><sst xmlns="{_MAIN}"><si>'.encode(), b"<t/>", count, b"</si></sst>")
    return workbook(path, {SHEET: _ROWS_HEAD + cell + _ROWS_END, TEXTS: texts})


def one_text_in_every_cell(path: Path, rows: int, text_bytes: int) -> Path:
    """A text of many bytes, which a hundred cells of every row refer to."""
    row = b"<row>" + b'<c t="s"><v>0</v></c>' * 100 + b"</row>"
    sheet = _ROWS_HEAD + row * rows + _ROWS_END
    text = repeated(f'<?xml version="1.0"?><sst xmlns="{_MAIN}"><si><t>'.encode(), b"x", text_bytes, b"</t></si></sst>")
    return workbook(path, {SHEET: sheet, TEXTS: text})


def one_endless_cell(path: Path, count: int) -> Path:
    """One cell of so many bytes of text."""
    head = _ROWS_HEAD + b'<row><c t="inlineStr"><is><t>'
    return workbook(path, {SHEET: repeated(head, b"abcdefgh", count // 8, b"</t></is></c></row>" + _ROWS_END)})


def one_endless_attribute(path: Path, count: int) -> Path:
    """One attribute of so many bytes."""
    noise = b"<!--" + _noise(count // 120, random.Random(7)) + b"-->"
    head = _ROWS_HEAD + b'<row spans="'
    end = b'"></row></sheetData>' + noise + b"</worksheet>"
    return workbook(path, {SHEET: repeated(head, b"abcdefgh", count // 8, end, is_salted=False)})


def deep_elements(path: Path, count: int) -> Path:
    """Elements in elements, without end."""
    return workbook(path, {SHEET: repeated(_ROWS_HEAD + b"<row>", b"<a>", count, b"")})


def billion_laughs(path: Path, part: str) -> Path:
    """An entity of ten of another of ten …, in a part of the workbook."""
    names = "abcdefghij"
    laughs = "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise(names))
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">{laughs}]>'
    body = {
        SHEET: f'<worksheet xmlns="{_MAIN}"><sheetData><row><c t="inlineStr"><is><t>&j;</t></is></c></row></sheetData></worksheet>',
        TEXTS: f'<sst xmlns="{_MAIN}"><si><t>&j;</t></si></sst>',
    }
    other = body.get(part, FRAME.get(part, "<x/>").partition("?>")[2].replace("</", "&j;</", 1))
    sheet = _ROWS_HEAD + b'<row><c t="s"><v>0</v></c></row>' + _ROWS_END
    return workbook(path, {SHEET: sheet, part: text + other})


def outer_entity(path: Path) -> Path:
    """A text that asks for a file of the machine."""
    text = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
        f'<worksheet xmlns="{_MAIN}"><sheetData>'
        '<row><c t="inlineStr"><is><t>站点名称&a;</t></is></c></row></sheetData></worksheet>'
    )
    return workbook(path, {SHEET: text})


def quoted_bytes(path: Path) -> Path:
    """Parts that overlap: a hundred entries of the table of contents, one content."""
    plain = workbook(path, {SHEET: _ROWS_HEAD + _ROWS_END, "xl/media/a.bin": b"\0" * (9 * 1024 * 1024)})
    content = bytearray(plain.read_bytes())
    with zipfile.ZipFile(plain) as archive:
        start = archive.start_dir
    entries = bytes(content[start:].partition(b"PK\x05\x06")[0])
    end = bytearray(content[start + len(entries) :])
    count = 150
    end[8:12] = (count * 6).to_bytes(2, "little") * 2
    end[12:16] = (len(entries) * count).to_bytes(4, "little")
    path.write_bytes(bytes(content[:start]) + entries * count + bytes(end))
    return path


def thousands_of_merges(path: Path, count: int) -> Path:
    """So many merged ranges, each of the whole sheet."""
    end = b"</mergeCells></worksheet>"
    row = b'<row><c t="inlineStr"><is><t>a</t></is></c></row>'
    head = _ROWS_HEAD + row * 300 + b"</sheetData><mergeCells>"
    return workbook(path, {SHEET: repeated(head, b'<mergeCell ref="A1:XFD1048576"/>', count, end)})


def thousands_of_sheets(path: Path, count: int) -> Path:
    """So many sheets, each of which is the same part."""
    sheets = "".join(f'<sheet name="S{number}" sheetId="{number + 1}" r:id="rId1"/>' for number in range(count))
    book = f'<?xml version="1.0"?><workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
    row = b'<row><c t="inlineStr"><is><t>a</t></is></c></row>'
    head = f"{_SHEET_HEAD}<sheetData>".encode()
    return workbook(path, {"xl/workbook.xml": book, SHEET: head + row * 3_000 + _ROWS_END})
