"""The form of a backup: a tar of plain files, and last the manifest that says what each must be.

::

    database.sqlite3.gz | database.dump     the whole database
    photos/… uploads/… secret_key           the files that belong to it
    MANIFEST.json                           what was backed up, when; bytes and SHA-256 of each file above,
                                            rows and checksum of each table

An archive without a manifest was not written to its end.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final, Self

from mapapp.services.keeping.kept_files import is_kept_name
from mapapp.services.keeping.refusals import KeepingRefused
from mapapp.store.dumping import POSTGRESQL, SQLITE, DatabaseContent
from mapapp.store.fingerprints import TableFingerprint

MANIFEST: Final = "MANIFEST.json"
DATABASE_FILES: Final = {SQLITE: "database.sqlite3.gz", POSTGRESQL: "database.dump"}
_FORM: Final = "stationmap-backup"
_VERSION: Final = 1
_MAX_MANIFEST_BYTES: Final = 64 * 1024 * 1024
"""A line a file; ours has some 120 bytes each."""
_CHUNK_BYTES: Final = 1024 * 1024
_FILE_MODE: Final = 0o600


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file of a backup."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds; ``made_at`` is in ISO 8601, ``program`` the version of the code that made it."""

    made_at: str
    program: str
    place: str
    content: DatabaseContent
    database_bytes: int
    """Of the database file once it is unpacked."""
    files: tuple[KeptFile, ...]
    missing_photos: tuple[str, ...]
    """Photos that the database names and that had no file."""

    def to_json(self) -> str:
        """The manifest as it stands in the archive."""
        document = asdict(self) | {"form": _FORM, "version": _VERSION}
        document["content"]["photos"] = sorted(self.content.photos)
        return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """The manifest of an archive.

        Raises
        ------
        KeepingRefused
            It is none, or of a later program.
        """
        try:
            return cls._of_document(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise _damaged(f"its manifest cannot be read ({error})", f"清单无法读取（{error}）") from error

    @classmethod
    def _of_document(cls, document: Mapping[str, Any]) -> Self:
        if document["form"] != _FORM or document["version"] != _VERSION:
            raise KeepingRefused(
                "The backup is of another form than this program knows: probably a later version made it.",
                "备份的格式本程序不认识：可能由更新的版本制作。",
            )
        content = document["content"]
        tables = {name: TableFingerprint(**table) for name, table in content["tables"].items()}
        return cls(
            made_at=document["made_at"],
            program=document["program"],
            place=document["place"],
            content=DatabaseContent(**{**content, "tables": tables, "photos": frozenset(content["photos"])}),
            database_bytes=document["database_bytes"],
            files=tuple(KeptFile(**each) for each in document["files"]),
            missing_photos=tuple(document["missing_photos"]),
        )


def write_archive(sink: IO[bytes], files: Sequence[tuple[str, Path]], manifest: Callable[..., Manifest]) -> Manifest:
    """Write the files and then the manifest, which is made by ``manifest(files=…)``."""
    with tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        written = tuple(_add(tar, name, file) for name, file in files)
        made = manifest(files=written)
        text = made.to_json().encode()
        tar.addfile(_entry(MANIFEST, len(text)), BytesIO(text))
    return made


def read_archive(file: Path, folder: Path) -> Manifest:
    """Unpack an archive into an empty folder, after which every file is known to be what was backed up.

    Raises
    ------
    KeepingRefused
        It is no backup, was not written to its end, or a file is missing, changed, or one too many.
    """
    found: dict[str, KeptFile] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(file, mode="r|") as tar:
            for entry in tar:
                if manifest is not None or not entry.isreg() or entry.name in found or not _may_be(entry.name):
                    raise _damaged(f"{entry.name[:80]!r} has no place in it", f"其中不应有 {entry.name[:80]!r}")
                content = tar.extractfile(entry)
                assert content is not None  # noqa: S101 - it is a regular file
                if entry.name == MANIFEST:
                    manifest = Manifest.from_json(_limited(content, entry.size))
                else:
                    found[entry.name] = _unpack(content, entry.name, folder)
    except (tarfile.TarError, EOFError) as error:
        raise _damaged(f"it is no archive, or not whole ({error})", f"不是归档文件，或不完整（{error}）") from error
    if manifest is None:
        raise _damaged("it was not written to its end", "文件未写完")
    _compare(manifest, found)
    return manifest


def _compare(manifest: Manifest, found: Mapping[str, KeptFile]) -> None:
    wanted = {each.name: each for each in manifest.files}
    wrong = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if wrong:
        names = ", ".join(wrong[:3])
        raise _damaged(f"not as they were backed up: {names}", f"内容与备份时不符：{names}")
    if DATABASE_FILES.get(manifest.content.kind) not in found:
        raise _damaged("it holds no database", "其中没有数据库")


def _may_be(name: str) -> bool:
    return name == MANIFEST or name in DATABASE_FILES.values() or is_kept_name(name)


def _limited(content: IO[bytes], size_bytes: int) -> bytes:
    if size_bytes > _MAX_MANIFEST_BYTES:
        raise _damaged("its manifest is too long", "清单过长")
    return content.read()


def _unpack(content: IO[bytes], name: str, folder: Path) -> KeptFile:
    """Write the file through to the disk: it is renamed into its place later."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    digest, size_bytes = hashlib.sha256(), 0
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE), "wb") as sink:
        while chunk := content.read(_CHUNK_BYTES):
            digest.update(chunk)
            size_bytes += len(chunk)
            sink.write(chunk)
        sink.flush()
        os.fsync(sink.fileno())
    return KeptFile(name, size_bytes, digest.hexdigest())


def _add(tar: tarfile.TarFile, name: str, file: Path) -> KeptFile:
    with file.open("rb") as stream:
        size_bytes = os.fstat(stream.fileno()).st_size
        source = _Hashed(stream)
        tar.addfile(_entry(name, size_bytes), source)
    return KeptFile(name, size_bytes, source.digest.hexdigest())


def _entry(name: str, size_bytes: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size_bytes, _FILE_MODE
    return entry


class _Hashed:
    """A file that is hashed while it is read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self.digest.update(chunk)
        return chunk


def _damaged(en: str, zh: str) -> KeepingRefused:
    return KeepingRefused(f"The backup cannot be used: {en}.", f"备份不可用：{zh}。")
