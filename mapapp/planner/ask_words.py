"""A planner's question and its numbers in words, in the page's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any, Final

from flask_babel import LazyString, lazy_gettext

from geodata.coverage.within import WithinUnit
from geodata.stations.vocabulary import EntryMethod, Labelled, LifeCycle, Service, StationKind, WorkerGroup
from geodata.travel.pairs import Network
from geodata.travel.straight_line import TravelMode
from mapapp.planner.speech import gettext
from mapapp.planner.wording import (
    NOTHING,
    WEEKDAYS,
    minutes_words,
    percent,
    plain_number,
    within_words,
    workers_count,
)
from mapapp.services import share_words as share_words_of
from mapapp.services.planning.question import HourPreset, PlanningQuestion
from mapapp.web.language import current_language

PRESET_NAMES: Final[Mapping[HourPreset, LazyString]] = {
    HourPreset.ALL: lazy_gettext("All hours of the week"),
    HourPreset.DAY: lazy_gettext("By day (08:00 to 20:00)"),
    HourPreset.NIGHT: lazy_gettext("By night (22:00 to 06:00)"),
    HourPreset.WEEKDAY: lazy_gettext("Monday to Friday"),
    HourPreset.WEEKEND: lazy_gettext("Saturday and Sunday"),
}
SHORT_DAYS: Final = (
    lazy_gettext("Mon"),
    lazy_gettext("Tue"),
    lazy_gettext("Wed"),
    lazy_gettext("Thu"),
    lazy_gettext("Fri"),
    lazy_gettext("Sat"),
    lazy_gettext("Sun"),
)
NETWORK_NAMES: Final[Mapping[Network, LazyString]] = {
    Network.STRAIGHT_LINE: lazy_gettext("Straight line × detour"),
    Network.STREETS: lazy_gettext("Along streets"),
}
ALSO_NAMES: Final[Mapping[LifeCycle, LazyString]] = {
    LifeCycle.PLANNED: lazy_gettext("planned stations, as if they were built"),
    LifeCycle.TEMPORARILY_CLOSED: lazy_gettext("temporarily closed ones, as if they had reopened"),
    LifeCycle.RENOVATING: lazy_gettext("ones being renovated, as if they were done"),
}


def headline_words(question: PlanningQuestion, tally: Mapping[str, Any], language: str, timezone: tzinfo) -> str:
    """The answer in one sentence, with its rule and both bounds."""
    moment, workers = moment_words(question, timezone), groups_words(question.groups, language)
    if tally["share_low"] is None:
        return gettext("%(moment)s: no %(workers)s are at work then.", moment=moment, workers=workers)
    parts = {
        "moment": moment,
        "share": share_words(tally["share_low"], tally["share_high"]),
        "workers": workers,
        "stations": stations_words(question, language),
        "rule": rule_words(question),
    }
    if question.instant is None and len(question.hours) > 1:
        return gettext(
            "%(moment)s: for %(share)s of the hours that %(workers)s are at work, there is %(stations)s %(rule)s.",
            **parts,
        )
    return gettext("%(moment)s: %(share)s of the %(workers)s have %(stations)s %(rule)s.", **parts)


def moment_words(question: PlanningQuestion, timezone: tzinfo) -> str:
    """The hours asked about, or the instant in the place's clock."""
    if question.instant is not None:
        local = question.instant.astimezone(timezone)
        return gettext(
            "%(date)s (%(weekday)s) %(time)s",
            date=local.date().isoformat(),
            weekday=str(WEEKDAYS[local.weekday()]),
            time=f"{local:%H:%M}",
        )
    if question.preset is not None:
        return str(PRESET_NAMES[question.preset])
    if len(question.hours) == 1:
        return hour_words(min(question.hours))
    return _several_hours(question.hours)


def hour_words(hour_of_week: int) -> str:
    """One hour of ordinary weeks."""
    weekday, hour = divmod(hour_of_week, 24)
    return gettext("%(weekday)s, %(hour)s:00 to %(end)s:00", weekday=str(WEEKDAYS[weekday]), hour=hour, end=hour + 1)


def _several_hours(hours: frozenset[int]) -> str:
    """Days with the same hours of the day together; too many different ones are counted."""
    by_clock: dict[tuple[int, ...], list[int]] = {}
    for day in range(7):
        clocks = tuple(hour for hour in range(24) if day * 24 + hour in hours)
        if clocks:
            by_clock.setdefault(clocks, []).append(day)
    if len(by_clock) > 2 or any(len(clock_runs(clocks)) > 2 for clocks in by_clock):
        return gettext("%(count)s hours of the week", count=len(hours))
    return gettext("; ").join(
        gettext("%(days)s %(hours)s", days=_days(days), hours=all_of(clock_runs(clocks)))
        for clocks, days in by_clock.items()
    )


def clock_runs(clocks: Iterable[int]) -> list[str]:
    """Hours of a day as spans: 8, 9, 22 is 08:00–10:00 and 22:00–23:00."""
    runs: list[list[int]] = []
    for hour in clocks:
        if runs and runs[-1][1] == hour:
            runs[-1][1] = hour + 1
        else:
            runs.append([hour, hour + 1])
    return [f"{start:02d}:00–{end:02d}:00" for start, end in runs]


