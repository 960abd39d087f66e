"""CPU time of the processes we started, and of those they started, from Linux's ``/proc``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
_TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")
RESOLUTION_S: Final = 1 / _TICKS_A_SECOND
"""The kernel counts in ticks: less than one is not told from none."""
_PARENT, _USER_TICKS, _SYSTEM_TICKS = 1, 11, 12
"""Places in ``/proc/<pid>/stat`` after the name, which ends with the last closing parenthesis."""


def cpu_seconds_below(root: int) -> float:
    """What the living descendants of a process have used so far; not what it used itself."""
    stats = dict(_stats())
    ticks = sum(int(stats[pid][_USER_TICKS]) + int(stats[pid][_SYSTEM_TICKS]) for pid in _below(root, stats))
    return ticks / _TICKS_A_SECOND


def pids_below(root: int) -> set[int]:
    """The living descendants of a process."""
    return _below(root, dict(_stats()))


def _below(root: int, stats: Mapping[int, list[str]]) -> set[int]:
    below: set[int] = set()
    young = {root}
    while young:
        young = {pid for pid, words in stats.items() if int(words[_PARENT]) in young}
        below |= young
    return below


def _stats() -> Iterator[tuple[int, list[str]]]:
    for folder in PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            text = (folder / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:  # it ended while we looked
            continue
        yield int(folder.name), text.rpartition(")")[2].split()
