"""Files the worker made for somebody, kept in the data directory for a week under names nobody can guess."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from mapapp.settings import Settings
from mapapp.store import Job, JobState

EXPORTS_KEPT: Final = timedelta(days=7)
"""Shorter than other files: they may hold internal contacts."""
_NAME: Final = re.compile(r"[0-9a-f]{32}\.(?:xlsx|csv|geojson|gpkg|html|pdf|zip)")


def keep_file(settings: Settings, ending: str, content: bytes) -> str:
    """Keep a file; its name in the folder."""
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{secrets.token_hex(16)}.{ending}"
    draft = folder / f".{name}.part"
    draft.write_bytes(content)
    draft.replace(folder / name)
    return name


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
