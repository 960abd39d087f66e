"""``backup``, ``verify-backup``, ``restore``: everything that would be missed, in one file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from mapapp.commands.session import Session
from mapapp.services.keeping.archive import Manifest
from mapapp.services.keeping.backing_up import make_backup
from mapapp.services.keeping.bringing_back import restore_backup, verify_backup
from mapapp.services.keeping.refusals import KeepingRefused
from mapapp.services.keeping.sealing import checked_key, key_of_file
from mapapp.services.observing.marks import Mark, set_mark
from mapapp.store import StoreBusy, StoreUnusable

_KEY_FILE: Final = click.option(
    "--key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="密钥文件 / A file with the key; without it MAPAPP_BACKUP_KEY, if set.",
)
_BACKUP: Final = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@_KEY_FILE
@click.option(
    "--verify",
    "is_verified",
    is_flag=True,
    help="随后完整检查；只有通过检查的备份才计入监控 / Read it through afterwards; the metrics count only what passes.",
)
@click.pass_obj
def backup(session: Session, target: Path, key_file: Path | None, *, is_verified: bool) -> None:
    """备份数据库、照片等到一个文件 / Back up everything into FILE, or into a folder, while the service runs."""
    with _refusals(session):
        key = _key(session, key_file)
        made = make_backup(session.settings, target, key, datetime.now(UTC))
        click.echo(made.file)
        _describe(session, made.manifest)
        if is_verified:
            verify_backup(session.settings, made.file, key)
            _mark(session)
            session.say("备份完好。", "The backup is sound.")
    if not made.is_encrypted:
        session.say(
            "备份未加密：其中有密码散列、联系方式和密钥，请妥善保管。",
            "The backup is not encrypted: it holds password hashes, contacts and keys. "
            "Keep it as closely as the database.",
        )
    if made.lacks_secret_key:
        session.say(
            "密钥 MAPAPP_SECRET_KEY 不在备份中，请另行保管。",
            "The key in MAPAPP_SECRET_KEY is not in the backup: keep it elsewhere.",
        )


@click.command("verify-backup")
@_BACKUP
@_KEY_FILE
@click.pass_obj
def verify(session: Session, file: Path, key_file: Path | None) -> None:
    """完整检查一个备份 / Read a backup from its first byte to its last; nothing is changed."""
    with _refusals(session):
        manifest = verify_backup(session.settings, file, _key(session, key_file))
    _describe(session, manifest)
    session.say("备份完好。", "The backup is sound.")


@click.command()
@_BACKUP
@_KEY_FILE
@click.option("--replace", is_flag=True, help="取代已有数据 / Take the place of data that are there.")
@click.pass_obj
def restore(session: Session, file: Path, key_file: Path | None, *, replace: bool) -> None:
    """从备份恢复，要么全部要么不动 / Put a backup back, all of it or nothing; stop the service before."""
    with _refusals(session):
        restored = restore_backup(session.settings, file, _key(session, key_file), datetime.now(UTC), replace=replace)
    _describe(session, restored.manifest)
    for path in restored.aside:
        session.say(f"原有文件保留为 {path}", f"What was there is kept as {path}")
    session.say(
        f"恢复完成。数据修订号从 {restored.data_revision} 继续。",
        f"Restored. The data revision goes on from {restored.data_revision}.",
    )
    if restored.needs_upgrade:
        session.say(
            "数据库属于较早的版本。请运行：python -m mapapp db upgrade",
            "The database is of an earlier version. Run: python -m mapapp db upgrade",
        )


def _mark(session: Session) -> None:
    """Note for the metrics that there is a sound backup; one that cannot be noted is a backup all the same."""
    try:
        set_mark(session.settings, Mark.BACKUP, datetime.now(UTC))
    except OSError as error:
        session.say(f"无法记下备份时间：{error}", f"The time of the backup cannot be noted: {error}")


def _key(session: Session, key_file: Path | None) -> str | None:
    if key_file is not None:
        return key_of_file(key_file)
    return checked_key(session.settings.backup_key) if session.settings.backup_key else None


def _describe(session: Session, manifest: Manifest) -> None:
    content = manifest.content
    row_count = sum(table.row_count for table in content.tables.values())
    photo_count = sum(each.name.startswith("photos/") for each in manifest.files)
    session.say(f"制作时间\t{manifest.made_at}", f"made at\t{manifest.made_at}")
    session.say(f"城市\t{manifest.place}", f"place\t{manifest.place}")
    session.say(
        f"数据库\t{content.kind}，版本 {content.migration}，数据修订号 {content.data_revision}",
        f"database\t{content.kind}, schema {content.migration}, data revision {content.data_revision}",
    )
    session.say(f"表和行\t{len(content.tables)}\t{row_count}", f"tables and rows\t{len(content.tables)}\t{row_count}")
    session.say(f"照片\t{photo_count}", f"photos\t{photo_count}")
    if manifest.missing_photos:
        count = len(manifest.missing_photos)
        session.say(
            f"注意：数据库提到的 {count} 张照片没有文件。", f"Note: {count} photos that the database names had no file."
        )


@contextmanager
def _refusals(session: Session) -> Iterator[None]:
    try:
        yield
    except (KeepingRefused, StoreUnusable) as error:
        raise session.refuse(error.zh, error.en) from error
    except StoreBusy as error:
        raise session.refuse("其他程序正在写入数据库，请稍后再试。", str(error)) from error
