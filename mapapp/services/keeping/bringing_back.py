"""Use cases: look a backup through; put it in the place of what is lost."""

from __future__ import annotations

import gzip
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from mapapp.services.keeping.archive import DATABASE_FILES, Manifest, read_archive
from mapapp.services.keeping.backing_up import place_name
from mapapp.services.keeping.kept_files import SECRET_KEY, kept_names, photo_names
from mapapp.services.keeping.refusals import KeepingRefused
from mapapp.services.keeping.sealing import is_sealed, unseal
from mapapp.services.keeping.workplace import keep_names, remove_strays, workplace
from mapapp.settings import Settings
from mapapp.store.dumping import SQLITE, check_dump
from mapapp.store.fingerprints import TableFingerprint
from mapapp.store.fresh_numbers import Restoration, numbers_of
from mapapp.store.migrations import HEAD
from mapapp.store.restoring import held_tables, kind_of, restore_database, sqlite_file, standing_migration

_CHUNK_BYTES: Final = 1024 * 1024
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and where that which was there before is now."""

    manifest: Manifest
    aside: tuple[Path, ...]
    data_revision: int
    """The one the data go on from: none that was seen before."""

    @property
    def needs_upgrade(self) -> bool:
        """Whether the database is of an earlier version of this program."""
        return self.manifest.content.migration != HEAD


def verify_backup(settings: Settings, file: Path, key: str | None) -> Manifest:
    """Read a backup from its first byte to its last, and the database in it from its first row to its last.

    Raises
    ------
    KeepingRefused, StoreUnusable
        It cannot be decrypted, or is not what was backed up.
    """
    with workplace(settings) as folder:
        return _opened(file, key, folder)


def restore_backup(settings: Settings, file: Path, key: str | None, now: datetime, *, replace: bool) -> Restored:
    """Put a backup in the place of the database and the files beside it, once all of it is found sound.

    Parameters
    ----------
    replace
        Whether to take the place of data that are there. A SQLite file and a key that make room are kept beside.

    Raises
    ------
    KeepingRefused, StoreUnusable
        The backup is damaged or does not fit, or data are there; then everything is as it was.
    """
    with workplace(settings) as folder:
        manifest = _opened(file, key, folder)
        _require_fit(settings, manifest)
        _require_known(settings)
        if not replace:
            _require_room(settings, folder)
        restoration = Restoration(
            at=now,
            made_at=datetime.fromisoformat(manifest.made_at),
            backed_up=manifest.content.data_revision,
            over=numbers_of(settings.database_url),
        )
        aside = f".before-restore-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
        try:
            with (
                _put_files(settings, folder, manifest, aside) as kept,
                _database_beside(settings, folder, manifest, restoration) as copy,
            ):
                kept_database = restore_database(
                    settings.database_url, copy, manifest.content, restoration, aside=aside, work=folder
                )
        except OSError as error:
            raise KeepingRefused(f"The backup could not be put back: {error}", f"备份无法恢复：{error}") from error
        aside_paths = tuple(each for each in (kept_database, kept) if each is not None)
        return Restored(manifest, aside_paths, restoration.revision)


def _opened(file: Path, key: str | None, folder: Path) -> Manifest:
    """Unpack the backup into the folder, everything in it compared with what it was."""
    try:
        archive = _plain(file, key, folder / "plain")
        manifest = read_archive(archive, folder)
    except OSError as error:
        raise KeepingRefused(f"{file} cannot be read: {error}", f"无法读取 {file}:{error}") from error
    if archive != file:
        archive.unlink()
    _check_database(manifest, folder)
    _check_photos(manifest)
    return manifest


def _plain(file: Path, key: str | None, plain: Path) -> Path:
    if not is_sealed(file):
        return file
    if key is None:
        raise KeepingRefused(
            "The backup is encrypted: give its key by --key-file or MAPAPP_BACKUP_KEY.",
            "备份已加密：请用 --key-file 或 MAPAPP_BACKUP_KEY 提供密钥。",
        )
    unseal(file, key, plain)
    return plain


def _check_database(manifest: Manifest, folder: Path) -> None:
    content, packed = manifest.content, folder / DATABASE_FILES[manifest.content.kind]
    copy = folder / "database"
    if content.kind == SQLITE:
        _unpack(packed, copy, manifest.database_bytes)
        packed.unlink()
    else:
        packed.rename(copy)
    found = check_dump(copy, content.kind)
    wrong = [name for name, table in content.tables.items() if not _is_same(found.get(name), table)]
    if wrong or found.keys() - content.tables.keys() - {"alembic_version"}:
        raise KeepingRefused(
            f"The database in the backup is not the one that was backed up ({', '.join(wrong[:_SHOWN])}).",
            f"备份中的数据库与备份时不符（{', '.join(wrong[:_SHOWN])}）。",
        )


def _is_same(found: TableFingerprint | int | None, table: TableFingerprint) -> bool:
    return found == (table.row_count if isinstance(found, int) else table)


def _check_photos(manifest: Manifest) -> None:
    """Each photo is what its name says, and none is missing that was there."""
    photos = {each.name: each.sha256 for each in manifest.files if each.name.startswith("photos/")}
    wrong = [name for name, sha256 in photos.items() if name != f"photos/{sha256}.jpg"]
    missing = photo_names(manifest.content.photos) - photos.keys() - set(manifest.missing_photos)
    if wrong or missing:
        names = ", ".join(sorted([*wrong, *missing])[:_SHOWN])
        raise KeepingRefused(f"Photos are damaged or missing: {names}", f"照片损坏或缺失：{names}")


def _unpack(packed: Path, copy: Path, size_bytes: int) -> None:
    left = size_bytes
    try:
        with gzip.open(packed, "rb") as source, copy.open("xb") as sink:
            while chunk := source.read(_CHUNK_BYTES):
                left -= len(chunk)
                if left < 0:
                    break
                sink.write(chunk)
            sink.flush()
            os.fsync(sink.fileno())
    except (EOFError, gzip.BadGzipFile) as error:
        raise KeepingRefused("The database in the backup cannot be unpacked.", "备份中的数据库无法解压。") from error
    if left != 0:
        raise KeepingRefused("The database in the backup has another length.", "备份中的数据库长度不符。")


def _require_fit(settings: Settings, manifest: Manifest) -> None:
    content, here = manifest.content, kind_of(settings.database_url)
    if content.kind != here:
        raise KeepingRefused(
            f"The backup is of a {content.kind} database and MAPAPP_DATABASE_URL names a {here} one. Restore it into "
            "one of its own kind, then run: python -m mapapp database move --to …",
            f"备份来自 {content.kind} 数据库，而 MAPAPP_DATABASE_URL 指向 {here} 数据库。请先恢复到同类数据库，"
            "再运行：python -m mapapp database move --to …",
        )
    if content.migration > HEAD:
        raise KeepingRefused(
            f"The backup stands at {content.migration} and this program knows {HEAD}: install the later version.",
            f"备份的数据库版本是 {content.migration}，本程序只到 {HEAD}：请安装更新的版本。",
        )
    if manifest.place != place_name(settings):
        raise KeepingRefused(
            f"The backup is of {manifest.place} and MAPAPP_PLACE is {place_name(settings)}.",
            f"备份属于 {manifest.place}，而 MAPAPP_PLACE 是 {place_name(settings)}。",
        )


def _require_known(settings: Settings) -> None:
    """The database that makes room has no tables this program does not know: they would be left behind."""
    standing = standing_migration(settings.database_url)
    if standing is not None and standing > HEAD:
        raise KeepingRefused(
            f"The database stands at {standing} and this program knows {HEAD}. Nothing was changed. "
            "Restore with the program that made it so, then go back to this one.",
            f"数据库版本是 {standing}，本程序只到 {HEAD}，未作任何改动。请先用升级它的新版程序恢复，再换回本程序。",
        )


def _require_room(settings: Settings, folder: Path) -> None:
    held = list(held_tables(settings.database_url))
    data_dir = Path(settings.data_dir)
    for name in kept_names(settings):
        restored = folder / name
        if name != SECRET_KEY or not restored.exists() or restored.read_bytes() != (data_dir / name).read_bytes():
            held.append(name)
    if held:
        names = ", ".join(held[:_SHOWN])
        raise KeepingRefused(
            f"There are data already ({names} …). Nothing was changed. To put the backup in their place: --replace",
            f"已有数据（{names} …），未作任何改动。要用备份取代它们，请加 --replace",
        )


@dataclass(slots=True)
class _Undo:
    """What to take back if the restoring fails later on."""

    added: list[Path] = field(default_factory=list)
    key: Path | None = None
    key_aside: Path | None = None

    def __call__(self) -> None:
        for file in self.added:
            file.unlink(missing_ok=True)
        if self.key is not None and self.key_aside is not None:
            self.key_aside.replace(self.key)


@contextmanager
def _put_files(settings: Settings, folder: Path, manifest: Manifest, aside: str) -> Iterator[Path | None]:
    """The files beside the database stand in their places within the block; taken back if it fails.

    Photos and uploads have names that stand for their content: there they harm nobody, whichever database is in use.
    """
    data_dir, undo = Path(settings.data_dir), _Undo()
    try:
        for name in (each.name for each in manifest.files if each.name not in DATABASE_FILES.values()):
            file = data_dir / name
            file.parent.mkdir(parents=True, exist_ok=True)
            if name == SECRET_KEY and file.exists() and file.read_bytes() != (folder / name).read_bytes():
                undo.key_aside = file.with_name(file.name + aside)
                os.link(file, undo.key_aside)
                undo.key = file
            elif not file.exists():
                undo.added.append(file)
            (folder / name).replace(file)
        for parent in {data_dir, *(file.parent for file in undo.added)}:
            keep_names(parent)
        yield undo.key_aside
    except BaseException:
        undo()
        raise


@contextmanager
def _database_beside(settings: Settings, folder: Path, manifest: Manifest, restoration: Restoration) -> Iterator[Path]:
    """The copy of the database, where it can be renamed into its place."""
    file, copy = sqlite_file(settings.database_url), folder / "database"
    if file is None or manifest.content.kind != SQLITE:
        yield copy
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    remove_strays(file.parent, f".{file.name}.*.restoring")
    beside = file.with_name(f".{file.name}.{secrets.token_hex(8)}.restoring")
    try:
        restoration.mark_file(copy)
        _bring(copy, beside)
        yield beside
    finally:
        beside.unlink(missing_ok=True)


def _bring(copy: Path, beside: Path) -> None:
    """Move the file, also to another disk, and see that it is there for good."""
    with (
        copy.open("rb") as source,
        os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sink,
    ):
        while chunk := source.read(_CHUNK_BYTES):
            sink.write(chunk)
        sink.flush()
        os.fsync(sink.fileno())
