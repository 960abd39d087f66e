"""The machine in words: enough to judge the figures, nothing that names it."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

_PACKAGES: Final = ("flask", "gunicorn", "numpy", "scipy", "geopandas", "shapely", "psycopg", "playwright")
_CPU_INFO: Final = Path("/proc/cpuinfo")
_MEMORY_INFO: Final = Path("/proc/meminfo")


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the figures come from."""

    cpu_model: str
    cores_count: int
    memory_gib: float | None
    system: str
    python: str
    packages: tuple[tuple[str, str], ...]

    @classmethod
    def here(cls) -> Machine:
        """The machine we are on, now."""
        return cls(
            cpu_model=_value_in(_CPU_INFO, "model name") or platform.machine(),
            cores_count=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
            memory_gib=_memory_gib(),
            system=f"{platform.system()} {platform.release().partition('-')[0]}",
            python=f"{platform.python_implementation()} {platform.python_version()}",
            packages=tuple(_versions(_PACKAGES)),
        )

    def lines(self) -> tuple[str, ...]:
        """The description, one fact a line."""
        memory = f"{self.memory_gib:.1f} GiB of memory" if self.memory_gib is not None else "memory unknown"
        return (
            f"{self.cpu_model}, {self.cores_count} cores, {memory}",
            f"{self.system}, {self.python}",
            ", ".join(f"{name} {number}" for name, number in self.packages),
        )


def load_average() -> float | None:
    """The load average of the last minute, where the system has one."""
    try:
        return os.getloadavg()[0]
    except OSError:
        return None


def _versions(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    for name in names:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


def _memory_gib() -> float | None:
    kib = _value_in(_MEMORY_INFO, "MemTotal")
    return int(kib.split()[0]) / 1024**2 if kib else None


def _value_in(file: Path, key: str) -> str:
    """The value of the first ``key: value`` line of a file of the kernel's, or nothing."""
    if not file.exists():
        return ""
    for line in file.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return ""
