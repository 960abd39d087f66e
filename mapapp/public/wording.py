"""Facts as sentences, on the server: the same words mapapp/static/js/wording.js finds in the browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from geodata.reports.door_warning import DoorWarning
from geodata.stations.arrival import Arrival
from geodata.stations.station import Station
from geodata.stations.vocabulary import OpenState
from geodata.travel.straight_line import TravelMode
from mapapp.public.phrases import phrase


def arrival_sentence(arrival: Arrival, arrive_at: datetime, now: datetime, *, on_arrival: bool) -> str:
    """What a visitor finds; ``now`` is in the place's time zone, and so are the times named."""
    when = "arrival" if on_arrival else "now"
    match arrival:
        case Arrival(OpenState.OPEN, closes_at=None):
            return phrase(f"open_always_{when}")
        case Arrival(OpenState.OPEN, closes_at=datetime() as closes_at):
            return phrase(f"open_until_{when}", time=_moment(closes_at, now))
        case Arrival(OpenState.CLOSING_SOON, closes_at=datetime() as closes_at):
            count = (closes_at - arrive_at) // timedelta(minutes=1)
            return phrase(f"closing_soon_{when}", count=count, time=_moment(closes_at, now))
        case Arrival(OpenState.CLOSED, opens_at=datetime() as opens_at):
            return phrase("closed_until", time=_moment(opens_at, now))
    return phrase(_PLAIN_STATES[arrival.state])


_PLAIN_STATES: Final[Mapping[OpenState, str]] = {
    OpenState.CLOSED: "closed",
    OpenState.TEMPORARILY_CLOSED: "temporarily_closed",
    OpenState.UNKNOWN: "hours_unknown",
}
"""Sentences without a time."""


def _moment(instant: datetime, now: datetime) -> str:
    """``07:30``, "tomorrow 07:30", "Friday 07:30", ``11-28 07:30``; midnight belongs to the day that ends."""
    then = instant.astimezone(now.tzinfo)
    days_ahead = (then.date() - now.date()).days
    time = f"{then:%H:%M}"
    if days_ahead == 1 and time == "00:00":
        return "24:00"
    if days_ahead <= 0:
        return time
    if days_ahead == 1:
        return phrase("tomorrow_at", time=time)
    day = phrase(f"weekday_{then.weekday()}") if days_ahead < 7 else f"{then:%m-%d}"
    return phrase("weekday_at", day=day, time=time)


def door_sentence(warning: DoorWarning, now: datetime) -> str:
    """That others found the door locked: today, or within the last day; ``now`` is in the place's time zone."""
    is_today = warning.first_at.astimezone(now.tzinfo).date() == now.date()
    return phrase("door_locked_today" if is_today else "door_locked_lately", count=warning.count)


def distance_text(distance_m: float) -> str:
    """Metres as a person says them."""
    if distance_m < 995:
        return phrase("metres", value=max(10, _half_up(distance_m / 10) * 10))
    km = distance_m / 1000
    return phrase("kilometres", value=f"{km:.1f}" if km < 9.95 else _half_up(km))


def travel_text(travel_time_s: float, mode: TravelMode) -> str:
    """A travel time by a mode, never less than a minute."""
    minutes = max(1, _half_up(travel_time_s / 60))
    if minutes < 90:
        return phrase(f"minutes_{mode.value}", count=minutes)
    return phrase(f"hours_{mode.value}", value=f"{minutes / 60:.1f}")


def listed(parts: Iterable[str]) -> str:
    """Things in a row, as the language writes a list."""
    return phrase("list_separator").join(parts)


def facts_line(parts: Iterable[str]) -> str:
    """Short facts side by side."""
    return phrase("fact_separator").join(part for part in parts if part)


def station_name(station: Station, language: str) -> str:
    """The name in the page's language, where there is one."""
    return station.name if language.startswith("zh") else station.name_en or station.name


def entry_line(station: Station, language: str) -> str:
    """How to get in, or nothing."""
    if not station.entry_methods:
        return ""
    return phrase("entry", methods=listed(method.label(language) for method in station.entry_methods))


def _half_up(value: float) -> int:
    """Rounded as browsers round, halves upwards."""
    return int(value + 0.5)
