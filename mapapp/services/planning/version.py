"""Which code computed an answer: one short word, the same for the same sources on every machine."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[3]
_WHAT_COMPUTES: Final = ("geodata", "mapapp/services/planning")
_CHARS: Final = 16


@lru_cache(maxsize=1)
def code_version() -> str:
    """The first 16 hex digits of the SHA-256 of all sources an answer comes from."""
    digest = hashlib.sha256()
    for folder in _WHAT_COMPUTES:
        for path in sorted((_ROOT / folder).rglob("*.py"), key=lambda path: path.relative_to(_ROOT).as_posix()):
            digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:_CHARS]
