"""What a country's coverage came to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

from geodata.coverage.bulk import BulkCoverage, BulkTally
from geodata.coverage.national.sorting import CellPart
from geodata.coverage.national.tally import CellTally, PartTally, tally_part


@dataclass(frozen=True, slots=True, eq=False)
class NationalCoverage:
    """All parts together: the total, and cell by cell."""

    total: BulkTally
    by_cell: CellTally

    @classmethod
    def of(cls, coverage: BulkCoverage, tallies: Iterable[PartTally]) -> Self:
        """Added in the parts' order, in whichever order they were done.

        Raises
        ------
        ValueError
            A part is missing or there twice.
        """
        parts = sorted(tallies, key=lambda each: each.number)
        if [each.number for each in parts] != list(range(len(parts))):
            raise ValueError("Every part must be counted exactly once.")
        return cls(coverage.total(each.total for each in parts), CellTally.added(each.by_cell for each in parts))


def tallied_here(
    coverage: BulkCoverage, parts: Iterable[CellPart], on_part: Callable[[int], None] = lambda done: None
) -> list[PartTally]:
    """Every part, one after the other in this process; ``on_part`` is told how many are done."""
    tallies: list[PartTally] = []
    for part in parts:
        tallies.append(tally_part(coverage, part))
        on_part(len(tallies))
    return tallies
