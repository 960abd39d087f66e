"""Whatever is sent as a photo, what is kept is a picture and nothing else."""

from __future__ import annotations

import errno
import hashlib
import os
import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from mapapp.services.photos import (
    MAX_EDGE_PX,
    MAX_PHOTO_BYTES,
    InvalidPhoto,
    keep_photo,
    photo_file,
    photos_dir,
    sanitised,
)
from mapapp.settings import Settings
from mapapp.store import FilesUnkept
from tests.tiny_disk import full, tiny_disk

SECRET_WORDS = b"13800000000"


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def picture(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height), 1 if mode in {"1", "P"} else "red")


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(BytesIO(jpeg), formats=["JPEG"])


def png_announcing(width: int, height: int) -> bytes:
    """A small PNG whose header promises a large picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(width // 8 + 1) * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def refusal_of(sent: bytes) -> str:
    with pytest.raises(InvalidPhoto) as refusal:
        sanitised(sent)
    return refusal.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_three_kinds_become_a_jpeg(kind: str) -> None:
    jpeg = opened(sanitised(encoded(picture(), kind)))

    assert (jpeg.size, jpeg.mode) == ((64, 48), "RGB")
    red, green, blue = jpeg.getpixel((30, 20))  # type: ignore[misc]
    assert red > 240
    assert max(green, blue) < 15


def test_a_large_photo_becomes_small_enough_in_its_own_shape() -> None:
    assert opened(sanitised(encoded(picture(4000, 3000)))).size == (MAX_EDGE_PX, 1200)
    assert opened(sanitised(encoded(picture(3000, 4000), "PNG"))).size == (1200, MAX_EDGE_PX)


def test_nothing_but_the_picture_is_kept() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = SECRET_WORDS.decode()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (38.0, 29.0, 11.0)
    sent = encoded(picture(), exif=exif, comment=SECRET_WORDS, icc_profile=SECRET_WORDS) + SECRET_WORDS
    assert sent.count(SECRET_WORDS) == 4

    jpeg = sanitised(sent)

    kept = opened(jpeg)
    assert SECRET_WORDS not in jpeg
    assert not kept.getexif()
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}


def test_the_words_in_a_png_and_a_webp_are_not_kept() -> None:
    words = PngInfo()
    words.add_text("Comment", SECRET_WORDS.decode())
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = SECRET_WORDS.decode()

    assert SECRET_WORDS not in sanitised(encoded(picture(), "PNG", pnginfo=words))
    assert SECRET_WORDS not in sanitised(encoded(picture(), "WEBP", exif=exif))


def test_a_photo_taken_with_the_phone_upright_stands_upright() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6

    assert opened(sanitised(encoded(picture(64, 48), exif=exif))).size == (48, 64)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16", "CMYK"])
def test_pictures_of_every_mode_can_be_read(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = Image.new(mode, (20, 10)) if mode == "I;16" else picture(20, 10, "RGB").convert(mode)

    assert opened(sanitised(encoded(image, kind))).mode == "RGB"


def test_what_was_transparent_is_white() -> None:
    clear = Image.new("RGBA", (20, 10), (0, 0, 0, 0))

    assert opened(sanitised(encoded(clear, "PNG"))).getpixel((5, 5)) == (255, 255, 255)


def test_of_a_moving_picture_the_first_is_kept() -> None:
    frames = [picture(), Image.new("RGB", (64, 48), "blue")]
    moving = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:])

    assert opened(sanitised(moving)).getpixel((30, 20))[0] > 240  # type: ignore[index]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff" + b"0" * MAX_PHOTO_BYTES, "too_large"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "heic"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "not_a_photo"),
        (b"GIF89a" + b"0" * 50, "not_a_photo"),
        (b"<svg onload='alert(1)'/>", "not_a_photo"),
        (b"%PDF-1.7", "not_a_photo"),
        (b"\xff\xd8\xff\xe0 and no picture", "broken"),
        (png_announcing(8000, 8000), "too_many_pixels"),
        (png_announcing(60_000, 60_000), "too_many_pixels"),
        (encoded(Image.effect_noise((64, 64), 50), "PNG")[:700], "broken"),
        (encoded(picture(200, 200), quality=95)[:700], "broken"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_the_reason(sent: bytes, code: str) -> None:
    assert refusal_of(sent) == code


@given(cut=st.integers(0, 800), flips=st.lists(st.tuples(st.integers(0, 600), st.integers(1, 255)), max_size=6))
def test_a_damaged_photo_is_a_picture_or_a_refusal(cut: int, flips: list[tuple[int, int]]) -> None:
    sent = bytearray(encoded(Image.effect_noise((32, 32), 50).convert("RGB")))
    for place, bits in flips:
        sent[place % len(sent)] ^= bits

    try:
        jpeg = sanitised(bytes(sent[: len(sent) - cut]))
    except InvalidPhoto:
        return

    assert max(opened(jpeg).size) <= MAX_EDGE_PX


def test_a_kept_photo_is_found_by_the_hash_of_its_file(settings: Settings) -> None:
    photo_hash = keep_photo(settings, encoded(picture()))

    file = photo_file(settings, photo_hash)
    assert file is not None
    assert hashlib.sha256(file.read_bytes()).hexdigest() == photo_hash
    assert list(photos_dir(settings).iterdir()) == [file]


def test_the_same_photo_is_kept_once(settings: Settings) -> None:
    hashes = {keep_photo(settings, encoded(picture())) for _ in range(2)}

    assert len(hashes) == len(list(photos_dir(settings).iterdir())) == 1


@pytest.mark.parametrize("asked", ["", "..", "../secret_key", "f" * 64, "F" * 64, "a" * 63 + "\n"])
def test_only_the_hash_of_a_kept_photo_finds_a_file(settings: Settings, asked: str) -> None:
    keep_photo(settings, encoded(picture()))

    assert photo_file(settings, asked) is None


def test_a_refused_photo_leaves_nothing_behind(settings: Settings) -> None:
    with pytest.raises(InvalidPhoto):
        keep_photo(settings, png_announcing(8000, 8000))

    assert not photos_dir(settings).exists()


def test_a_full_disk_keeps_nothing_of_a_photo_and_takes_it_when_there_is_room(settings: Settings) -> None:
    sent = encoded(Image.effect_noise((300, 300), 90))
    with tiny_disk(photos_dir(settings), 256 * 1024) as disk:
        with full(disk):
            with pytest.raises(FilesUnkept) as refusal:
                keep_photo(settings, sent)
            left = [file.name for file in disk.iterdir()]
        kept = keep_photo(settings, sent)
        assert photo_file(settings, kept) is not None

    assert refusal.value.is_full
    assert left == [".filler"]


def test_a_failing_disk_keeps_nothing_of_a_photo(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(FilesUnkept) as refusal:
        keep_photo(settings, encoded(picture()))

    assert not refusal.value.is_full
    assert list(photos_dir(settings).iterdir()) == []
