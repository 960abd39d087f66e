"""An empty answer's place: which filter leaves nothing, and what is nearest without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from geodata.stations.filters import OpenFilter, Order, StationFilter
from mapapp.public.phrases import phrase
from mapapp.public.wording import distance_text, listed, station_name
from mapapp.services.find_nearest import NearestQuestion, find_nearest
from mapapp.services.snapshot import StationSnapshot
from mapapp.settings import Settings


@dataclass(frozen=True, slots=True)
class NearestWithout:
    """The nearest station once one filter, named in words, is left out."""

    filter: str
    code: str
    name: str
    distance: str


def nearest_without(
    snapshot: StationSnapshot, question: NearestQuestion, settings: Settings, language: str
) -> tuple[NearestWithout, ...]:
    """For each filter that alone stands in the way, the nearest station without it."""
    offers = []
    for name, filters in _without_each(question.filters, language):
        relaxed = replace(question, filters=filters, k=1, order=Order.DISTANCE)
        for each in find_nearest(snapshot, relaxed, settings).stations:
            distance = distance_text(each.found.distance_m)
            offers.append(NearestWithout(name, each.station.code, station_name(each.station, language), distance))
    return tuple(offers)


def _without_each(filters: StationFilter, language: str) -> Iterator[tuple[str, StationFilter]]:
    """Every filter in use: its name, and the others."""
    if filters.open is not OpenFilter.ANY:
        yield phrase("open_filter_arrival"), replace(filters, open=OpenFilter.ANY)
    if filters.open_late:
        yield phrase("open_late_filter"), replace(filters, open_late=False)
    if filters.always_open:
        yield phrase("always_open_filter"), replace(filters, always_open=False)
    for service in sorted(filters.services):
        yield service.label(language), replace(filters, services=filters.services - {service})
    if filters.kinds:
        yield listed(kind.label(language) for kind in sorted(filters.kinds)), replace(filters, kinds=frozenset())
