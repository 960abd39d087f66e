"""Marks in the data directory: when the last backup was found sound, when a worker last looked for work.

Files whose time is all they say; they cost no writing transaction, and where there are none nothing breaks.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from mapapp.settings import Settings


class Mark(StrEnum):
    """What is marked; the value is the file's name."""

    BACKUP = "last_backup"
    WORKER = "last_worker"


def set_mark(settings: Settings, mark: Mark, at: datetime) -> None:
    """Note that it was so at that moment.

    Raises
    ------
    OSError
        The data directory cannot be written.
    """
    file = Path(settings.data_dir) / mark
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o644)
    os.utime(file, (at.timestamp(), at.timestamp()))


def marked_at(settings: Settings, mark: Mark) -> datetime | None:
    """When it was so last; None where that is not noted."""
    try:
        return datetime.fromtimestamp((Path(settings.data_dir) / mark).stat().st_mtime, UTC)
    except OSError:
        return None


def later(*moments: datetime | None) -> datetime | None:
    """The last of those that are known."""
    return max((moment for moment in moments if moment is not None), default=None)
