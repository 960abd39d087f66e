"""The web server as ``scripts/serve.py`` starts it, in front of a test's database, and what its programs say to it.

gunicorn: one master, and processes that answer.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from installation.web_server import Address, WebServer
from mapapp.settings import Settings
from tests.mapapp.staff.world import SECRET
from tests.patience import PATIENCE_S

OK: Final = 200
STALE: Final = 412


class KillableServer(WebServer):
    """A server that can be ended as power failures and impatient people do it."""

    def kill(self) -> None:
        """End the master and its workers at this moment."""
        os.killpg(self._running().pid, signal.SIGKILL)
        self._running().wait()


@contextmanager
def serving(settings: Settings, log_file: Path, *, workers_count: int = 2) -> Iterator[KillableServer]:
    """The server over this database, answering; stopped at the end if nobody killed it."""
    environment = {
        "MAPAPP_DATABASE_URL": settings.database_url,
        "MAPAPP_DATA_DIR": settings.data_dir,
        "MAPAPP_SECRET_KEY": SECRET,
        "MAPAPP_RATE_LIMIT": "",
    }
    with log_file.open("a", encoding="utf-8") as log:
        server = KillableServer(
            Address("127.0.0.1", free_port()), workers_count=workers_count, environment=environment, log=log
        )
        server.start()
        try:
            assert server.wait_until_answering(PATIENCE_S), log_file.read_text(encoding="utf-8")
            yield server
        finally:
            server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def connected_to(address: Address) -> http.client.HTTPConnection:
    """A connection that waits long enough for a busy machine."""
    return http.client.HTTPConnection(address.host, address.port, timeout=PATIENCE_S)


def read(connection: http.client.HTTPConnection, code: str, token: str) -> tuple[str, Any]:
    """A station's tag and feature."""
    connection.request("GET", f"/api/v1/stations/{code}", headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == OK, body
    return answer.headers["ETag"], json.loads(body)


def save(connection: http.client.HTTPConnection, code: str, token: str, tag: str, feature: object) -> tuple[int, str]:
    """The answer to a change: its status and tag; it counts when it has come whole."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/geo+json", "If-Match": tag}
    connection.request("PUT", f"/api/v1/stations/{code}", json.dumps(feature), headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.headers.get("ETag", "")


def version_of(tag: str) -> int:
    """The version that a tag begins with."""
    found = re.match(r'"v(\d+)\.', tag)
    assert found, tag
    return int(found[1])
