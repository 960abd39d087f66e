"""Where backups are taken apart and put together: a folder of the data directory that nobody else may enter."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mapapp.settings import Settings

_PREFIX: Final = ".keeping-"
_STRAY_AFTER_S: Final = 24 * 3600.0


@contextmanager
def workplace(settings: Settings) -> Iterator[Path]:
    """An empty folder, gone at the end; on the disk of the data, so that files are linked and not copied.

    What a killed run left there is removed once it is a day old.
    """
    data_dir = Path(settings.data_dir)
    data_dir.mkdir(parents=True, exist_ok=True)
    remove_strays(data_dir, f"{_PREFIX}*")
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=data_dir) as name:
        yield Path(name)


def remove_strays(folder: Path, pattern: str) -> None:
    """Remove what a killed run left in the folder more than a day ago."""
    for stray in folder.glob(pattern):
        if stray.stat().st_mtime >= time.time() - _STRAY_AFTER_S:
            continue
        if stray.is_dir():
            shutil.rmtree(stray, ignore_errors=True)
        else:
            stray.unlink(missing_ok=True)


def keep_names(folder: Path) -> None:
    """See that the names of files in the folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
