"""What kind of file somebody sent, by its content, and whether it is safe to open. Its name is not asked.

A workbook is a ZIP archive. An archive may hold a million parts, or claim to be small and unpack to
terabytes; so the size of its table of contents is looked at before that is read, and all sizes before
anything is unpacked.
"""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import Final

from geodata.errors import UnreadableFile
from geodata.files import FileKind

MAX_PARTS: Final = 2_000
MAX_UNPACKED_BYTES: Final = 300 * 1024 * 1024
MAX_UNPACKING_RATIO: Final = 200
_RATIO_FREE_BYTES: Final = 10 * 1024 * 1024
"""Small parts may compress as well as they like: empty style tables do."""
_MAX_CONTENTS_BYTES: Final = MAX_PARTS * 512
_END_FORM: Final = struct.Struct("<4s4H2LH")
_END_MARK: Final = b"PK\x05\x06"
_MAX_COMMENT_BYTES: Final = 0xFFFF
_HEAD_BYTES: Final = 4096
_GEOPACKAGE_IDS: Final = frozenset({b"GPKG", b"GP10", b"GP11"})
_OTHERS: Final = (
    (b"\xd0\xcf\x11\xe0", "旧式 .xls 或加了密码的工作簿，请另存为不带密码的 .xlsx", "an old or locked Excel workbook"),
    (b"%PDF", "PDF 文档", "a PDF document"),
    (b"\x89PNG", "图片", "a picture"),
    (b"\xff\xd8\xff", "图片", "a picture"),
    (b"GIF8", "图片", "a picture"),
    (b"\x1f\x8b", "压缩文件", "a compressed file"),
    (b"Rar!", "压缩文件", "a compressed file"),
    (b"7z\xbc\xaf", "压缩文件", "a compressed file"),
    (b"\x7fELF", "程序", "a program"),
    (b"MZ\x90", "程序", "a program"),
)


def kind_of_file(path: Path) -> FileKind:
    """The format of the file, found safe to be opened as that; text of any kind is taken for CSV.

    Raises
    ------
    UnreadableFile
        It is none of the formats, or unpacks to too much.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        raise UnreadableFile("The file is empty.", "文件是空的。")
    for start, zh, en in _OTHERS:
        if head.startswith(start):
            raise UnreadableFile(f"This is {en}, which cannot be read here.", f"这是{zh}，无法在此读取。")
    if head.startswith(b"PK"):
        _require_workbook(path)
        return FileKind.XLSX
    if head.startswith(b"SQLite format 3\0"):
        if head[68:72] not in _GEOPACKAGE_IDS:
            raise UnreadableFile("This is a database but no GeoPackage.", "这是数据库文件，但不是 GeoPackage。")
        return FileKind.GEOPACKAGE
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"{", b"[")):
        return FileKind.GEOJSON
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile("The file is neither text nor a workbook.", "文件既不是文本，也不是工作簿。")
    return FileKind.CSV


def _require_workbook(path: Path) -> None:
    try:
        _refuse_long_contents(path)
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except UnreadableFile:
        raise
    except Exception as error:  # on a damaged archive zipfile raises nearly anything
        raise _damaged() from error
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise UnreadableFile(
            "This is an archive or another kind of document, no Excel workbook.",
            "这是压缩包或其他文档，不是 Excel 工作簿。",
        )
    swollen = any(
        part.file_size > _RATIO_FREE_BYTES and part.file_size > MAX_UNPACKING_RATIO * max(part.compress_size, 1)
        for part in parts
    )
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES or swollen:
        raise _too_large()


def _refuse_long_contents(path: Path) -> None:
    """Read the archive's last record alone: how many parts it has, and how long their list is."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END_FORM.size - _MAX_COMMENT_BYTES))
        tail = file.read()
    at = tail.rfind(_END_MARK)
    if at < 0 or len(tail) - at < _END_FORM.size:
        raise _damaged()
    _mark, _disk, _first_disk, _here, part_count, contents_bytes, _at, _comment = _END_FORM.unpack_from(tail, at)
    if part_count > MAX_PARTS or contents_bytes > _MAX_CONTENTS_BYTES:
        raise _too_large()


def _too_large() -> UnreadableFile:
    return UnreadableFile(
        "The workbook unpacks to far more than a list of stations needs; it is not opened.",
        "工作簿解压后大得不正常，未打开。请只保留站点表，另存后再试。",
    )


def _damaged() -> UnreadableFile:
    return UnreadableFile(
        "The file is no sound Excel workbook. Open it in Excel or WPS and save it again as .xlsx.",
        "文件不是完好的 Excel 工作簿。请用 Excel 或 WPS 打开后重新另存为 .xlsx。",
    )
