"""A planner's question, as a value and as a JSON document.

Everything an answer depends on besides the data stands in it, so equal questions over equal data have equal
answers. Codes in a document are those of the vocabularies; sets are written in their vocabulary's order.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Any, Final, TypeVar

from geodata.coverage.analysis import HoursOfWeek, When
from geodata.coverage.question import Instant
from geodata.coverage.supply import IN_USE, Counted, Need
from geodata.coverage.week import DAY_HOURS, EVERY_HOUR, LONGEST_STAY_MIN, NIGHT_HOURS, hour_mask
from geodata.coverage.within import Within, WithinUnit
from geodata.errors import InvalidValue
from geodata.stations.field_problems import InvalidFields, Problems
from geodata.stations.filters import StationFilter
from geodata.stations.vocabulary import EntryMethod, LifeCycle, Service, StationKind, WorkerGroup
from geodata.travel.pairs import Network
from geodata.travel.straight_line import StraightLineTravel, TravelMode

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

OWN_MODE: Final = "own"
"""Each group gets about by its layer's own mode and speed."""
NORM: Final = Within(1000.0, WithinUnit.METRES)
"""The national union's norm of 2023: a service radius of 1 km."""
DEFAULT_DETOUR: Final = StraightLineTravel().detour_factor
COUNTABLE: Final = (LifeCycle.ACTIVE, LifeCycle.PLANNED, LifeCycle.TEMPORARILY_CLOSED, LifeCycle.RENOVATING)
"""The life cycles a question may take to be in use; what is delisted serves nobody."""
FARTHEST: Final[Mapping[WithinUnit, float]] = MappingProxyType({WithinUnit.METRES: 10_000.0, WithinUnit.MINUTES: 60.0})
"""The longest limit somebody may plan by; pairs grow with its square."""
MAX_LAYERS: Final = 12
_MAX_LAYER_CHARS: Final = 120
_YEARS: Final = (1900, 2199)

WEEKDAY_HOURS: Final = frozenset(range(5 * 24))
WEEKEND_HOURS: Final = EVERY_HOUR - WEEKDAY_HOURS


class HourPreset(StrEnum):
    """Hours of the week with a name."""

    ALL = "all"
    DAY = "day"
    NIGHT = "night"
    WEEKDAY = "weekday"
    WEEKEND = "weekend"

    @property
    def hours(self) -> frozenset[int]:
        """The hours it stands for; day is 08-20, night 22-06."""
        return _PRESETS[self]


