"""Tracking codes: ten random characters that a person can read out, type and mistype.

The alphabet is Crockford's base 32: digits and capitals without I, L, O and U. What is typed may be in
small letters, with any spaces and dashes, and with O for 0 and I or L for 1.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUP_CHARS: Final = 5
_LOOK_ALIKES: Final = str.maketrans("OIL", "011")
_SEPARATORS: Final = re.compile(r"[\s\-‐‑‒–—−_.]+")
_FORM: Final = re.compile(rf"[{ALPHABET}]{{{2 * _GROUP_CHARS}}}")
_READ_CHARS: Final = 200
"""With whatever stands between the characters."""


def new_tracking(random_below: Callable[[int], int]) -> str:
    """A new code such as ``7KQ2M-9XHTB``; ``random_below(n)`` answers 0 to n - 1 (``secrets.randbelow``)."""
    return _grouped("".join(ALPHABET[random_below(len(ALPHABET))] for _ in range(2 * _GROUP_CHARS)))


def read_tracking(text: str) -> str | None:
    """The code somebody means by ``text``, or None if it is none."""
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text[:_READ_CHARS])).upper().translate(_LOOK_ALIKES)
    return _grouped(plain) if _FORM.fullmatch(plain) else None


def _grouped(plain: str) -> str:
    return f"{plain[:_GROUP_CHARS]}-{plain[_GROUP_CHARS:]}"
