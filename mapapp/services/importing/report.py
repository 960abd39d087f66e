"""What an import did, or would do: everything the person at the keyboard must be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geodata.files import CrsChoice, FileKind, Message, OtherCrs, RowProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow:
    """A row that holds: where it stands, and the station it is. A dry run gives new stations no code."""

    line: int
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRow:
    """A row that changed a station: field → (old, new), in the form of ``geodata.stations.document``."""

    line: int
    code: str
    name: str
    changes: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbableDuplicate:
    """A new station that may be one that is known, or another new one; neither was merged.

    ``other_line`` is the other one's row, where it is new too.
    """

    line: int
    name: str
    other_name: str
    other_code: str
    other_line: int | None
    reason: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """The outcome of an import. Lines count as the file's format does."""

    file_name: str
    kind: FileKind
    dry_run: bool
    row_count: int
    crs: CrsChoice
    placed_count: int
    new: tuple[ImportedRow, ...] = ()
    changed: tuple[ChangedRow, ...] = ()
    unchanged: tuple[ImportedRow, ...] = ()
    unplaced: tuple[ImportedRow, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    outside_lines: tuple[int, ...] = ()
    other_crs: OtherCrs | None = None
    duplicates: tuple[ProbableDuplicate, ...] = ()
    skipped_lines: tuple[int, ...] = ()
    unread_columns: tuple[str, ...] = ()
    notes: tuple[Message, ...] = ()
    sample_removed_count: int = 0

    @property
    def rejections(self) -> tuple[RowProblem, ...]:
        """The problems that kept a row out."""
        return tuple(problem for problem in self.problems if problem.rejects)

    @property
    def remarks(self) -> tuple[RowProblem, ...]:
        """The problems that cost no more than a cell."""
        return tuple(problem for problem in self.problems if not problem.rejects)

    @property
    def rejected_count(self) -> int:
        """How many rows were kept out."""
        return len({problem.line for problem in self.rejections})

    @property
    def good_count(self) -> int:
        """How many rows hold."""
        return len(self.new) + len(self.changed) + len(self.unchanged)
