"""The processes of a trial: each started as its unit says, as a user without rights, and ended by its number."""

from __future__ import annotations

import http.client
import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from deployment_trial.site import NAME, Site, known_settings

UNPRIVILEGED: Final = "nobody"
"""Whom the service runs as where the trial itself is run by root."""
_BARE: Final = ("PATH", "LANG", "LC_ALL", "TMPDIR")
_ANSWER_WITHIN_S: Final = 90.0
_STOP_WITHIN_S: Final = 30.0
_ASK_EVERY_S: Final = 0.1


class TrialFailed(RuntimeError):
    """A part of the trial did not come up; the message says which, with the end of its log."""


@dataclass(slots=True)
class Part:
    """A process of the trial."""

    name: str
    process: subprocess.Popen[bytes]
    log_file: Path

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop, wait until it has; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(_STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()

    def tail(self) -> str:
        """The end of what it said."""
        with suppress(OSError):
            return self.log_file.read_text(encoding="utf-8", errors="replace")[-3000:]
        return ""


@dataclass(slots=True)
class Service:
    """The web server and the worker of a site, with its settings."""

    site: Site
    settings: Mapping[str, str]
    parts: dict[str, Part] = field(default_factory=dict)

    def command(self, *words: str) -> str:
        """What ``python -m mapapp …`` prints, by ``deploy/stationmap.sh`` where the program has it.

        Raises
        ------
        TrialFailed
            It exits with an error.
        """
        wrapper = self.site.program_dir / "deploy" / "stationmap.sh"
        if os.geteuid() != 0 or not wrapper.exists():
            return self.run([".venv/bin/python", "-m", "mapapp", "--lang", "en", *words])
        file = self.site.root / "etc" / "stationmap.env"
        lines = (f"{name}={shlex.quote(value)}\n" for name, value in self.settings.items())
        file.write_text("".join(lines), encoding="utf-8")
        told = {"STATIONMAP_SETTINGS": file, "STATIONMAP_HOME": self.site.program_dir, "STATIONMAP_USER": UNPRIVILEGED}
        told["STATIONMAP_CREDENTIALS"] = self.site.credentials_dir
        environment = {name: os.environ[name] for name in _BARE if name in os.environ}
        environment |= {name: str(value) for name, value in told.items()}
        return _output_of([str(wrapper), "--lang", "en", *words], env=environment)

    def run(self, command: Sequence[str]) -> str:
        """The output of a command of the program, as the service's user."""
        return _output_of(command, cwd=self.site.program_dir, env=self._environment({}), **as_the_service())

    def start(self, **more: str) -> None:
        """Start both units and wait until they answer; ``more`` are settings on top."""
        for name in ("stationmap-web", "stationmap-worker"):
            command, variables = self.site.unit(f"{name}.service")
            variables = {key: value for key, value in variables.items() if self._knows(key)}
            log_file = self.site.log_dir / f"{name}.log"
            with log_file.open("ab") as log:
                self.parts[name] = Part(name, self._started(command, variables | more, log), log_file)
        self._wait_for("stationmap-web", self.site.web_port, "/readyz")
        if self._knows("MAPAPP_WORKER_METRICS"):
            self._wait_for("stationmap-worker", self.site.worker_port, "/metrics")

    def stop(self) -> dict[str, int]:
        """Stop both; their exit codes."""
        codes = {name: part.end() for name, part in reversed(self.parts.items())}
        self.parts.clear()
        return codes

    def reload(self) -> None:
        """What ``systemctl reload`` does."""
        self.parts["stationmap-web"].process.send_signal(signal.SIGHUP)

    def _knows(self, variable: str) -> bool:
        """Whether the program there takes the variable: it may be an older one than ours."""
        return not variable.startswith("MAPAPP_") or variable in known_settings(self.site.program_dir)

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """The settings and next to nothing else, as systemd gives them."""
        bare = {name: os.environ[name] for name in _BARE if name in os.environ}
        places = {"HOME": str(self.site.data_dir), "CREDENTIALS_DIRECTORY": str(self.site.handed_dir)}
        return {**bare, **places, **more, **self.settings}

    def _started(self, command: Sequence[str], more: Mapping[str, str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            cwd=self.site.program_dir,
            env=self._environment({}) | dict(more),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            **as_the_service(),
        )

    def _wait_for(self, name: str, port: int, path: str) -> None:
        part = self.parts[name]
        wait_until(lambda: status_of(port, path) == http.client.OK, part)


def _output_of(command: Sequence[str], **how: Any) -> str:
    done: subprocess.CompletedProcess[str] = subprocess.run(command, capture_output=True, text=True, check=False, **how)
    if done.returncode:
        raise TrialFailed(f"{' '.join(command)} → {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def as_the_service() -> dict[str, Any]:
    """Arguments of `subprocess` that give every right away."""
    if os.geteuid() != 0:
        return {}
    return {"user": UNPRIVILEGED, "group": "nogroup", "extra_groups": [], "umask": 0o027}


def give_to_the_service(*folders: Path) -> None:
    """Make folders that the service may write into."""
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(folder, UNPRIVILEGED, "nogroup")


def start_part(name: str, command: Sequence[str | Path], log_dir: Path) -> Part:
    """Start another server of the trial, as whoever runs it."""
    log_file = log_dir / f"{name}.out"
    with log_file.open("ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    return Part(name, process, log_file)


def wait_until(is_there: Any, part: Part) -> None:
    """Return when it is there.

    Raises
    ------
    TrialFailed
        The process ended, or it took too long.
    """
    give_up_s = time.monotonic() + _ANSWER_WITHIN_S
    while not is_there():
        if part.process.poll() is not None or time.monotonic() > give_up_s:
            raise TrialFailed(f"{part.name} does not answer:\n{part.tail()}")
        time.sleep(_ASK_EVERY_S)


def status_of(port: int, path: str) -> int:
    """The status of an answer on 127.0.0.1, 0 where nobody answers. The service is asked under its name."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": NAME})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
