"""A demand layer out of shown squares: where people looked for a station and found none.

A device stands for one person who is out ``hours_a_week`` hours a week, so for ``hours_a_week`` ÷ 168 workers in an
average hour. Inside a square nothing is known: its workers are spread over the H3 cells by area, as for any polygon.
The week is that of the squares whose hours are shown; where there are none it is the group's assumed week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geodata.coordinates import Floats
from geodata.demand.aggregating import GatheredDemand, gather
from geodata.demand.points import HOURS_A_WEEK, DemandLayer
from geodata.demand.profiles import normalised_profile, week_profile
from geodata.demand.sheet import DemandRow
from geodata.errors import InvalidValue
from geodata.places import Place
from geodata.stations.vocabulary import WorkerGroup
from geodata.unmet.release import ShownSquare


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerWish:
    """Whom the signals are to stand for. ``hours_a_week`` is above 0 and at most 168."""

    name: str
    group: WorkerGroup
    hours_a_week: float

    def __post_init__(self) -> None:
        if not 0 < self.hours_a_week <= HOURS_A_WEEK:
            raise InvalidValue("Hours a week are above 0, at most 168.", field="hours_a_week", code="out_of_range")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetLayer:
    """The layer, what of the squares was placed, and whether the week comes from the signals."""

    layer: DemandLayer
    gathered: GatheredDemand
    has_own_week: bool


def unmet_layer(
    shown: Sequence[ShownSquare], wish: LayerWish, place: Place, *, origin_note: str, is_sample: bool
) -> UnmetLayer:
    """The layer of these squares.

    Raises
    ------
    InvalidValue
        There is no square in the city.
    """
    share = wish.hours_a_week / HOURS_A_WEEK
    rows = [
        DemandRow(number, each.square.outline, {wish.group: each.devices_at_least * share})
        for number, each in enumerate(sorted(shown, key=lambda each: each.square))
    ]
    gathered = gather(rows, [wish.group], place)
    if not gathered.h3_cells:
        raise InvalidValue("There is no square to make a layer of.", field="month", code="empty")
    levels = week_levels(shown)
    layer = DemandLayer(
        name=wish.name,
        origin_note=origin_note,
        is_sample=is_sample,
        is_modelled=True,
        lon=gathered.lon,
        lat=gathered.lat,
        h3_cells=gathered.h3_cells,
        workers={wish.group: gathered.workers[wish.group]},
        profiles={wish.group: week_profile(wish.group) if levels is None else normalised_profile(levels)},
    )
    return UnmetLayer(layer=layer, gathered=gathered, has_own_week=levels is not None)


def week_levels(shown: Sequence[ShownSquare]) -> Floats | None:
    """Signals by hour of the week, (168,), of squares whose hours are shown, evenly within a part; or None."""
    levels = np.zeros(HOURS_A_WEEK)
    for each in shown:
        for part, signals_count in each.hours:
            hours = sorted(part.hours_of_week())
            levels[hours] += signals_count / len(hours)
    return levels if levels.any() else None
