"""A station's page in words: from the use case's facts to what the template writes down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import LazyString, gettext, lazy_gettext

from geodata.stations.schedule import DayException, WeekRow
from geodata.stations.station import ServiceOffer
from geodata.stations.vocabulary import PositionAccuracy, ServiceState
from mapapp.public.phrases import phrase
from mapapp.public.wording import arrival_sentence, facts_line, listed, station_name
from mapapp.services.station_page import StationPage

VENDORS: Final[Mapping[str, LazyString]] = {
    "amap": lazy_gettext("Amap"),
    "baidu": lazy_gettext("Baidu Maps"),
    "tencent": lazy_gettext("Tencent Maps"),
    "apple": lazy_gettext("Apple Maps"),
    "system": lazy_gettext("Another map app"),
}


def station_view(page: StationPage, language: str) -> dict[str, Any]:
    """Everything the template of a station's page writes, in the page's language."""
    station = page.station
    name = station_name(station, language)
    return {
        "code": station.code,
        "name": name,
        "second_name": _second_name(page, name),
        "kind": station.kind.value,
        "kind_text": station.kind.label(language),
        "district": page.unit.name(language) if page.unit else "",
        "state": page.arrival.state.value,
        "sentence": arrival_sentence(page.arrival, page.now, page.now, on_arrival=False),
        "alert": page.alert.text if page.alert else "",
        "entry_methods": [method.label(language) for method in station.entry_methods],
        "entry_note": station.entry_note,
        "address": station.address,
        "is_placed": station.position is not None,
        "is_approximate": station.position is not None and station.position.accuracy is PositionAccuracy.APPROXIMATE,
        "links": [{"url": link.url, "text": str(VENDORS[link.vendor])} for link in page.links],
        "hours_text": station.hours.original_text,
        "services": [
            (group.label(language), [_offer(offer, language) for offer in offers]) for group, offers in page.services
        ],
        "facts": _facts(page, language),
    } | _week(page, language)


def _second_name(page: StationPage, shown: str) -> str:
    station = page.station
    names = [station.name, *station.other_names]
    return listed(name for name in names if name != shown)


def _week(page: StationPage, language: str) -> dict[str, Any]:
    return {
        "week": [_usual_day(row) for row in page.week.rows],
        "exceptions": [_exceptional_day(day, language) for day in page.week.exceptions],
        "holidays_missing": page.week.holidays_missing,
    }


def _usual_day(row: WeekRow) -> dict[str, Any]:
    return {"name": phrase(f"weekday_{row.weekday}"), "is_today": row.is_today, "times": _times(row.times)}


def _exceptional_day(day: DayException, language: str) -> dict[str, Any]:
    reason = "" if day.special is None else day.special.name_zh if language.startswith("zh") else day.special.name_en
    name = phrase("weekday_at", day=f"{day.date:%m-%d}", time=phrase(f"weekday_{day.date.weekday()}"))
    return {"name": name, "reason": reason, "times": _times(day.times)}


def _times(times: tuple[str, ...]) -> tuple[str, ...]:
    return times or (phrase("closed"),)


def _offer(offer: ServiceOffer, language: str) -> dict[str, str]:
    details = [offer.fee, offer.note]
    if offer.state is ServiceState.SEASONAL and offer.season is not None:
        first, last = offer.season.first_month, offer.season.last_month
        details.insert(0, gettext("months %(first)s to %(last)s", first=first, last=last))
    if offer.confirmed_on is not None:
        details.append(gettext("confirmed %(date)s", date=offer.confirmed_on.isoformat()))
    return {
        "name": offer.service.label(language),
        "state": offer.state.value,
        "state_text": offer.state.label(language),
        "details": facts_line(details),
    }


def _facts(page: StationPage, language: str) -> list[tuple[str, str]]:
    station = page.station
    verified, host = station.last_verified, station.host_type
    facts = {
        gettext("Code"): station.code,
        gettext("Phone"): station.public_phone,
        gettext("Last confirmed"): facts_line((verified.on.isoformat(), verified.how.label(language)))
        if verified
        else gettext("never"),
        gettext("Status"): "" if page.runs_normally else station.life_cycle.label(language),
        gettext("Open around the clock"): gettext("yes, by its hours") if page.is_24h else "",
        gettext("Town or street"): station.town,
        gettext("Host"): host.label(language) if host else "",
        gettext("Built"): station.build_mode.label(language) if station.build_mode else "",
        gettext("Seats"): "" if station.capacity_count is None else str(station.capacity_count),
        gettext("Area"): "" if station.area_m2 is None else f"{station.area_m2:g} m²",
        gettext("Awards"): listed(
            facts_line((award.scheme.label(language), award.level, str(award.year or ""), award.granted_by))
            for award in station.awards
        ),
        gettext("Source"): station.source,
    }
    return [(term, text) for term, text in facts.items() if text]
