"""Demand points as one layer of arrays.

A layer has n points, one an H3 cell. For each group of workers it holds how many are at each point in
an average hour, shape (n,), and one profile for the whole layer, shape (168,): the group's activity in
each hour of the week relative to its average (mean 1; hour 0 is Monday 00-01 local time). So the
workers of a group at point i in hour h are ``workers[group][i] * profiles[group][h]``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

import h3
import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import Floats
from geodata.demand.movement import DEFAULT_MOVEMENT, Movement
from geodata.errors import InvalidValue
from geodata.stations.vocabulary import WorkerGroup

HOURS_A_WEEK: Final = 168
_MEAN_TOLERANCE: Final = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class DemandLayer:
    """One set of demand points and where it came from.

    Attributes
    ----------
    name : str
        The key it is stored under.
    origin_note : str
        How the numbers came about: Chinese on the first line, English on the second. Shown wherever they are.
    is_sample : bool
        Made up for trying the software; never shown without that word.
    is_modelled : bool
        Derived by a model, not counted by anybody.
    lon, lat : array of float64, shape (n,)
        The middle of each cell, WGS-84 degrees.
    h3_cells : tuple of str
        The cells, as H3 writes them, once each.
    workers : mapping of WorkerGroup to array of float64, shape (n,)
        Workers of the group at each point in an average hour of the week.
    profiles : mapping of WorkerGroup to array of float64, shape (168,)
        Activity by hour of the week relative to the average; mean 1. The same groups as ``workers``.
    movement : mapping of WorkerGroup to Movement
        How each group gets about; what is not said is `DEFAULT_MOVEMENT`. The same groups as ``workers``.

    The arrays are made read-only.
    """

    name: str
    origin_note: str
    is_sample: bool
    is_modelled: bool
    lon: Floats
    lat: Floats
    h3_cells: tuple[str, ...]
    workers: Mapping[WorkerGroup, Floats]
    profiles: Mapping[WorkerGroup, Floats]
    movement: Mapping[WorkerGroup, Movement] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.origin_note.splitlines()) != 2:
            raise InvalidValue("A layer needs a name, and a note in Chinese and in English.", field="origin_note")
        if set(self.workers) != set(self.profiles):
            raise InvalidValue("Workers and profiles are of the same groups.", field="profiles", code="groups")
        object.__setattr__(self, "lon", self._column("lon", self.lon))
        object.__setattr__(self, "lat", self._column("lat", self.lat))
        self._check_cells()
        workers = {group: self._column(f"workers {group}", counts) for group, counts in self.workers.items()}
        profiles = {group: _profile(group, profile) for group, profile in self.profiles.items()}
        if any((counts < 0).any() for counts in workers.values()):
            raise InvalidValue("Nobody can be fewer than none.", field="workers", code="negative")
        object.__setattr__(self, "workers", MappingProxyType(workers))
        object.__setattr__(self, "profiles", MappingProxyType(profiles))
        movement = {group: self.movement.get(group, DEFAULT_MOVEMENT[group]) for group in workers}
        object.__setattr__(self, "movement", MappingProxyType(movement))

    @property
    def point_count(self) -> int:
        """How many demand points there are."""
        return len(self.h3_cells)

    @property
    def groups(self) -> tuple[WorkerGroup, ...]:
        """The groups it counts, in the vocabulary's order."""
        return tuple(group for group in WorkerGroup if group in self.workers)

    def total(self, group: WorkerGroup) -> float:
        """Workers of the group in an average hour."""
        return float(self.workers[group].sum())

    def only(self, groups: Collection[WorkerGroup]) -> DemandLayer:
        """The same layer with some of its groups; the layer itself where those are all of them."""
        kept = [group for group in self.groups if group in groups]
        if len(kept) == len(self.workers):
            return self
        return replace(
            self,
            workers={group: self.workers[group] for group in kept},
            profiles={group: self.profiles[group] for group in kept},
            movement={group: self.movement[group] for group in kept},
        )

    def checksum(self) -> str:
        """SHA-256 of cells, workers, profiles and movement: what a result was computed from."""
        digest = hashlib.sha256("\n".join(self.h3_cells).encode())
        for group in self.groups:
            way = self.movement[group]
            digest.update(f"\n{group}:{way.mode}:{float(way.speed_kmh)!r}\n".encode())
            digest.update(self.workers[group].astype("<f8").tobytes())
            digest.update(self.profiles[group].astype("<f8").tobytes())
        return digest.hexdigest()

    def origin(self, language: str) -> str:
        """The origin note in ``language``: Chinese for any zh-*, else English."""
        zh, en = self.origin_note.splitlines()
        return zh if language.startswith("zh") else en

    def workers_at(self, group: WorkerGroup, hour_of_week: int) -> Floats:
        """Workers of the group at each point in one hour of the week (0 is Monday 00-01), shape (n,)."""
        if not 0 <= hour_of_week < HOURS_A_WEEK:
            raise InvalidValue("An hour of the week is 0 to 167.", field="hour_of_week", code="out_of_range")
        present: Floats = self.workers[group] * self.profiles[group][hour_of_week]
        return present

    def _column(self, name: str, values: Floats) -> Floats:
        column = _read_only(values)
        if column.shape != (self.point_count,):
            raise InvalidValue(f"{name} needs one number a cell.", field=name, code="length")
        if not np.isfinite(column).all():
            raise InvalidValue(f"{name} holds a number that is not finite.", field=name, code="not_finite")
        return column

    def _check_cells(self) -> None:
        if len(set(self.h3_cells)) != self.point_count:
            raise InvalidValue("A cell is listed twice.", field="h3_cells", code="repeated")
        if not all(h3.is_valid_cell(cell) for cell in self.h3_cells):
            raise InvalidValue("A cell is no H3 cell.", field="h3_cells", code="unknown_cell")
        if (np.abs(self.lon) > 180).any() or (np.abs(self.lat) > 90).any():
            raise InvalidValue("A point is no place on Earth.", field="lon", code="out_of_range")


def _profile(group: WorkerGroup, values: Floats) -> Floats:
    profile = _read_only(values)
    right_shape = profile.shape == (HOURS_A_WEEK,)
    if not right_shape or (profile < 0).any() or not abs(profile.mean() - 1) <= _MEAN_TOLERANCE:
        raise InvalidValue(f"The profile of {group} needs 168 numbers of mean 1.", field="profiles", code="profile")
    return profile


def _read_only(values: NDArray[np.float64]) -> Floats:
    column = np.array(values, dtype=np.float64)
    column.setflags(write=False)
    return column
