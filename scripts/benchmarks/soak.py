"""Hours of ordinary days in minutes: visitors at half of what the service can do, staff saving, lists coming in.

Everything is as it runs in a city: gunicorn as ``scripts/serve.py`` starts it and the worker beside it, over SQLite or
PostgreSQL. Visitors ask at a steady rate (`steady_load`); a program saves stations through the interface; every so
often the whole register is imported from a file that changes every station in it. Meanwhile memory and descriptors
of all processes on the answering side are written down.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np

from benchmarks.databases import make_register
from benchmarks.http_rates import COMPRESSED, HIGH_LIMITS, page_codes, questions, snapshot_of, visits
from benchmarks.load_client import request_bytes, send_all
from benchmarks.processes import PROC, pids_below
from benchmarks.servers import ApplicationServer, running
from benchmarks.steady_load import SteadyRun, send_steadily
from geodata.files import FileKind
from geodata.places import Place, load_place
from installation.layout import PROJECT_DIR, VENV_PYTHON
from mapapp.services.accounts.desk import AccountDesk
from mapapp.services.exporting.files import ExportQuestion, export_stations
from mapapp.services.rights import COMMAND_LINE
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.store.accounts import Scope

SHARE_OF_SATURATION: Final = 0.5
GROWTH_LIMIT: Final = 0.05
"""Of the memory in the second quarter, which the last quarter may be above it."""
DESCRIPTORS_LIMIT: Final = 8
CONNECTIONS_COUNT: Final = 24
SAVE_EVERY_S: Final = 1.0
LOOK_EVERY_S: Final = 1.0
SECRET: Final = "a secret for measuring"  # noqa: S105 - of a database that lives for minutes
_ADDRESS: Final = "详细地址"
"""The column that the lists differ in."""
LATENCIES: Final = (("P50", 0.5), ("P95", 0.95), ("P99", 0.99), ("longest", 1.0))


@dataclass(frozen=True, slots=True)
class Look:
    """All processes of server and worker at one moment."""

    at_s: float
    memory_mb: float
    descriptors_count: int


@dataclass(slots=True)
class Soak:
    """What a soak found."""

    saturation_per_s: float = 0.0
    visitors: SteadyRun = field(default_factory=SteadyRun)
    saves: Counter[int] = field(default_factory=Counter)
    imports: Counter[int] = field(default_factory=Counter)
    looks: list[Look] = field(default_factory=list)

    @property
    def memory_growth(self) -> float:
        """The last quarter's memory above the second's, as a share of it; medians."""
        second, last = self._quarters(lambda look: look.memory_mb)
        return last / second - 1

    @property
    def descriptors_growth(self) -> float:
        """The same for descriptors, as a number."""
        second, last = self._quarters(lambda look: look.descriptors_count)
        return last - second

    @property
    def faults(self) -> list[str]:
        """Everything that must not be."""
        found = [f"{count} × {words}" for words, count in self.visitors.problems.items()]
        found += [f"{count} saves answered {status}" for status, count in self.saves.items() if status != 200]
        found += [f"{count} imports ended with {code}" for code, count in self.imports.items() if code != 0]
        if self.visitors.late_count:
            found.append(f"{self.visitors.late_count} requests could not be sent in time")
        if not self.saves[200] or not self.imports[0]:
            found.append("nothing was saved or imported")
        if self.memory_growth > GROWTH_LIMIT:
            found.append(f"memory grew by {self.memory_growth:.1%}")
        if self.descriptors_growth > DESCRIPTORS_LIMIT:
            found.append(f"{self.descriptors_growth:g} descriptors more")
        return found

    def latency_ms(self, share: float) -> float:
        """The latency that this share of the visitors' answers stays below."""
        return float(np.quantile(self.visitors.latencies_s, share)) * 1e3

    def lines(self) -> list[str]:
        """The figures, for people."""
        first, last = self.looks[0], self.looks[-1]
        return [
            f"saturation {self.saturation_per_s:,.0f} answers a second, driven at {SHARE_OF_SATURATION:.0%} of it",
            f"{self.visitors.answers_count:,} answers in {last.at_s:,.0f} s",
            "latency " + ", ".join(f"{name} {self.latency_ms(share):,.1f} ms" for name, share in LATENCIES),
            f"{self.saves[200]:,} saves and {self.imports[0]:,} imports of the whole register",
            f"memory {first.memory_mb:,.0f} MB at the start, {last.memory_mb:,.0f} MB at the end",
            f"memory from the second quarter to the last {self.memory_growth:+.1%}",
            f"descriptors {first.descriptors_count} and {last.descriptors_count}",
            *(f"FAULT: {fault}" for fault in self.faults),
        ]

    def _quarters(self, number: Callable[[Look], float]) -> tuple[float, float]:
        quarter = max(len(self.looks) // 4, 1)
        return (
            median(number(look) for look in self.looks[quarter : 2 * quarter] or self.looks),
            median(number(look) for look in self.looks[-quarter:]),
        )


def soak(
    folder: Path,
    place_name: str,
    duration_s: float,
    *,
    database_url: str = "",
    import_every_s: float = 30.0,
    saturation_s: float = 60.0,
) -> Soak:
    """Run the service for so long under everything at once. ``database_url``: an empty PostgreSQL database.

    Saturation is what the service answers a second while all connections are kept busy for ``saturation_s`` and the
    same saves and imports go on: each of them makes pages anew that were kept, so that it can do far more without.
    """
    place = load_place(place_name)
    url = make_register(folder / "soak.sqlite3", place, database_url)
    environment = {
        "MAPAPP_DATABASE_URL": url,
        "MAPAPP_DATA_DIR": str(folder / "data"),
        "MAPAPP_PLACE": place_name,
        "MAPAPP_SECRET_KEY": SECRET,
        **HIGH_LIMITS,
    }
    snapshot = snapshot_of(url, place)
    codes = page_codes(snapshot)
    token, lists = _prepared(url, place, folder)
    with ExitStack() as stack:
        server = stack.enter_context(running(folder, environment))
        worker = stack.enter_context(_worker(folder, environment))
        paths = visits(questions(snapshot), codes)
        requests = [request_bytes(server.address, path, COMPRESSED) for path in paths]
        send_all(server.address, requests, len(requests), CONNECTIONS_COUNT)
        found = Soak()
        over = threading.Event()
        saving = threading.Thread(target=lambda: _save(found, over, server, codes[:20], token), daemon=True)
        importing = threading.Thread(
            target=lambda: _import(found, over, lists, environment, import_every_s), daemon=True
        )
        looking = threading.Thread(target=lambda: _look(found, over, server, worker), daemon=True)
        saving.start()
        importing.start()
        found.saturation_per_s = _saturation(server, requests, saturation_s)
        looking.start()
        rate = found.saturation_per_s * SHARE_OF_SATURATION
        found.visitors = send_steadily(server.address, requests, rate, duration_s, CONNECTIONS_COUNT)
        over.set()
        for thread in (saving, importing, looking):
            thread.join()
    return found


def _saturation(server: ApplicationServer, requests: Sequence[bytes], for_s: float) -> float:
    """Answers a second while all connections are busy, for so long at least."""
    started_s, answers_count, elapsed_s = time.perf_counter(), 0, 0.0
    while elapsed_s < for_s:
        send_all(server.address, requests, len(requests), CONNECTIONS_COUNT)
        answers_count += len(requests)
        elapsed_s = time.perf_counter() - started_s
    return answers_count / elapsed_s


def _prepared(url: str, place: Place, folder: Path) -> tuple[str, tuple[Path, Path]]:
    """A token that may save, and two lists of all stations that differ in every one of them."""
    store = Store(url)
    try:
        desk = AccountDesk(store, Settings(secret_key=SECRET), SECRET)
        _, token = desk.create_token(COMMAND_LINE, "soak", [Scope.STATIONS_WRITE], [], None, datetime.now(UTC))
        question = ExportQuestion(kind=FileKind.GEOJSON)
        content = export_stations(store, place, COMMAND_LINE, question, datetime.now(UTC)).content
    finally:
        store.close()
    collection = json.loads(content)
    lists = (folder / "one.geojson", folder / "other.geojson")
    for number, file in enumerate(lists):
        for feature in collection["features"]:
            feature["properties"][_ADDRESS] = feature["properties"][_ADDRESS].rstrip("12") + "12"[number]
        file.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    return token, lists


@contextmanager
def _worker(folder: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [VENV_PYTHON, "-m", "mapapp", "worker"],
            cwd=PROJECT_DIR,
            env=os.environ | environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


def _look(found: Soak, over: threading.Event, server: ApplicationServer, worker: subprocess.Popen[bytes]) -> None:
    started_s = time.perf_counter()
    while not over.is_set():
        pids = [pid for root in (server.process_id, worker.pid) for pid in (root, *pids_below(root))]
        found.looks.append(
            Look(
                time.perf_counter() - started_s,
                sum(_memory_mb(pid) for pid in pids),
                sum(len(list((PROC / str(pid) / "fd").iterdir())) for pid in pids),
            )
        )
        over.wait(LOOK_EVERY_S)


def _memory_mb(pid: int) -> float:
    pages = int((PROC / str(pid) / "statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _save(found: Soak, over: threading.Event, server: ApplicationServer, codes: Sequence[str], token: str) -> None:
    """Somebody counts seats: read a station, send it back with one more, again and again."""
    number = 0
    while not over.wait(SAVE_EVERY_S):
        code, number = codes[number % len(codes)], number + 1
        found.saves[_saved(server, code, token)] += 1


def _saved(server: ApplicationServer, code: str, token: str) -> int:
    """The status of one save; where an import came between, it is tried again as a program must."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/geo+json"}
    address, path = server.address, f"/api/v1/stations/{code}"
    with closing(http.client.HTTPConnection(address.reachable_host, address.port, timeout=60)) as connection:
        for _ in range(5):
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            feature: dict[str, Any] = json.loads(answer.read())
            feature["properties"]["capacity"] = (feature["properties"]["capacity"] or 0) % 500 + 1
            feature["reason"] = "soak"
            tag = answer.headers["ETag"]
            connection.request("PUT", path, json.dumps(feature), headers | {"If-Match": tag})
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.client.PRECONDITION_FAILED:
                break
    return answer.status


def _import(
    found: Soak, over: threading.Event, lists: Sequence[Path], environment: dict[str, str], every_s: float
) -> None:
    number = 0
    while True:
        file, number = lists[number % len(lists)], number + 1
        process = subprocess.run(
            [VENV_PYTHON, "-m", "mapapp", "stations", "import", file],
            cwd=PROJECT_DIR,
            env=os.environ | environment,
            capture_output=True,
            check=False,
        )
        found.imports[process.returncode] += 1
        if over.wait(every_s):
            return
