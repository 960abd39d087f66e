"""One reader a type of value in a station's document: the value, or UNREAD and a problem at its path."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from geodata.coordinates import Crs, LonLat
from geodata.errors import InvalidValue
from geodata.stations.document import Json
from geodata.stations.field_problems import UNREAD, Problems
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Alert, Award, Position, Season, ServiceOffer, Verification, check_text
from geodata.stations.vocabulary import AwardScheme, PositionAccuracy, Service, ServiceState, VerifiedHow

E = TypeVar("E", bound=StrEnum)
Read = Callable[[Json, str, Problems], Any]

MAX_SHOWN_CHARS: Final = 40
YEARS: Final = (1900, 2200)
"""The first that is believed of an award or an alert, and the first that is not."""
_MONTHS_OF_YEAR: Final = 12
_SERVICES: Final = frozenset(service.value for service in Service)


def read_text(value: Json, field: str, problems: Problems) -> Any:
    """Text as it is."""
    return value if isinstance(value, str) else problems.add(field, "not_text", f"{field} must be text.")


def read_flag(value: Json, field: str, problems: Problems) -> Any:
    """True or false."""
    return value if isinstance(value, bool) else problems.add(field, "not_a_flag", f"{field} must be true or false.")


def read_number(value: Json, field: str, problems: Problems) -> Any:
    """A finite number, as a float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return problems.add(field, "not_a_number", f"{field} must be a number.")
    try:
        number = float(value)
    except OverflowError:
        return problems.add(field, "out_of_range", f"{field} is out of range.")
    if not math.isfinite(number):
        return problems.add(field, "not_finite", f"{field} must be a finite number.")
    return number


def read_integer(value: Json, field: str, problems: Problems) -> Any:
    """A whole number; 3.0 is one."""
    number = read_number(value, field, problems)
    if number is UNREAD:
        return UNREAD
    if not number.is_integer():
        return problems.add(field, "not_an_integer", f"{field} must be a whole number.")
    return int(number)


def read_choice(choices: type[E]) -> Read:
    """A reader of one code of a vocabulary."""
    known = {choice.value: choice for choice in choices}

    def read(value: Json, field: str, problems: Problems) -> Any:
        if not isinstance(value, str):
            return problems.add(field, "not_text", f"{field} must be text.")
        if value not in known:
            words = f"{field}: {value[:MAX_SHOWN_CHARS]!r} is not one of: {', '.join(known)}."
            return problems.add(field, "unknown_value", words)
        return known[value]

    return read


def read_optional(read: Read) -> Read:
    """A reader that lets null be None."""
    return lambda value, field, problems: None if value is None else read(value, field, problems)


def read_tuple_of(read: Read, most: int) -> Read:
    """A reader of a list of at most so many items, each at a path of its own."""

    def read_all(value: Json, field: str, problems: Problems) -> Any:
        if not _is_list(value, field, problems, most):
            return UNREAD
        read_items = [read(item, f"{field}.{number}", problems) for number, item in enumerate(value)]
        return UNREAD if UNREAD in read_items else tuple(read_items)

    return read_all


def _is_list(value: Json, field: str, problems: Problems, most: int) -> bool:
    """Whether it is a list of at most so many items; of a longer one no item is looked at."""
    if not isinstance(value, list | tuple):
        problems.add(field, "not_a_list", f"{field} must be a list.")
        return False
    if len(value) > most:
        words = f"{field} has {len(value)} entries; at most {most} can be kept."
        problems.add(field, "too_many", words, f"共 {len(value)} 项，最多可以保存 {most} 项。")
        return False
    return True


def _day(value: Json, field: str, problems: Problems) -> Any:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None:
        return problems.add(field, "not_a_date", f"{field} must be a date such as 2026-11-18.")
    return day


def _instant(value: Json, field: str, problems: Problems) -> Any:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None or not YEARS[0] <= instant.year < YEARS[1]:
        words = f"{field} must be a date and time such as 2026-11-18T10:00:00+08:00."
        return problems.add(field, "not_an_instant", words)
    if instant.tzinfo is None:
        return problems.add(field, "naive_time", f"{field} needs a time zone, such as +08:00.")
    return instant


@dataclass(frozen=True, slots=True)
class _Entry:
    """The members of an object, read one by one; ``is_whole`` after all of them were good."""

    document: Mapping[str, Json]
    field: str
    problems: Problems
    marks: list[str]

    def get(self, name: str, read: Read, default: Any = UNREAD) -> Any:
        """The member, or its default; without one it is required."""
        if name not in self.document:
            if default is not UNREAD:
                return default
            self.marks.append(name)
            return self.problems.add(f"{self.field}.{name}", "missing", f"{self.field} needs its {name}.")
        value = read(self.document[name], f"{self.field}.{name}", self.problems)
        if value is UNREAD:
            self.marks.append(name)
        return value

    def words(self, name: str, limit_of: Callable[[str], object]) -> Any:
        """A text that its own value checks."""
        text = self.get(name, read_text, "")
        if text is not UNREAD and self.problems.attempt(f"{self.field}.{name}", lambda: limit_of(text)) is UNREAD:
            self.marks.append(name)
        return text

    @property
    def is_whole(self) -> bool:
        """Whether nothing was wrong with any member asked for."""
        return not self.marks


