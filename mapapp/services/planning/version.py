"""Which code computed an answer: one short word, the same for the same sources and libraries on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[3]
WHAT_COMPUTES: Final = (
    "geodata",
    "mapapp/services/planning",
    "mapapp/services/demand/choosing.py",
    "mapapp/services/reports/inbox.py",
)
"""Folders and files: the core, what asks it, which layer counts whom, and which of the public's places are candidates.
What draws, writes files and keeps answers is not among them."""
LIBRARIES: Final = ("h3", "highspy", "numpy", "pyproj", "scipy", "shapely")
"""What the core computes with: another release may round, or solve, differently."""
_CHARS: Final = 16


@lru_cache(maxsize=1)
def code_version() -> str:
    """The first 16 hex digits of the SHA-256 of all sources and libraries' versions an answer comes from."""
    digest = hashlib.sha256()
    for path in sources():
        digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for name in LIBRARIES:
        digest.update(f"{name} {version(name)}\0".encode())
    return digest.hexdigest()[:_CHARS]


def sources() -> Iterator[Path]:
    """The files the version hangs on, in an order of their own."""
    for name in WHAT_COMPUTES:
        path = _ROOT / name
        found = [path] if path.is_file() else path.rglob("*.py")
        yield from sorted(found, key=lambda each: each.relative_to(_ROOT).as_posix())
