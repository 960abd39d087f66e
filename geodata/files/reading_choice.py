"""What a person said about reading a file: which sheet, and what the columns hold that were not recognised, or wrongly.

Columns are named by their number from 0, so that two of one heading can be told apart. What a column holds
is written as a code: a field's (``name``), a service's (``service.water``), or nothing at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from geodata.errors import InvalidValue
from geodata.files.crs_words import crs_in_words
from geodata.files.headers import MULTIPLE_FIELDS, Columns, Field, header_score
from geodata.stations.vocabulary import Service

SERVICE_PREFIX: Final = "service."
_Held = Field | Service | None


class ColumnsClash(InvalidValue):
    """Two columns were said to hold the same; ``held`` is its code."""

    def __init__(self, held: str) -> None:
        super().__init__(f"Two columns were said to hold {held}.", field="columns", code="twice")
        self.held = held


@dataclass(frozen=True, slots=True)
class ReadingChoice:
    """What was chosen; nothing of it leaves everything to be recognised.

    ``columns`` is column → code. With it, a file may be read none of whose headings is known.
    """

    sheet: str | None = None
    columns: Mapping[int, str] | None = None

    @classmethod
    def of(cls, document: Any) -> ReadingChoice:
        """From ``{"sheet": "2026", "columns": {"0": "name"}}``, or nothing.

        Raises
        ------
        InvalidValue
            It has another form.
        """
        try:
            given = dict(document or {})
            sheet, columns = given.get("sheet"), given.get("columns")
            chosen = None if columns is None else {int(index): str(code) for index, code in dict(columns).items()}
        except (TypeError, ValueError) as error:
            raise InvalidValue("The choice of columns cannot be read.", field="columns", code="form") from error
        return cls(None if sheet is None else str(sheet), chosen)

    def document(self) -> dict[str, Any]:
        """The choice as it is kept with a job."""
        columns = None if self.columns is None else {str(index): code for index, code in self.columns.items()}
        return {"sheet": self.sheet, "columns": columns}

    def score(self, cells: Sequence[object]) -> int:
        """How well a row of cells serves as headings; where columns are chosen, any row of words may serve."""
        if self.columns is None:
            return header_score(cells)
        words_count = sum(isinstance(cell, str) and bool(cell.strip()) for cell in cells)
        return 1000 * header_score(cells) + min(words_count, 2) // 2

    def applied_to(self, columns: Columns) -> Columns:
        """The columns as chosen; those nothing was said about are as they were recognised.

        Raises
        ------
        ColumnsClash
            Two were chosen to hold what only one can.
        """
        if not self.columns:
            return columns
        chosen = {index: held_by(code) for index, code in self.columns.items() if 0 <= index < len(columns.names)}
        _refuse_clashes(chosen)
        recognised = {index: held for index, held in holdings(columns).items() if index not in chosen}
        taken = {held for held in chosen.values() if held not in MULTIPLE_FIELDS}
        held = {index: what for index, what in recognised.items() if what not in taken} | chosen
        return _columns(columns.names, {index: what for index, what in sorted(held.items()) if what is not None})


AS_RECOGNISED: Final = ReadingChoice()


def held_by(code: str) -> _Held:
    """The field or service of a code; None for nothing, and for what is no code."""
    try:
        if code.startswith(SERVICE_PREFIX):
            return Service(code.removeprefix(SERVICE_PREFIX))
        return Field(code) if code else None
    except ValueError:
        return None


def code_of(held: _Held) -> str:
    """The code of what a column holds."""
    if held is None:
        return ""
    return f"{SERVICE_PREFIX}{held.value}" if isinstance(held, Service) else held.value


def holdings(columns: Columns) -> dict[int, _Held]:
    """What each column that is read holds."""
    found: dict[int, _Held] = {index: field for field, indices in columns.at.items() for index in indices}
    return found | columns.services


def _refuse_clashes(chosen: Mapping[int, _Held]) -> None:
    seen: set[_Held] = set()
    for held in chosen.values():
        if held in seen and held not in MULTIPLE_FIELDS:
            raise ColumnsClash(code_of(held))
        if held is not None:
            seen.add(held)


def _columns(names: tuple[str, ...], held: Mapping[int, Field | Service]) -> Columns:
    at: dict[Field, tuple[int, ...]] = {}
    for index, what in held.items():
        if isinstance(what, Field):
            at[what] = (*at.get(what, ()), index)
    if Field.LON in at and Field.LAT in at:
        at.pop(Field.COORDINATES, None)
    services = {index: what for index, what in held.items() if isinstance(what, Service)}
    used = {index for indices in at.values() for index in indices} | set(services)
    unread = tuple(name or f"(无标题 / untitled {index + 1})" for index, name in enumerate(names) if index not in used)
    placing = [index for field in (Field.LON, Field.LAT, Field.COORDINATES) for index in at.get(field, ())]
    named = {crs_in_words(names[index]) for index in placing} - {None}
    return Columns(names, at, services, named.pop() if len(named) == 1 else None, unread)
