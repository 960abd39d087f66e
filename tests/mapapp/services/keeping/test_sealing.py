"""An encrypted file opens with its key alone, whole, or not at all."""

from __future__ import annotations

import hashlib
import struct
import tracemalloc
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mapapp.services.keeping.refusals import KeepingRefused
from mapapp.services.keeping.sealing import MAGIC, Form, is_sealed, sealed, unseal

KEY: Final = "a key of the tests, on one line"
QUICK: Final = Form(log2_n=1, log2_chunk=4)
"""Sixteen bytes a chunk, and a key that costs nothing."""
CHUNK: Final = 16
WHOLE_CHUNK: Final = CHUNK + 16
HEADER: Final = 36


def seal(pieces: Sequence[bytes], form: Form = QUICK) -> bytes:
    """The pieces, written one after the other."""
    sink = BytesIO()
    with sealed(sink, KEY, form) as stream:
        for piece in pieces:
            stream.write(piece)
    return sink.getvalue()


def opened(content: bytes, folder: Path, key: str = KEY) -> bytes:
    """What the file with that content holds; nothing is left where it is refused."""
    file, plain = folder / "sealed", folder / "plain"
    file.write_bytes(content)
    plain.unlink(missing_ok=True)
    try:
        unseal(file, key, plain)
    except KeepingRefused:
        assert not plain.exists()
        raise
    return plain.read_bytes()


def read_by_the_book(content: bytes, key: str) -> bytes:
    """A second reader, written from the description in docs/security.md."""
    _, version, log2_n, r, p, log2_chunk, salt, prefix = struct.unpack(">8sBBBBB16s7s", content[:HEADER])
    assert version == 1
    stretched = hashlib.scrypt(key.encode(), salt=salt, n=2**log2_n, r=r, p=p, maxmem=2**29, dklen=32)
    size, plain = 2**log2_chunk + 16, b""
    chunks = [content[at : at + size] for at in range(HEADER, len(content), size)]
    for number, chunk in enumerate(chunks):
        nonce = prefix + number.to_bytes(4, "big") + bytes([number == len(chunks) - 1])
        plain += AESGCM(stretched).decrypt(nonce, chunk, content[:HEADER])
    return plain


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sealing")


