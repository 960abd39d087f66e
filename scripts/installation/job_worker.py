"""The process that does jobs beside the web server: started, looked after, stopped."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Final

from installation.child_process import start, stop_group
from installation.layout import VENV_PYTHON

KILL_AFTER_S: Final = 13.0
_FIRST_WAIT_S: Final = 1.0
_LONGEST_WAIT_S: Final = 60.0
_WELL_AFTER_S: Final = 60.0
"""Having run so long, a worker is taken to have started well."""


@dataclass(slots=True)
class JobWorker:
    """One ``python -m mapapp worker``. `look_after` starts it again, later each time, should it die."""

    environment: Mapping[str, str] = field(default_factory=dict)
    log: IO[str] | None = None
    """Where its output goes instead of ours."""
    _process: subprocess.Popen[str] | None = None
    _started_s: float = 0.0
    _wait_s: float = _FIRST_WAIT_S
    _start_again_s: float | None = None

    @property
    def pid(self) -> int | None:
        """The process's number, while there is one."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the process."""
        command = [str(VENV_PYTHON), "-m", "mapapp", "worker"]
        self._process = start(command, environment=self.environment, stdin=subprocess.DEVNULL, stdout=self.log)
        self._started_s = time.monotonic()
        self._start_again_s = None

    def look_after(self) -> int | None:
        """Start the process again if it has died and it is time; the exit code when it is first found dead."""
        if self._process is None:
            if self._start_again_s is not None and time.monotonic() >= self._start_again_s:
                self.start()
            return None
        exit_code = self._process.poll()
        if exit_code is None:
            return None
        stop_group(self._process, grace_s=0)
        self._process = None
        ran_s = time.monotonic() - self._started_s
        self._wait_s = _FIRST_WAIT_S if ran_s >= _WELL_AFTER_S else min(2 * self._wait_s, _LONGEST_WAIT_S)
        self._start_again_s = time.monotonic() + self._wait_s
        return exit_code

    def ask_to_stop(self) -> None:
        """Let it begin to stop; `stop` waits for that."""
        if self._process is not None:
            self._process.terminate()

    def stop(self) -> None:
        """Stop the process; does nothing if it is not running."""
        if self._process is not None:
            stop_group(self._process, grace_s=KILL_AFTER_S)
            self._process = None
        self._start_again_s = None
