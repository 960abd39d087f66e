"""Two kept answers compared: what the second newly covers, loses and leaves, by cell, by hour and by service.

Exact where both keep their footprints and count the same workers: hour by hour, so an hour that a cell gains does not
hide one it loses. Of older runs of the same layers each cell's hours together, and only what is left of both. Where the
demand differs nothing is newly covered or lost: it is not the same worker-hours that are covered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.changes import Change
from geodata.coverage.footprint import HourlyChange, changes_at_points, changes_by_hour
from geodata.coverage.week import DAY_HOURS, EVERY_HOUR, NIGHT_HOURS
from mapapp.services.planning.footprints import KeptFootprint

Document = Mapping[str, Any]
ROUNDING: Final = 1e-6
"""Of a cell's worker-hours: less is rounding."""
BOUNDS: Final = ("low", "high")


@dataclass(frozen=True, slots=True, eq=False)
class CellChange:
    """Worker-hours by cell in one bound: newly covered, lost, covered in both; (n,) each."""

    newly: Floats
    lost: Floats
    still: Floats

    def sums(self) -> tuple[float, float, float]:
        """Over all cells: newly covered, lost, covered in both."""
        return float(self.newly.sum()), float(self.lost.sum()), float(self.still.sum())


@dataclass(frozen=True, slots=True, eq=False)
class NeedChange:
    """One row of the week: ``need`` as in the document's ``week``; workers of each hour in both bounds."""

    need: str
    low: HourlyChange
    high: HourlyChange

    def worker_hours(self, name: str, hours: Sequence[int] | frozenset[int] = EVERY_HOUR) -> tuple[float, float]:
        """The sum of ``newly_covered`` or ``lost`` over some hours, low and high."""
        chosen = sorted(hours)
        low, high = (float(getattr(side, name)[chosen].sum()) for side in (self.low, self.high))
        return low, high


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What differs; ``cells`` (n,) are those of either, ``worker_hours`` (n,) what the second (else the first) counts.

    ``low`` and ``high`` are None where the two do not count the same worker-hours: other hours, or (not
    ``is_same_demand``) other workers, or the same with another week. ``is_exact``: hour by hour, not of each cell's
    hours together. ``week`` is empty where the hours are not known.
    """

    cells: tuple[str, ...]
    worker_hours: Floats
    low: CellChange | None
    high: CellChange | None
    is_exact: bool
    week: tuple[NeedChange, ...]
    is_same_demand: bool = True

    def sides(self) -> tuple[CellChange, CellChange] | None:
        """Both bounds."""
        return None if self.low is None or self.high is None else (self.low, self.high)


PARTS_OF_WEEK: Final[Mapping[str, frozenset[int]]] = {"day": DAY_HOURS, "night": NIGHT_HOURS, "all": EVERY_HOUR}


def compared(before: Document, after: Document) -> Comparison:
    """Two answers over the same city."""
    was, now = KeptFootprint.read(before), KeptFootprint.read(after)
    if was is None or now is None:
        return _of_sums(before, after, is_same_demand=_layers(before) == _layers(after))
    if not _is_alike(before, after, was, now):
        return _of_sums(before, after, is_same_demand=False)
    week = _week(before, after, was, now)
    cells, worker_hours = tuple(after["cells"]["h3"]), np.asarray(after["cells"]["worker_hours"], dtype=np.float64)
    if was.hours != now.hours:
        return Comparison(cells, worker_hours, None, None, is_exact=False, week=week)
    found = changes_at_points(was.asked, now.asked, (0, 0), now.people, now.hours)
    low, high = (_cells(change, worker_hours) for change in (found.low, found.high))
    return Comparison(cells, worker_hours, low, high, is_exact=True, week=week)


def _is_alike(before: Document, after: Document, was: KeptFootprint, now: KeptFootprint) -> bool:
    return before["cells"]["h3"] == after["cells"]["h3"] and was.people.is_like(now.people)


def _layers(document: Document) -> set[tuple[str, str]]:
    """Who is counted, and by which content of a layer."""
    return {(group, layer["checksum"]) for layer in document["basis"]["layers"] for group in layer["groups"]}


def _cells(change: Change, worker_hours: Floats) -> CellChange:
    least = ROUNDING * np.maximum(worker_hours, 1.0)
    newly, lost = (np.where(each > least, each, 0.0) for each in (change.newly_covered, change.lost))
    return CellChange(newly, lost, change.still_covered)


def _week(before: Document, after: Document, was: KeptFootprint, now: KeptFootprint) -> tuple[NeedChange, ...]:
    if was.week is None or now.week is None:
        return ()
    places = {need: place for place, need in enumerate(before["week"]["needs"])}
    return tuple(
        NeedChange(need, *changes_by_hour(was.week, now.week, (places[need], place), now.people))
        for place, need in enumerate(after["week"]["needs"])
        if need in places
    )


def _of_sums(before: Document, after: Document, *, is_same_demand: bool) -> Comparison:
    """By what each cell has covered of its hours together."""
    columns = [_columns(document) for document in (before, after)]
    cells = tuple(sorted({*columns[0], *columns[1]}))
    was, now = (np.array([column.get(cell, _NOTHING) for cell in cells]).reshape(-1, 3) for column in columns)
    worker_hours = np.where(now[:, 0] > 0, now[:, 0], was[:, 0])
    if not is_same_demand or not _same(before["headline"]["worker_hours"], after["headline"]["worker_hours"]):
        return Comparison(cells, worker_hours, None, None, is_exact=False, week=(), is_same_demand=is_same_demand)
    low, high = (_net(was[:, side], now[:, side], worker_hours) for side in (1, 2))
    return Comparison(cells, worker_hours, low, high, is_exact=False, week=())


_NOTHING: Final = (0.0, 0.0, 0.0)


def _columns(document: Document) -> dict[str, tuple[float, float, float]]:
    cells = document["cells"]
    values = zip(cells["worker_hours"], cells["covered_low"], cells["covered_high"], strict=True)
    return dict(zip(cells["h3"], values, strict=True))


def _net(was: Floats, now: Floats, worker_hours: Floats) -> CellChange:
    more, least = now - was, ROUNDING * np.maximum(worker_hours, 1.0)
    return CellChange(np.where(more > least, more, 0.0), np.where(more < -least, -more, 0.0), np.minimum(was, now))


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= ROUNDING * max(abs(one), abs(other), 1.0)
