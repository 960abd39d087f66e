"""The question form: what was chosen, as a planning question or as problems at its fields.

It is sent by GET, so that an answer has an address to share; ``query`` is its shortest form. Every field may be missing
and then has its default. Hours of the week are named (``day``, ``night`` …), one hour, some days from an hour to
another, a list of numbers (from a kept run), or an instant with a date.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Any, Final, TypeVar

from werkzeug.datastructures import MultiDict

from geodata.coverage.within import Within
from geodata.demand.points import HOURS_A_WEEK
from geodata.errors import InvalidValue
from geodata.stations.vocabulary import EntryMethod, LifeCycle, Service, StationKind, WorkerGroup
from geodata.travel.pairs import Network
from geodata.travel.straight_line import TravelMode
from mapapp.planner.speech import gettext
from mapapp.services.planning.question import FARTHEST, MAX_LAYERS, NORM, OWN_MODE, HourPreset, PlanningQuestion

E = TypeVar("E", bound=StrEnum)

MAX_TYPED_CHARS: Final = 40
_MAX_HOURS_CHARS: Final = 168 * 4
_MOST_STAY_MIN: Final = 1440
_LOCAL_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DECIMAL: Final = re.compile(r"\d{1,2}(\.\d{1,3})?", re.ASCII)
_HOUR_LIST: Final = re.compile(r"\d{1,3}(,\d{1,3}){0,167}", re.ASCII)
YEARS: Final = (2000, 2099)


class When(StrEnum):
    """Which of the ways to say a time holds; the first five are the names of hours."""

    ALL = "all"
    DAY = "day"
    NIGHT = "night"
    WEEKDAY = "weekday"
    WEEKEND = "weekend"
    HOUR = "hour"
    SPAN = "span"
    LIST = "list"
    DATE = "date"


ALSO_COUNTED: Final = (LifeCycle.PLANNED, LifeCycle.TEMPORARILY_CLOSED, LifeCycle.RENOVATING)
"""What may be counted besides the stations in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForm:
    """What was chosen. ``typed`` has the text of every single field, ``problems`` what is wrong with some.

    ``question`` is None exactly where there are problems.
    """

    typed: Mapping[str, str]
    layers: tuple[str, ...]
    groups: frozenset[WorkerGroup]
    kinds: frozenset[StationKind]
    needs_all: frozenset[Service]
    needs_any: frozenset[Service]
    entry_methods: frozenset[EntryMethod]
    also: frozenset[LifeCycle]
    days: frozenset[int]
    within: Within | None
    question: PlanningQuestion | None
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked of the stations beyond the default."""
        chosen = (self.kinds, self.needs_all, self.needs_any, self.entry_methods, self.also)
        fields = {"kind", "needs_all", "needs_any", "entry", "also", "min_stay"}
        return any(chosen) or self.typed["min_stay"] != "0" or bool(fields & self.problems.keys())

    @property
    def is_assuming(self) -> bool:
        """Whether the fields about layers, streets and seasons say something."""
        fields = {"layer", "network", "detour", "week_of"}
        said = self.layers or self.typed["network"] != Network.STRAIGHT_LINE or self.typed["detour"] != "1.3"
        return bool(said) or bool(fields & self.problems.keys())


def read_ask_form(sent: MultiDict[str, str], now: datetime, known_layers: frozenset[str] = frozenset()) -> AskForm:
    """The form as it was sent at ``now``, in the place's time zone; ``known_layers`` are those that can be asked."""
    reading = _Reading(sent, now)
    parts: dict[str, Any] = {
        "layers": reading.layers(known_layers),
        "groups": reading.choices("group", WorkerGroup),
        "kinds": reading.choices("kind", StationKind),
        "needs_all": reading.choices("needs_all", Service),
        "needs_any": reading.choices("needs_any", Service),
        "entry_methods": reading.choices("entry", EntryMethod),
    }
    also, days, within = reading.also(), reading.days(), reading.within()
    mode, network = reading.mode(), reading.choice("network", Network)
    detour, min_stay, week_of = reading.detour(), reading.min_stay(), reading.week_of()
    hours, instant = reading.moment(days)
    question = None
    if not reading.problems:
        question = reading.attempt(
            lambda: PlanningQuestion(
                week_of=week_of,
                within=within or NORM,
                mode=mode,
                network=network or Network.STRAIGHT_LINE,
                detour=detour,
                hours=hours,
                instant=instant,
                life_cycles=frozenset({LifeCycle.ACTIVE, *also}),
                min_stay_min=min_stay,
                **parts,
            )
        )
    return AskForm(
        typed=reading.typed, also=also, days=days, within=within, question=question, problems=reading.problems, **parts
    )