def _entry(value: Json, field: str, known: Sequence[str], problems: Problems) -> _Entry | None:
    """The members of an object that has none but the known ones; else None and a problem."""
    if not isinstance(value, Mapping):
        problems.add(field, "not_an_object", f"{field} must be an object.")
        return None
    strangers = [str(name) for name in value if name not in known]
    for name in strangers:
        shown = name[:MAX_SHOWN_CHARS]
        problems.add(f"{field}.{shown}", "unknown_field", f"{field} has no member {shown!r}.")
    return _Entry(value, field, problems, strangers)


def read_position(value: Json, field: str, problems: Problems) -> Any:
    """A position; what was given is the point itself, in WGS-84, where the document does not say."""
    entry = _entry(value, field, ("lon", "lat", "accuracy", "given_crs", "given_lon", "given_lat"), problems)
    if entry is None:
        return UNREAD
    lon, lat = entry.get("lon", read_number), entry.get("lat", read_number)
    accuracy = entry.get("accuracy", read_choice(PositionAccuracy))
    given_crs = entry.get("given_crs", read_choice(Crs), Crs.WGS84)
    given_lon = entry.get("given_lon", read_number, None)
    given_lat = entry.get("given_lat", read_number, None)
    if not entry.is_whole:
        return UNREAD
    given = lon if given_lon is None else given_lon, lat if given_lat is None else given_lat
    for path, pair in ((field, (lon, lat)), (f"{field}.given", given)):
        try:
            LonLat(*pair)
        except InvalidValue as refusal:
            separator = "_" if path.endswith("given") else "."
            return problems.add(f"{path}{separator}{refusal.field}", refusal.code, str(refusal))
    return Position(LonLat(lon, lat), accuracy, given_crs, *given)


def _season(value: Json, field: str, problems: Problems) -> Any:
    months = read_tuple_of(read_integer, _MONTHS_OF_YEAR)(value, field, problems)
    if months is UNREAD:
        return UNREAD
    if len(months) != 2:
        return problems.add(field, "season", "A season is its first and its last month (1-12).")
    return problems.attempt(field, lambda: Season(*months))


def read_offers(value: Json, field: str, problems: Problems) -> Any:
    """The service offers, each at the path of its service."""
    if not _is_list(value, field, problems, len(Service)):
        return UNREAD
    offers = [_offer(item, field, number, problems) for number, item in enumerate(value)]
    return UNREAD if UNREAD in offers else tuple(offers)


def _offer(value: Json, field: str, number: int, problems: Problems) -> Any:
    name = value.get("service") if isinstance(value, Mapping) else None
    path = f"{field}.{name}" if isinstance(name, str) and name in _SERVICES else f"{field}.{number}"
    entry = _entry(value, path, ("service", "state", "season", "fee", "note", "confirmed_on"), problems)
    if entry is None:
        return UNREAD
    service = entry.get("service", read_choice(Service))
    state = entry.get("state", read_choice(ServiceState), ServiceState.AVAILABLE)
    season = entry.get("season", read_optional(_season), None)
    fee = entry.words("fee", lambda text: ServiceOffer(service=Service.REST, fee=text))
    note = entry.words("note", lambda text: ServiceOffer(service=Service.REST, note=text))
    confirmed_on = entry.get("confirmed_on", read_optional(_day), None)
    if not entry.is_whole:
        return UNREAD
    return ServiceOffer(service=service, state=state, season=season, fee=fee, note=note, confirmed_on=confirmed_on)


def read_hours(value: Json, field: str, problems: Problems) -> Any:
    """The rule, or null for unknown hours, beside the words."""
    entry = _entry(value, field, ("rule", "original_text"), problems)
    if entry is None:
        return UNREAD
    rule = entry.get("rule", read_optional(read_text), None)
    text = entry.words("original_text", lambda text: check_text(field, text, len(text)))
    if not entry.is_whole:
        return UNREAD
    if rule is not None and problems.attempt(field, lambda: check_text(field, rule, len(rule))) is UNREAD:
        return UNREAD
    return problems.attempt(field, lambda: OpeningHours(rule, text))


def read_alert(value: Json, field: str, problems: Problems) -> Any:
    """An alert."""
    entry = _entry(value, field, ("text", "expires_at"), problems)
    if entry is None:
        return UNREAD
    text, expires_at = entry.get("text", read_text), entry.get("expires_at", _instant)
    return problems.attempt(f"{field}.text", lambda: Alert(text, expires_at)) if entry.is_whole else UNREAD


def read_award(value: Json, field: str, problems: Problems) -> Any:
    """One award."""
    entry = _entry(value, field, ("scheme", "level", "year", "granted_by"), problems)
    if entry is None:
        return UNREAD
    scheme = entry.get("scheme", read_choice(AwardScheme))
    level = entry.get("level", read_text)
    year = entry.get("year", read_optional(read_integer), None)
    granted_by = entry.words("granted_by", lambda text: Award(scheme=AwardScheme.STARS, level="", granted_by=text))
    if not entry.is_whole:
        return UNREAD
    if year is not None and not YEARS[0] <= year < YEARS[1]:
        return problems.add(f"{field}.year", "out_of_range", f"{field}.year is out of range.")
    return problems.attempt(
        f"{field}.level", lambda: Award(scheme=scheme, level=level, year=year, granted_by=granted_by)
    )


def read_verification(value: Json, field: str, problems: Problems) -> Any:
    """When and how the facts were last confirmed."""
    entry = _entry(value, field, ("on", "how"), problems)
    if entry is None:
        return UNREAD
    on, how = entry.get("on", _day), entry.get("how", read_choice(VerifiedHow))
    return Verification(on, how) if entry.is_whole else UNREAD
