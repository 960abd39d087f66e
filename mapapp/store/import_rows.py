"""What was chosen for imports, in its tables; the plans themselves are jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from mapapp.store.import_tables import import_choices, sheet_shapes

_ROWS_AT_ONCE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetShape:
    """How sheets with these headings were read last. ``shape`` is the headings' hash; ``columns`` column → code."""

    shape: str
    columns: Mapping[str, str]
    crs: str
    used_by: str
    used_at: datetime


@dataclass(frozen=True, slots=True)
class RowChoice:
    """What is to be done with a row of a plan: ``skip``, ``new``, or ``merge`` into the station of that code.

    A row left out that would have changed a station has that one's code.
    """

    choice: str
    code: str | None = None


class ImportReader:
    """Read access to what was chosen, in one state of the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def shape(self, shape: str) -> SheetShape | None:
        """How sheets of that shape were read last."""
        query = select(sheet_shapes).where(sheet_shapes.c.shape == shape)
        row = self._connection.execute(query).mappings().one_or_none()
        return SheetShape(**row) if row is not None else None

    def old_shape_count(self, used_before: datetime) -> int:
        """How many shapes no sheet had since."""
        query = select(func.count()).select_from(sheet_shapes).where(sheet_shapes.c.used_at < used_before)
        return int(self._connection.execute(query).scalar_one())

    def choices(self, job_id: int) -> dict[int, RowChoice]:
        """What was chosen for a plan, by line."""
        query = select(import_choices).where(import_choices.c.job_id == job_id)
        rows = self._connection.execute(query).mappings()
        return {int(row["line"]): RowChoice(row["choice"], row["code"]) for row in rows}


class ImportWriter(ImportReader):
    """Read and write access to what was chosen."""

    def remember_shape(self, shape: SheetShape) -> None:
        """Write down how a sheet was read, in place of what was known of its shape."""
        self._connection.execute(delete(sheet_shapes).where(sheet_shapes.c.shape == shape.shape))
        self._connection.execute(insert(sheet_shapes), [{**asdict(shape), "columns": dict(shape.columns)}])

    def forget_shapes(self, used_before: datetime) -> int:
        """Delete the shapes no sheet had since; how many."""
        return self._connection.execute(delete(sheet_shapes).where(sheet_shapes.c.used_at < used_before)).rowcount

    def choose(self, job_id: int, choices: Mapping[int, RowChoice | None]) -> None:
        """Write down what was chosen for some lines of a plan; None takes a choice back."""
        lines = sorted(choices)
        for start in range(0, len(lines), _ROWS_AT_ONCE):
            part = lines[start : start + _ROWS_AT_ONCE]
            self._connection.execute(
                delete(import_choices).where(import_choices.c.job_id == job_id, import_choices.c.line.in_(part))
            )
            rows = [
                {"job_id": job_id, "line": line, **asdict(chosen)}
                for line in part
                if (chosen := choices[line]) is not None
            ]
            if rows:
                self._connection.execute(insert(import_choices), rows)