def ask_query(question: PlanningQuestion, timezone: tzinfo) -> list[tuple[str, str]]:
    """The fields of a question's address, in a fixed order; what is the default is left out, but never the time."""
    pairs = [("layer", name) for name in question.layers]
    for name, vocabulary, chosen in (
        ("group", WorkerGroup, question.groups),
        ("kind", StationKind, question.kinds),
        ("needs_all", Service, question.needs_all),
        ("needs_any", Service, question.needs_any),
        ("entry", EntryMethod, question.entry_methods),
        ("also", LifeCycle, question.life_cycles - {LifeCycle.ACTIVE}),
    ):
        pairs += [(name, each.value) for each in vocabulary if each in chosen]
    pairs.append(("within", str(question.within)))
    pairs += [("mode", question.mode.value)] if question.mode is not None else []
    if question.network is not Network.STRAIGHT_LINE:
        pairs.append(("network", question.network.value))
    pairs += [("detour", f"{question.detour:g}")] if f"{question.detour:g}" != "1.3" else []
    pairs += [("min_stay", str(question.min_stay_min))] if question.min_stay_min else []
    return [*pairs, *_moment_query(question, timezone), ("week_of", question.week_of.isoformat())]


def _moment_query(question: PlanningQuestion, timezone: tzinfo) -> list[tuple[str, str]]:
    if question.instant is not None:
        local = question.instant.astimezone(timezone)
        return [("when", When.DATE.value), ("at", f"{local:%Y-%m-%dT%H:%M}")]
    if question.preset is not None:
        return [("when", question.preset.value)]
    if len(question.hours) == 1:
        day, clock = divmod(min(question.hours), 24)
        return [("when", When.HOUR.value), ("day", str(day)), ("clock", str(clock))]
    return [("when", When.LIST.value), ("hours", ",".join(str(hour) for hour in sorted(question.hours)))]


def span_hours(days: frozenset[int], start: int, end: int) -> frozenset[int]:
    """The hours of some days (0 Monday) from ``start`` o'clock on; past midnight where ``end`` is not later."""
    length = end - start if end > start else end - start + 24
    return frozenset((day * 24 + start + number) % HOURS_A_WEEK for day in days for number in range(length))


