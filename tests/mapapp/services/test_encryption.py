"""What is sealed opens with its key, for whom it was sealed, unchanged; or not at all."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

import pytest

from mapapp.services.encryption import Box, NotOpened, derived_key, stretched_key

SECRET: Final = "the tests' secret"  # noqa: S105 - opens nothing
BOX: Final = Box(derived_key(SECRET, "tests"))


def test_sealed_text_opens_again_and_is_another_every_time() -> None:
    first, second = (
        BOX.seal_as_text(b"\0twenty bytes or so\xff", "li"),
        BOX.seal_as_text(b"\0twenty bytes or so\xff", "li"),
    )

    assert first != second
    assert BOX.open_text(first, "li") == BOX.open_text(second, "li") == b"\0twenty bytes or so\xff"


@pytest.mark.parametrize("key", [derived_key(SECRET, "other tests"), derived_key(SECRET + "!", "tests")])
def test_another_key_or_owner_opens_nothing(key: bytes) -> None:
    text = BOX.seal_as_text(b"words", "li")

    for box, bound_to in [(Box(key), "li"), (BOX, "wang"), (BOX, "")]:
        with pytest.raises(NotOpened):
            box.open_text(text, bound_to)


def test_every_changed_letter_is_refused() -> None:
    text = BOX.seal_as_text(b"words of 20 bytes...", "li")

    for at, letter in enumerate(text):
        with pytest.raises(NotOpened):
            BOX.open_text(text[:at] + ("A" if letter != "A" else "B") + text[at + 1 :], "li")


@pytest.mark.parametrize(
    "text", ["", "A", "AAAA", "A" * 37, "A" * 64, "é" * 64, "+/" * 32, "A" * 63 + "\n", "\ud800", "="]
)
def test_what_was_never_sealed_is_refused_in_its_own_words(text: str) -> None:
    with pytest.raises(NotOpened):
        BOX.open_text(text, "li")


def test_the_key_is_that_of_rfc_5869() -> None:
    extracted = hmac.digest(bytes(32), SECRET.encode(), "sha256")

    assert derived_key(SECRET, "tests") == hmac.digest(extracted, b"tests\x01", "sha256")


def test_words_are_stretched_by_scrypt() -> None:
    expected = hashlib.scrypt(b"words", salt=b"salt" * 4, n=16, r=8, p=2, dklen=32)

    assert stretched_key("words", b"salt" * 4, n=16, r=8, p=2) == expected
