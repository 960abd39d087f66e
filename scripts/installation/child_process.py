"""Children that end when we do: each runs in a process group of its own, which is stopped whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import IO, Final

from installation.layout import PROJECT_DIR

SHOWN_LINES_COUNT: Final = 15
"""How much of a failed command's output is shown: enough for pip's and npm's reason."""

KILL_AFTER_S: Final = 5.0
_ONE_BLAS_THREAD: Final = {"OPENBLAS_NUM_THREADS": "1"}
"""Arrays here are small: several threads for one sum make an analysis slower, and disturb the other processes."""
PARENT_DEATH_SIGNAL: Final = 1
"""``PR_SET_PDEATHSIG`` of prctl(2)."""


class StopRequested(BaseException):
    """Ctrl-C or a signal asked us to stop. Not an ``Exception``: nobody may swallow it."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.signal_number = signal_number


class CommandError(Exception):
    """A command ended with an error; ``output`` holds its last lines."""

    def __init__(self, command: Sequence[str], exit_code: int, output: str) -> None:
        super().__init__(f"{Path(command[0]).name} ended with exit code {exit_code}")
        self.output = output


def stop_on_signals() -> None:
    """Turn the first SIGINT, SIGTERM or SIGHUP into :class:`StopRequested`; ignore further ones."""
    signals = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # ignored under nohup, and meant so
        signals.append(signal.SIGHUP)

    is_stopping = False

    def stop(number: int, _frame: FrameType | None) -> None:
        nonlocal is_stopping
        if not is_stopping:  # the clean-up that follows must not be interrupted
            is_stopping = True
            raise StopRequested(number)

    for each in signals:
        signal.signal(each, stop)


def run_quietly(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] = lambda line: None,
) -> None:
    """Run a command in the checkout, its output kept back.

    Parameters
    ----------
    environment : mapping, optional
        Variables on top of our own.
    on_line : callable
        Told every line the command prints.

    Raises
    ------
    CommandError
        With the last lines of the output, when the command fails or cannot be started.
    """
    words = [str(word) for word in command]
    try:
        process = start(words, environment=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    except OSError as error:
        raise CommandError(words, 127, str(error)) from error
    assert process.stdout is not None  # noqa: S101 - it is a pipe, see above
    last_lines: deque[str] = deque(maxlen=SHOWN_LINES_COUNT)
    try:
        with process.stdout:
            for line in process.stdout:
                last_lines.append(line)
                on_line(line.strip())
        exit_code = process.wait()
    finally:
        stop_group(process)
    if exit_code:
        raise CommandError(words, exit_code, "".join(last_lines).rstrip())


def start(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    stdin: int | None = None,
    stdout: int | IO[str] | None = None,
) -> subprocess.Popen[str]:
    """Start a command in the checkout, leading a process group of its own; stderr joins a redirected stdout."""
    return subprocess.Popen(
        command,
        cwd=PROJECT_DIR,
        env={**_ONE_BLAS_THREAD, **os.environ, **(environment or {})},
        stdin=stdin,
        stdout=stdout,
        stderr=None if stdout is None else subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - we have one thread
    )


def stop_group(process: subprocess.Popen[str], *, grace_s: float = KILL_AFTER_S) -> None:
    """Ask the whole process group to end; after ``grace_s`` kill what is left of it."""
    if process.poll() is None:
        _signal_group(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=grace_s)
    _signal_group(process, signal.SIGKILL)
    process.wait()


def _signal_group(process: subprocess.Popen[str], number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):  # the group is gone; macOS calls zombies "not permitted"
        os.killpg(process.pid, number)


def _end_with_parent() -> None:
    """In the child: have the kernel send SIGTERM if our parent is killed without a chance to stop us."""
    import ctypes

    ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)
