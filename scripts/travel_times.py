#!/usr/bin/env python3
"""Travel times along loaded streets, as CSV: from, to, metres, seconds, note.

GRAPH is the file that ``load_streets.py`` wrote (or its folder). FROM and TO are CSV files with a heading line and
columns for longitude and latitude (WGS-84 degrees), and one for an id if they have one (else the row's number). All
pairs are printed, in the files' order, unless ``--within-metres``, ``--within-seconds`` or ``--nearest`` say less.
Where no street is near, metres and seconds are empty and the note says which end is unreachable.
Exit codes: 0 done, 2 something cannot be used.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from installation.own_python import can_go_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geodata.travel.streets import StreetTravel

NEEDED = ("osmium", "scipy", "shapely", "pyproj")
NOTHING_DONE = 2
LON_HEADINGS = ("lon", "lng", "long", "longitude", "x", "经度")
LAT_HEADINGS = ("lat", "latitude", "y", "纬度")
ID_HEADINGS = ("id", "code", "name", "编号", "名称")
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Places:
    """The rows of a file: ids, and WGS-84 degrees."""

    ids: list[str]
    lon: list[float]
    lat: list[float]


class BadInput(ValueError):
    """Something about the files or options that somebody can mend."""


def main() -> int:
    """Parse, make sure of the requirements, print; the exit code."""
    options = parse_options()
    if not can_go_on(NEEDED):
        return NOTHING_DONE
    from geodata.errors import GeodataError

    try:
        travel = travel_of(options)
        starts, goals = read_places(options.starts), read_places(options.goals)
        write(lines_of(travel, starts, goals, options))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read on has seen enough
    except (BadInput, GeodataError, OSError) as refused:
        print(f"Error: {refused}", file=sys.stderr)
        return NOTHING_DONE
    return 0


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="沿街道的路程与时间 / Travel times along streets")
    parser.add_argument("graph", type=Path, metavar="GRAPH", help="load_streets.py 写出的文件 / the file it wrote")
    parser.add_argument("starts", type=Path, metavar="FROM.csv")
    parser.add_argument("goals", type=Path, metavar="TO.csv")
    parser.add_argument("--mode", choices=["walk", "ebike", "car"], default="walk")
    parser.add_argument("--walk-kmh", type=float, default=4.8, help="步行速度 / walking speed, legs included (4.8)")
    parser.add_argument("--ebike-kmh", type=float, default=18.0, help="电动车速度 / e-bike speed (18)")
    parser.add_argument("--car-factor", type=float, default=1.0, help="车速倍数 / factor on driving speeds (1)")
    parser.add_argument("--snap-metres", type=float, default=500.0, help="离街道最远 / farthest from a street (500)")
    parser.add_argument("--within-metres", type=float, help="只列不超过此路程者 / only pairs at most so far apart")
    parser.add_argument("--within-seconds", type=float, help="只列不超过此时间者 / only pairs at most so long apart")
    parser.add_argument("--nearest", action="store_true", help="每个起点只列最近者 / only the quickest TO of each FROM")
    return parser.parse_args()


def travel_of(options: argparse.Namespace) -> StreetTravel:
    """The streets and speeds asked for."""
    from geodata.travel.straight_line import TravelMode
    from geodata.travel.streets import StreetTravel, load_streets, read_streets

    for name in ("within_metres", "within_seconds"):
        value = getattr(options, name)
        if value is not None and not 0 <= value < float("inf"):
            raise BadInput(f"--{name.replace('_', '-')} must be a number from 0.")
    streets = load_streets(options.graph) if options.graph.is_dir() else read_streets(options.graph)
    if streets is None:
        raise BadInput(f"No streets were loaded into {options.graph}: run scripts/load_streets.py first.")
    return StreetTravel(
        streets=streets,
        mode=TravelMode(options.mode),
        walk_kmh=options.walk_kmh,
        ebike_kmh=options.ebike_kmh,
        car_speed_factor=options.car_factor,
        snap_limit_m=options.snap_metres,
    )


def read_places(path: Path) -> Places:
    """The rows of a CSV file; BadInput names the line that cannot be used."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            headings = [heading.strip().lower() for heading in next(rows, [])]
            lon_at, lat_at = _column(path, headings, LON_HEADINGS), _column(path, headings, LAT_HEADINGS)
            id_at = next((headings.index(name) for name in ID_HEADINGS if name in headings), None)
            places = Places([], [], [])
            for number, row in enumerate((row for row in rows if any(cell.strip() for cell in row)), start=1):
                _add(places, path, number, row, (lon_at, lat_at, id_at))
    except (UnicodeDecodeError, csv.Error) as fault:
        raise BadInput(f"{path} is no CSV file in UTF-8: {fault}") from fault
    if not places.ids:
        raise BadInput(f"{path} has no rows below its headings.")
    return places


