"""gunicorn with the application: start it, wait until it answers, stop it and all its workers."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from installation.child_process import start, stop_group
from installation.layout import PROJECT_DIR, VENV_PYTHON

CONFIGURATION: Final = PROJECT_DIR / "mapapp" / "gunicorn_conf.py"
KILL_AFTER_S: Final = 13.0
"""A little more than the configuration's ``graceful_timeout``."""

ASK_EVERY_S: Final = 0.05
SHARED_MEMORY_DIR: Final = Path("/dev/shm")  # noqa: S108 - gunicorn makes its own unlinked file there
EVERY_ADDRESS: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, not bound to


class AddressError(Exception):
    """Nothing can listen there: another program does, or the address is not this machine's."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens."""

    host: str
    port: int

    @property
    def bind(self) -> str:
        """As gunicorn's ``--bind`` wants it."""
        return f"{self._bracketed(self.host)}:{self.port}"

    @property
    def reachable_host(self) -> str:
        """A host by which this machine reaches the server."""
        if self.host in EVERY_ADDRESS:
            return "::1" if self.host == "::" else "127.0.0.1"
        return self.host

    @property
    def url(self) -> str:
        """For a person to open."""
        return f"http://{self._bracketed(self.reachable_host)}:{self.port}/"

    @staticmethod
    def _bracketed(host: str) -> str:
        return f"[{host}]" if ":" in host else host

    def require_free(self) -> None:
        """Raise AddressError if nothing could listen here now."""
        try:
            family, kind, protocol, _, where = socket.getaddrinfo(
                self.host or None, self.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(where)
        except OSError as error:
            raise AddressError(f"{self.bind}: {error.strerror or error}") from error


@dataclass(slots=True)
class WebServer:
    """One gunicorn master and its workers."""

    address: Address
    workers_count: int = 2
    environment: Mapping[str, str] = field(default_factory=dict)
    log: IO[str] | None = None
    """Where the server's output goes instead of ours."""
    _process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start gunicorn; it is not yet answering when this returns."""
        self._process = start(self._command(), environment=self.environment, stdin=subprocess.DEVNULL, stdout=self.log)

    def wait_until_answering(self, timeout_s: float) -> bool:
        """True as soon as ``/healthz`` answers; False if the server ends or ``timeout_s`` passes first."""
        give_up_at_s = time.monotonic() + timeout_s
        while time.monotonic() < give_up_at_s and self._running().poll() is None:
            if self._is_healthy():
                return True
            time.sleep(ASK_EVERY_S)
        return False

    def wait(self, timeout_s: float) -> int | None:
        """The exit code, once the server ends by itself; None if ``timeout_s`` passes first."""
        try:
            return self._running().wait(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        """Stop the server and everything it started; does nothing if it is not running."""
        if self._process is not None:
            stop_group(self._process, grace_s=KILL_AFTER_S)

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise RuntimeError("start() comes first")
        return self._process

    def _is_healthy(self) -> bool:
        connection = http.client.HTTPConnection(self.address.reachable_host, self.address.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _command(self) -> list[str]:
        options = {
            "--config": str(CONFIGURATION),
            "--bind": self.address.bind,
            "--workers": str(self.workers_count),
            "--log-level": "warning",
        }
        if os.access(SHARED_MEMORY_DIR, os.W_OK):
            options["--worker-tmp-dir"] = str(SHARED_MEMORY_DIR)  # a slow disk must not look like a dead worker
        return [str(VENV_PYTHON), "-m", "gunicorn", *(word for option in options.items() for word in option)]
