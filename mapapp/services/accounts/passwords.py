"""Passwords: hashed by argon2id, compared in the same time whoever is asked for, and judged before they are taken.

Hashing takes the low-memory profile of RFC 9106 (64 MiB, three passes), at most two at once in a process,
so that a small server keeps its memory whoever knocks. Tests give a cheaper hasher.
"""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mapapp.services.accounts.refusals import SignInRefused
from mapapp.store.accounts import Account

MIN_CHARS: Final = 12
MAX_CHARS: Final = 200
MIN_SCORE: Final = 3
"""Of zxcvbn's 0 to 4: 3 is safe against whoever stole the hashes for a while, 10^8 guesses and more."""
_JUDGED_CHARS: Final = 72
"""zxcvbn's time grows faster than the length; what is weak so far is called weak."""
_AROUND_NAME_CHARS: Final = 8
"""A password that holds the name needs as much besides."""
OWN_WORDS: Final = ("stationmap", "stations", "station", "yizhan", "驿站地图", "驿站", "骑手", "户外劳动者")
"""Words of this service, longer ones first: whoever guesses begins with them."""
_AT_ONCE_COUNT: Final = 2
_PATIENCE_S: Final = 4.0
_RETRY_AFTER_S: Final = 5


class Passwords:
    """Makes and compares hashes.

    Parameters
    ----------
    hasher
        Argon2's parameters; the library's default profile without one.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobodys_hash = _hash_of_nothing(self._hasher)
        self._slots = BoundedSemaphore(_AT_ONCE_COUNT)

    def hash(self, password: str) -> str:
        """The hash of a password, with its parameters and salt in it.

        Raises
        ------
        SignInRefused
            ``wait``: too many others are hashing.
        """
        with self._slot():
            return self._hasher.hash(_bytes(password))

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether that is the hash of the password; without a hash the same work is done in vain.

        Raises
        ------
        SignInRefused
            ``wait``: too many others are hashing.
        """
        with self._slot():
            try:
                self._hasher.verify(password_hash or self._nobodys_hash, _bytes(password))
            except (VerificationError, InvalidHashError):
                return False
        return password_hash is not None and len(password) <= MAX_CHARS

    def needs_rehash(self, password_hash: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if not self._slots.acquire(timeout=_PATIENCE_S):
            raise SignInRefused("wait", _RETRY_AFTER_S)
        try:
            yield
        finally:
            self._slots.release()


def judge_password(password: str, account: Account) -> tuple[str, ...]:
    """What stands against the password as this account's; nothing when it can be taken.

    ``too_short``: fewer than 12 characters. ``too_long``: more than 200. ``like_name``: little more than
    the sign-in name or the person's. ``too_weak``: a program would guess it soon.
    """
    if len(password) > MAX_CHARS:
        return ("too_long",)
    problems = []
    if len(password) < MIN_CHARS:
        problems.append("too_short")
    names = [name.casefold() for name in (account.name, account.display_name) if name]
    folded = password.casefold()
    if any(name in folded and len(folded) - len(name) < _AROUND_NAME_CHARS for name in names):
        problems.append("like_name")
    if _score(password, names) < MIN_SCORE or _is_mostly_own_words(folded):
        problems.append("too_weak")
    return tuple(problems)


def _is_mostly_own_words(folded: str) -> bool:
    rest = folded
    for word in OWN_WORDS:
        rest = rest.replace(word, "")
    return len(rest) < min(len(folded), _AROUND_NAME_CHARS)


def _score(password: str, names: list[str]) -> int:
    from zxcvbn import zxcvbn  # its lists of words take a while and are wanted by few requests

    score: int = zxcvbn(password[:_JUDGED_CHARS], user_inputs=names)["score"] if password else 0
    return score


def _bytes(password: str) -> bytes:
    """One form for what different keyboards send for the same characters; not more than anybody's password has."""
    return unicodedata.normalize("NFKC", password[: MAX_CHARS + 1]).encode("utf-8", "surrogatepass")


def _hash_of_nothing(hasher: PasswordHasher) -> str:
    """A hash that takes the hasher's time to compare and that no password has."""
    salt, digest = (
        base64.b64encode(bytes(length)).decode().rstrip("=") for length in (hasher.salt_len, hasher.hash_len)
    )
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${digest}"
