"""What a process reads and keeps of a whole country's stations: from nothing, and when a few of them changed.

Each round is a process of its own, as a web process begins: it loads what the application loads and builds the snapshot
as the keeper does. Then stations change in the database, and it takes the changes over.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.country import Effort, country_folder, database_of, in_own_process, memory_mb, most_memory_mb
from benchmarks.measure import Spread
from benchmarks.results import Figure, Section, at_most
from geodata.places import load_place
from mapapp.store import Store

TITLE: Final = "Snapshots of a country"
MEMORY_LIMIT_MB: Final = 400.0
FULL_LIMIT_S: Final = 5.0
CHANGES: Final = (1, 10, 200)


FULL: Final = Effort(200_000, 5)
QUICK: Final = Effort(5_000, 2)


def measure(effort: Effort) -> Section:
    """Every round in a process of its own."""
    with country_folder(effort.stations_count) as folder:
        rounds = [in_own_process("benchmarks.snapshots", str(folder)) for _ in range(effort.rounds_count)]
    stations_count = int(rounds[0]["stations"])

    def spread(name: str) -> Spread:
        return Spread(tuple(each[name] for each in rounds))

    figures = [
        Figure("memory above the loaded application", spread("memory_mb"), "MB", at_most(MEMORY_LIMIT_MB)),
        Figure("  the most it was while building", spread("peak_mb"), "MB"),
        Figure("from nothing", spread("full_s"), "s", at_most(FULL_LIMIT_S)),
        *(Figure(f"{count} changed", spread(f"changed_{count}_s"), "s") for count in CHANGES),
        *(
            Figure(f"  from nothing ÷ {count} changed", spread("full_s").over(spread(f"changed_{count}_s")))
            for count in CHANGES
        ),
        Figure("memory after the changes", spread("memory_after_mb"), "MB", at_most(MEMORY_LIMIT_MB)),
    ]
    notes = (
        f"{stations_count:,} sample stations of an invented country (`scripts/generate_national.py`) in SQLite.",
        "Processor time of the building thread; the file is in the system's cache.",
    )
    return Section(TITLE, tuple(figures), notes)


def build_in_this_process(folder: Path) -> dict[str, float]:
    """One round: the figures by name."""
    import mapapp.api
    import mapapp.planner
    import mapapp.public  # noqa: F401 - what the application loads
    from mapapp.services.snapshot import build_snapshot

    place, now = load_place(str(folder / "place")), datetime.now(UTC)
    with closing(database_of(folder)) as store:
        store.data_revision()
        before_mb = memory_mb()
        started_s = time.thread_time()
        snapshot = build_snapshot(store, place, now)
        found = {"full_s": time.thread_time() - started_s, "memory_mb": memory_mb() - before_mb}
        found["peak_mb"] = most_memory_mb() - before_mb
        found["stations"] = len(snapshot.stations)
        for count in CHANGES:
            change(store, [station.code for station in snapshot.stations[:count]])
            started_s = time.thread_time()
            snapshot = build_snapshot(store, place, now, snapshot)
            found[f"changed_{count}_s"] = time.thread_time() - started_s
        found["memory_after_mb"] = memory_mb() - before_mb
    return found


def change(store: Store, codes: Sequence[str]) -> None:
    """Save these stations with another number of seats."""
    with store.writing("sample") as writer:
        for code, station in writer.stations_of(codes).items():
            seats = (station.capacity_count or 0) % 500 + 1
            changed = replace(station, capacity_count=seats)
            writer.update_station(changed, expected_version=None, actor="benchmark", reason=code)


if __name__ == "__main__":
    print(json.dumps(build_in_this_process(Path(sys.argv[1]))))