@cache
def of_three_chunks() -> bytes:
    return seal([b"forty bytes that fill two chunks and some"[:40]])


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=3 * CHUNK + 1), max_size=5))
@example([])
@example([b"x" * (CHUNK - 1)])
@example([b"x" * CHUNK])
@example([b"x" * (CHUNK + 1)])
@example([b"x" * CHUNK, b"", b"y" * CHUNK])
@example([b"x" * (4 * CHUNK)])
def test_whatever_goes_in_comes_out_however_it_was_cut(folder: Path, pieces: list[bytes]) -> None:
    content, plain = seal(pieces), b"".join(pieces)

    assert opened(content, folder) == plain
    assert len(content) == HEADER + len(plain) + 16 * max(1, -(-len(plain) // CHUNK))


@pytest.mark.parametrize("length", [0, 1, 2**20 - 1, 2**20, 2**20 + 1])
def test_a_second_reader_written_from_the_description_reads_the_same(folder: Path, length: int) -> None:
    plain = bytes(range(256)) * (length // 256) + b"x" * (length % 256)

    assert read_by_the_book(seal([plain], Form(log2_n=4)), KEY) == plain


def test_the_delivered_form_is_costly_to_guess_and_opens(folder: Path) -> None:
    content = seal([b"words"], Form())

    assert (Form().log2_n, Form().r) >= (17, 8)
    assert read_by_the_book(content, KEY) == opened(content, folder) == b"words"


def test_every_changed_byte_is_refused(folder: Path) -> None:
    content = of_three_chunks()

    for at in range(len(content)):
        changed = bytearray(content)
        changed[at] ^= 1 << at % 8
        with pytest.raises(KeepingRefused):
            opened(bytes(changed), folder)


def test_every_shorter_or_longer_file_is_refused(folder: Path) -> None:
    content = of_three_chunks()

    for length in range(len(content)):
        with pytest.raises(KeepingRefused):
            opened(content[:length], folder)
    for added in (b"\0", b"x" * CHUNK, b"x" * WHOLE_CHUNK, content[-24:], content[HEADER:]):
        with pytest.raises(KeepingRefused):
            opened(content + added, folder)


@pytest.mark.parametrize("order", [[1, 0, 2], [0, 2], [1, 2], [2], [0, 0, 1, 2], [0, 1, 1], [2, 1, 0], []])
def test_chunks_left_out_moved_or_doubled_are_refused(folder: Path, order: list[int]) -> None:
    content = seal([b"0" * CHUNK, b"1" * CHUNK, b"2" * CHUNK])
    chunks = [content[at : at + WHOLE_CHUNK] for at in range(HEADER, len(content), WHOLE_CHUNK)]

    with pytest.raises(KeepingRefused):
        opened(content[:HEADER] + b"".join(chunks[each] for each in order), folder)


def test_a_chunk_of_another_backup_under_the_same_key_is_refused(folder: Path) -> None:
    first, second = seal([b"a" * 40]), seal([b"b" * 40])

    with pytest.raises(KeepingRefused, match="to its end"):
        opened(first[: HEADER + WHOLE_CHUNK] + second[HEADER + WHOLE_CHUNK :], folder)
    with pytest.raises(KeepingRefused, match="key is another one"):
        opened(second[:HEADER] + first[HEADER:], folder)


@pytest.mark.parametrize("key", [KEY + "!", KEY[:-1], KEY.upper(), ""])
def test_another_key_opens_nothing(folder: Path, key: str) -> None:
    with pytest.raises(KeepingRefused, match="key is another one"):
        opened(of_three_chunks(), folder, key)


@pytest.mark.parametrize(
    ("at", "value"),
    [(8, 0), (8, 2), (9, 0), (9, 19), (9, 255), (10, 7), (10, 255), (11, 0), (11, 5), (12, 3), (12, 25)],
)
def test_a_header_that_asks_too_much_is_refused_before_it_costs_anything(
    folder: Path, monkeypatch: pytest.MonkeyPatch, at: int, value: int
) -> None:
    changed = bytearray(of_three_chunks())
    changed[at] = value
    monkeypatch.setattr(Form, "box", None)

    with pytest.raises(KeepingRefused, match="another way than this program knows"):
        opened(bytes(changed), folder)


def test_the_same_words_are_never_sealed_the_same_way_twice() -> None:
    first, second = seal([b"the same"]), seal([b"the same"])

    assert first[13:HEADER] != second[13:HEADER]
    assert first[HEADER:] != second[HEADER:]


def test_an_archive_is_not_taken_for_an_encrypted_one(folder: Path) -> None:
    file = folder / "archive"
    for content, expected in [(b"", False), (b"database.sqlite3.gz\0", False), (MAGIC[:-1], False), (seal([]), True)]:
        file.write_bytes(content)
        assert is_sealed(file) is expected


def test_what_breaks_off_is_not_whole(folder: Path) -> None:
    def break_off() -> None:
        with sealed(sink, KEY, QUICK) as stream:
            stream.write(b"x" * 3 * CHUNK)
            raise KeyboardInterrupt

    sink = BytesIO()
    with pytest.raises(KeyboardInterrupt):
        break_off()

    with pytest.raises(KeepingRefused):
        opened(sink.getvalue(), folder)


def test_an_existing_file_is_left_alone(folder: Path) -> None:
    (folder / "sealed").write_bytes(of_three_chunks())
    (folder / "plain").write_bytes(b"before")

    with pytest.raises(FileExistsError):
        unseal(folder / "sealed", KEY, folder / "plain")

    assert (folder / "plain").read_bytes() == b"before"


def test_memory_does_not_grow_with_the_backup(tmp_path: Path) -> None:
    piece, count = b"0123456789abcdef" * 1024, 1024  # 16 MiB
    tracemalloc.start()
    try:
        with (tmp_path / "sealed").open("wb") as sink, sealed(sink, KEY, Form(log2_n=1)) as stream:
            for _ in range(count):
                stream.write(piece)
        unseal(tmp_path / "sealed", KEY, tmp_path / "plain")
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (tmp_path / "plain").stat().st_size == len(piece) * count
    assert peak_bytes < 8 * 2**20
