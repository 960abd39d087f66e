"""Random questions to ask the phone's search and the server's."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from geodata.coordinates import BBox, LonLat
from geodata.stations.index import OpenFilter, Order, StationFilter
from geodata.stations.vocabulary import EntryMethod, Service, StationKind
from geodata.travel.straight_line import TravelMode


@dataclass(frozen=True, slots=True)
class Question:
    """One question, for both sides."""

    origin: LonLat
    at: datetime
    mode: TravelMode
    order: Order
    filters: StationFilter

    def for_browser(self) -> dict[str, Any]:
        """The same question as the browser module takes it; sets travel as lists."""
        return {
            "place": {"lon": self.origin.lon, "lat": self.origin.lat},
            "atMs": self.at.timestamp() * 1000,
            "mode": self.mode.value,
            "order": self.order.value,
            "open": self.filters.open.value,
            "openLate": self.filters.open_late,
            "alwaysOpen": self.filters.always_open,
            "kinds": sorted(self.filters.kinds),
            "services": sorted(self.filters.services),
            "entryMethods": sorted(self.filters.entry_methods),
            "districts": sorted(self.filters.district_codes),
        }


def random_questions(
    count: int, seed: int, box: BBox, districts: list[str], first: datetime, days: int
) -> list[Question]:
    """Questions all over the box and the days; half of the times lie on a full quarter of an hour.

    One question in six is asked between three and five in the morning, where one evening ends and the next begins.
    """
    chance = random.Random(seed)
    return [_question(chance, box, districts, first, days) for _ in range(count)]


def _question(chance: random.Random, box: BBox, districts: list[str], first: datetime, days: int) -> Question:
    seconds = chance.uniform(0, days * 86400)
    if chance.random() < 1 / 6:
        seconds += chance.uniform(3, 5) * 3600 - seconds % 86400
    if chance.random() < 0.5:
        seconds -= seconds % 900
    filters = StationFilter(
        kinds=_some(chance, list(StationKind), 2),
        services=_some(chance, list(Service), 2),
        entry_methods=_some(chance, list(EntryMethod), 3),
        district_codes=_some(chance, districts, 2),
        open=chance.choice((OpenFilter.ARRIVAL, OpenFilter.ANY)),
        open_late=chance.random() < 0.25,
        always_open=chance.random() < 0.1,
    )
    return Question(
        origin=LonLat(chance.uniform(box.west, box.east), chance.uniform(box.south, box.north)),
        at=first + timedelta(milliseconds=round(seconds * 1000)),
        mode=chance.choice(list(TravelMode)),
        order=chance.choice(list(Order)),
        filters=filters,
    )


def _some(chance: random.Random, values: list[Any], most: int) -> frozenset[Any]:
    """Usually none, because an empty set filters nothing and leaves the most to compare."""
    return frozenset(chance.sample(values, chance.randint(1, most))) if chance.random() < 0.25 else frozenset()
