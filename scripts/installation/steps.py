"""Set-up as a list of steps: each is skipped when done, shown while it runs, explained when it fails."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from installation.child_process import CommandError, start, stop_group
from installation.layout import PROJECT_DIR

LINE_WIDTH: Final = 100
CLEAR_LINE: Final = "\r\033[K"

OnLine = Callable[[str], None]


class SetupError(Exception):
    """Set-up cannot go on. The message says what happened; ``advice`` what to do about it."""

    def __init__(self, message: str, *, advice: str, output: str = "") -> None:
        super().__init__(message)
        self.advice = advice
        self.output = output


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of set-up work."""

    title: str
    """What is being done, in Chinese and English."""
    advice: str
    """What to do when it fails, in Chinese and English."""
    is_done: Callable[[], bool]
    """Quick: it runs at every start."""
    carry_out: Callable[[OnLine], None]
    """Does the work; is given what to call with each line of progress."""


def prepare(steps: Sequence[Step]) -> None:
    """Carry out what is not yet done, one process at a time.

    Raises
    ------
    SetupError
        When a step fails, with its advice.
    """
    if all(step.is_done() for step in steps):
        return
    with _one_at_a_time():
        for number, step in enumerate(steps, start=1):
            if not step.is_done():
                _carry_out(step, f"[{number}/{len(steps)}] {step.title}")


def with_beside(step: Step, command: Sequence[str]) -> Step:
    """The same step, with a command that gives later steps a head start running beside it, and ended with it.

    What the command does not achieve, the later steps do, and say why if they cannot.
    """

    def carry_out(on_line: OnLine) -> None:
        beside = start(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            step.carry_out(on_line)
            beside.wait()
        finally:
            stop_group(beside)

    return replace(step, carry_out=carry_out)


def report_failure(failure: SetupError) -> None:
    """Say on stderr what failed, show the end of its output, and say what to do."""
    if failure.output:
        indented = "\n".join(f"    {line}" for line in failure.output.splitlines())
        print(f"\n{indented}", file=sys.stderr)
    print(f"\n✗ {failure}\n→ {failure.advice}", file=sys.stderr, flush=True)


def _carry_out(step: Step, headline: str) -> None:
    started_s = time.monotonic()
    rewriting = sys.stdout.isatty()
    print(f"{headline} … ", end="", flush=True)

    def show(line: str) -> None:
        if rewriting and line:
            print(f"{CLEAR_LINE}{headline} … {line}"[:LINE_WIDTH], end="", flush=True)

    try:
        step.carry_out(show)
    except CommandError as failure:
        raise SetupError(f"{step.title}: {failure}", advice=step.advice, output=failure.output) from failure
    except OSError as error:
        raise SetupError(
            f"{step.title}: {error}",
            advice="请确认本目录可写、磁盘有空间 / Is this folder writable, is there room on the disk?",
        ) from error
    took_s = time.monotonic() - started_s
    print(f"{CLEAR_LINE}{headline} ✓ {took_s:.1f} s" if rewriting else f"✓ {took_s:.1f} s", flush=True)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold the lock on set-up work in this checkout; the kernel drops it however we end.

    The folder itself is locked, which needs no right to write into it: a service may run code that
    belongs to somebody else.
    """
    folder = os.open(PROJECT_DIR, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("等待另一个进程完成安装 / waiting for another process to finish set-up …", flush=True)
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
