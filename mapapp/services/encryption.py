"""Encryption that also proves that nothing was changed: AES-256-GCM, and keys made from secrets.

The ciphers are those of the library ``cryptography``; nothing here is of our own making but what they are given.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
_KEY_BYTES: Final = 32


class NotOpened(ValueError):
    """Sealed under another key, bound to something else, or changed; nothing tells which."""

    def __init__(self) -> None:
        super().__init__("This cannot be decrypted: the key is another one, or it was changed.")


def derived_key(secret: str, purpose: str) -> bytes:
    """A key for one purpose, from a secret that nobody can guess; keys of other purposes tell nothing about it."""
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=purpose.encode()).derive(secret.encode())


def stretched_key(words: str, salt: bytes, *, n: int, r: int, p: int) -> bytes:
    """A key from words that people may have chosen; scrypt makes each guess take 128 · n · r bytes of memory."""
    return Scrypt(salt, _KEY_BYTES, n=n, r=r, p=p).derive(words.encode())


class Box:
    """Seals and opens under one key. ``bound_to`` is not in what is sealed, and opens it only if it is the same."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, nonce: bytes, plain: bytes, bound_to: bytes) -> bytes:
        """The bytes encrypted, `TAG_BYTES` longer; a nonce is good for one message under one key."""
        return self._cipher.encrypt(nonce, plain, bound_to)

    def open(self, nonce: bytes, sealed: bytes, bound_to: bytes) -> bytes:
        """What was sealed.

        Raises
        ------
        NotOpened
            It was not, or not so.
        """
        try:
            return self._cipher.decrypt(nonce, sealed, bound_to)
        except InvalidTag as error:
            raise NotOpened from error

    def seal_as_text(self, plain: bytes, bound_to: str) -> str:
        """A few bytes encrypted, in letters that any column holds; another result every time."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self.seal(nonce, plain, bound_to.encode())
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open_text(self, sealed: str, bound_to: str) -> bytes:
        """What `seal_as_text` was given.

        Raises
        ------
        NotOpened
            It never gave that, or not under this key and bound to this.
        """
        try:
            letters = sealed.encode("ascii")
            whole = base64.b64decode(letters + b"=" * (-len(letters) % 4), altchars=b"-_", validate=True)
        except (UnicodeEncodeError, binascii.Error) as error:
            raise NotOpened from error
        if len(whole) < NONCE_BYTES + TAG_BYTES:
            raise NotOpened
        return self.open(whole[:NONCE_BYTES], whole[NONCE_BYTES:], bound_to.encode())
