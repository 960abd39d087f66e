"""How the Chinese characters of names and addresses are read, so that the phone can find them by pinyin.

The phone gets one small table, character to syllables, instead of every name spelt out: it spells names
itself. A character has the readings it has in the texts at hand: 行 is ``hang`` where only banks (银行) occur,
and ``hang xing`` where a walkway (步行街) occurs too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from pypinyin import lazy_pinyin

KEPT_READINGS: Final = 65_536
"""How many stretches of text a process remembers the reading of: more than 10,000 stations have."""

_CHINESE: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_SYLLABLE: Final = re.compile(r"[a-z]+")


def readings_of(texts: Iterable[str]) -> dict[str, str]:
    """The toneless syllables of every Chinese character in the texts.

    Parameters
    ----------
    texts
        Names, addresses, towns, districts, in any order and as often as they come.

    Returns
    -------
    dict
        Character to its syllables, alphabetically and joined by spaces; ü is written ``v``. Characters
        nobody knows a reading of are left out. The order is that of the code points, so that the same
        texts always give the same table.
    """
    found: dict[str, set[str]] = {}
    for stretch in {stretch for text in set(texts) for stretch in _CHINESE.findall(text)}:
        for character, syllable in zip(stretch, _syllables(stretch), strict=True):
            if syllable:
                found.setdefault(character, set()).add(syllable)
    return {character: " ".join(sorted(found[character])) for character in sorted(found)}


@lru_cache(maxsize=KEPT_READINGS)
def _syllables(stretch: str) -> tuple[str, ...]:
    """One syllable a character, as the words around it ask for; empty where there is none."""
    spelt = lazy_pinyin(stretch, errors=_a_blank_each)
    plain = (syllable.replace("ü", "v").replace("ê", "e") for syllable in spelt)
    return tuple(syllable if _SYLLABLE.fullmatch(syllable) else "" for syllable in plain)


def _a_blank_each(unknown: str) -> Any:  # pypinyin takes a list here; its stubs know of one text only
    return [""] * len(unknown)
