"""Files the worker made for somebody, kept in the data directory for a week under names nobody can guess."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from mapapp.settings import Settings
from mapapp.store import Job, JobState

T = TypeVar("T")

EXPORTS_KEPT: Final = timedelta(days=7)
"""Shorter than other files: they may hold internal contacts."""
_NAME: Final = re.compile(r"[0-9a-f]{32}\.(?:xlsx|csv|geojson|gpkg|html|pdf|zip)")


def keep_file(settings: Settings, ending: str, content: bytes) -> str:
    """Keep a file; its name in the folder."""
    return keep_written(settings, ending, lambda draft: draft.write_bytes(content))[0]


def keep_written(settings: Settings, ending: str, write: Callable[[Path], T]) -> tuple[str, T]:
    """Keep the file that ``write`` makes at the path it is given; its name in the folder, and what that returned."""
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    stem = secrets.token_hex(16)
    name, draft = f"{stem}.{ending}", folder / f".{stem}.part.{ending}"
    try:
        told = write(draft)
        draft.replace(folder / name)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return name, told


def kept_file(settings: Settings, job: Job) -> Path | None:
    """The file a finished job made, as long as it is kept."""
    name = str((job.result or {}).get("file", ""))
    if job.state is not JobState.DONE or not _NAME.fullmatch(name):
        return None
    file = _folder(settings) / name
    return file if file.is_file() else None


def delete_old_exports(settings: Settings, now: datetime) -> int:
    """Delete files made a week ago; how many."""
    folder, before_s = _folder(settings), (now - EXPORTS_KEPT).timestamp()
    old = [file for file in folder.iterdir() if file.stat().st_mtime < before_s] if folder.is_dir() else []
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _folder(settings: Settings) -> Path:
    return Path(settings.data_dir) / "exports"
