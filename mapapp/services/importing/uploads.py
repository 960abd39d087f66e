"""Use case: a file is sent in, kept under a random name while it is of use, and deleted after a month."""

from __future__ import annotations

import hashlib
import os
import secrets
import unicodedata
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Final

from geodata.errors import UnreadableFile
from geodata.files import FileKind
from mapapp.services.importing.file_contents import kind_of_file
from mapapp.services.rights import Actor, Right, require
from mapapp.settings import Settings
from mapapp.store import Origin, Store, Upload
from mapapp.store.trouble import telling_file_trouble

MAX_UPLOAD_BYTES: Final = 20 * 1024 * 1024
UPLOADS_KEPT: Final = timedelta(days=30)
_STRAYS_KEPT: Final = timedelta(days=1)
"""A file is written just before the row that names it."""
_CHUNK_BYTES: Final = 256 * 1024
_MAX_NAME_CHARS: Final = 120
_ENDINGS: Final = {
    FileKind.CSV: ".csv",
    FileKind.XLSX: ".xlsx",
    FileKind.GEOJSON: ".geojson",
    FileKind.GEOPACKAGE: ".gpkg",
}


def uploads_dir(settings: Settings) -> Path:
    """Where files that were sent in are kept."""
    return Path(settings.data_dir) / "uploads"


def upload_file(settings: Settings, upload: Upload) -> Path:
    """The file of an upload; its ending says what its content is."""
    return uploads_dir(settings) / f"{upload.token}{_ENDINGS[FileKind(upload.file_kind)]}"


def keep_upload(
    store: Store,
    settings: Settings,
    actor: Actor,
    file_name: str,
    sent: IO[bytes],
    now: datetime,
    *,
    right: Right = Right.IMPORT_STATIONS,
) -> Upload:
    """Keep a list of stations, or of workers, that somebody sends in.

    Parameters
    ----------
    file_name
        What its sender calls it: shown again, never used as a path.
    sent
        The content, read to its end or to one byte more than may be.
    right
        What its sender needs.

    Raises
    ------
    Forbidden
        The actor has not that right.
    UnreadableFile
        It is too large, or no list of stations by its content.
    FilesUnkept
        It cannot be written: the disk is full, for one. Nothing is left of it.
    """
    require(actor, right)
    with telling_file_trouble():
        upload = _kept(settings, actor, file_name, sent, now)
    with store.writing(Origin.FORM, at=now) as writer:
        writer.uploads.add(upload)
    return upload


def _kept(settings: Settings, actor: Actor, file_name: str, sent: IO[bytes], now: datetime) -> Upload:
    folder = uploads_dir(settings)
    folder.mkdir(parents=True, exist_ok=True)
    token = secrets.token_hex(16)
    draft = folder / f".{token}.part"
    try:
        size_bytes, digest = _write(draft, sent)
        upload = Upload(
            token=token,
            file_name=_shown_name(file_name),
            file_kind=kind_of_file(draft).value,
            size_bytes=size_bytes,
            sha256=digest,
            sent_by=actor.name,
            account_id=actor.account_id,
            sent_at=now,
        )
        draft.replace(upload_file(settings, upload))
    finally:
        draft.unlink(missing_ok=True)
    return upload


def delete_old_uploads(store: Store, settings: Settings, now: datetime) -> int:
    """Delete files that were sent in a month ago, and strays that nothing names; how many."""
    before, folder = now - UPLOADS_KEPT, uploads_dir(settings)
    with store.reading() as reader:
        is_due = bool(reader.uploads.tokens(sent_before=before))
    if is_due:
        with store.writing(Origin.COMMAND, at=now) as writer:
            writer.uploads.delete_old(before)
    stray_before_s = (now - _STRAYS_KEPT).timestamp()
    old = [file for file in folder.iterdir() if file.stat().st_mtime < stray_before_s] if folder.is_dir() else []
    if not old:
        return 0
    with store.reading() as reader:
        named = reader.uploads.tokens()
    strays = [file for file in old if file.name.partition(".")[0] not in named]
    for file in strays:
        file.unlink(missing_ok=True)
    return len(strays)


def _write(file: Path, sent: IO[bytes]) -> tuple[int, str]:
    """Write all of it, safe from a power cut; how much it was, and its SHA-256."""
    size_bytes, digest = 0, hashlib.sha256()
    with file.open("xb") as stream:
        while chunk := sent.read(_CHUNK_BYTES):
            size_bytes += len(chunk)
            if size_bytes > MAX_UPLOAD_BYTES:
                limit_mb = MAX_UPLOAD_BYTES // 1024 // 1024
                raise UnreadableFile(f"The file is larger than {limit_mb} MB.", f"文件超过 {limit_mb} MB。")
            digest.update(chunk)
            stream.write(chunk)
        stream.flush()
        os.fsync(stream.fileno())
    return size_bytes, digest.hexdigest()


def _shown_name(file_name: str) -> str:
    """The last part of what may be a path of any system, with nothing unprintable in it."""
    last = PurePosixPath(PureWindowsPath(file_name).name).name
    kept = "".join(character for character in last if unicodedata.category(character)[0] != "C")
    if len(kept) > _MAX_NAME_CHARS:
        kept = f"{kept[: _MAX_NAME_CHARS - 20]}…{kept[-19:]}"
    return kept.strip() or "?"
