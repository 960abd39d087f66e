"""Use case: everything that would be missed, in one file, while the service goes on."""

from __future__ import annotations

import gzip
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, Final

from mapapp.services.keeping.archive import DATABASE_FILES, Manifest, write_archive
from mapapp.services.keeping.kept_files import SECRET_KEY, gather, is_kept_name, photo_names
from mapapp.services.keeping.refusals import KeepingRefused
from mapapp.services.keeping.sealing import checked_key, sealed
from mapapp.services.keeping.workplace import keep_names, remove_strays, workplace
from mapapp.services.planning.version import code_version
from mapapp.settings import Settings
from mapapp.store.dumping import SQLITE, dump_database

ENDING: Final = ".backup"
_UNFINISHED: Final = ".part"
_COMPRESSION: Final = 3
_CHUNK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class MadeBackup:
    """A finished backup."""

    file: Path
    manifest: Manifest
    is_encrypted: bool
    lacks_secret_key: bool
    """Where the key is a setting, it has to be kept elsewhere."""


def make_backup(settings: Settings, target: Path, key: str | None, now: datetime) -> MadeBackup:
    """Back up the database and the files that belong to it.

    Parameters
    ----------
    target
        A file that does not exist yet, or a folder, in which it gets a name by place and time.
    key
        What to encrypt it with; None leaves it readable.

    Raises
    ------
    KeepingRefused
        The file exists, cannot be written, or cannot be encrypted. Nothing is left of it.
    StoreUnusable
        The database cannot be copied, or is damaged.
    """
    file = (
        target / f"{place_name(settings)}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{ENDING}" if target.is_dir() else target
    )
    if key is not None:
        checked_key(key)
    try:
        with workplace(settings) as folder, _new_file(file) as sink:
            manifest = _write(settings, folder, sink, key, now)
    except OSError as error:
        raise KeepingRefused(
            f"The backup {file} could not be written: {error}", f"备份 {file} 无法写入：{error}"
        ) from error
    lacks_secret_key = bool(settings.secret_key) and all(each.name != SECRET_KEY for each in manifest.files)
    return MadeBackup(file, manifest, key is not None, lacks_secret_key)


def place_name(settings: Settings) -> str:
    """The place by its folder's name, wherever that lies."""
    return Path(settings.place).name


def _write(settings: Settings, folder: Path, sink: IO[bytes], key: str | None, now: datetime) -> Manifest:
    copy, held = folder / "database", folder / "held"
    held.mkdir()
    gather(settings, held)
    content = dump_database(settings.database_url, copy)
    gather(settings, held)
    database_bytes = copy.stat().st_size
    packed = _packed(copy) if content.kind == SQLITE else copy
    files = [(DATABASE_FILES[content.kind], packed), *_held_files(held)]
    names = {name for name, _ in files}
    manifest = partial(
        Manifest,
        made_at=now.astimezone(UTC).isoformat(),
        program=code_version(),
        place=place_name(settings),
        content=content,
        database_bytes=database_bytes,
        missing_photos=tuple(sorted(photo_names(content.photos) - names)),
    )
    if key is None:
        return write_archive(sink, files, manifest)
    with sealed(sink, key) as stream:
        return write_archive(stream, files, manifest)


def _packed(copy: Path) -> Path:
    packed = copy.with_suffix(".gz")
    with copy.open("rb") as source, gzip.open(packed, "wb", _COMPRESSION) as sink:
        shutil.copyfileobj(source, sink, _CHUNK_BYTES)
    copy.unlink()
    return packed


def _held_files(held: Path) -> Iterator[tuple[str, Path]]:
    for file in sorted(held.rglob("*")):
        name = file.relative_to(held).as_posix()
        if file.is_file() and is_kept_name(name):
            yield name, file


@contextmanager
def _new_file(file: Path) -> Iterator[IO[bytes]]:
    """A file that has its name once all of it is on the disk; it never takes the place of another."""
    if file.exists():
        raise _taken(file)
    remove_strays(file.parent, f".*{ENDING}.*{_UNFINISHED}")
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}{_UNFINISHED}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sink:
            yield sink
            sink.flush()
            os.fsync(sink.fileno())
        _give_name(draft, file)
        keep_names(file.parent)
    finally:
        draft.unlink(missing_ok=True)


def _give_name(draft: Path, file: Path) -> None:
    try:
        os.link(draft, file)
    except FileExistsError as error:
        raise _taken(file) from error
    except OSError:  # a file system without links
        if file.exists():
            raise _taken(file) from None
        draft.replace(file)


def _taken(file: Path) -> KeepingRefused:
    return KeepingRefused(
        f"{file} exists already, and backups are never overwritten.", f"{file} 已存在，不会覆盖已有备份。"
    )
