"""A real Redis server on a free port, in a folder of its own; without one the tests that need it are skipped."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import redis

from tests.patience import wait_until

PROGRAM: Final = shutil.which("redis-server")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class RedisServer:
    """Started, stopped, started again, frozen; always at the same address."""

    folder: Path
    port: int = field(default_factory=_free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = [
            *(PROGRAM or "redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)),
            *("--save", "", "--appendonly", "no", "--logfile", str(self.folder / "redis.log")),
        ]
        self._process = subprocess.Popen(command)
        with redis.Redis(port=self.port) as client:
            wait_until(lambda: _answers(client))

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """It goes on to take connections, and answers none."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def keys(self) -> list[str]:
        with redis.Redis(port=self.port, decode_responses=True) as client:
            return sorted(client.keys())

    def seconds_left(self, keys: list[str]) -> list[float]:
        with redis.Redis(port=self.port) as client:
            return [int(client.pttl(key)) / 1000 for key in keys]


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
