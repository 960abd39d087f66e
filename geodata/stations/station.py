"""The station: one frozen value that keeps its own invariants."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from typing import Final

from geodata.coordinates import Crs, LonLat
from geodata.errors import InvalidStation
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.vocabulary import (
    AwardScheme,
    BuildMode,
    EntryMethod,
    HostType,
    LifeCycle,
    PositionAccuracy,
    Service,
    ServiceState,
    StationKind,
    VerifiedHow,
)

MAX_NAME_CHARS: Final = 120
MAX_TEXT_CHARS: Final = 500
MAX_CODE_CHARS: Final = 32
MAX_OTHER_NAMES: Final = 20
MAX_AWARDS: Final = 20
"""How many of either somebody may enter. No invariant of a station: one that has more already stays readable."""
MAX_CAPACITY_COUNT: Final = 100_000
MAX_AREA_M2: Final = 1_000_000
MAX_PHONE_CHARS: Final = 60
_MOST_CHARS: Final = (
    ("name", MAX_NAME_CHARS),
    ("name_en", MAX_NAME_CHARS),
    ("address", MAX_TEXT_CHARS),
    ("district_code", MAX_CODE_CHARS),
    ("town", MAX_NAME_CHARS),
    ("entry_note", MAX_TEXT_CHARS),
    ("public_phone", MAX_PHONE_CHARS),
    ("internal_contact", MAX_TEXT_CHARS),
    ("source", MAX_TEXT_CHARS),
)
_NOT_TEXT: Final = frozenset({"Cc", "Cs"})
"""Unicode categories no field may hold: control characters and lone surrogates."""
PHOTO_FORM: Final = re.compile(r"[0-9a-f]{64}")
_service_of: Final = attrgetter("service")
CODE_FORM: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{1,30}[A-Z0-9]")


def check_text(field: str, text: str, limit: int) -> None:
    """Refuse text that is too long, holds control characters, or is no Unicode that can be written."""
    if len(text) > limit:
        raise InvalidStation(f"{field} is longer than {limit} characters.", field=field, code="too_long")
    if text.isprintable():  # nothing of either is; this spares nearly every text the look at each character
        return
    if any(unicodedata.category(character) in _NOT_TEXT and character not in "\n\t" for character in text):
        raise InvalidStation(f"{field} holds control characters.", field=field, code="control_characters")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a station is, and what was given to say so.

    ``point`` is WGS-84. ``given_*`` keep the coordinates as written by whoever gave them, in
    ``given_crs``, so that a wrong guess of the system can be undone.
    """

    point: LonLat
    accuracy: PositionAccuracy
    given_crs: Crs
    given_lon: float
    given_lat: float

    @classmethod
    def wgs84(cls, lon: float, lat: float, accuracy: PositionAccuracy = PositionAccuracy.SURVEYED) -> Position:
        """A position that was given in WGS-84."""
        return cls(LonLat(lon, lat), accuracy, Crs.WGS84, lon, lat)


@dataclass(frozen=True, slots=True)
class Season:
    """Whole months, both ends included; may pass the year's end (11 to 3 is winter)."""

    first_month: int
    last_month: int

    def __post_init__(self) -> None:
        if not (1 <= self.first_month <= 12 and 1 <= self.last_month <= 12):
            raise InvalidStation("A season runs from one month (1-12) to another.", field="services", code="season")

    def includes(self, month: int) -> bool:
        """Whether the month (1-12) is in season."""
        if self.first_month <= self.last_month:
            return self.first_month <= month <= self.last_month
        return month >= self.first_month or month <= self.last_month


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOffer:
    """One service at one station, with its own state. ``season`` belongs to the seasonal state."""

    service: Service
    state: ServiceState = ServiceState.AVAILABLE
    season: Season | None = None
    fee: str = ""
    note: str = ""
    confirmed_on: date | None = None

    def __post_init__(self) -> None:
        check_text("services", self.fee, MAX_NAME_CHARS)
        check_text("services", self.note, MAX_TEXT_CHARS)

    def matches_in(self, month: int) -> bool:
        """Whether a visitor can count on it in that month: available, or seasonal and in season."""
        if self.state is ServiceState.SEASONAL:
            return self.season is not None and self.season.includes(month)
        return self.state is ServiceState.AVAILABLE


