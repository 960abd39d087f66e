"""The form for browsers without script: what was typed, as a question or as problems at its fields."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from geodata.coordinates import Crs, LonLat
from geodata.stations.filters import OpenFilter, Order, StationFilter
from geodata.stations.vocabulary import Service, StationKind
from geodata.travel.straight_line import TravelMode
from mapapp.services.find_nearest import MAX_K, NearestQuestion, origin_in

E = TypeVar("E", bound=StrEnum)

POSTED_DECIMALS: Final = 4
"""Decimals kept of a posted position: about 10 metres, enough to find a door, too few to find a person."""
DEFAULT_K: Final = 10
MAX_TYPED_CHARS: Final = 40
_NUMBER: Final = re.compile(r"-?\d{1,3}(\.\d{1,20})?", re.ASCII)
_FIELDS: Final = ("lon", "lat", "crs", "mode", "order", "k")
_DEFAULTS: Final = {
    "crs": Crs.WGS84.value,
    "mode": TravelMode.WALK.value,
    "order": Order.USEFUL.value,
    "k": str(DEFAULT_K),
}


@dataclass(frozen=True, slots=True)
class NearestForm:
    """What was typed and ticked, and what is wrong with it; ``problems`` is empty where nothing is."""

    typed: Mapping[str, str]
    kinds: frozenset[StationKind] = frozenset()
    services: frozenset[Service] = frozenset()
    open_only: bool = True
    open_late: bool = False
    always_open: bool = False
    problems: Mapping[str, str] = field(default_factory=dict)
    origin: LonLat | None = None

    def question(self, at: datetime) -> NearestQuestion:
        """The question of a form without problems, asked at an instant."""
        assert self.origin is not None  # noqa: S101 - a form without problems has one
        open_filter = OpenFilter.ARRIVAL if self.open_only else OpenFilter.ANY
        return NearestQuestion(
            origin=self.origin,
            at=at,
            k=int(self.typed["k"]),
            mode=TravelMode(self.typed["mode"]),
            filters=StationFilter(
                kinds=self.kinds,
                services=self.services,
                open=open_filter,
                open_late=self.open_late,
                always_open=self.always_open,
            ),
            order=Order(self.typed["order"]),
        )


def empty_form() -> NearestForm:
    """The form as it is first shown."""
    return NearestForm({"lon": "", "lat": "", **_DEFAULTS})


def read_form(sent: MultiDict[str, str]) -> NearestForm:
    """The posted form. The position is rounded before anything else sees it."""
    reading = _Reading({name: _plain(sent.get(name, "")) or _DEFAULTS.get(name, "") for name in _FIELDS})
    lon, lat = reading.degrees("lon", 180), reading.degrees("lat", 90)
    crs = reading.choice("crs", Crs)
    reading.choice("mode", TravelMode)
    reading.choice("order", Order)
    reading.count("k")
    kinds, services = reading.choices("kind", sent, StationKind), reading.choices("services", sent, Service)
    origin = None
    if not reading.problems and lon is not None and lat is not None and crs is not None:
        origin = origin_in(lon, lat, crs).rounded(POSTED_DECIMALS)
    return NearestForm(
        typed=reading.typed,
        kinds=kinds,
        services=services,
        open_only="open" in sent,
        open_late="open_late" in sent,
        always_open="always_open" in sent,
        problems=reading.problems,
        origin=origin,
    )


class _Reading:
    """Reads field by field and keeps the first problem of each."""

    def __init__(self, typed: dict[str, str]) -> None:
        self.typed = typed
        self.problems: dict[str, str] = {}

    def degrees(self, name: str, limit: int) -> float | None:
        text = self.typed[name]
        if not text:
            self.problems[name] = gettext("This is needed.")
        elif not _NUMBER.fullmatch(text):
            self.problems[name] = gettext("This must be a plain decimal number.")
        elif math.fabs(float(text)) > limit:
            self.problems[name] = self._out_of_range(name, limit)
        else:
            return float(text)
        return None

    def _out_of_range(self, name: str, limit: int) -> str:
        sentence = str(gettext("This must lie between %(minimum)s and %(maximum)s.", minimum=-limit, maximum=limit))
        if name == "lat" and math.fabs(float(self.typed[name])) <= 180:
            swapped = gettext("Are longitude and latitude swapped?")
            return sentence + ("" if sentence.endswith("。") else " ") + str(swapped)
        return sentence

    def count(self, name: str) -> None:
        text = self.typed[name]
        if not (text.isascii() and text.isdigit()):
            self.problems[name] = gettext("This must be a whole number.")
        elif not (len(text) <= 4 and 1 <= int(text) <= MAX_K):
            self.problems[name] = gettext(
                "This must lie between %(minimum)s and %(maximum)s.", minimum=1, maximum=MAX_K
            )

    def choice(self, name: str, choices: type[E]) -> E | None:
        try:
            return choices(self.typed[name])
        except ValueError:
            self.problems[name] = gettext("Please choose one of the list.")
            return None

    def choices(self, name: str, sent: MultiDict[str, str], choices: type[E]) -> frozenset[E]:
        texts = {part for text in sent.getlist(name) for part in text.split(",") if part}
        known = {choice.value for choice in choices}
        if texts - known:
            self.problems[name] = gettext("Please choose from the list.")
        return frozenset(choices(text) for text in texts & known)


def _plain(text: str) -> str:
    """What was typed, full-width digits and signs as plain ones, cut to a sensible length."""
    return unicodedata.normalize("NFKC", text[:MAX_TYPED_CHARS]).strip()[:MAX_TYPED_CHARS]
