"""Files that unfold to gigabytes or never end: refused in words, or read, with little memory and little time.

Every file is read in a process of its own that has a limit to memory and CPU time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from tests.floor import slowness
from tests.hostile import geopackage_bombs as packages
from tests.hostile import picture_bombs as pictures
from tests.hostile import text_bombs as texts
from tests.hostile import workbook_bombs as workbooks
from tests.hostile.confinement import Cell

Maker = Callable[[Path], Path]

MORE_MB: Final = 250
"""What reading any of these files may take beyond what the process has."""
AT_ONCE_CPU_S: Final = 3
"""What a page may take on a usual machine: thrice what it does; without their limits these files take minutes."""
WHOLE_CPU_S: Final = 12
"""What a job may take."""
STATIONS: Final = ("first_stations", "whole_stations")
SHAPES: Final = ("first_demand", "whole_demand")
ALL: Final = (*STATIONS, *SHAPES, "premises")


@pytest.fixture(scope="module")
def cell() -> Iterator[Cell]:
    """One for all files: to load what reads them takes longest."""
    with Cell() as opened:
        yield opened


def case(
    module: Any, name: str, *words: Any, readers: tuple[str, ...], is_read: bool | None = False, long: bool = False
) -> Any:
    """A file and who reads it; ``is_read``: it is harmless and no reason to refuse it. None: some see the harm."""

    def maker(path: Path) -> Path:
        file: Path = getattr(module, name)(path, *words)
        return file

    marks = (pytest.mark.long,) if long else ()
    return pytest.param(maker, readers, is_read, id="-".join([name, *map(str, words)]).replace("/", "."), marks=marks)


workbook = partial(case, workbooks, readers=("first_stations",))
package = partial(case, packages, readers=("whole_stations", "first_demand"))
text = partial(case, texts)
picture = partial(case, pictures, readers=("photo",))

BOMBS: Final = (
    workbook("cells_of_one_row", 400_000),
    workbook("rows_without_end", 200_000),
    workbook("elements_before_rows", 400_000),
    workbook("pieces_of_one_text", 400_000),
    workbook("one_text_in_every_cell", 1_000, 1_000_000),
    workbook("one_endless_cell", 6_000_000),
    workbook("one_endless_attribute", 6_000_000),
    workbook("deep_elements", 400_000),
    workbook("thousands_of_merges", 30_000, is_read=True),
    workbook("thousands_of_sheets", 600),
    workbook("billion_laughs", workbooks.SHEET),
    workbook("billion_laughs", workbooks.TEXTS),
    workbook("billion_laughs", "xl/workbook.xml"),
    workbook("billion_laughs", "xl/styles.xml"),
    workbook("billion_laughs", "[Content_Types].xml"),
    workbook("outer_entity"),
    workbook("quoted_bytes"),
    *(
        workbook(name, count, readers=(*STATIONS, *SHAPES), long=True)
        for name, count in (
            ("cells_of_one_row", 40_000_000),
            ("rows_without_end", 12_000_000),
            ("elements_before_rows", 40_000_000),
            ("pieces_of_one_text", 40_000_000),
            ("one_endless_cell", 250_000_000),
            ("one_endless_attribute", 250_000_000),
            ("deep_elements", 40_000_000),
        )
    ),
    package("sound", is_read=True),
    package("default_of_a_megabyte"),
    package("view"),
    package("view_said_to_be_a_table"),
    package("virtual_table_of_a_file"),
    package("virtual_shape_of_a_file"),
    package("virtual_table_in_disguise"),
    package("full_text_table"),
    package("loads_an_extension", is_read=True),
    package("worked_out_column"),
    package("slow_check", is_read=True),
    package("without_rowid", is_read=True),
    package("pages_without_end"),
    package("schema_without_end"),
    package("thousands_of_layers", 600),
    package("thousands_of_columns", long=True),
    package("thousands_of_layers", 4_000, long=True),
    text("deep_json", 200_000, readers=ALL),
    text("deep_objects", 100_000, readers=ALL),
    text("deep_property", 900, readers=("first_stations", "first_demand"), is_read=True),
    text("collections_in_collections", 100_000, readers=("whole_stations", "whole_demand")),
    text("collections_in_collections", 200, readers=SHAPES, is_read=True),
    text("knotted_polygon", 1_001, readers=SHAPES, is_read=True),
    text("line_round_the_world", 20_000, readers=SHAPES, is_read=True),
    text("many_corners", 110_000, readers=("whole_demand",), is_read=True),
    text("numbers_of_digits", 1_000_000, readers=("first_stations", "first_demand")),
    text("many_properties", 10_000, readers=ALL),
    text("many_columns", 1_000_000, readers=("first_stations", "first_demand")),
    text("one_line", 2_000_000, readers=ALL, is_read=None),
    text("quotes", 50_000, readers=ALL, is_read=None),
    text("empty_lines", 2_100_000, readers=("whole_stations", "first_demand")),
    text("deep_wkt", 6_500, readers=SHAPES, is_read=True),
    text("many_corners", 500_000, readers=("whole_demand",), is_read=True, long=True),
    text("polygon_of_holes", 15_000, readers=("whole_demand",), is_read=True, long=True),
    text("line_round_the_world", 300_000, readers=("whole_demand",), is_read=True, long=True),
    text("numbers_of_digits", 19_000_000, readers=ALL, long=True),
    text("one_line", 19_000_000, readers=ALL, is_read=None, long=True),
    text("quotes", 4_000_000, readers=ALL, is_read=None, long=True),
    picture("black_png", 4_400, is_read=True),
    picture("black_png", 30_000),
    picture("png_of_texts", 2),
    picture("png_of_a_profile", long=True),
    picture("png_of_frames", 3, is_read=True),
    picture("webp_of_frames", 3, is_read=True),
    picture("gif_of_frames", 3),
    picture("jpeg_of_scans", 7_000, 400),
    picture("jpeg_of_scans", 700, 20, is_read=True),
    picture("huge_jpeg", 65_000),
    picture("huge_jpeg", 7_000, is_read=True),
    picture("endless_exif", is_read=True),
    picture("transparent_webp", 9_000, long=True),
    picture("other_formats"),
)


@pytest.mark.parametrize(("make", "readers", "is_read"), BOMBS)
def test_a_bomb_is_answered_in_little_memory_and_time(
    cell: Cell, tmp_path: Path, make: Maker, readers: tuple[str, ...], is_read: bool | None
) -> None:
    made = make(tmp_path / "made.gpkg")
    for reader in readers:
        file = tmp_path / f"{reader}.sent"
        file.hardlink_to(made)
        is_job = reader.startswith("whole")

        verdict = cell.read(file, reader, cpu_s=math.ceil((WHOLE_CPU_S if is_job else AT_ONCE_CPU_S) * slowness()))

        assert verdict.is_answered, (reader, verdict)
        assert verdict.more_mb < MORE_MB, (reader, verdict)
        assert is_read in {None, verdict.outcome == "read"}, (reader, verdict)
