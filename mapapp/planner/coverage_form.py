"""The form of the coverage page: what was chosen, as a question or as problems at its fields.

It is sent by GET, so that an answer has an address to share; ``query`` is that address's shortest form. Every
field may be missing and then has its default; the time's is the present hour of the week.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from werkzeug.datastructures import MultiDict

from geodata.coverage.question import CoverageQuestion, Instant, Moment
from geodata.coverage.within import Within
from geodata.demand.points import HOURS_A_WEEK
from geodata.errors import InvalidValue
from geodata.stations.filters import StationFilter
from geodata.stations.vocabulary import Service, StationKind, WorkerGroup
from geodata.travel.straight_line import StraightLineTravel, TravelMode
from mapapp.planner.speech import gettext
from mapapp.services.coverage import CountedStations, hour_in_season

E = TypeVar("E", bound=StrEnum)

MAX_TYPED_CHARS: Final = 40
YEARS: Final = (2000, 2099)
_LOCAL_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?", re.ASCII)


class When(StrEnum):
    """Which of the two ways to say a time holds."""

    WEEK = "week"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageForm:
    """What was chosen. ``typed`` has the text of every single field, ``problems`` what is wrong with some.

    ``moment`` and ``within`` are None only where there is a problem with them.
    """

    typed: Mapping[str, str]
    groups: frozenset[WorkerGroup]
    kinds: frozenset[StationKind]
    services: frozenset[Service]
    moment: Moment | None
    within: Within | None
    mode: TravelMode = TravelMode.WALK
    reopened: bool = False
    problems: Mapping[str, str] = field(default_factory=dict)

    def question(self, travel: StraightLineTravel) -> CoverageQuestion:
        """The question of a form without problems."""
        assert self.moment is not None and self.within is not None  # noqa: S101, PT018 - there are no problems
        return CoverageQuestion(
            moment=self.moment,
            rule=self.within.rule(self.mode, travel),
            groups=self.groups,
            filters=StationFilter(kinds=self.kinds, services=self.services),
            reopened=self.reopened,
        )

    def query(self) -> list[tuple[str, str]]:
        """The fields that say something, in a fixed order; the moment always, so that a link keeps its meaning."""
        time_fields = ("day", "clock") if self.typed["when"] == When.WEEK else ("at",)
        pairs = [("group", group.value) for group in WorkerGroup if group in self.groups]
        pairs += [(name, self.typed[name]) for name in ("when", *time_fields, "within", "mode", "stations")]
        pairs += [("kind", kind.value) for kind in StationKind if kind in self.kinds]
        return pairs + [("services", service.value) for service in Service if service in self.services]


def read_form(sent: MultiDict[str, str], now: datetime) -> CoverageForm:
    """The form as it was sent at ``now``, in the place's time zone."""
    reading = _Reading(sent, now)
    groups = reading.choices("group", WorkerGroup)
    kinds, services = reading.choices("kind", StationKind), reading.choices("services", Service)
    return CoverageForm(
        typed=reading.typed,
        groups=groups,
        kinds=kinds,
        services=services,
        moment=reading.moment(),
        within=reading.within(),
        mode=reading.choice("mode", TravelMode) or TravelMode.WALK,
        reopened=reading.choice("stations", CountedStations) is CountedStations.REOPENED,
        problems=reading.problems,
    )


class _Reading:
    """Reads field by field and keeps the first problem of each."""

    def __init__(self, sent: MultiDict[str, str], now: datetime) -> None:
        self._sent = sent
        self._now = now
        when = When.DATE if _plain(sent.get("at", "")) and "when" not in sent else When.WEEK
        day, clock = self._hour_of_week() or (now.weekday(), now.hour)
        defaults = {
            "when": when.value,
            "day": str(day),
            "clock": str(clock),
            "at": "",
            "within": "1000m",
            "mode": TravelMode.WALK.value,
            "stations": CountedStations.ACTIVE.value,
        }
        self.typed = {name: _plain(sent.get(name, "")) or default for name, default in defaults.items()}
        self.problems: dict[str, str] = {}

    def _hour_of_week(self) -> tuple[int, int] | None:
        """Day and clock of ``hour``, 0 to 167, as the interface for machines writes them."""
        text = _plain(self._sent.get("hour", ""))
        is_hour = text.isascii() and text.isdigit() and len(text) <= 3 and int(text) < HOURS_A_WEEK
        return divmod(int(text), 24) if is_hour else None

    def moment(self) -> Moment | None:
        when = self.choice("when", When)
        if when is When.DATE:
            return self._instant()
        day, clock = self._number("day", 6), self._number("clock", 23)
        return None if day is None or clock is None or when is None else hour_in_season(day * 24 + clock, self._now)

    def within(self) -> Within | None:
        try:
            return Within.parse(self.typed["within"])
        except InvalidValue as error:
            self.problems["within"] = (
                gettext("A limit lies above 0 and is at most 100000m or 600min.")
                if error.code == "out_of_range"
                else gettext("A limit is written in metres or minutes, such as 1000m or 15min.")
            )
            return None

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

    def _number(self, name: str, most: int) -> int | None:
        text = self.typed[name]
        if text.isascii() and text.isdigit() and len(text) <= 2 and int(text) <= most:
            return int(text)
        self.problems[name] = gettext("Please choose one of the list.")
        return None

    def _instant(self) -> Moment | None:
        text = self.typed["at"]
        if not text:
            self.problems["at"] = gettext("Choose a date and a time, or a day of the week above.")
            return None
        try:
            local = datetime.fromisoformat(text) if _LOCAL_TIME.fullmatch(text) else None
        except ValueError:
            local = None
        if local is None or not YEARS[0] <= local.year <= YEARS[1]:
            self.problems["at"] = gettext("This must be a date and a time, such as 2026-11-18 22:30.")
            return None
        return Instant(local.replace(tzinfo=self._now.tzinfo))


def _plain(text: str) -> str:
    """What was typed, full-width digits and signs as plain ones, cut to a sensible length."""
    return unicodedata.normalize("NFKC", text[:MAX_TYPED_CHARS]).strip()[:MAX_TYPED_CHARS]
