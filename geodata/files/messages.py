"""What the reader of a file has to say about a row, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence in Chinese and in English."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        """The sentence in ``language``: Chinese for any zh-*, else English."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """Something wrong with one row of a file.

    ``line`` is where the row begins in the file, counted from 1 as the reader of that format counts
    (physical line, spreadsheet row, feature). ``rejects`` says whether the row was left out because
    of it; otherwise only this cell was, and the rest of the row holds.
    """

    line: int
    column: str
    value: str
    code: str
    message: Message
    rejects: bool = True


class UnreadCell(InvalidValue):
    """A cell that cannot be read as what its column says it is."""

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(message.en, code=code)
        self.message = message
