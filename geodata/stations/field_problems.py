"""What is wrong with a document of a station, each problem at its field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, TypeVar

from geodata.errors import InvalidValue
from geodata.stations.station import Station

T = TypeVar("T")

MAX_PROBLEMS: Final = 50
"""Nobody mends more at once; a hostile document does not get an answer longer than itself."""
UNREAD: Final = object()
"""Stands for a value that could not be read."""
_FIELD_ORDER: Final = {field.name: number for number, field in enumerate(fields(Station))}


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong at one field.

    ``code`` is a short stable word; ``message`` an English sentence. ``message_zh`` is the Chinese one where the
    code alone does not say it, because it quotes what was given.
    """

    field: str
    code: str
    message: str
    message_zh: str = ""


class InvalidFields(InvalidValue):
    """Values that cannot be taken; ``problems`` names every field at fault, in the order of a station's fields."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        first = problems[0]
        super().__init__(" ".join(problem.message for problem in problems), field=first.field, code=first.code)
        self.problems = tuple(problems)

    @classmethod
    def one(cls, field: str, code: str, message: str) -> InvalidFields:
        """A single problem."""
        return cls([FieldProblem(field, code, message)])


class Problems:
    """What was found wrong so far, each at its field."""

    def __init__(self) -> None:
        self._found: list[FieldProblem] = []

    def add(self, field: str, code: str, message: str, message_zh: str = "") -> Any:
        """One more; returns the mark of a value that could not be read."""
        if len(self._found) < MAX_PROBLEMS:
            self._found.append(FieldProblem(field, code, message, message_zh))
        return UNREAD

    def attempt(self, field: str, make: Callable[[], T]) -> T | Any:
        """What ``make`` makes; its refusal becomes a problem at ``field``."""
        try:
            return make()
        except InvalidValue as refusal:
            return self.add(field, refusal.code, str(refusal))

    def refuse_any(self) -> None:
        """Raise InvalidFields if anything was found, in the order of a station's fields."""
        if self._found:
            raise InvalidFields(sorted(self._found, key=lambda problem: _rank(problem.field)))


def _rank(field: str) -> int:
    return _FIELD_ORDER.get(field.partition(".")[0], len(_FIELD_ORDER))
