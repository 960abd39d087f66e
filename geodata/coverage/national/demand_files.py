"""Demand points in files too large to hold: read in chunks from CSV or Parquet.

A file has a longitude and a latitude a row, and perhaps how many workers there are (else one a row). A row that says no
place or no number of workers is left out, counted by its reason, and the first of them named.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from geodata.coordinates import Crs, Floats, convert
from geodata.coverage.bulk import DemandPart
from geodata.errors import UnreadableFile

CHUNK_ROWS: Final = 250_000
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "lon": ("lon", "lng", "long", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "workers": ("workers", "worker_count", "weight", "人数", "劳动者人数", "劳动者"),
}
"""The headings each column may have, whatever their case; ``workers`` may be missing."""
MOST_NAMED: Final = 20
_HEADER_LINES: Final = 1

NOT_A_NUMBER: Final = "not_a_number"
OUTSIDE: Final = "outside_the_globe"
NEGATIVE: Final = "negative_workers"


@dataclass(slots=True)
class Refused:
    """Rows left out: how many for each reason, and the first of them by line."""

    counts: Counter[str] = field(default_factory=Counter)
    named: list[tuple[str, int, str]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many rows were left out."""
        return sum(self.counts.values())

    def note(self, file: str, reason_of: Mapping[int, str]) -> None:
        """Write some rows of a file down, by line."""
        self.counts.update(reason_of.values())
        room = MOST_NAMED - len(self.named)
        self.named += [(file, line, reason_of[line]) for line in sorted(reason_of)[:room]]


def read_points(
    path: Path,
    refused: Refused,
    *,
    crs: Crs = Crs.WGS84,
    encoding: str = "utf-8-sig",
    chunk_rows: int = CHUNK_ROWS,
) -> Iterator[DemandPart]:
    """The points of a file in WGS-84, chunk by chunk; what is left out goes into ``refused``.

    Raises
    ------
    UnreadableFile
        The file as a whole cannot be used; the message says why.
    """
    frames = (
        _parquet(path, chunk_rows) if path.suffix.lower() in {".parquet", ".pq"} else _csv(path, encoding, chunk_rows)
    )
    first_line = 1 + _HEADER_LINES
    for frame in frames:
        yield _part(frame, refused, path.name, first_line, crs)
        first_line += len(frame)


def _csv(path: Path, encoding: str, chunk_rows: int) -> Iterator[pd.DataFrame]:
    try:
        header = pd.read_csv(path, nrows=0, encoding=encoding)
        columns = _columns(list(header.columns), path)
        reader = pd.read_csv(
            path,
            usecols=list(columns.values()),
            chunksize=chunk_rows,
            encoding=encoding,
            skip_blank_lines=False,
            low_memory=False,
        )
        with reader:
            for frame in reader:
                yield frame.rename(columns={heading: name for name, heading in columns.items()})
    except pd.errors.EmptyDataError:
        raise UnreadableFile(f"{path.name} is empty.", f"{path.name} 是空文件。") from None
    except pd.errors.ParserError as error:
        raise UnreadableFile(f"{path.name} is no CSV table: {error}", f"{path.name} 不是 CSV 表格：{error}") from None
    except (UnicodeDecodeError, LookupError):
        raise UnreadableFile(
            f"{path.name} is not text in {encoding}. Save it as UTF-8, or name its encoding (gb18030).",
            f"{path.name} 不是 {encoding} 编码的文本。请另存为 UTF-8，或指明编码(如 gb18030)。",
        ) from None


def _parquet(path: Path, chunk_rows: int) -> Iterator[pd.DataFrame]:
    if importlib.util.find_spec("pyarrow") is None:
        raise UnreadableFile(
            f"Reading {path.name} needs the package pyarrow, which is not installed. "
            "Install it, or save the table as CSV.",
            f"读取 {path.name} 需要 pyarrow，但未安装。请安装它，或把表格另存为 CSV。",
        )
    parquet: Any = importlib.import_module("pyarrow.parquet")
    arrow: Any = importlib.import_module("pyarrow")
    try:
        with parquet.ParquetFile(path) as file:
            columns = _columns(file.schema_arrow.names, path)
            for batch in file.iter_batches(batch_size=chunk_rows, columns=list(columns.values())):
                yield batch.to_pandas().rename(columns={heading: name for name, heading in columns.items()})
    except arrow.ArrowInvalid as error:
        raise UnreadableFile(f"{path.name} is no Parquet file: {error}", f"{path.name} 不是 Parquet 文件。") from None


def _columns(headings: Sequence[Any], path: Path) -> dict[str, str]:
    """Our name for each column to the file's."""
    known = {str(heading).strip().casefold(): str(heading) for heading in reversed(headings)}
    found = {
        name: known[word] for name, words in HEADINGS.items() if (word := next((w for w in words if w in known), None))
    }
    missing = [name for name in ("lon", "lat") if name not in found]
    if missing:
        there = ", ".join(map(str, headings[:20]))
        raise UnreadableFile(
            f"{path.name} has no column {' and no column '.join(missing)}. Its columns are: {there}",
            f"{path.name} 没有列 {'、'.join(missing)}。现有的列：{there}",
        )
    return found


def _part(frame: pd.DataFrame, refused: Refused, file: str, first_line: int, crs: Crs) -> DemandPart:
    lon, lat = _numbers(frame["lon"]), _numbers(frame["lat"])
    workers = _numbers(frame["workers"]) if "workers" in frame else np.ones(len(frame))
    blank = frame.isna().all(axis=1).to_numpy()
    finite = np.isfinite(lon) & np.isfinite(lat) & np.isfinite(workers)
    with np.errstate(invalid="ignore"):
        on_globe, enough = (np.abs(lon) <= 180) & (np.abs(lat) <= 90), workers >= 0
    wrong = (
        (NOT_A_NUMBER, ~finite & ~blank),
        (OUTSIDE, finite & ~on_globe),
        (NEGATIVE, finite & on_globe & ~enough),
    )
    refused.note(file, {int(row) + first_line: reason for reason, rows in wrong for row in np.flatnonzero(rows)})
    good = finite & on_globe & enough
    points = convert(lon[good], lat[good], crs, Crs.WGS84) if crs is not Crs.WGS84 else (lon[good], lat[good])
    return DemandPart(*points, workers[good])


def _numbers(column: pd.Series[Any]) -> Floats:
    """The column as numbers; NaN for what is none."""
    if column.dtype.kind not in "fiu":
        column = pd.to_numeric(column, errors="coerce")
    return column.to_numpy(dtype=np.float64, na_value=np.nan)
