"""Reading a hostile file in a process of its own, with bounded memory and CPU time."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.conftest import PROJECT_DIR

MEMORY_MB: Final = 700
"""More than the process that reads has already; a workbook of 20,000 rows takes a fifth of it."""
"""Whatever takes longer is killed: the limit of a job. What a page waits for has a limit of its own."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a file was taken: ``read``, ``refused``, ``failed`` (raised what nobody expects) or ``killed``."""

    outcome: str
    words: str
    cpu_s: float
    more_mb: float

    @property
    def is_answered(self) -> bool:
        """Read or refused in words."""
        return self.outcome in {"read", "refused"}


class Cell:
    """A process that reads what would harm this one."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.cell"],
            cwd=PROJECT_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._process.communicate()

    def read(self, file: Path, reader: str, *, cpu_s: int, memory_mb: int = MEMORY_MB) -> Verdict:
        """Have a file read by one of the readers of ``tests.hostile.cell``."""
        task = {"file": str(file), "reader": reader, "memory_mb": memory_mb, "cpu_s": cpu_s}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return Verdict(
            answer["outcome"], answer["words"], answer.get("parser_s", answer["cpu_s"]), answer.get("more_mb", 0.0)
        )
