"""The types of the columns, where a database's own would lose or refuse something.

Both databases take and refuse the same: text that one of them could not hold is refused for both,
before it reaches either.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, String, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from mapapp.store.errors import UnstorableText

JSON_COLUMN: Final = JSON().with_variant(JSONB(), "postgresql")
"""Documents. JSONB keeps no order of keys: who reads an object restores the one it wants."""

ROW_NUMBER: Final = BigInteger().with_variant(Integer(), "sqlite")
"""A number the database gives; only a plain INTEGER counts up by itself in SQLite."""

_NUL_IN_JSON: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_SHOWN_CHARS: Final = 40


class Words(TypeDecorator[str]):
    """Text of at most ``length`` characters, of any length without one.

    Raises
    ------
    UnstorableText
        On writing (or comparing with) longer text, or text that `refuse_unstorable` refuses.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """VARCHAR with a length, else TEXT."""
        return Text() if self.length is None else String(self.length)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it is, once it is sure that every database can hold it."""
        if value is None:
            return None
        if self.length is not None and len(value) > self.length:
            raise UnstorableText(f"{value[:_SHOWN_CHARS]!r}… is longer than {self.length} characters.")
        refuse_unstorable(value)
        return value


class Instant(TypeDecorator[datetime]):
    """An aware instant, written and read in UTC: SQLite itself would drop the zone in silence."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant in UTC, as it is written."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone.")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant, aware again."""
        if value is None or value.tzinfo is None:
            return value and value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


def to_json(value: Any) -> str:
    """The text of a document, as JSON columns are written.

    Raises
    ------
    UnstorableText
        A word in it is one that `refuse_unstorable` refuses.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if _NUL_IN_JSON.search(text):
        raise UnstorableText("The document holds a NUL character.")
    refuse_unstorable(text)
    return text


def refuse_unstorable(text: str) -> None:
    """Refuse NUL, which PostgreSQL cannot hold, and lone surrogates, which nothing can."""
    if "\0" in text:
        raise UnstorableText(f"{text[:_SHOWN_CHARS]!r} holds a NUL character.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnstorableText(f"{text[:_SHOWN_CHARS]!r} holds half a character (a lone surrogate).") from error
