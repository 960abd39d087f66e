"""The answer of the form without script, in words: rows, counts and the picture."""

from __future__ import annotations

from typing import Any

from geodata.stations.index import OpenFilter
from geodata.stations.vocabulary import Service
from mapapp.maps import static_map
from mapapp.public.phrases import phrase
from mapapp.public.wording import (
    arrival_sentence,
    distance_text,
    entry_line,
    facts_line,
    listed,
    station_name,
    travel_text,
)
from mapapp.services.find_nearest import FoundStation, NearestStations

SERVICES_SHOWN = 8


def answer_view(answer: NearestStations, language: str) -> dict[str, Any]:
    """What the template of the answer writes, in the page's language."""
    place = answer.snapshot.place
    points = [each.station.position.point for each in answer.stations if each.station.position is not None]
    return {
        "count": _count_line(answer),
        "rows": [_row(each, answer, language) for each in answer.stations],
        "picture": static_map(place, language, points, answer.question.origin),
    }


def _count_line(answer: NearestStations) -> str:
    parts = [phrase("station_count", count=len(answer.stations))]
    if answer.unknown_count and answer.question.filters.open is not OpenFilter.ANY:
        parts.append(phrase("unknown_hidden", count=answer.unknown_count))
    if not answer.holidays_known:
        parts.append(phrase("holidays_missing"))
    return phrase("sentence_separator").join(parts)


def _row(each: FoundStation, answer: NearestStations, language: str) -> dict[str, str]:
    station, found = each.station, each.found
    now = answer.question.at
    alert = station.alert
    facts = (
        distance_text(found.distance_m),
        travel_text(found.travel_time_s, answer.question.mode),
        station.kind.label(language),
        answer.snapshot.place.unit(station.district_code).name(language) if station.district_code else "",
    )
    return {
        "code": station.code,
        "name": station_name(station, language),
        "kind": station.kind.value,
        "state": found.arrival.state.value,
        "sentence": arrival_sentence(found.arrival, found.arrive_at, now, on_arrival=True),
        "facts": facts_line(facts),
        "alert": alert.text if alert and alert.expires_at > now else "",
        "entry": entry_line(station, language),
        "services": _services_line(station.services_in(found.arrive_at.astimezone(now.tzinfo).month), language),
    }


def _services_line(offered: frozenset[Service], language: str) -> str:
    names = [service.label(language) for service in Service if service in offered]
    text = listed(names[:SERVICES_SHOWN])
    rest_count = len(names) - SERVICES_SHOWN
    return phrase("list_and_more", list=text, count=rest_count) if rest_count > 0 else text
