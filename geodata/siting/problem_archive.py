"""The arrays of an .npz file, looked at before they are unpacked.

A few kilobytes can unpack to any size, and a stored Python object can run code. So the headers are read first: only
known fields, whole and floating-point numbers of at most 8 bytes, at most two dimensions, at most ``MOST_CELLS``
numbers in all. What is more, or is not what its header says, is refused before memory is taken for it.
"""

from __future__ import annotations

import math
import tokenize
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.lib import format as npy

from geodata.errors import InvalidValue, UnreadableFile

MOST_CELLS: Final = 200_000_000
"""Numbers in one file: 1.6 GB as 64-bit floating point; a cost matrix of 14,000 × 14,000."""

_SUFFIX: Final = ".npy"
_LONGEST_WORD_BYTES: Final = 256
_UNPACKED: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_FAULTS: Final = (
    ValueError, OverflowError, EOFError, KeyError, MemoryError, RuntimeError, SyntaxError, tokenize.TokenError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What the readers of zip and .npy raise for broken files."""


def npz_fields(path: Path, known: Collection[str]) -> dict[str, object]:
    """The arrays of a file by name; those without dimensions as plain values.

    Raises
    ------
    UnreadableFile
        If it is broken, or an array is not what its header says.
    InvalidValue
        If an array is not ``known``, holds anything but numbers, or all are too large; ``field`` names it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive, known)
            _check_sizes(archive, members)
            return {name: _value(archive, member) for name, member in members.items()}
    except InvalidValue:
        raise
    except _FAULTS as failure:
        raise UnreadableFile(f"{path.name} cannot be read as .npz: {failure}") from failure


def _members(archive: zipfile.ZipFile, known: Collection[str]) -> dict[str, zipfile.ZipInfo]:
    """The packed arrays by the names of their fields."""
    members: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        name = member.filename.removesuffix(_SUFFIX)
        if name not in known or name == member.filename:
            raise InvalidValue(f"Unknown field: {name[:80]!r}. Known: {', '.join(sorted(known))}.", field=name[:80])
        if name in members:
            raise InvalidValue(f"{name} is there twice.", field=name)
        if member.compress_type not in _UNPACKED:
            raise InvalidValue(f"{name} is packed in a way that is not read.", field=name)
        members[name] = member
    return members


def _check_sizes(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> None:
    cells_count = 0
    for name, member in members.items():
        with archive.open(member) as stream:
            cells_count += _cells_count(stream, name, member.file_size)
        if cells_count > MOST_CELLS:
            raise InvalidValue(f"The file may hold at most {MOST_CELLS:,} numbers in all.", field=name)


def _cells_count(stream: IO[bytes], name: str, size_bytes: int) -> int:
    """How many numbers an array holds by its header; the rest of ``size_bytes`` must be exactly theirs."""
    version = npy.read_magic(stream)
    if version not in {(1, 0), (2, 0)}:
        raise InvalidValue(f"{name} is of a version that is not read.", field=name)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _is_by_column, dtype = read(stream)
    _check_kind(name, dtype, len(shape))
    count = math.prod(shape)
    if min(shape, default=0) < 0 or max(shape, default=0) > MOST_CELLS or count > MOST_CELLS:
        raise InvalidValue(f"{name} may hold at most {MOST_CELLS:,} numbers.", field=name)
    if stream.tell() + count * dtype.itemsize != size_bytes:
        raise InvalidValue(f"{name} is shorter or longer than its header says.", field=name)
    return count


def _check_kind(name: str, dtype: np.dtype[np.generic], dimensions_count: int) -> None:
    """Refuse objects, records, dates, texts that are not the one word ``problem``, and more than two dimensions."""
    is_word = name == "problem" and dtype.kind in "US" and dtype.itemsize <= _LONGEST_WORD_BYTES
    if not (is_word or (dtype.kind in "iuf" and dtype.itemsize <= 8)):
        raise InvalidValue(f"{name} must be numbers, not {str(dtype)[:80]}.", field=name)
    if dimensions_count > (0 if is_word else 2):
        raise InvalidValue(f"{name} has too many dimensions.", field=name)


def _value(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> object:
    with archive.open(member) as stream:
        array = npy.read_array(stream, allow_pickle=False)
    return array.item() if array.ndim == 0 else array
