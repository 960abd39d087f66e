"""Two processes of a real gunicorn count together, and what has ended is no longer told of."""

from __future__ import annotations

import http.client
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from installation.web_server import Address, WebServer
from mapapp.settings import Settings
from mapapp.store import Store
from tests.patience import PATIENCE_S, wait_until

RESIDENT: Final = re.compile(r'^stationmap_process_resident_bytes\{pid="(\d+)"\} (\S+)$', re.MULTILINE)
COUNTED: Final = 'stationmap_requests_total{endpoint="public.about",method="GET",status="200"}'


@dataclass(frozen=True, slots=True)
class Running:
    """A server and where it answers."""

    server: WebServer
    port: int
    temporary_dir: Path

    def get(self, path: str) -> tuple[int, str]:
        """Status and text, by a connection of its own: any of the processes may answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def metrics(self) -> str:
        status, text = self.get("/metrics")
        assert status == 200
        return text

    def metrics_once_they_say(self, line: str) -> None:
        """Return when it is among them: a request counts once its last byte is gone, which its sender has then."""
        wait_until(lambda: line in self.metrics(), self.metrics)

    def processes_once_there_are(self, count: int, *, without: frozenset[str] = frozenset()) -> frozenset[str]:
        """The processes that report, when they are so many and none of those."""
        found: frozenset[str] = frozenset()

        def are_so_many() -> bool:
            nonlocal found
            found = frozenset(pid for pid, _value in RESIDENT.findall(self.metrics()))
            return len(found) == count and not found & without

        wait_until(are_so_many, lambda: f"{found} report")
        return found


@pytest.fixture
def running(settings: Settings, sample_store: Store, tmp_path: Path) -> Iterator[Running]:
    from deployment_trial.site import free_ports

    [number] = free_ports(1)
    temporary_dir = tmp_path / "tmp"
    temporary_dir.mkdir()
    environment = {
        "MAPAPP_DATABASE_URL": settings.database_url,
        "MAPAPP_DATA_DIR": settings.data_dir,
        "MAPAPP_LOG_FORMAT": "json",
        "TMPDIR": str(temporary_dir),
    }
    with (tmp_path / "log").open("w") as log:
        server = WebServer(Address("127.0.0.1", number), 2, environment, log)
        server.start()
        assert server.wait_until_answering(PATIENCE_S)
        yield Running(server, number, temporary_dir)
        server.stop()


def test_processes_count_together(running: Running) -> None:
    running.processes_once_there_are(2)
    for _ in range(20):
        assert running.get("/about")[0] == 200

    running.metrics_once_they_say(f"{COUNTED} 20.0\n")


@pytest.mark.long
def test_a_reload_loses_no_count_and_the_end_leaves_nothing(running: Running) -> None:
    before = running.processes_once_there_are(2)
    assert running.get("/about")[0] == 200
    assert running.server._process is not None

    running.server._process.send_signal(signal.SIGHUP)
    after = running.processes_once_there_are(2, without=before)

    assert not before & after
    running.metrics_once_they_say(f"{COUNTED} 1.0\n")
    [folder] = running.temporary_dir.glob("stationmap-metrics-*")
    running.server.stop()
    assert not folder.exists()
