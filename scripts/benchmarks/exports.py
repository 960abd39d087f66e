"""Files of a whole country's stations, in every format, beside reading the same stations and writing nothing.

Each file is written in a process of its own that has loaded what the worker loads, so that the most memory it took is
its own. The floor is the reading alone: what a format costs is what it takes above that.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.country import Effort, country_folder, database_of, in_own_process, memory_mb, most_memory_mb
from benchmarks.measure import Spread, in_turns
from benchmarks.results import Figure, Section, at_most
from geodata.files import FileKind
from geodata.places import load_place

TITLE: Final = "Files of a country"
READING: Final = "reading"
MEMORY_LIMIT_MB: Final = 200.0


FULL: Final = Effort(200_000, 2)
QUICK: Final = Effort(3_000, 2)


def measure(effort: Effort) -> Section:
    """Every file in a process of its own, in turns."""
    names = (READING, *(kind.value for kind in FileKind))
    with country_folder(effort.stations_count) as folder:
        turns = {name: partial(in_own_process, "benchmarks.exports", str(folder), name) for name in names}
        found = in_turns(turns, effort.rounds_count)
    reading = Spread(tuple(each["cpu_s"] for each in found[READING]))
    figures = [Figure("reading them by code", reading, "s")]
    for name in names[1:]:
        cpu, memory, size = (
            Spread(tuple(each[key] for each in found[name])) for key in ("cpu_s", "memory_mb", "size_mb")
        )
        figures += [
            Figure(name.upper(), cpu, "s"),
            Figure("  ÷ reading", cpu.over(reading)),
            Figure("  the most memory above the loaded worker", memory, "MB", at_most(MEMORY_LIMIT_MB)),
            Figure("  size", size, "MB"),
        ]
    notes = (
        f"{int(found[READING][0]['stations']):,} sample stations of an invented country in SQLite.",
        "Processor time of the writing thread; all columns, without contacts.",
    )
    return Section(TITLE, tuple(figures), notes)


def write_in_this_process(folder: Path, name: str) -> dict[str, float]:
    """One file, or the reading alone: the figures by name."""
    from mapapp.services.exporting.files import ExportQuestion, write_export
    from mapapp.services.rights import COMMAND_LINE

    place = load_place(str(folder / "place"))
    with closing(database_of(folder)) as store, TemporaryDirectory() as target:
        store.data_revision()
        before_mb, started_s = memory_mb(), time.thread_time()
        size = 0
        if name == READING:
            with store.reading() as reader:
                count = sum(1 for _station in reader.each_station_by_code())
        else:
            path, question = Path(target) / "stations", ExportQuestion(kind=FileKind(name))
            count = write_export(store, place, COMMAND_LINE, question, datetime.now(UTC), path).station_count
            size = path.stat().st_size
        cpu_s = time.thread_time() - started_s
        peak_mb = most_memory_mb() - before_mb
    return {"cpu_s": cpu_s, "memory_mb": peak_mb, "size_mb": size / 2**20, "stations": count}


if __name__ == "__main__":
    print(json.dumps(write_in_this_process(Path(sys.argv[1]), sys.argv[2])))
