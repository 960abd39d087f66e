"""Whatever lies in a file, it is read or refused with a reason; nothing else is raised."""

from __future__ import annotations

import contextlib
import io
import tempfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geodata.errors import UnreadableFile
from tests.geodata.files.sheets import read


def read_bytes(content: bytes, ending: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"stations{ending}"
        path.write_bytes(content)
        with contextlib.suppress(UnreadableFile):
            read(path)


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".geojson", ".gpkg"])
@given(content=st.binary(max_size=400))
@example(content=b"PK\x03\x04" + bytes(range(256)))
@example(content=b"SQLite format 3\x00" + bytes(range(256)))
@example(content=b'{"type":"FeatureCollection","features":[{"properties":{"name":NaN}}]}')
@settings(max_examples=50)
def test_arbitrary_bytes_are_read_or_refused(ending: str, content: bytes) -> None:
    read_bytes(content, ending)


@given(text=st.text(alphabet=st.sampled_from('名称地址,;\t"\n\r\x00|a1√，'), max_size=200))
def test_arbitrary_text_below_a_heading_is_read(text: str) -> None:
    read_bytes(("名称,地址\n" + text).encode(), ".csv")


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("名单", 0)
    sheet.append(["名称", "地址"])
    sheet.append(["甲驿站", "街"])
    sheet.merge_cells("B2:B3")
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


WORKBOOK = _workbook()


@given(place=st.integers(0, len(WORKBOOK) - 1), byte=st.integers(0, 255))
@settings(max_examples=100)
def test_a_workbook_with_a_broken_byte_is_read_or_refused(place: int, byte: int) -> None:
    read_bytes(WORKBOOK[:place] + bytes([byte]) + WORKBOOK[place + 1 :], ".xlsx")


@given(length=st.integers(0, len(WORKBOOK)))
@settings(max_examples=30)
def test_a_workbook_cut_short_is_read_or_refused(length: int) -> None:
    read_bytes(WORKBOOK[:length], ".xlsx")
