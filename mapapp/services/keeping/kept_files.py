"""Which files of the data directory belong to the data, and which can be made again.

Kept: ``photos/`` (of stations and reports), ``uploads/`` (lists that staff sent in, which jobs and undoing read) and
``secret_key``. Left out: ``posters/`` and ``exports/``, which are made anew when somebody asks, and ``streets/``,
which are loaded from an extract of OpenStreetMap (scripts/load_streets.py).
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mapapp.services.photos import photos_dir
from mapapp.services.secret import FILE_NAME
from mapapp.settings import Settings

SECRET_KEY: Final = FILE_NAME
KEPT_FOLDERS: Final = ("photos", "uploads")
LEFT_OUT: Final = ("exports", "posters", "streets")
"""A test knows every folder the application makes."""

_KEPT_NAMES: Final = re.compile(r"photos/[0-9a-f]{64}\.jpg|uploads/[0-9a-f]{32}\.[a-z]{1,8}|secret_key")


def is_kept_name(name: str) -> bool:
    """Whether a file of the data directory is one that backups hold; a name that could lead elsewhere is none."""
    return _KEPT_NAMES.fullmatch(name) is not None


def kept_names(settings: Settings) -> Iterator[str]:
    """The files there are now, below the data directory, in order."""
    data_dir = Path(settings.data_dir)
    for folder in KEPT_FOLDERS:
        for file in sorted((data_dir / folder).glob("*")):
            name = f"{folder}/{file.name}"
            if is_kept_name(name) and file.is_file() and not file.is_symlink():
                yield name
    if (data_dir / SECRET_KEY).is_file():
        yield SECRET_KEY


def gather(settings: Settings, folder: Path) -> None:
    """Hold on to the files there are now, so that none is gone when its turn comes; a link takes no room.

    Done before and after the database is copied, it has every photo which that names.
    """
    for name in kept_names(settings):
        held = folder / name
        held.parent.mkdir(parents=True, exist_ok=True)
        if held.exists():
            continue
        source = Path(settings.data_dir) / name
        try:
            os.link(source, held)
        except FileNotFoundError:
            continue  # deleted since it was listed, as nothing referred to it
        except OSError:  # a file system without links
            shutil.copyfile(source, held)


def photo_names(hashes: frozenset[str]) -> frozenset[str]:
    """The files of photos, as backups name them."""
    return frozenset(f"photos/{each}.jpg" for each in hashes)


def missing_photos(settings: Settings, hashes: frozenset[str]) -> list[str]:
    """The photos of these that have no file."""
    folder = photos_dir(settings)
    return sorted(each for each in hashes if not (folder / f"{each}.jpg").is_file())