class _Reading:
    """Reads field by field and keeps the first problem of each."""

    def __init__(self, sent: MultiDict[str, str], now: datetime) -> None:
        self._sent = sent
        self._now = now
        defaults = {
            "when": When.ALL.value,
            "day": str(now.weekday()),
            "clock": str(now.hour),
            "from": "22",
            "to": "6",
            "at": "",
            "within": str(NORM),
            "mode": OWN_MODE,
            "network": Network.STRAIGHT_LINE.value,
            "detour": "1.3",
            "min_stay": "0",
            "week_of": now.date().isoformat(),
        }
        self.typed = {name: _plain(sent.get(name, "")) or default for name, default in defaults.items()}
        self.typed["hours"] = _plain(sent.get("hours", ""), _MAX_HOURS_CHARS)
        self.problems: dict[str, str] = {}

    def attempt(self, make: Callable[[], PlanningQuestion]) -> PlanningQuestion | None:
        """The question, or its refusal at its field."""
        try:
            return make()
        except InvalidValue as refusal:
            self.problems[str(refusal.field or "when")] = gettext("Please look at this again.")
            return None

    def layers(self, known: frozenset[str]) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(name for name in self._sent.getlist("layer") if name))
        if len(names) > MAX_LAYERS or not set(names) <= known:
            self.problems["layer"] = gettext("One of the layers is not there any more. Choose again.")
        return tuple(name for name in names if name in known)[:MAX_LAYERS]

    def also(self) -> frozenset[LifeCycle]:
        chosen = self.choices("also", LifeCycle)
        if not chosen <= set(ALSO_COUNTED):
            self.problems["also"] = gettext("Please choose from the list.")
        return chosen & set(ALSO_COUNTED)

    def days(self) -> frozenset[int]:
        texts = {part for text in self._sent.getlist("days") for part in text.split(",") if part}
        known = {str(number) for number in range(7)}
        if texts - known:
            self.problems["days"] = gettext("Please choose from the list.")
        return frozenset(int(text) for text in texts & known)

    def within(self) -> Within | None:
        too_far = gettext("A limit lies above 0 and is at most 10000m or 60min.")
        try:
            within = Within.parse(self.typed["within"])
        except InvalidValue as error:
            unreadable = gettext("A limit is written in metres or minutes, such as 1000m or 15min.")
            self.problems["within"] = too_far if error.code == "out_of_range" else unreadable
            return None
        if within.amount > FARTHEST[within.unit]:
            self.problems["within"] = too_far
        return within

    def mode(self) -> TravelMode | None:
        return None if self.typed["mode"] == OWN_MODE else self.choice("mode", TravelMode)

    def detour(self) -> float:
        text = self.typed["detour"].replace(",", ".")
        if _DECIMAL.fullmatch(text) and 1 <= float(text) <= 10:
            return float(text)
        self.problems["detour"] = gettext("A number from 1 to 10, such as 1.3.")
        return 1.3

    def min_stay(self) -> int:
        return self._number("min_stay", _MOST_STAY_MIN, gettext("A whole number of minutes from 0 to 1440."))

    def week_of(self) -> date:
        text = self.typed["week_of"]
        try:
            day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None or not YEARS[0] <= day.year <= YEARS[1]:
            self.problems["week_of"] = gettext("Not a date (for example 2026-03-01).")
            return self._now.date()
        return day

    def moment(self, days: frozenset[int]) -> tuple[frozenset[int], datetime | None]:
        """The hours of the week, and the instant if one is asked about."""
        when, every = self.choice("when", When), HourPreset.ALL.hours
        match when:
            case None:
                return every, None
            case When.DATE:
                return every, self._instant()
            case When.HOUR:
                return frozenset({self._clock("day", 6) * 24 + self._clock("clock", 23)}), None
            case When.SPAN:
                return self._span(days), None
            case When.LIST:
                return self._listed(), None
            case _:
                return HourPreset(when.value).hours, None

    def choice(self, name: str, choices: type[E]) -> E | None:
        try:
            return choices(self.typed[name])
        except ValueError:
            self.problems[name] = gettext("Please choose one of the list.")
            return None

    def choices(self, name: str, choices: type[E]) -> frozenset[E]:
        texts = {part for text in self._sent.getlist(name) for part in text.split(",") if part}
        known = {choice.value for choice in choices}
        if texts - known:
            self.problems[name] = gettext("Please choose from the list.")
        return frozenset(choices(text) for text in texts & known)

    def _clock(self, name: str, most: int) -> int:
        return self._number(name, most, gettext("Please choose one of the list."))

    def _span(self, days: frozenset[int]) -> frozenset[int]:
        if not days:
            self.problems.setdefault("days", gettext("Choose at least one day."))
        return span_hours(days, self._clock("from", 23), self._clock("to", 24))

    def _listed(self) -> frozenset[int]:
        text = self.typed["hours"]
        hours = frozenset(int(part) for part in text.split(",")) if _HOUR_LIST.fullmatch(text) else frozenset()
        if not hours or max(hours) >= HOURS_A_WEEK:
            self.problems["hours"] = gettext("Hours of the week are numbers from 0 to 167.")
        return hours

    def _number(self, name: str, most: int, sentence: str) -> int:
        text = self.typed[name]
        if text.isascii() and text.isdigit() and len(text) <= 4 and int(text) <= most:
            return int(text)
        self.problems[name] = sentence
        return 0

    def _instant(self) -> datetime | None:
        text = self.typed["at"]
        if not text:
            self.problems["at"] = gettext("Choose a date and a time.")
            return None
        try:
            local = datetime.fromisoformat(text) if _LOCAL_TIME.fullmatch(text) else None
        except ValueError:
            local = None
        if local is None or not YEARS[0] <= local.year <= YEARS[1]:
            self.problems["at"] = gettext("This must be a date and a time, such as 2026-11-18 22:30.")
            return None
        return local.replace(tzinfo=self._now.tzinfo)


def _plain(text: str, most: int = MAX_TYPED_CHARS) -> str:
    """What was typed, full-width digits and signs as plain ones, cut to a sensible length."""
    return unicodedata.normalize("NFKC", text[:most]).strip()[:most]
