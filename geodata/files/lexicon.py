"""A vocabulary with everything people write for its codes, ready to be looked up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from geodata.stations.vocabulary import Labelled

Code = TypeVar("Code", bound=Labelled)


@dataclass(frozen=True, slots=True)
class Lexicon(Generic[Code]):
    """Word → code. Codes beat labels and labels beat synonyms; of equals the code that stands first wins."""

    table: Mapping[str, Code]
    _longest_first: tuple[tuple[re.Pattern[str], Code], ...]

    @classmethod
    def of(cls, vocabulary: Iterable[Code], synonyms: Mapping[Code, str]) -> Self:
        """The lexicon of a vocabulary; ``synonyms`` are words separated by spaces."""
        codes = tuple(vocabulary)
        ranks: list[list[tuple[str, Code]]] = [
            [(str(code), code) for code in codes],
            [(code.zh, code) for code in codes],
            [(code.en, code) for code in codes],
            [(word, code) for code in codes for word in synonyms.get(code, "").split()],
        ]
        table: dict[str, Code] = {}
        for word, code in (pair for rank in ranks for pair in rank):
            table.setdefault(plain_word(word), code)
        longest_first = sorted(table.items(), key=lambda item: -len(item[0]))
        patterns = tuple((_inside_a_phrase(word), code) for word, code in longest_first if len(word) > 1)
        return cls(table, patterns)

    def code_of(self, text: str) -> Code | None:
        """The code whose code, label or synonym the text is; None when it is no known word."""
        return self.table.get(plain_word(text))

    def codes_within(self, text: str) -> tuple[tuple[Code, ...], str]:
        """The codes of the words a phrase holds, in its order, and what is left of the phrase.

        Longer words are found first and used up, so 附近厕所 is not also 厕所.
        """
        rest = plain_word(text)
        found: list[tuple[int, Code]] = []
        for pattern, code in self._longest_first:
            match = pattern.search(rest)
            if match is not None:
                found.append((match.start(), code))
                rest = pattern.sub(lambda used: "\0" * len(used[0]), rest)
        ordered = tuple(dict.fromkeys(code for _start, code in sorted(found, key=lambda item: item[0])))
        return ordered, rest.replace("\0", "")


def plain_word(text: str) -> str:
    """A word for comparison: widths folded, lower case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def _inside_a_phrase(word: str) -> re.Pattern[str]:
    """Latin words only stand whole inside a phrase: "rest" is not in "restaurant"."""
    exact = re.escape(word)
    return re.compile(rf"(?<![a-z]){exact}(?![a-z])" if word.isascii() else exact)
