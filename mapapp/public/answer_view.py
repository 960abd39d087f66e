"""The answer of the form without script, in words: rows, counts and the picture."""

from __future__ import annotations

from typing import Any

from geodata.stations.filters import OpenFilter, Order
from geodata.stations.vocabulary import Service
from mapapp.maps import static_map
from mapapp.public.nearest_without import nearest_without
from mapapp.public.phrases import phrase
from mapapp.public.wording import (
    arrival_sentence,
    distance_text,
    door_sentence,
    entry_line,
    facts_line,
    listed,
    station_name,
    travel_text,
)
from mapapp.services.find_nearest import FoundStation, NearestStations
from mapapp.settings import Settings

SERVICES_SHOWN = 3


def answer_view(answer: NearestStations, settings: Settings, language: str) -> dict[str, Any]:
    """What the template of the answer writes, in the page's language."""
    place = answer.snapshot.place
    points = [each.station.position.point for each in answer.stations if each.station.position is not None]
    return {
        "count": _count_line(answer),
        "without": () if points else nearest_without(answer.snapshot, answer.question, settings, language),
        "rows": [_row(each, answer, language) for each in answer.stations],
        "picture": static_map(place, language, points, answer.question.origin),
    }


def _count_line(answer: NearestStations) -> str:
    parts = [phrase("station_count", count=len(answer.stations)), phrase(_order_key(answer))]
    if answer.unknown_count and answer.question.filters.asks_hours:
        parts.append(phrase("unknown_hidden", count=answer.unknown_count))
    if not answer.holidays_known:
        parts.append(phrase("holidays_missing"))
    return phrase("sentence_separator").join(parts)


def _order_key(answer: NearestStations) -> str:
    if answer.question.order is Order.DISTANCE:
        return "ordered_by_distance"
    return "ordered_by_use" if answer.question.filters.open is OpenFilter.ANY else "ordered_by_use_open"


def _row(each: FoundStation, answer: NearestStations, language: str) -> dict[str, Any]:
    station, found = each.station, each.found
    now = answer.question.at
    alert = station.alert
    door = answer.snapshot.door_warnings.get(station.code)
    facts = (
        travel_text(found.travel_time_s, answer.question.mode),
        station.kind.label(language),
    )
    return {
        "code": station.code,
        "name": station_name(station, language),
        "kind": station.kind.value,
        "state": found.arrival.state.value,
        "sentence": arrival_sentence(found.arrival, found.arrive_at, now, on_arrival=True),
        "distance": distance_text(found.distance_m),
        "facts": facts_line(facts),
        "door": door_sentence(door, now) if door and door.until > now else "",
        "alert": alert.text if alert and alert.expires_at > now else "",
        "entry": entry_line(station, language),
    } | _services(each, answer, language)


def _services(each: FoundStation, answer: NearestStations, language: str) -> dict[str, Any]:
    """The services asked for, one by one with their fees, and a line of the others."""
    asked = answer.question.filters.services
    month = each.found.arrive_at.astimezone(answer.question.at.tzinfo).month
    fees = {offer.service: offer.fee for offer in each.station.services}
    offered = each.station.services_in(month) - asked
    others = _services_line([service.label(language) for service in Service if service in offered])
    return {
        "asked": [_with_fee(service.label(language), fees[service]) for service in Service if service in asked],
        "services": phrase("also_offers", services=others) if asked and others else others,
    }


def _with_fee(name: str, fee: str) -> str:
    return phrase("service_with_fee", service=name, fee=fee) if fee else name


def _services_line(names: list[str]) -> str:
    text = listed(names[:SERVICES_SHOWN])
    rest_count = len(names) - SERVICES_SHOWN
    return phrase("list_and_more", list=text, count=rest_count) if rest_count > 0 else text
