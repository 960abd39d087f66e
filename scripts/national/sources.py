"""Stations and demand from wherever the command line says: databases, files, or made up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.national import invent
from geodata.coordinates import Crs
from geodata.coverage.bulk import DemandPart
from geodata.coverage.national.demand_files import CHUNK_ROWS, Refused, read_points
from geodata.files import read_station_sheet
from geodata.stations.columns import StationColumns
from geodata.stations.holidays import national_holidays
from geodata.stations.schedule import ScheduleBook
from geodata.stations.station import Station
from mapapp.services.importing.changes import new_station
from mapapp.store import Store

INVENTED: Final = "invented:"
_SCHEME: Final = "://"
_WORKERS_A_POINT: Final = 5.0
_DEMAND_STREAM: Final = 20262
"""Apart from the stream that stations are invented from."""


class UnusableSource(ValueError):
    """What the command line names cannot be used; the message says why."""


@dataclass(slots=True)
class Stations:
    """Stations as columns, what was said to describe them, and rows of files that are none."""

    columns: StationColumns
    sources: list[str]
    invented: bool = False
    refused: Refused = field(default_factory=Refused)


def stations_of(sources: Sequence[str], timezone: ZoneInfo, crs: Crs | None, today: date) -> Stations:
    """The stations of one database, of some files, or invented ones.

    Raises
    ------
    UnusableSource, UnreadableFile, StoreError
        With a sentence that says what is wrong.
    """
    count = _invented(sources)
    if count is not None:
        return Stations(invent(count).columns, [f"{count:,} invented stations"], invented=True)
    if any(_SCHEME in source for source in sources):
        if len(sources) > 1:
            raise UnusableSource("Name one database, or files, not both. / 请只给一个数据库地址，或只给文件。")
        return _of_database(sources[0], timezone)
    return _of_files([_file(source) for source in sources], timezone, crs, today)


def demand_of(
    sources: Sequence[str], seed: int, crs: Crs, encoding: str, refused: Refused, *, chunk_rows: int = CHUNK_ROWS
) -> Iterator[DemandPart]:
    """The demand of some files, or invented, in chunks."""
    count = _invented(sources)
    if count is not None:
        yield from invented_demand(count, seed, chunk_rows)
        return
    for path in [_file(source) for source in sources]:
        yield from read_points(path, refused, crs=crs, encoding=encoding, chunk_rows=chunk_rows)


def invented_demand(count: int, seed: int, chunk_rows: int = CHUNK_ROWS) -> Iterator[DemandPart]:
    """As many points around the centres of the invented country, with 0 to 5 workers each; the same for a seed."""
    country = invent(1)
    rng = np.random.default_rng([_DEMAND_STREAM, seed])
    for start in range(0, count, chunk_rows):
        size = min(chunk_rows, count - start)
        lon, lat = country.demand(rng, size)
        yield DemandPart(lon, lat, rng.uniform(0, _WORKERS_A_POINT, size))


def is_invented(sources: Iterable[str]) -> bool:
    """Whether the sources are none."""
    return any(source.startswith(INVENTED) for source in sources)


def _invented(sources: Sequence[str]) -> int | None:
    if not is_invented(sources):
        return None
    text = sources[0].removeprefix(INVENTED).replace(",", "").replace("_", "")
    if len(sources) > 1 or not (text.isascii() and text.isdigit() and int(text) > 0):
        raise UnusableSource(f"Write invented:1000000, alone, not {' '.join(sources)}.")
    return int(text)


def _file(source: str) -> Path:
    path = Path(source)
    if not path.is_file():
        raise UnusableSource(f"There is no file {source}. / 没有文件 {source}。")
    return path


def _of_database(url: str, timezone: ZoneInfo) -> Stations:
    store = Store(url)
    try:
        store.require_migrated()
        with store.reading() as reader:
            stations, holidays, revision = (
                reader.stations(include_hidden=False),
                reader.holidays(),
                reader.data_revision(),
            )
        shown = store.shown_url
    finally:
        store.close()
    if not stations:
        raise UnusableSource(f"{shown} holds no station that the public sees. / 该数据库没有公开的站点。")
    columns = StationColumns.of(stations, ScheduleBook(holidays, timezone))
    return Stations(columns, [f"{shown}, revision {revision}"], any(station.is_sample for station in stations))


def _of_files(paths: Sequence[Path], timezone: ZoneInfo, crs: Crs | None, today: date) -> Stations:
    stations: list[Station] = []
    refused = Refused()
    for number, path in enumerate(paths):
        sheet = read_station_sheet(path, crs, today)
        stations += [new_station(draft, f"{number}-{draft.line}", None) for draft in sheet.drafts]
        refused.note(path.name, {problem.line: problem.code for problem in sheet.problems if problem.rejects})
    if not stations:
        raise UnusableSource("The files hold no station. / 文件中没有站点。")
    columns = StationColumns.of(stations, ScheduleBook(national_holidays(), timezone))
    return Stations(columns, [path.name for path in paths], refused=refused)
