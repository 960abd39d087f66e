"""What the page of unmet needs says: squares, parts of the week, what was asked for, in the page's language."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from flask_babel import LazyString, lazy_gettext

from geodata.places import Place
from geodata.stations.vocabulary import Service, StationKind
from geodata.unmet.hour_parts import HOURS_A_DAY, HourPart
from geodata.unmet.release import ShownSquare
from geodata.unmet.signal import ALWAYS_OPEN, OPEN_LATE, kind_asked, service_asked
from mapapp.planner.demand_words import WEEKDAYS
from mapapp.planner.speech import gettext
from mapapp.web.language import current_language


class UnmetSort(StrEnum):
    """What the list of squares can be sorted by."""

    SQUARE = "square"
    DEVICES = "devices"
    DAYS = "days"
    SIGNALS = "signals"


SORT_NAMES: Final[Mapping[UnmetSort, LazyString]] = {
    UnmetSort.SQUARE: lazy_gettext("Grid square"),
    UnmetSort.DEVICES: lazy_gettext("Devices"),
    UnmetSort.DAYS: lazy_gettext("Days"),
    UnmetSort.SIGNALS: lazy_gettext("Signals"),
}
PROBLEMS: Final[Mapping[str, LazyString]] = {
    "empty": lazy_gettext("Please fill this in."),
    "too_long": lazy_gettext("This is too long."),
    "unprintable": lazy_gettext("This holds characters that cannot be printed."),
    "out_of_range": lazy_gettext("A number above 0 and at most 168, please."),
}
_ALL_DAYS: Final = (0, 6)


def sorted_squares(squares: tuple[ShownSquare, ...], sort: UnmetSort, *, descending: bool) -> list[ShownSquare]:
    """The squares in an order; where it says nothing, by place."""
    keys = {
        UnmetSort.SQUARE: lambda each: each.square,
        UnmetSort.DEVICES: lambda each: each.devices_at_least,
        UnmetSort.DAYS: lambda each: each.days_count,
        UnmetSort.SIGNALS: lambda each: each.signals_count,
    }
    by_place = sorted(squares, key=lambda each: each.square)
    return sorted(by_place, key=keys[sort], reverse=descending)


def square_row(shown: ShownSquare, place: Place) -> dict[str, Any]:
    """A line of the list."""
    middle = shown.square.middle
    district = place.district_of(middle)
    return {
        "where": f"{middle.lat:.2f}, {middle.lon:.2f}",
        "district": place.unit(district).name(current_language()) if district else "",
        "devices": shown.devices_at_least,
        "days": shown.days_count,
        "signals": shown.signals_count,
        "hours": [f"{part_words(part)} {count}" for part, count in shown.hours],
        "asked": [f"{asked_words(thing)} {count}" for thing, count in shown.asked],
    }


def part_words(part: HourPart) -> str:
    """A part of the week."""
    until = (part.first_hour + part.length_h) % HOURS_A_DAY or HOURS_A_DAY
    clock = f"{part.first_hour:02d}:00–{until:02d}:00"
    days = (part.first_day, part.last_day)
    if days == _ALL_DAYS:
        return clock
    first, last = (str(WEEKDAYS[day]) for day in days)
    name = first if first == last else gettext("%(first)s to %(last)s", first=first, last=last)
    return gettext("%(days)s %(clock)s", days=name, clock=clock)


def asked_words(thing: str) -> str:
    """What was asked for."""
    language = current_language()
    named = {kind_asked(kind): kind.label(language) for kind in StationKind}
    named |= {service_asked(service): service.label(language) for service in Service}
    named |= {OPEN_LATE: gettext("Open after 22:00"), ALWAYS_OPEN: gettext("Open 24 hours")}
    return named.get(thing, thing)
