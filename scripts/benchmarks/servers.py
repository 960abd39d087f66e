"""gunicorn as scripts/serve.py starts it, with another application in it if asked."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from installation.layout import PROJECT_DIR
from installation.web_server import Address, WebServer

SCRIPTS_DIR: Final = PROJECT_DIR / "scripts"
ANSWER_WITHIN_S: Final = 60.0


@dataclass(slots=True)
class ApplicationServer(WebServer):
    """The same server for the WSGI application that ``application`` names."""

    application: str = ""

    @property
    def process_id(self) -> int:
        """The master process; its workers are its children."""
        return self._running().pid

    def _command(self) -> list[str]:
        return [*super(ApplicationServer, self)._command(), *([self.application] if self.application else [])]


@contextmanager
def running(
    folder: Path, environment: Mapping[str, str], *, application: str = "", workers_count: int = 2
) -> Iterator[ApplicationServer]:
    """A server that answers, its log in ``folder``; stopped at the end."""
    log_file = folder / f"{application.partition(':')[2] or 'server'}.log"
    paths = os.pathsep.join((str(SCRIPTS_DIR), str(PROJECT_DIR)))
    with log_file.open("w", encoding="utf-8") as log:
        server = ApplicationServer(
            Address("127.0.0.1", _free_port()),
            workers_count,
            {"PYTHONPATH": paths, "MAPAPP_DATA_DIR": str(folder / "data"), **environment},
            log,
            application=application,
        )
        server.start()
        try:
            if not server.wait_until_answering(ANSWER_WITHIN_S):
                raise RuntimeError(f"The server did not start:\n{log_file.read_text(encoding='utf-8')[-2000:]}")
            yield server
        finally:
            server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
