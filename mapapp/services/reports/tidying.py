"""Use case: what has served its purpose is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from mapapp.services.photos import photos_dir, remove_unnamed
from mapapp.settings import Settings
from mapapp.store import Deadlines, Deletions, Origin, Store

SENDER_KEYS_KEPT: Final = timedelta(days=7)
CONTACTS_KEPT: Final = timedelta(days=90)
"""After closing."""
PHOTOS_KEPT: Final = timedelta(days=180)
"""After closing: long enough to show what was wrong when somebody asks."""
WORDS_KEPT: Final = timedelta(days=730)
"""After closing: two years of reports can be compared; then what people wrote, and notes about it, are forgotten."""
STRAY_PHOTOS_KEPT: Final = timedelta(days=1)
"""A photo is written just before the report that refers to it."""
STATION_PHOTOS_KEPT: Final = timedelta(days=30)
"""After a station got another or none, at no public address: so long the change can be undone, since a wrong one is
noticed within weeks (drafts and lists that staff sent in wait as long); no longer, since a photo may have been taken
away because of who is in it."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was forgotten."""

    deletions: Deletions
    photo_count: int


def tidy(store: Store, settings: Settings, now: datetime) -> Tidied:
    """Forget sender keys after 7 days, contacts, photos and words so long after closing, and files nothing refers to.

    Safe to repeat, and to run in several processes at once; without anything to forget nothing is written.
    """
    deadlines = Deadlines(
        sender_keys=now - SENDER_KEYS_KEPT,
        contacts=now - CONTACTS_KEPT,
        photos=now - PHOTOS_KEPT,
        words=now - WORDS_KEPT,
    )
    with store.reading() as reader:
        due = reader.reports.deletable(deadlines)
    if due.count:
        with store.writing(Origin.COMMAND, at=now) as writer:
            due = writer.reports.delete_old(deadlines)
    return Tidied(due, _delete_stray_photos(store, settings, now))


def _delete_stray_photos(store: Store, settings: Settings, now: datetime) -> int:
    folder, before_s = photos_dir(settings), (now - STRAY_PHOTOS_KEPT).timestamp()
    old = [file for file in folder.glob("*.jpg") if file.stat().st_mtime < before_s] if folder.is_dir() else []
    if not old:
        return 0
    with store.reading() as reader:
        named = reader.reports.photos()
        strays = [file for file in old if file.stem not in named]
        changed = reader.photos_changed_since(now - STATION_PHOTOS_KEPT) if strays else frozenset()
    return remove_unnamed(store, _still_old([file for file in strays if file.stem not in changed], before_s))


def _still_old(files: list[Path], before_s: float) -> list[Path]:
    """The files that nobody has sent or held again since they were listed."""
    return [file for file in files if file.is_file() and file.stat().st_mtime < before_s]
