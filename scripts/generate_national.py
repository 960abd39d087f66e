#!/usr/bin/env python3
"""Make a database of national size: sample stations all over a made-up country, and the place they lie in.

    python3 scripts/generate_national.py FOLDER [--stations 200000] [--seed 20261]

FOLDER gets ``place/`` (for MAPAPP_PLACE) and, unless ``--database`` names another, ``stations.sqlite3`` (for
MAPAPP_DATABASE_URL). The same count and seed give the same stations. Exit codes: 0 done, 2 nothing was done.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from installation.own_python import can_go_on

NEEDED = ("h3", "sqlalchemy")
NOTHING_DONE = 2
DEFAULT_COUNT = 200_000
MOST = 2_000_000


def main() -> int:
    """Parse, make sure of the requirements, generate; the exit code."""
    options = parse_options()
    if not can_go_on(NEEDED):
        return NOTHING_DONE
    return generate(options)


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Make a sample database of national size")
    parser.add_argument("folder", type=Path, help="where the place and the database go")
    parser.add_argument("--stations", type=_count, default=DEFAULT_COUNT, help="how many (default 200000)")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--database", default="", help="a SQLAlchemy URL; default: stations.sqlite3 in the folder")
    return parser.parse_args()


def _count(text: str) -> int:
    count = int(text)
    if not 1 <= count <= MOST:
        raise argparse.ArgumentTypeError(f"1 to {MOST}")
    return count


def generate(options: argparse.Namespace) -> int:
    """Write the place, migrate the database, load the stations."""
    from geodata.places import load_place
    from geodata.sample import SAMPLE_SEED
    from geodata.sample.country import write_country
    from mapapp.services.load_country import NotEmpty, load_country
    from mapapp.store import Store

    folder: Path = options.folder.resolve()
    write_country(folder / "place")
    place = load_place(str(folder / "place"))
    url = options.database or f"sqlite:///{folder / 'stations.sqlite3'}"
    store = Store(url)
    try:
        store.migrate()
        seed = SAMPLE_SEED if options.seed is None else options.seed
        load_country(store, place, options.stations, seed, lambda done: print(f"{done:>9,} stations", flush=True))
    except NotEmpty as refusal:
        print(refusal, file=sys.stderr)
        return NOTHING_DONE
    finally:
        store.close()
    print(f"\nMAPAPP_PLACE={folder / 'place'}\nMAPAPP_DATABASE_URL={url}\npython3 scripts/serve.py")
    return 0


if __name__ == "__main__":
    sys.exit(main())