@dataclass(frozen=True, slots=True)
class Alert:
    """A notice to visitors that ends by itself."""

    text: str
    expires_at: datetime

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise InvalidStation("An alert needs words.", field="alert", code="empty")
        check_text("alert", self.text, MAX_TEXT_CHARS)
        if self.expires_at.tzinfo is None:
            raise InvalidStation("An alert's end needs a time zone.", field="alert", code="naive_time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """A grade or title of the place."""

    scheme: AwardScheme
    level: str
    year: int | None = None
    granted_by: str = ""

    def __post_init__(self) -> None:
        check_text("awards", self.level, MAX_NAME_CHARS)
        check_text("awards", self.granted_by, MAX_NAME_CHARS)


@dataclass(frozen=True, slots=True)
class Verification:
    """When the station's facts were last confirmed, and how."""

    on: date
    how: VerifiedHow


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One worker home, driver home or rest station.

    ``position`` is None for an unplaced station: searchable by name, absent from map and distances.
    ``internal_contact`` is for staff and never leaves the staff pages. ``photo`` is the SHA-256 of its
    picture's file, in hex digits. ``version`` counts the accepted writes, from 1.
    """

    code: str
    kind: StationKind
    name: str
    name_en: str = ""
    other_names: tuple[str, ...] = ()
    address: str = ""
    district_code: str | None = None
    town: str = ""
    position: Position | None = None
    entry_methods: tuple[EntryMethod, ...] = ()
    entry_note: str = ""
    services: tuple[ServiceOffer, ...] = ()
    hours: OpeningHours = field(default_factory=OpeningHours.unknown)
    build_mode: BuildMode | None = None
    host_type: HostType | None = None
    capacity_count: int | None = None
    area_m2: float | None = None
    public_phone: str = ""
    internal_contact: str = ""
    life_cycle: LifeCycle = LifeCycle.ACTIVE
    alert: Alert | None = None
    awards: tuple[Award, ...] = ()
    photo: str | None = None
    source: str = ""
    last_verified: Verification | None = None
    is_sample: bool = False
    version: int = 1

    def __post_init__(self) -> None:
        if not CODE_FORM.fullmatch(self.code):
            raise InvalidStation(
                f"A code is 3 to 32 of A-Z, 0-9 and '-', not {self.code!r}.", field="code", code="code_form"
            )
        if not self.name.strip():
            raise InvalidStation("A station needs a name.", field="name", code="empty")
        self._check_lengths()
        if len(set(map(_service_of, self.services))) != len(self.services):
            raise InvalidStation("A service is listed twice.", field="services", code="repeated")
        if len(self.entry_methods) != len(set(self.entry_methods)):
            raise InvalidStation("An entry method is listed twice.", field="entry_methods", code="repeated")
        if self.capacity_count is not None and not 0 <= self.capacity_count <= MAX_CAPACITY_COUNT:
            raise InvalidStation("The capacity must be 0 to 100,000.", field="capacity_count", code="out_of_range")
        if self.area_m2 is not None and not 0 <= self.area_m2 <= MAX_AREA_M2:
            raise InvalidStation("The area must be 0 to 1,000,000 m².", field="area_m2", code="out_of_range")
        if self.photo is not None and not PHOTO_FORM.fullmatch(self.photo):
            raise InvalidStation("A photo is named by 64 hex digits.", field="photo", code="photo_form")
        if self.version < 1:
            raise InvalidStation("Versions count from 1.", field="version", code="out_of_range")

    def _check_lengths(self) -> None:
        every = (
            f"{self.name}{self.name_en}{self.address}{self.town}{self.entry_note}{self.internal_contact}{self.source}"
            f"{self.district_code or ''}{self.public_phone}"
        )
        is_short = len(every) <= MAX_NAME_CHARS and len(self.public_phone) <= MAX_PHONE_CHARS
        if not is_short or len(self.district_code or "") > MAX_CODE_CHARS or not every.isprintable():  # hardly ever
            for name, limit in _MOST_CHARS:
                check_text(name, getattr(self, name) or "", limit)
        for name in self.other_names:
            check_text("other_names", name, MAX_NAME_CHARS)

    def services_in(self, month: int) -> frozenset[Service]:
        """The services a visitor can count on in that month (1-12)."""
        return frozenset(offer.service for offer in self.services if offer.matches_in(month))
