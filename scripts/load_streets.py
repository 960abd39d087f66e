#!/usr/bin/env python3
"""Load streets from an OpenStreetMap extract (.osm.pbf), for travel times along them.

Keeps what lies in the place and a margin around it (``--whole``: everything), writes it below the data directory and
makes it the one the application uses. Loading the same extract again costs nothing. Exit codes: 0 loaded, 2 the file
cannot be used and nothing was changed. docs/streets.md says where extracts come from and how this works.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from installation.own_python import can_go_on

if TYPE_CHECKING:
    from geodata.travel.streets import Area, Loaded

NEEDED = ("osmium", "scipy", "shapely", "pyproj")
NOTHING_DONE = 2
_NEARLY_ALL = 0.98


def main() -> int:
    """Parse, make sure of the requirements, load; the exit code."""
    options = parse_options()
    if not can_go_on(NEEDED):
        return NOTHING_DONE
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return load(options)


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="载入街道 / Load streets")
    parser.add_argument("extract", type=Path, metavar="EXTRACT.osm.pbf", help="OpenStreetMap 提取文件 / extract")
    parser.add_argument("--whole", action="store_true", help="保留整个文件的街道 / keep the streets of the whole file")
    parser.add_argument("--place", help="城市，默认 MAPAPP_PLACE / the place, by default that of MAPAPP_PLACE")
    parser.add_argument("--data-dir", type=Path, help="数据目录，默认 MAPAPP_DATA_DIR / by default MAPAPP_DATA_DIR")
    return parser.parse_args()


def load(options: argparse.Namespace) -> int:
    """Load the extract and say what is there now."""
    from datetime import UTC, datetime

    from geodata.errors import GeodataError, UnreadableFile
    from geodata.places import load_place
    from geodata.travel.streets import area_of, load_extract
    from mapapp.settings import Settings, SettingsError

    try:
        settings = Settings.from_environment(os.environ)
        area = None if options.whole else area_of(load_place(options.place or settings.place))
        folder = (options.data_dir or Path(settings.data_dir)) / "streets"
        print(f"读取 / reading {options.extract} …", flush=True)
        loaded = load_extract(options.extract, folder, area, datetime.now(UTC), say_progress)
    except UnreadableFile as refused:
        print(f"{refused.zh}\n{refused.en}", file=sys.stderr)
    except (GeodataError, SettingsError, OSError) as refused:
        print(f"Error: {refused}", file=sys.stderr)
    else:
        say_result(loaded, options.extract, area)
        return 0
    return NOTHING_DONE


def say_progress(stage: str, count: int) -> None:
    """One line a stage or 50,000 ways."""
    words = {"ways": "条道路 / ways read", "barriers": "个路障 / barriers read"}
    print(f"  {count:,} {words.get(stage, f'个节点 / nodes: {stage}')}", flush=True)


def say_result(loaded: Loaded, extract: Path, area: Area | None) -> None:
    """What is in use now, and what to think of it."""
    from geodata.travel.streets import covered_share

    if loaded.was_there:
        print("此文件已载入过 / this extract had been loaded before")
    for mode, graph in loaded.streets.graphs.items():
        print(
            f"  {mode.value}: {graph.node_count:,} nodes, {graph.edge_count:,} edges, "
            f"{graph.length_m.sum() / 1000:,.0f} km, {graph.left_out_count:,} nodes not connected"
        )
    share = covered_share(extract, area) if area is not None else None
    if share is not None and share < _NEARLY_ALL:
        print(
            f"注意：该文件只覆盖本地范围的 {share:.0%}，其余地方按“无法到达”列出。\n"
            f"Note: the extract covers {share:.0%} of the place; the rest will be listed as unreachable."
        )
    print("© OpenStreetMap contributors, ODbL 1.0")
    print(f"街道文件 / streets file: {loaded.path}")


if __name__ == "__main__":
    sys.exit(main())
