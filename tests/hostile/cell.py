"""The inside of a cell: reads files that harm whoever reads them, one child process a file, with little memory and time.

The process is fed lines of JSON, each a `Task`, and answers each with a line of JSON. What reads the files is loaded
once; every file is then read in a fork of this process, which may use so much memory and CPU time more and no further.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from geodata.demand.aggregating import gather
from geodata.demand.sheet import DemandReading, read_demand_sheet
from geodata.errors import GeodataError
from geodata.files import read_station_sheet
from geodata.files.reading_choice import ReadingChoice
from geodata.files.station_sheet import read_table
from geodata.places import Place, load_place
from geodata.siting.intervention_premises import read_premises
from geodata.stations.vocabulary import WorkerGroup
from mapapp.services.demand.files import look_at_demand
from mapapp.services.importing.file_contents import kind_of_file
from mapapp.services.photos import sanitised
from mapapp.settings import Settings

TODAY: Final = date(2026, 11, 18)
FIRST_ROWS: Final = 500
ENDINGS: Final = {"csv": ".csv", "xlsx": ".xlsx", "geojson": ".geojson", "gpkg": ".gpkg"}
KILLED: Final = "killed"
FAILED: Final = "failed"


def as_sent(path: Path) -> Path:
    """The file under the ending that its content has, as an upload is kept."""
    named = path.with_suffix(ENDINGS[kind_of_file(path).value])
    return path if named == path else path.rename(named)


def whole_stations(path: Path, _place: Place) -> object:
    """What the job does that plans an import, up to the register."""
    sheet = read_station_sheet(as_sent(path), None, TODAY)
    return len(sheet.drafts), len(sheet.problems)


def first_stations(path: Path, _place: Place) -> object:
    """What the page of an upload reads."""
    return len(read_table(as_sent(path), ReadingChoice(), max_rows=FIRST_ROWS).rows)


def whole_demand(path: Path, place: Place) -> object:
    """What the job does that reads a file of workers."""
    reading = DemandReading(only_group=WorkerGroup.RIDERS, orders_per_worker_hour=3.0)
    sheet = read_demand_sheet(as_sent(path), reading)
    return len(gather(sheet.rows, sheet.groups, place).h3_cells), len(sheet.problems)


def first_demand(path: Path, place: Place) -> object:
    """What the page of a file of workers reads."""
    return look_at_demand(as_sent(path), place).row_count


def premises(path: Path, place: Place) -> object:
    """What a search for sites reads."""
    return len(read_premises(as_sent(path), place).premises)


def photo(path: Path, _place: Place) -> object:
    """What a report's photo goes through."""
    return len(sanitised(path.read_bytes()))


READERS: Final[Mapping[str, Callable[[Path, Place], object]]] = {
    each.__name__: each for each in (whole_stations, first_stations, whole_demand, first_demand, premises, photo)
}


def main() -> None:
    """Answer until there are no more lines."""
    place = load_place(Settings().place)
    _warm_up(place)
    for line in sys.stdin:
        task: dict[str, Any] = json.loads(line)
        print(json.dumps(_in_a_child(task, place)), flush=True)


def _warm_up(place: Place) -> None:
    """Have everything loaded that is loaded at the first use."""
    import geopandas  # noqa: F401
    import openpyxl  # noqa: F401
    import pyogrio
    from PIL import Image

    Image.init()
    pyogrio.list_drivers()
    place.districts_of([106.2], [38.4])


def _in_a_child(task: Mapping[str, Any], place: Place) -> dict[str, Any]:
    answer_at, told_at = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(answer_at)
        with os.fdopen(told_at, "w") as told:
            told.write(json.dumps(_read(task, place)))
            told.flush()
            os._exit(0)
    os.close(told_at)
    with os.fdopen(answer_at) as told:
        text = told.read()
    _, status, used = os.wait4(child, 0)
    answer: dict[str, Any] = json.loads(text) if text else {"outcome": KILLED, "words": f"status {status}"}
    return {**answer, "cpu_s": used.ru_utime + used.ru_stime}


def _read(task: Mapping[str, Any], place: Place) -> dict[str, Any]:
    warnings.simplefilter("ignore")
    before_kb = _resident_kb()
    limit_bytes = _address_space_bytes() + task["memory_mb"] * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (task["cpu_s"], task["cpu_s"] + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    started_s = time.process_time()
    try:
        outcome, words = "read", str(READERS[task["reader"]](Path(task["file"]), place))
    except GeodataError as refusal:
        outcome, words = "refused", f"{type(refusal).__name__}: {refusal} {refusal.__cause__!r}"
    except BaseException:  # whatever it is, the test says so
        outcome, words = FAILED, traceback.format_exc(limit=-6)
    return {
        "outcome": outcome,
        "words": words,
        "parser_s": time.process_time() - started_s,
        "more_mb": max(0, _peak_kb() - before_kb) / 1024,
    }


def _resident_kb() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024


def _address_space_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _peak_kb() -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])


if __name__ == "__main__":
    main()
