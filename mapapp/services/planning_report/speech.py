"""Words for files in a language, from the same catalogue as the pages, without a request: the worker writes too."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from mapapp.services.share_words import percent_words, points_words
from mapapp.settings import PROJECT_DIR

LANGUAGES: Final = ("zh", "en")
NOTHING: Final = "—"
_CATALOGUES: Final = PROJECT_DIR / "mapapp" / "translations"


@dataclass(frozen=True, slots=True)
class Speech:
    """One language: ``zh`` or ``en``."""

    language: str

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise ValueError(f"There are no words in {self.language!r}.")

    @classmethod
    def of(cls, tag: str) -> Speech:
        """The language of a page's tag (``zh-CN``, ``en``)."""
        return cls("en" if tag.startswith("en") else "zh")

    @property
    def tag(self) -> str:
        """The language as a document names it."""
        return "zh-CN" if self.language == "zh" else "en"

    def gettext(self, message: str, **values: Any) -> str:
        """The message in the language."""
        text = str(catalogue(self.language).ugettext(message))
        return text % values if values else text

    def ngettext(self, one: str, many: str, num: float, **values: Any) -> str:
        """The message for so many."""
        text = str(catalogue(self.language).ungettext(one, many, round(num)))
        return text % {"num": self.count(num), **values}

    def count(self, value: float | None) -> str:
        """A whole number."""
        return NOTHING if value is None else str(format_decimal(round(value), locale=self.language))

    def number(self, value: float | None, decimals: int = 2) -> str:
        """A number with at most so many decimals."""
        if value is None:
            return NOTHING
        return str(format_decimal(round(value, decimals), format=f"#,##0.{'#' * decimals}", locale=self.language))

    def percent(self, share: float | None) -> str:
        """A share with one decimal."""
        return NOTHING if share is None else percent_words(share)

    def points(self, low: float | None, high: float | None, *, is_change: bool) -> str:
        """A difference of shares between its bounds, in percentage points."""
        if low is None or high is None:
            return NOTHING
        return self.gettext("%(points)s pp", points=points_words(low, high, is_change=is_change))

    def between(self, low: str, high: str) -> str:
        """Both bounds; one where they read the same."""
        return low if low == high else f"{low}–{high}"

    def cases(self, shut: str, open_: str) -> str:
        """What holds with all unknown hours shut, and with all open; one where they read the same."""
        return shut if shut == open_ else f"{shut} / {open_}"

    def listed(self, words: list[str]) -> str:
        """Things in a row."""
        return self.gettext(", ").join(words)


@cache
def catalogue(language: str) -> NullTranslations:
    """The compiled messages of a language; English, and what is not translated, stands for itself."""
    return Translations.load(_CATALOGUES, [language])
