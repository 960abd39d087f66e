"""Remembering that work was done: a small file that names what it was done from.

A stamp lies beside or inside what it vouches for, so that deleting the one deletes the other. It is
taken away before the work starts and written when the work has succeeded, so work cut short is done
again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from installation.layout import PROJECT_DIR


@dataclass(frozen=True, slots=True)
class Stamp:
    """One stamp file."""

    path: Path

    def says(self, digest: str) -> bool:
        """True if the work was done from exactly this."""
        try:
            return self.path.read_text(encoding="utf-8").strip() == digest
        except OSError:
            return False

    def write(self, digest: str) -> None:
        """Vouch for the work."""
        self.path.write_text(digest + "\n", encoding="utf-8")

    def remove(self) -> None:
        """Vouch no longer."""
        self.path.unlink(missing_ok=True)


def digest_of(files: Iterable[Path], *facts: str) -> str:
    """A digest of the files' names and contents and of further facts; a file that is absent counts as such."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(os.path.relpath(file, PROJECT_DIR).encode())
        digest.update(b"\0" + (hashlib.sha256(file.read_bytes()).digest() if file.is_file() else b"absent"))
    for fact in facts:
        digest.update(b"\0" + fact.encode())
    return digest.hexdigest()


def files_below(folder: Path, *, except_folders: Iterable[Path] = ()) -> list[Path]:
    """Every file below a folder that a person wrote: no compiled Python, nothing in ``except_folders``."""
    left_out = tuple(except_folders)
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc" and not any(path.is_relative_to(other) for other in left_out)
    ]
