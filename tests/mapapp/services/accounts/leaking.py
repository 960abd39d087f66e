"""Lists of leaked passwords for tests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def leaked_file(folder: Path, passwords: Iterable[str], *, ending: str = "\n") -> Path:
    """A list of these passwords, as such lists are written."""
    digests = sorted(hashlib.sha1(each.encode(), usedforsecurity=False).hexdigest().upper() for each in passwords)
    file = folder / "leaked.txt"
    file.write_bytes("".join(f"{digest}:{n + 1}{ending}" for n, digest in enumerate(digests)).encode("ascii"))
    return file