def _column(path: Path, headings: list[str], names: tuple[str, ...]) -> int:
    for name in names:
        if name in headings:
            return headings.index(name)
    raise BadInput(
        f"{path} needs a heading line with a column {' or '.join(names[:4:3])}; it has: {', '.join(headings)}."
    )


def _add(places: Places, path: Path, number: int, row: list[str], at: tuple[int, int, int | None]) -> None:
    from geodata.coordinates import LonLat
    from geodata.errors import InvalidCoordinate

    lon_at, lat_at, id_at = at
    try:
        place = LonLat(float(row[lon_at]), float(row[lat_at]))
    except IndexError:
        raise BadInput(f"{path}, row {number}: it has too few columns.") from None
    except InvalidCoordinate as fault:
        raise BadInput(f"{path}, row {number}: {fault}") from fault
    except ValueError:
        raise BadInput(f"{path}, row {number}: {row[lon_at]!r}, {row[lat_at]!r} are no numbers.") from None
    places.ids.append(row[id_at].strip() if id_at is not None and id_at < len(row) else str(number))
    places.lon.append(place.lon)
    places.lat.append(place.lat)


def lines_of(
    travel: StreetTravel, starts: Places, goals: Places, options: argparse.Namespace
) -> Iterator[tuple[str, str, str, str, str]]:
    """The answer's lines below the heading, some starts at a time."""
    import numpy as np

    goal_lon, goal_lat = np.array(goals.lon), np.array(goals.lat)
    for first in range(0, len(starts.ids), _ROWS_AT_ONCE):
        some = slice(first, first + _ROWS_AT_ONCE)
        found = travel.pairs(
            np.array(starts.lon[some]),
            np.array(starts.lat[some]),
            goal_lon,
            goal_lat,
            reach_m=options.within_metres,
            reach_s=options.within_seconds,
        )
        yield from _lines(starts.ids[some], goals.ids, found, nearest=options.nearest)


def _lines(
    start_ids: list[str], goal_ids: list[str], found: Any, *, nearest: bool
) -> Iterator[tuple[str, str, str, str, str]]:
    """Pairs by start, then in the order of the goals (or only the quickest), unreachable ones with empty numbers."""
    bounds = found.starts()
    lost_starts = set(found.unreachable_point_ids.tolist())
    lost_goals = set(found.unreachable_station_rows.tolist())
    for start, start_id in enumerate(start_ids):
        rows = range(int(bounds[start]), int(bounds[start + 1]))
        rows_by_goal = {int(found.station_rows[row]): row for row in (rows[:1] if nearest else rows)}
        if start in lost_starts and nearest:
            yield start_id, "", "", "", "unreachable: from"
            continue
        for goal, goal_id in enumerate(goal_ids):
            if (row := rows_by_goal.get(goal)) is not None:
                yield start_id, goal_id, f"{found.distance_m[row]:.3f}", f"{found.time_s[row]:.3f}", ""
            elif not nearest and (start in lost_starts or goal in lost_goals):
                ends = [word for word, lost in (("from", start in lost_starts), ("to", goal in lost_goals)) if lost]
                yield start_id, goal_id, "", "", f"unreachable: {' and '.join(ends)}"


def write(lines: Iterable[tuple[str, str, str, str, str]]) -> None:
    """The table on standard output."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(("from", "to", "metres", "seconds", "note"))
    table.writerows(lines)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
