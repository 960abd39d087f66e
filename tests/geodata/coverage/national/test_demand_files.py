"""Points in large files: read in chunks, every row that is left out said."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from geodata.coordinates import Crs, convert
from geodata.coverage.bulk import DemandPart
from geodata.coverage.national.demand_files import MOST_NAMED, Refused, read_points
from geodata.errors import UnreadableFile
from tests.geodata.coverage.national.country import joined


def read(path: Path, **words: object) -> tuple[DemandPart, Refused, int]:
    refused = Refused()
    parts = list(read_points(path, refused, **words))  # type: ignore[arg-type] # passed on as given
    return joined(parts), refused, len(parts)


def written(folder: Path, text: str, encoding: str = "utf-8", name: str = "demand.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize(
    ("headings", "encoding"),
    [("Longitude,LAT,Workers", "utf-8"), ("经度,纬度,人数", "utf-8-sig"), ("经度,纬度,人数", "gb18030")],
)
def test_headings_are_known_in_both_languages(tmp_path: Path, headings: str, encoding: str) -> None:
    path = written(tmp_path, f"{headings}\n106.1,38.2,5\n106.3,38.4,2.5\n", encoding)

    part, refused, _count = read(path, encoding="gb18030" if encoding == "gb18030" else "utf-8-sig")

    assert part.lon.tolist() == [106.1, 106.3]
    assert part.lat.tolist() == [38.2, 38.4]
    assert part.workers.tolist() == [5, 2.5]
    assert refused.count == 0


def test_without_a_number_of_workers_each_row_is_one(tmp_path: Path) -> None:
    part, _refused, _count = read(written(tmp_path, "name,lat,lon\na,38.2,106.1\n"))

    assert (part.lon.tolist(), part.workers.tolist()) == ([106.1], [1.0])


def test_rows_left_out_are_counted_by_reason_and_named_by_line(tmp_path: Path) -> None:
    text = "lon,lat,workers\n106.1,38.2,5\nx,38,1\n38.2,106.1,3\n\n106,38,-1\n,38,1\n106.1,38.2,inf\n106.2,38.3,4\n"

    part, refused, chunks_count = read(written(tmp_path, text), chunk_rows=2)

    assert chunks_count == 4
    assert part.workers.tolist() == [5, 4]
    assert refused.named == [
        ("demand.csv", 3, "not_a_number"),
        ("demand.csv", 4, "outside_the_globe"),
        ("demand.csv", 6, "negative_workers"),
        ("demand.csv", 7, "not_a_number"),
        ("demand.csv", 8, "not_a_number"),
    ]
    assert refused.counts == {"not_a_number": 3, "outside_the_globe": 1, "negative_workers": 1}


def test_of_many_rows_left_out_only_the_first_are_named(tmp_path: Path) -> None:
    part, refused, _count = read(written(tmp_path, "lon,lat\n" + "nothing,here\n" * 1000))

    assert (len(part.lon), refused.count, len(refused.named)) == (0, 1000, MOST_NAMED)


def test_other_coordinate_systems_are_converted(tmp_path: Path) -> None:
    lon, lat = convert([106.1], [38.2], Crs.WGS84, Crs.GCJ02)

    part, _refused, _count = read(written(tmp_path, f"lon,lat\n{lon[0]!s},{lat[0]!s}\n"), crs=Crs.GCJ02)

    assert np.allclose([part.lon[0], part.lat[0]], [106.1, 38.2], atol=1e-9)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n", "no column lon and no column lat"),
        (b"lon,b\n1,2\n", "no column lat"),
        ("经度,纬度\n1,2\n".encode("gb18030"), "not text in utf-8"),
        (b'lon,lat\n1,2\n"3,4\n5,6\n', "no CSV table"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "demand.csv"
    path.write_bytes(content)

    with pytest.raises(UnreadableFile, match=words):
        read(path)


def test_parquet_without_its_package_says_which_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.delitem(sys.modules, "pyarrow", raising=False)

    with pytest.raises(UnreadableFile, match="pyarrow"):
        read(written(tmp_path, "", name="demand.parquet"))


def test_parquet_is_read_in_chunks(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = arrow.table(
        {"Lon": [106.1, 106.2, 999.0], "lat": [38.1, 38.2, 38.3], "workers": [1, 2, 3], "other": ["a"] * 3}
    )
    parquet.write_table(table, tmp_path / "demand.parquet")

    part, refused, chunks_count = read(tmp_path / "demand.parquet", chunk_rows=2)

    assert (part.lon.tolist(), part.workers.tolist(), refused.count, chunks_count) == ([106.1, 106.2], [1, 2], 1, 2)
