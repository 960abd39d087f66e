"""A station's page in words: from the use case's facts to what the template writes down.

mapapp/static/js/station/draw.js makes the same parts from the compact file.
"""

from __future__ import annotations

import re
from typing import Any, Final

from flask import url_for
from flask_babel import gettext

from geodata.stations.schedule import DayException, WeekRow
from geodata.stations.station import ServiceOffer, Station
from geodata.stations.vocabulary import (
    EntryMethod,
    LifeCycle,
    PositionAccuracy,
    Service,
    ServiceGroup,
    ServiceState,
    VerifiedHow,
)
from geodata.travel.straight_line import TravelMode
from mapapp.public.phrases import phrase
from mapapp.public.wording import (
    arrival_sentence,
    distance_text,
    door_sentence,
    facts_line,
    listed,
    station_name,
    travel_text,
)
from mapapp.services.find_nearest import FoundStation
from mapapp.services.station_page import StationPage

ALL_DAY: Final = "00:00–24:00"
_NUMBER: Final = re.compile(r"\+?\d[\d\s()-]{3,}\d")


def station_view(page: StationPage, language: str) -> dict[str, Any]:
    """Everything the template of a station's page writes, in the page's language."""
    return _head(page, language) | _answer(page, language) | _week(page, language) | _rest(page, language)


def shell_labels(language: str) -> dict[str, Any]:
    """The words the phone needs, besides those of every page, to draw a station by itself."""
    return {
        "shelves": [
            [group.label(language), [service for service in Service if service.group is group]]
            for group in ServiceGroup
        ],
        "serviceStates": {state: state.label(language) for state in ServiceState},
        "verifiedHows": {how: how.label(language) for how in VerifiedHow},
        "lifeCycles": {each: each.label(language) for each in LifeCycle if each.is_public},
    }


def _head(page: StationPage, language: str) -> dict[str, Any]:
    station = page.station
    name = station_name(station, language)
    names = [station.name, *station.other_names]
    return {
        "code": station.code,
        "name": name,
        "second_name": listed(other for other in names if other != name),
        "kind": station.kind.value,
        "kind_text": station.kind.label(language),
        "district": page.unit.name(language) if page.unit else "",
        "alert": page.alert.text if page.alert else "",
        "door": door_sentence(page.door, page.now) if page.door else "",
    }


def _answer(page: StationPage, language: str) -> dict[str, Any]:
    station = page.station
    verified = page.last_verified
    return {
        "state": page.arrival.state.value,
        "sentence": arrival_sentence(page.arrival, page.now, page.now, on_arrival=False),
        "is_in_doubt": page.is_in_doubt,
        "today": _day(page.today, language) if page.today and page.runs_normally else None,
        "entry_methods": [(each.value, each.label(language)) for each in EntryMethod if each in station.entry_methods],
        "entry_note": station.entry_note,
        "address": station.address,
        "is_placed": station.position is not None,
        "is_approximate": station.position is not None and station.position.accuracy is PositionAccuracy.APPROXIMATE,
        "verified": facts_line((verified.on.isoformat(), verified.how.label(language)))
        if verified
        else phrase("verified_never"),
        "links": [
            {"vendor": link.vendor, "url": link.url, "text": phrase(f"map_{link.vendor}")} for link in page.links
        ],
        "phone": station.public_phone,
        "phone_url": phone_url(station.public_phone),
    }


def phone_url(text: str) -> str:
    """A ``tel:`` address of the first number in a text, or nothing."""
    found = _NUMBER.search(text)
    return "tel:" + re.sub(r"[^+\d]", "", found[0]) if found else ""


def _rest(page: StationPage, language: str) -> dict[str, Any]:
    station = page.station
    return {
        "hours_text": station.hours.original_text,
        "services": [
            (group.label(language), [_offer(offer, language) for offer in offers]) for group, offers in page.services
        ],
        "alternatives": [_alternative(each, page, language) for each in page.alternatives],
        "photo_url": url_for("public.photo", digest=station.photo) if station.photo else "",
        "facts": _facts(page, language),
    }


def _week(page: StationPage, language: str) -> dict[str, Any]:
    return {
        "week": [_usual_day(row) for row in page.week.rows],
        "exceptions": [_day(day, language) for day in page.week.exceptions],
        "holidays_missing": page.week.holidays_missing,
    }


def _usual_day(row: WeekRow) -> dict[str, Any]:
    return {"name": phrase(f"weekday_{row.weekday}"), "is_today": row.is_today, "times": _times(row.times)}


def _day(day: DayException, language: str) -> dict[str, Any]:
    name = phrase("weekday_at", day=f"{day.date:%m-%d}", time=phrase(f"weekday_{day.date.weekday()}"))
    return {"name": name, "reason": day.special.name(language) if day.special else "", "times": _times(day.times)}


def _times(times: tuple[str, ...]) -> tuple[str, ...]:
    if times == (ALL_DAY,):
        return (phrase("all_day"),)
    return times or (phrase("closed"),)


def _offer(offer: ServiceOffer, language: str) -> dict[str, str]:
    details = [offer.fee, offer.note]
    if offer.state is ServiceState.SEASONAL and offer.season is not None:
        first, last = offer.season.first_month, offer.season.last_month
        details.insert(0, phrase("service_months", first=first, last=last))
    if offer.confirmed_on is not None:
        details.append(phrase("service_confirmed", date=offer.confirmed_on.isoformat()))
    return {
        "name": offer.service.label(language),
        "state": offer.state.value,
        "state_text": offer.state.label(language),
        "details": facts_line(details),
    }


def _alternative(each: FoundStation, page: StationPage, language: str) -> dict[str, str]:
    found = each.found
    return {
        "code": each.station.code,
        "name": station_name(each.station, language),
        "kind": each.station.kind.value,
        "state": found.arrival.state.value,
        "sentence": arrival_sentence(found.arrival, found.arrive_at, page.now, on_arrival=True),
        "facts": facts_line((distance_text(found.distance_m), travel_text(found.travel_time_s, TravelMode.WALK))),
    }


def _facts(page: StationPage, language: str) -> list[tuple[str, str]]:
    station = page.station
    host = station.host_type
    facts = {
        phrase("fact_code"): station.code,
        phrase("fact_phone"): station.public_phone,
        phrase("fact_status"): "" if page.runs_normally else station.life_cycle.label(language),
        phrase("fact_always_open"): phrase("fact_always_open_yes") if page.is_24h else "",
        phrase("fact_town"): station.town,
        gettext("Host"): host.label(language) if host else "",
        gettext("Built"): station.build_mode.label(language) if station.build_mode else "",
        gettext("Seats"): "" if station.capacity_count is None else str(station.capacity_count),
        gettext("Area"): "" if station.area_m2 is None else f"{station.area_m2:g} m²",
        gettext("Awards"): _awards(station, language),
        gettext("Source"): station.source,
    }
    return [(term, text) for term, text in facts.items() if text]


def _awards(station: Station, language: str) -> str:
    return listed(
        facts_line((award.scheme.label(language), award.level, str(award.year or ""), award.granted_by))
        for award in station.awards
    )
