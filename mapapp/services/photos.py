"""Photos: what people send is decoded with limits, drawn anew and kept under its own hash.

What is kept is a JPEG of our own making: no metadata, no place, no second picture, no trailing bytes.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import warnings
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geodata.errors import InvalidReport
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.store.trouble import telling_file_trouble

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PHOTO_BYTES: Final = 8 * 1024 * 1024
MAX_PIXELS: Final = {"JPEG": 50_000_000, "PNG": 20_000_000, "WEBP": 20_000_000}
"""What phones take; a small file that unfolds to more is a trap. Only JPEG can be decoded smaller than it is."""
MAX_SCANS: Final = 12
"""A picture of the largest size may be drawn over so often, a smaller one oftener; cameras need ten at most."""
MAX_EDGE_PX: Final = 1600
_QUALITY: Final = 82
_HASH_FORM: Final = re.compile(r"[0-9a-f]{64}")
_STARTS: Final = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
_SCAN: Final = b"\xff\xda"
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"})


class InvalidPhoto(InvalidReport):
    """A photo that cannot be taken.

    Its code is ``empty``, ``too_large``, ``heic``, ``not_a_photo``, ``too_many_pixels`` or ``broken``.
    """

    def __init__(self, code: str) -> None:
        super().__init__({"photo": code})


def photos_dir(settings: Settings) -> Path:
    """Where photos are kept."""
    return Path(settings.data_dir) / "photos"


def photo_file(settings: Settings, photo_hash: str) -> Path | None:
    """The file of a kept photo, or None; any text may be asked."""
    if not _HASH_FORM.fullmatch(photo_hash):
        return None
    file = photos_dir(settings) / f"{photo_hash}.jpg"
    return file if file.is_file() else None


def hold_photo(settings: Settings, photo_hash: str) -> bool:
    """Whether the photo is kept; if it is, then for a day from now, also while nothing refers to it."""
    file = photo_file(settings, photo_hash)
    if file is None:
        return False
    try:
        file.touch()
    except OSError:  # gone this moment, or a full disk
        return file.is_file()
    return True


def remove_unnamed(store: Store, files: Iterable[Path]) -> int:
    """Remove those files of photos that no report and no station refers to at this moment; how many."""
    with store.reading() as reader:
        named = reader.reports.photos()
    unnamed = [file for file in files if file.stem not in named]
    for file in unnamed:
        file.unlink(missing_ok=True)
    return len(unnamed)


def keep_photo(settings: Settings, sent: bytes) -> str:
    """Draw the photo anew and keep it; its hash, by which `photo_file` finds it.

    Raises
    ------
    InvalidPhoto
        It is none, or too much of one.
    FilesUnkept
        It cannot be written: the disk is full, for one. Nothing is left of it.
    """
    jpeg = sanitised(sent)
    photo_hash = hashlib.sha256(jpeg).hexdigest()
    with telling_file_trouble():
        file = photo_file(settings, photo_hash)
        if file is None:
            _write(photos_dir(settings) / f"{photo_hash}.jpg", jpeg)
        else:
            file.touch()  # what nothing refers to yet is kept for a day from now
    return photo_hash


def sanitised(sent: bytes) -> bytes:
    """A JPEG of at most `MAX_EDGE_PX` with nothing in it but the picture, upright.

    Raises
    ------
    InvalidPhoto
        It is none, or too much of one.
    """
    kind = _kind_of(sent)
    # Pillow takes 0.1 s to import: only when there is a photo.
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd metadata, none of which is kept
            with Image.open(BytesIO(sent), formats=[kind]) as image:
                _refuse_large(image, MAX_PIXELS[kind])
                if kind == "JPEG":
                    _refuse_many_scans(image, sent)
                image.draft("RGB", (MAX_EDGE_PX, MAX_EDGE_PX))  # JPEG: decoded no larger than needed
                image.thumbnail((MAX_EDGE_PX, MAX_EDGE_PX))
                return _jpeg_of(ImageOps.exif_transpose(image))
    except InvalidPhoto:
        raise
    except Image.DecompressionBombError as error:
        raise InvalidPhoto("too_many_pixels") from error
    except UnidentifiedImageError as error:
        raise InvalidPhoto("not_a_photo") from error
    except Exception as error:  # a decoder fed by strangers fails in every way there is
        raise InvalidPhoto("broken") from error


def _refuse_large(image: Image, most: int) -> None:
    """Refuse by the size its header announces, before anything is decoded."""
    if image.width * image.height > most:
        raise InvalidPhoto("too_many_pixels")


def _refuse_many_scans(image: Image, sent: bytes) -> None:
    """Refuse a JPEG that is drawn over and over: every scan goes through all pixels, and takes a few bytes."""
    if sent.count(_SCAN) * image.width * image.height > MAX_SCANS * MAX_PIXELS["JPEG"]:
        raise InvalidPhoto("too_many_pixels")


def _kind_of(sent: bytes) -> str:
    """The format by the file's first bytes; its name and announced type are not asked."""
    if not sent:
        raise InvalidPhoto("empty")
    if len(sent) > MAX_PHOTO_BYTES:
        raise InvalidPhoto("too_large")
    for start, kind in _STARTS.items():
        if sent.startswith(start):
            return kind
    if sent[:4] == b"RIFF" and sent[8:12] == b"WEBP":
        return "WEBP"
    if sent[4:8] == b"ftyp" and sent[8:12] in _HEIC_BRANDS:
        raise InvalidPhoto("heic")
    raise InvalidPhoto("not_a_photo")


def _jpeg_of(image: Image) -> bytes:
    """The picture alone on white; Pillow would carry comments and profiles over from the image it read."""
    from PIL import Image as Images

    page = Images.new("RGB", image.size, "white")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        page.paste(layer, mask=layer.getchannel("A"))
    else:
        page.paste(image.convert("RGB"))
    stream = BytesIO()
    page.save(stream, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return stream.getvalue()


def _write(file: Path, content: bytes) -> None:
    """All of the file or none of it, also when the power goes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        with draft.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
