"""Pictures that unfold to far more than they weigh, or are drawn over and over."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Final

from PIL import Image, PngImagePlugin

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_SCAN: Final = b"\xff\xda"


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png(path: Path, width: int, height: int, *chunks: bytes) -> Path:
    head = _chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0))
    path.write_bytes(_PNG + head + b"".join(chunks) + _chunk(b"IEND", b""))
    return path


def black_png(path: Path, side_px: int) -> Path:
    """A square of nothing: a thousandth of what it unfolds to."""
    rows = zlib.compress(b"\0" * (side_px + 1) * min(side_px, 5_000), 9)
    return _png(path, side_px, side_px, _chunk(b"IDAT", rows))


def png_of_texts(path: Path, count: int) -> Path:
    """A small picture with packed texts of a hundred megabytes each."""
    text = zlib.compress(b"a" * 100_000_000, 9)
    texts = [_chunk(b"zTXt", f"k{number}".encode() + b"\0\0" + text) for number in range(count)]
    return _png(path, 4, 4, *texts, _chunk(b"IDAT", zlib.compress(b"\0" * 20)))


def png_of_a_profile(path: Path) -> Path:
    """A small picture with a packed colour profile of 300 MB."""
    profile = _chunk(b"iCCP", b"a\0\0" + zlib.compress(b"a" * 300_000_000, 9))
    return _png(path, 4, 4, profile, _chunk(b"IDAT", zlib.compress(b"\0" * 20)))


def png_of_frames(path: Path, count: int) -> Path:
    """An animation of so many frames."""
    info = PngImagePlugin.PngInfo()
    frames = [Image.new("P", (2_000, 2_000), number % 7) for number in range(count)]
    frames[0].save(path, "PNG", save_all=True, append_images=frames[1:], pnginfo=info)
    return path


def webp_of_frames(path: Path, count: int) -> Path:
    """An animation of so many frames."""
    frames = [Image.new("RGB", (2_000, 2_000), (number % 255, 0, 0)) for number in range(count)]
    frames[0].save(path, "WEBP", save_all=True, append_images=frames[1:], lossless=True, method=0)
    return path


def gif_of_frames(path: Path, count: int) -> Path:
    """An animation under another format's name."""
    frames = [Image.new("P", (500, 500), number % 7) for number in range(count)]
    frames[0].save(path, "GIF", save_all=True, append_images=frames[1:])
    return path


def jpeg_of_scans(path: Path, side_px: int, count: int) -> Path:
    """A progressive JPEG whose last scan, which says nothing new, stands in it so many times."""
    stream = io.BytesIO()
    Image.new("RGB", (side_px, side_px), (120, 130, 140)).save(stream, "JPEG", progressive=True, quality=50)
    content = stream.getvalue()
    last = content.rindex(_SCAN)
    tables = content.rindex(b"\xff\xc4", 0, last)
    scan = content[tables:-2]
    path.write_bytes(content[:-2] + scan * count + content[-2:])
    return path


def huge_jpeg(path: Path, side_px: int) -> Path:
    """A JPEG that says it is so large, and holds next to nothing."""
    stream = io.BytesIO()
    Image.new("L", (16, 16)).save(stream, "JPEG")
    content = bytearray(stream.getvalue())
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">2H", side_px, side_px)
    path.write_bytes(content)
    return path


def endless_exif(path: Path) -> Path:
    """A directory of properties that leads back to itself, and properties of gigabytes."""
    entries = [struct.pack("<2H2I", 0x0112, 3, 0x7FFFFFFF, 8), struct.pack("<2H2I", 0x8769, 4, 1, 8)] * 30
    directory = struct.pack("<H", len(entries)) + b"".join(entries) + struct.pack("<I", 8)
    exif = b"Exif\0\0II*\0" + struct.pack("<I", 8) + directory
    Image.new("RGB", (64, 64)).save(path, "JPEG", exif=exif)
    return path


def transparent_webp(path: Path, side_px: int) -> Path:
    """A large square with transparency, packed to nothing."""
    Image.new("RGBA", (side_px, side_px), (1, 2, 3, 4)).save(path, "WEBP", lossless=True, method=0)
    return path


def other_formats(path: Path) -> Path:
    """A picture of a format that runs programs, under a photo's name."""
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\nwhile true\n")
    return path