_PRESETS: Final[Mapping[HourPreset, frozenset[int]]] = MappingProxyType(
    {
        HourPreset.ALL: EVERY_HOUR,
        HourPreset.DAY: DAY_HOURS,
        HourPreset.NIGHT: NIGHT_HOURS,
        HourPreset.WEEKDAY: WEEKDAY_HOURS,
        HourPreset.WEEKEND: WEEKEND_HOURS,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningQuestion:
    """Who is covered, by what, how near, when.

    Parameters
    ----------
    week_of
        Any day of the week whose season holds.
    layers
        The demand layers by name; a group is counted by the first of them that has it. None named: the layer chosen
        for each group.
    groups, kinds, needs_all, needs_any, entry_methods
        Empty asks nothing: every group, every kind, any services, any door.
    mode
        How everybody gets about; None: each group by its layer's own mode and speed.
    detour
        How much longer a way is than the straight line, 1 to 10; streets do not ask.
    hours
        The hours of ordinary weeks; left aside where ``instant`` (aware) asks about one moment, holidays and all.
    life_cycles
        Which stations are taken to be in use, at least one of ``COUNTABLE``.
    min_stay_min
        How long a station stays open after one has come in, 0 to 1440.

    Raises InvalidValue, naming the field, where a value is out of its range.
    """

    week_of: date
    layers: tuple[str, ...] = ()
    groups: frozenset[WorkerGroup] = frozenset()
    kinds: frozenset[StationKind] = frozenset()
    needs_all: frozenset[Service] = frozenset()
    needs_any: frozenset[Service] = frozenset()
    entry_methods: frozenset[EntryMethod] = frozenset()
    within: Within = NORM
    mode: TravelMode | None = None
    network: Network = Network.STRAIGHT_LINE
    detour: float = DEFAULT_DETOUR
    hours: frozenset[int] = EVERY_HOUR
    instant: datetime | None = None
    life_cycles: frozenset[LifeCycle] = IN_USE
    min_stay_min: int = 0

    def __post_init__(self) -> None:
        _check_layers(self.layers)
        _check_within(self.within)
        _check_years("week_of", self.week_of)
        if self.instant is not None:
            _check_years("instant", self.instant)
            Instant(self.instant)
        if not hour_mask(self.hours).any():
            raise InvalidValue("At least one hour of the week is needed.", field="hours", code="empty")
        if not self.life_cycles or not self.life_cycles <= set(COUNTABLE):
            raise InvalidValue("Say which stations count.", field="life_cycles", code="unknown_choice")
        if not 0 <= self.min_stay_min <= LONGEST_STAY_MIN:
            raise InvalidValue("The stay must be 0 to 1440 minutes.", field="min_stay_min", code="out_of_range")
        if self.detour != DEFAULT_DETOUR:
            _as("detour", lambda: StraightLineTravel(detour_factor=self.detour))

    @property
    def when(self) -> When:
        """The moment, as the core asks."""
        return HoursOfWeek(self.week_of, self.hours) if self.instant is None else Instant(self.instant)

    @property
    def need(self) -> Need:
        """The services needed of one station."""
        return Need(self.needs_all, self.needs_any)

    @property
    def counted(self) -> Counted:
        """Which stations may cover anybody."""
        return Counted(
            filters=StationFilter(kinds=self.kinds, entry_methods=self.entry_methods),
            life_cycles=self.life_cycles,
            min_stay_min=self.min_stay_min,
        )

    @property
    def preset(self) -> HourPreset | None:
        """The name of its hours, if they have one."""
        return next((each for each in HourPreset if each.hours == self.hours), None)

    @property
    def key(self) -> str:
        """SHA-256 of the document: the same for the same question, however it was written down."""
        document = self.to_document()
        if self.instant is not None:
            document["instant"] = self.instant.astimezone(UTC).isoformat()
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()

    def to_document(self) -> dict[str, Any]:
        """The question as JSON; hours with a name are written by it."""
        preset = self.preset
        return {
            "layers": list(self.layers),
            "groups": _codes(self.groups, WorkerGroup),
            "kinds": _codes(self.kinds, StationKind),
            "needs_all": _codes(self.needs_all, Service),
            "needs_any": _codes(self.needs_any, Service),
            "entry_methods": _codes(self.entry_methods, EntryMethod),
            "within": str(self.within),
            "mode": OWN_MODE if self.mode is None else self.mode.value,
            "network": self.network.value,
            "detour": self.detour,
            "hours": sorted(self.hours) if preset is None else preset.value,
            "instant": None if self.instant is None else self.instant.isoformat(),
            "life_cycles": _codes(self.life_cycles, LifeCycle),
            "min_stay_min": self.min_stay_min,
            "week_of": self.week_of.isoformat(),
        }

    @classmethod
    def from_document(cls, document: Any) -> PlanningQuestion:
        """The question of a document; what is left out keeps its default, but ``week_of`` must be there.

        Raises
        ------
        InvalidFields
            With every problem at its field, unknown fields included.
        """
        problems = Problems()
        if not isinstance(document, Mapping):
            raise InvalidFields.one("question", "not_an_object", "A question is an object.")
        for name in document:
            if name not in _READERS:
                problems.add(str(name)[:40], "unknown_field", "A question has no such field.")
        if "week_of" not in document:
            problems.add("week_of", "empty", "Say which week's season holds.")
        values: dict[str, Any] = {}
        for name, read in _READERS.items():
            if name in document:
                values[name] = problems.attempt(name, partial(read, name, document[name]))
        problems.refuse_any()
        try:
            return cls(**values)
        except InvalidValue as refusal:
            raise InvalidFields.one(refusal.field, refusal.code, str(refusal)) from refusal


def _codes(chosen: frozenset[E], vocabulary: type[E]) -> list[str]:
    return [each.value for each in vocabulary if each in chosen]


def _as(name: str, make: Callable[[], T]) -> T:
    """What ``make`` makes; its refusal is about the field ``name``."""
    try:
        return make()
    except InvalidValue as refusal:
        raise InvalidValue(str(refusal), field=name, code=refusal.code) from refusal


def _check_layers(layers: tuple[str, ...]) -> None:
    if len(layers) > MAX_LAYERS or len(set(layers)) != len(layers):
        raise InvalidValue(f"At most {MAX_LAYERS} layers, each once.", field="layers", code="repeated")
    if any(not 0 < len(name) <= _MAX_LAYER_CHARS for name in layers):
        raise InvalidValue("A layer has a name.", field="layers", code="unknown_layer")


def _check_within(within: Within) -> None:
    if within.amount > FARTHEST[within.unit]:
        raise InvalidValue("That is farther than any norm.", field="within", code="out_of_range")


def _check_years(name: str, day: date) -> None:
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise InvalidValue("No such year is planned for.", field=name, code="out_of_range")


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidValue("This is a word.", field=name, code="not_text")
    return value


def _names(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise InvalidValue("This is a list of words.", field=name, code="not_a_list")
    names = tuple(_text(name, each) for each in value)
    _check_layers(names)
    return names


def _choices(vocabulary: type[E]) -> Callable[[str, Any], frozenset[E]]:
    def read(name: str, value: Any) -> frozenset[E]:
        if not isinstance(value, list | tuple | set | frozenset):
            raise InvalidValue("This is a list of words.", field=name, code="not_a_list")
        return frozenset(_choice(vocabulary, name, each) for each in value)

    return read


def _choice(vocabulary: type[E], name: str, value: Any) -> E:
    try:
        return vocabulary(_text(name, value))
    except ValueError as error:
        if isinstance(error, InvalidValue):
            raise
        raise InvalidValue("There is no such choice.", field=name, code="unknown_choice") from error


def _within(name: str, value: Any) -> Within:
    within = Within.parse(_text(name, value))
    _check_within(within)
    return within


def _mode(name: str, value: Any) -> TravelMode | None:
    return None if value == OWN_MODE else _choice(TravelMode, name, value)


def _network(name: str, value: Any) -> Network:
    return _choice(Network, name, value)


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidValue("This is a number.", field=name, code="not_a_number")
    return float(value)


def _detour(name: str, value: Any) -> float:
    number = _number(name, value)
    return _as(name, lambda: StraightLineTravel(detour_factor=number)).detour_factor


def _hours(name: str, value: Any) -> frozenset[int]:
    if isinstance(value, str):
        return _choice(HourPreset, name, value).hours
    numbers = value if isinstance(value, list | tuple) else [None]
    if any(isinstance(each, bool) or not isinstance(each, int) for each in numbers):
        raise InvalidValue("Hours are numbers from 0 to 167, or a name.", field=name, code="not_hours")
    if not value:
        raise InvalidValue("At least one hour of the week is needed.", field=name, code="empty")
    hour_mask(value)
    return frozenset(value)


def _instant(name: str, value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(_text(name, value))
    except ValueError as error:
        raise InvalidValue("A moment is written like 2026-03-01T22:30+08:00.", field=name, code="not_a_time") from error
    Instant(at)
    _check_years(name, at)
    return at


def _day(name: str, value: Any) -> date:
    try:
        day = date.fromisoformat(_text(name, value))
    except ValueError as error:
        raise InvalidValue("A day is written like 2026-03-01.", field=name, code="not_a_date") from error
    _check_years(name, day)
    return day


def _life_cycles(name: str, value: Any) -> frozenset[LifeCycle]:
    chosen = _choices(LifeCycle)(name, value)
    if not chosen or not chosen <= set(COUNTABLE):
        raise InvalidValue("Say which stations count.", field=name, code="unknown_choice")
    return chosen


def _minutes(name: str, value: Any) -> int:
    number = _number(name, value)
    if not 0 <= number <= LONGEST_STAY_MIN or number != int(number):
        raise InvalidValue("The stay must be 0 to 1440 whole minutes.", field=name, code="out_of_range")
    return int(number)


_READERS: Final[Mapping[str, Callable[[str, Any], Any]]] = MappingProxyType(
    {
        "layers": _names,
        "groups": _choices(WorkerGroup),
        "kinds": _choices(StationKind),
        "needs_all": _choices(Service),
        "needs_any": _choices(Service),
        "entry_methods": _choices(EntryMethod),
        "within": _within,
        "mode": _mode,
        "network": _network,
        "detour": _detour,
        "hours": _hours,
        "instant": _instant,
        "life_cycles": _life_cycles,
        "min_stay_min": _minutes,
        "week_of": _day,
    }
)
