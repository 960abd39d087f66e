"""Encryption of a backup: chunk by chunk under a key stretched from a secret, with proof that nothing was changed.

The form is the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, 2015) over AES-256-GCM; docs/security.md
describes it byte by byte. A chunk's nonce holds its number and whether it is the last, so none can be left out, moved
or added; the header is bound to every chunk, so no parameter can be changed.
"""

from __future__ import annotations

import io
import secrets
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO, Final, cast

from mapapp.services.encryption import TAG_BYTES, Box, NotOpened, stretched_key
from mapapp.services.keeping.refusals import KeepingRefused
from mapapp.settings import MIN_SECRET_CHARS

MAGIC: Final = b"\x89STNMAP\n"
"""How an encrypted backup begins; the archive itself begins with a name."""
_MAX_KEY_CHARS: Final = 250
"""Whatever is longer is some other file."""
_VERSION: Final = 1
_HEADER: Final = struct.Struct(">8sBBBBB16s7s")
_NONCE: Final = struct.Struct(">7sI?")
"""Refuses a number that would need more than its four bytes: no nonce comes twice."""
_SALT_BYTES: Final = 16
_PREFIX_BYTES: Final = 7


@dataclass(frozen=True, slots=True)
class Form:
    """What the header says of how the rest was written. By default scrypt takes 128 MiB, for a third of a second."""

    log2_n: int = 17
    r: int = 8
    p: int = 1
    log2_chunk: int = 20

    def is_sane(self) -> bool:
        """Whether reading that costs no more than 256 MiB and a few seconds, whoever wrote the header."""
        return 1 <= self.log2_n <= 18 and self.r == 8 and 1 <= self.p <= 4 and 4 <= self.log2_chunk <= 24

    def box(self, key: str, salt: bytes) -> Box:
        """What seals and opens under that key."""
        return Box(stretched_key(key, salt, n=1 << self.log2_n, r=self.r, p=self.p))


_FORM: Final = Form()


def key_of_file(file: Path) -> str:
    """The secret in a file: its one line.

    Raises
    ------
    KeepingRefused
        The file cannot be read, or holds no usable secret.
    """
    try:
        return checked_key(file.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise KeepingRefused(f"The key {file} cannot be read: {error}", f"无法读取密钥 {file}：{error}") from error


def checked_key(key: str) -> str:
    """The secret, if it can be one: 16 to 250 characters on one line."""
    if not MIN_SECRET_CHARS <= len(key) <= _MAX_KEY_CHARS or not key.isprintable():
        raise KeepingRefused(
            f"The key of a backup is one line of {MIN_SECRET_CHARS} to {_MAX_KEY_CHARS} characters. "
            "Make one with: openssl rand -base64 32",
            f"备份密钥应为一行文字，长度 {MIN_SECRET_CHARS} 至 {_MAX_KEY_CHARS} 个字符。"
            "可用此命令生成：openssl rand -base64 32",
        )
    return key


def is_sealed(file: Path) -> bool:
    """Whether the file is encrypted."""
    with file.open("rb") as stream:
        return stream.read(len(MAGIC)) == MAGIC


@contextmanager
def sealed(sink: IO[bytes], key: str, form: Form = _FORM) -> Iterator[IO[bytes]]:
    """What is written within the block goes encrypted to the open file ``sink``; it is whole when the block ends."""
    salt, prefix = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_PREFIX_BYTES)
    header = _HEADER.pack(MAGIC, _VERSION, form.log2_n, form.r, form.p, form.log2_chunk, salt, prefix)
    sink.write(header)
    sealer = _Sealer(sink, form.box(key, salt), header, prefix, 1 << form.log2_chunk)
    yield cast("IO[bytes]", sealer)
    sealer.finish()


def unseal(file: Path, key: str, plain: Path) -> None:
    """Decrypt a whole file into a new one, which is there only if this returns.

    Raises
    ------
    KeepingRefused
        The key is another one, or a byte of the file was changed.
    """
    with file.open("rb") as source, plain.open("xb") as sink:
        try:
            for chunk in _opened(source, key):
                sink.write(chunk)
        except BaseException:
            plain.unlink()
            raise


class _Sealer(io.RawIOBase):
    """Holds back the newest chunk until it is known whether it is the last."""

    def __init__(self, sink: IO[bytes], box: Box, header: bytes, prefix: bytes, chunk_bytes: int) -> None:
        super().__init__()
        self._sink = sink
        self._box = box
        self._header = header
        self._prefix = prefix
        self._chunk_bytes = chunk_bytes
        self._held = bytearray()
        self._numbers = count()

    def writable(self) -> bool:
        return True

    def write(self, words: bytes, /) -> int:  # type: ignore[override]
        self._held += words
        while len(self._held) > self._chunk_bytes:
            self._put(bytes(self._held[: self._chunk_bytes]), is_last=False)
            del self._held[: self._chunk_bytes]
        return len(words)

    def finish(self) -> None:
        """Write what is left as the last chunk; without it the file is not whole."""
        self._put(bytes(self._held), is_last=True)

    def _put(self, chunk: bytes, *, is_last: bool) -> None:
        nonce = _NONCE.pack(self._prefix, next(self._numbers), is_last)
        self._sink.write(self._box.seal(nonce, chunk, self._header))


def _opened(source: IO[bytes], key: str) -> Iterator[bytes]:
    """The chunks, each proved to be what was written there."""
    header = source.read(_HEADER.size)
    form, salt, prefix = _understood(header)
    box, sealed_bytes = form.box(key, salt), (1 << form.log2_chunk) + TAG_BYTES
    chunk = source.read(sealed_bytes)
    for number in count():
        following = source.read(sealed_bytes)
        try:
            plain = box.open(_NONCE.pack(prefix, number, not following), chunk, header)
        except NotOpened as error:
            raise _refused(number) from error
        yield plain
        if not following:
            return
        chunk = following


def _understood(header: bytes) -> tuple[Form, bytes, bytes]:
    """How the file was written, its salt and the beginning of its nonces."""
    if len(header) < _HEADER.size:
        raise _refused(0)
    magic, version, log2_n, r, p, log2_chunk, salt, prefix = _HEADER.unpack(header)
    form = Form(log2_n, r, p, log2_chunk)
    if magic != MAGIC or version != _VERSION or not form.is_sane():
        raise KeepingRefused(
            "The backup is encrypted in another way than this program knows: a later version made it, "
            "or the file is damaged.",
            "备份的加密方式本程序不认识：可能由更新的版本制作，或文件已损坏。",
        )
    return form, salt, prefix


def _refused(number: int) -> KeepingRefused:
    if number:  # the key opened what comes before
        return KeepingRefused(
            "The backup cannot be decrypted to its end: the file is damaged, or parts of it are missing.",
            "备份无法完整解密：文件已损坏，或缺少一部分。",
        )
    return KeepingRefused(
        "The backup cannot be decrypted: the key is another one, or the file is damaged.",
        "备份无法解密：密钥不对，或文件已损坏。",
    )