def _days(days: list[int]) -> str:
    return gettext("every day") if len(days) == 7 else all_of(str(SHORT_DAYS[day]) for day in days)


def groups_words(groups: frozenset[WorkerGroup], language: str) -> str:
    """The groups asked about, or workers in general."""
    return all_of(labels(WorkerGroup, groups, language)) if groups else gettext("workers")


def needs_words(question: PlanningQuestion, language: str) -> str:
    """The services needed: all of some, and one of others."""
    every = all_of(labels(Service, question.needs_all, language))
    some = gettext(" or ").join(labels(Service, question.needs_any, language))
    return gettext("%(every)s and %(some)s", every=every, some=some) if every and some else every or some


def stations_words(question: PlanningQuestion, language: str) -> str:
    """What sort of station would cover somebody."""
    kinds = gettext(" or ").join(labels(StationKind, question.kinds, language))
    needed = needs_words(question, language)
    if kinds and needed:
        return gettext("an open %(kinds)s with %(services)s", kinds=kinds, services=needed)
    if kinds:
        return gettext("an open %(kinds)s", kinds=kinds)
    return gettext("an open station with %(services)s", services=needed) if needed else gettext("an open station")


def rule_words(question: PlanningQuestion) -> str:
    """The rule as part of a sentence."""
    amount = question.within.amount
    if question.within.unit is WithinUnit.METRES:
        return gettext("within %(metres)s m in a straight line", metres=plain_number(amount))
    if question.mode is None:
        return gettext("within %(value)s minutes by their own way of travelling", value=plain_number(amount))
    return gettext("within %(time)s", time=minutes_words(amount, question.mode))


def short_words(question: PlanningQuestion, language: str, timezone: tzinfo) -> str:
    """The question in one line of a list."""
    parts = [
        groups_words(question.groups, language),
        moment_words(question, timezone),
        limit_words(question),
        gettext(" or ").join(labels(StationKind, question.kinds, language)),
        needs_words(question, language),
    ]
    return gettext(" · ").join(part for part in parts if part)


def limit_words(question: PlanningQuestion) -> str:
    """The limit with how one travels, in short."""
    limit = within_words(question.within)
    if question.within.unit is WithinUnit.METRES:
        return limit
    way = gettext("own way") if question.mode is None else mode_words(question.mode)
    network = "" if question.network is Network.STRAIGHT_LINE else str(NETWORK_NAMES[Network.STREETS])
    return gettext(", ").join(part for part in (limit, way, network) if part)


def mode_words(mode: TravelMode) -> str:
    """A mode's name."""
    return mode.label(current_language())


def entry_words(methods: frozenset[EntryMethod], language: str) -> str:
    """The doors one can open."""
    return all_of(labels(EntryMethod, methods, language))


def share_words(low: float | None, high: float | None) -> str:
    """A share between its bounds; one number where they do not differ as shown."""
    if low is None or high is None:
        return NOTHING
    return range_words(*map(percent, sorted((low, high))))


def count_words(low: float | None, high: float | None) -> str:
    """A count between its bounds, whole."""
    if low is None or high is None:
        return NOTHING
    return range_words(*map(workers_count, sorted((low, high))))


def points_words(low: float | None, high: float | None, *, is_change: bool = False) -> str:
    """A difference of shares in percentage points, between its bounds; a change always has its sign."""
    if low is None or high is None:
        return NOTHING
    return share_words_of.points_words(low, high, is_change=is_change)


def decimal_words(value: float | None, digits: int = 2) -> str:
    """A plain number, or the sign for none."""
    return NOTHING if value is None else f"{value:.{digits}f}"


def decimals_words(low: float | None, high: float | None, digits: int = 2) -> str:
    """A number between its bounds."""
    if low is not None and high is not None:
        low, high = sorted((low, high))
    return range_words(decimal_words(low, digits), decimal_words(high, digits))


def minutes_of(seconds: float | None, *, cut_off_min: float | None = None) -> str:
    """Seconds as minutes; without any the sign for none, or that it is more than the cut-off."""
    if seconds is None and cut_off_min is not None:
        return gettext("more than %(value)s min", value=plain_number(cut_off_min))
    return NOTHING if seconds is None else gettext("%(value)s min", value=plain_number(round(seconds / 60, 1)))


def range_words(low: str, high: str) -> str:
    """Two words with a dash between, one where they are the same."""
    return low if low == high else f"{low}–{high}" if "−" not in low + high else f"{low} … {high}"


def labels(vocabulary: Iterable[Labelled], chosen: Iterable[Labelled], language: str) -> list[str]:
    """The names of what is chosen, in the vocabulary's order."""
    wanted = frozenset(chosen)
    return [member.label(language) for member in vocabulary if member in wanted]


def followed_by(first: str, second: str) -> str:
    """Two sentences, one after the other: with a space between where the language has one."""
    return gettext("%(first)s %(second)s", first=first, second=second)


def all_of(words: Iterable[str]) -> str:
    """Things in a row, as the language writes a list."""
    return gettext(", ").join(words)
