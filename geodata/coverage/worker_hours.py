"""Workers by point and hour as two small arrays, and how many of their hours a set of bits holds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.week import hour_mask, hours_held
from geodata.demand.points import HOURS_A_WEEK, DemandLayer
from geodata.stations.columns import Bits
from geodata.stations.ordering import Rows
from geodata.stations.vocabulary import WorkerGroup


@dataclass(frozen=True, slots=True, eq=False)
class WorkerHours:
    """The workers of g groups at n points over some hours of the week.

    ``heads`` (g, n) are those of an average hour, ``activity`` (168, g) their profiles, 0 outside the hours. Where
    hours share bits (``condensed``) it has a row a bit.
    """

    heads: Floats
    activity: Floats
    hours_count: int

    @classmethod
    def of(cls, layer: DemandLayer, groups: Collection[WorkerGroup], hours: Collection[int]) -> Self:
        """Those of a layer; no group named means all of them."""
        chosen = [group for group in WorkerGroup if group in layer.workers and (not groups or group in groups)]
        mask = hour_mask(hours)
        heads = np.array([layer.workers[group] for group in chosen]).reshape(len(chosen), layer.point_count)
        profiles = np.array([layer.profiles[group] for group in chosen]).reshape(len(chosen), HOURS_A_WEEK)
        return cls(heads, np.ascontiguousarray((profiles * mask).T), int(mask.sum()))

    def condensed(self, bit_of_hour: Rows) -> WorkerHours:
        """The same where hours share bits, as ``OpenWeek.condensed`` says which; ``bit_of_hour`` (168,)."""
        activity = np.zeros((int(bit_of_hour.max()) + 1, self.activity.shape[1]))
        np.add.at(activity, bit_of_hour, self.activity)
        return WorkerHours(self.heads, activity, self.hours_count)

    @property
    def hours(self) -> frozenset[int]:
        """The hours in which any of its groups is about."""
        return frozenset(np.flatnonzero(self.activity.any(axis=1)).tolist())

    def at_points(self) -> Floats:
        """Worker-hours at each point, (n,)."""
        present: Floats = self.activity.sum(axis=0) @ self.heads
        return present

    def in_hours(self, bits: Bits) -> Floats:
        """Worker-hours of each point in the hours of its bits; (n, 3) to (n,)."""
        present: Floats = np.einsum("ng,gn->n", hours_held(bits, self.activity), self.heads)
        return present

    def by_group_in_hours(self, bits: Bits) -> Floats:
        """Worker-hours of each group in the hours of the points' bits; (n, 3) to (g,)."""
        present: Floats = np.einsum("ng,gn->g", hours_held(bits, self.activity), self.heads)
        return present

    def at_hours(self, hours: Collection[int]) -> Floats:
        """Worker-hours at each point in some of the hours, (n,)."""
        present: Floats = self.activity[hour_mask(hours)].sum(axis=0) @ self.heads
        return present
