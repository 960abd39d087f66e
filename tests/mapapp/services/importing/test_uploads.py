"""Files that are sent in: taken by their content, within limits, and deleted in time."""

from __future__ import annotations

import io
import os
import sqlite3
import struct
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from geodata.errors import UnreadableFile
from geodata.files import FileKind
from mapapp.services.importing import file_contents
from mapapp.services.importing.file_contents import kind_of_file
from mapapp.services.importing.uploads import (
    MAX_UPLOAD_BYTES,
    delete_old_uploads,
    keep_upload,
    upload_file,
    uploads_dir,
)
from mapapp.services.rights import COMMAND_LINE, Actor, Forbidden
from mapapp.store import Upload
from mapapp.store.accounts import Role
from tests.geodata.files.sheets import csv_file, workbook
from tests.mapapp.services.jobs.at_work import Bench

ROWS = (("名称", "地址"), ("甲驿站", "街"))


def send(bench: Bench, content: bytes, name: str = "名单.csv") -> Upload:
    return keep_upload(bench.store, bench.settings, COMMAND_LINE, name, io.BytesIO(content), bench.clock())


def kind_of(folder: Path, content: bytes) -> FileKind:
    file = folder / "sent"
    file.write_bytes(content)
    return kind_of_file(file)


def archive(*parts: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in (("[Content_Types].xml", b"<Types/>"), *parts):
            made.writestr(name, content)
    return stream.getvalue()


def test_a_file_is_kept_under_a_name_of_our_own(bench: Bench) -> None:
    upload = send(bench, "名称\n甲驿站\n".encode(), "../../etc/名单.csv")

    file = upload_file(bench.settings, upload)
    assert file.read_text(encoding="utf-8") == "名称\n甲驿站\n"
    assert (upload.file_name, file.suffix, file.parent) == ("名单.csv", ".csv", uploads_dir(bench.settings))
    with bench.store.reading() as reader:
        assert reader.uploads.find(upload.token) == upload


@pytest.mark.parametrize(
    ("name", "shown"),
    [("C:\\表格\\a.xlsx", "a.xlsx"), ("", "?"), ("a\n\u202eb.csv", "ab.csv"), ("x" * 300 + ".csv", None)],
)
def test_a_files_name_is_shown_in_one_short_line(bench: Bench, name: str, shown: str | None) -> None:
    upload = send(bench, b"name\nA\n", name)

    assert len(upload.file_name) <= 120
    assert shown in {None, upload.file_name}


def test_only_those_who_may_import_can_send_files(bench: Bench) -> None:
    with pytest.raises(Forbidden):
        keep_upload(
            bench.store, bench.settings, Actor("li", Role.KEEPER), "a.csv", io.BytesIO(b"name\nA"), bench.clock()
        )

    assert not uploads_dir(bench.settings).exists()


def test_a_file_too_large_is_refused_and_not_kept(bench: Bench) -> None:
    with pytest.raises(UnreadableFile, match="20 MB"):
        send(bench, b"a" * (MAX_UPLOAD_BYTES + 1))

    assert list(uploads_dir(bench.settings).iterdir()) == []


def test_an_empty_file_is_refused(bench: Bench) -> None:
    with pytest.raises(UnreadableFile, match="empty"):
        send(bench, b"")


def test_the_kind_is_told_by_the_content(tmp_path: Path) -> None:
    assert kind_of_file(csv_file(tmp_path, *ROWS)) is FileKind.CSV
    assert kind_of_file(csv_file(tmp_path, *ROWS, encoding="gb18030")) is FileKind.CSV
    assert kind_of_file(csv_file(tmp_path, *ROWS, encoding="utf-16")) is FileKind.CSV
    assert kind_of_file(workbook(tmp_path, *ROWS)) is FileKind.XLSX
    assert kind_of(tmp_path, b'\xef\xbb\xbf \n{"type": "FeatureCollection"}') is FileKind.GEOJSON


def test_a_geopackage_is_a_database_that_says_it_is_one(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as database:
        database.execute("PRAGMA application_id = 0x47504B47")
        database.execute("CREATE TABLE a (b)")

    assert kind_of_file(tmp_path / "a.gpkg") is FileKind.GEOPACKAGE


@pytest.mark.parametrize(
    "content",
    [
        b"\xd0\xcf\x11\xe0 old",
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n",
        b"\x1f\x8b\x08",
        b"SQLite format 3\0" + b"\0" * 100,
        b"name\0address",
        b"PK\x03\x04 cut off",
        b"PK\x05\x06" + b"\0" * 18,
        archive(("word/document.xml", b"<w/>")),
    ],
    ids=["xls", "pdf", "png", "gzip", "database", "binary", "torn", "empty archive", "document"],
)
def test_what_is_no_list_is_refused(bench: Bench, content: bytes) -> None:
    with pytest.raises(UnreadableFile) as refused:
        send(bench, content)

    assert refused.value.zh
    assert list(uploads_dir(bench.settings).iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        archive(("xl/sheet.xml", b"\0" * (16 * 1024 * 1024))),
        archive(*((f"xl/{number}.xml", b"") for number in range(file_contents.MAX_PARTS + 1))),
    ],
    ids=["one part that swells", "very many parts"],
)
def test_a_workbook_that_unpacks_to_too_much_is_not_opened(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableFile, match="unpacks to far more"):
        kind_of(tmp_path, content)


def test_many_parts_that_are_too_large_together_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_contents, "MAX_UNPACKED_BYTES", 1000)

    with pytest.raises(UnreadableFile, match="unpacks to far more"):
        kind_of(tmp_path, archive(("xl/a.xml", b"\0" * 600), ("xl/b.xml", b"\0" * 600)))


def test_a_long_list_of_parts_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last record alone says how long it is."""
    sent = bytearray(archive(("xl/sheet.xml", b"<x/>")))
    end = sent.rfind(b"PK\x05\x06")
    struct.pack_into("<L", sent, end + 12, 15 * 1024 * 1024)
    monkeypatch.setattr(zipfile, "ZipFile", None)

    with pytest.raises(UnreadableFile, match="unpacks to far more"):
        kind_of(tmp_path, bytes(sent))


def test_a_month_later_the_file_is_gone(bench: Bench) -> None:
    upload = send(bench, b"name\nA\n")
    file = upload_file(bench.settings, upload)
    sent_s = bench.clock().timestamp()
    os.utime(file, (sent_s, sent_s))

    bench.clock.advance(days=29)
    assert delete_old_uploads(bench.store, bench.settings, bench.clock()) == 0
    bench.clock.advance(days=2)
    assert delete_old_uploads(bench.store, bench.settings, bench.clock()) == 1

    assert not file.exists()
    with bench.store.reading() as reader:
        assert reader.uploads.find(upload.token) is None


def test_strays_are_deleted_a_day_later(bench: Bench) -> None:
    folder = uploads_dir(bench.settings)
    folder.mkdir(parents=True)
    new_s = bench.clock().timestamp()
    for name, age_s in ((".0123.part", 90_000), ("4567.csv", 90_000), ("89ab.csv", 60)):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (new_s - age_s, new_s - age_s))

    assert delete_old_uploads(bench.store, bench.settings, bench.clock()) == 2
    assert [file.name for file in folder.iterdir()] == ["89ab.csv"]
