"""Whether a password stands in a list of leaked ones that the operator keeps on this machine.

The list is a text file of one line a password, ``SHA-1 in 40 upper-case hexadecimal digits:count``, sorted. It
may have tens of gigabytes: it is searched where it lies, some forty short reads a password, and never read whole.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Final

_LINE: Final = re.compile(rb"([0-9A-F]{40}):[0-9]{1,12}\r?\n?")
_LINE_BYTES: Final = 64
"""More than any line of a list has."""
_LOOKS: Final = 256
"""So many places of the file are compared at the start."""


class LeakedListUnusable(RuntimeError):
    """The list cannot be read, or is none; the message says what is wrong with it."""


class LeakedPasswords:
    """A list of leaked passwords.

    Parameters
    ----------
    file
        Looked at in a few hundred places, from its first line to its last.

    Raises
    ------
    LeakedListUnusable
        It cannot be read, has other lines, or is not sorted as far as was seen.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            with file.open("rb") as stream:
                size = _size(stream)
                digests = [_digest_from(stream, size * look // _LOOKS) for look in range(_LOOKS)]
        except OSError as error:
            raise LeakedListUnusable(f"{file} cannot be read ({error}).") from error
        seen = [digest for digest in digests if digest is not None]
        if not seen:
            raise LeakedListUnusable(f"{file} is empty.")
        if any(after < before for before, after in pairwise(seen)):
            raise LeakedListUnusable(f"{file} is not sorted by its hashes.")

    def holds(self, password: str) -> bool:
        """Whether the list has the password, as it was typed or as it is kept (NFKC).

        Raises
        ------
        LeakedListUnusable
            The list has gone, or is another one by now.
        """
        forms = {password, unicodedata.normalize("NFKC", password)}
        try:
            with self._file.open("rb") as stream:
                return any(_has(stream, _sha1(form)) for form in forms)
        except OSError as error:
            raise LeakedListUnusable(f"{self._file} cannot be read ({error}).") from error


def _has(stream: BinaryIO, wanted: bytes) -> bool:
    """Whether a line has the digest, by halving the bytes where its line can begin."""
    low, high = 0, _size(stream)
    while low < high:
        middle = (low + high) // 2
        digest = _digest_from(stream, middle)
        if digest is None or digest >= wanted:
            high = middle
        else:
            low = middle + 1
    return _digest_from(stream, low) == wanted


def _digest_from(stream: BinaryIO, offset: int) -> bytes | None:
    """The digest of the first line that begins at the offset or after it; None where none does."""
    stream.seek(max(offset - 1, 0))
    if offset:
        stream.readline(_LINE_BYTES)
    line = stream.readline(_LINE_BYTES)
    if not line:
        return None
    found = _LINE.fullmatch(line)
    if found is None:
        raise LeakedListUnusable(
            f"{stream.name} is no list of leaked passwords: "
            "each line must have 40 hexadecimal digits in upper case, a colon and a count."
        )
    return found[1]


def _size(stream: BinaryIO) -> int:
    return stream.seek(0, os.SEEK_END)


def _sha1(text: str) -> bytes:
    """The digest as lists of leaked passwords have it."""
    digest = hashlib.sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False)
    return digest.hexdigest().upper().encode("ascii")
