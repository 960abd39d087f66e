"""A question and its answer in one sentence: the same words on the page and in every file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any

from geodata.coverage.within import WithinUnit
from geodata.stations.vocabulary import EntryMethod, Labelled, LifeCycle, Service, StationKind, WorkerGroup
from geodata.travel.straight_line import TravelMode
from mapapp.services.planning.question import HourPreset, PlanningQuestion
from mapapp.services.planning_report.speech import Speech


def headline_words(question: PlanningQuestion, tally: Mapping[str, Any], timezone: tzinfo, speech: Speech) -> str:
    """The answer with its rule and both bounds: of one hour in workers, of several in their hours at work."""
    gettext = speech.gettext
    moment, workers = moment_words(question, timezone, speech), groups_words(question.groups, speech)
    if tally["share_low"] is None:
        return gettext("%(moment)s: no %(workers)s are at work then.", moment=moment, workers=workers)
    parts = {
        "moment": moment,
        "share": share_words(tally["share_low"], tally["share_high"], speech),
        "workers": workers,
        "stations": stations_words(question, speech),
        "rule": rule_words(question, speech),
    }
    if question.instant is None and len(question.hours) > 1:
        return gettext(
            "%(moment)s: for %(share)s of the hours that %(workers)s are at work, there is %(stations)s %(rule)s.",
            **parts,
        )
    return gettext("%(moment)s: %(share)s of the %(workers)s have %(stations)s %(rule)s.", **parts)


def share_words(low: float, high: float, speech: Speech) -> str:
    """A share between its bounds; one number where they do not differ as shown."""
    return speech.between(*map(speech.percent, sorted((low, high))))


def truth_words(speech: Speech) -> str:
    """Of what the two numbers are bounds, and of what they are not."""
    return speech.gettext(
        "The truth lies between them for covered shares and counts, P50, P90 and the night gap. Of loads, losses, "
        "workers per seat, mean travel times, Gini, Palma, FGT and what hangs on a single station, the two numbers say "
        "what holds with all unknown hours shut, and with all open; other values are possible."
    )


def single_words(shut: float | None, open_: float | None, speech: Speech) -> str:
    """How much hangs on a single station, with all unknown hours shut and open; empty where nobody is covered."""
    if shut is None and open_ is None:
        return ""
    one, other = (speech.percent(share) for share in (shut, open_))
    if one == other:
        return speech.gettext("%(share)s of what is covered hangs on a single station.", share=one)
    return speech.gettext(
        "Of what is covered hangs on a single station: %(shut)s with all unknown hours shut, %(open)s with all open; "
        "other values are possible.",
        shut=one,
        open=other,
    )


def moment_words(question: PlanningQuestion, timezone: tzinfo, speech: Speech, *, in_full: bool = False) -> str:
    """The hours asked about, or the instant in the place's clock; ``in_full`` counts no hours, but names them all."""
    if question.instant is not None:
        local = question.instant.astimezone(timezone)
        return speech.gettext(
            "%(date)s (%(weekday)s) %(time)s",
            date=local.date().isoformat(),
            weekday=weekdays(speech)[local.weekday()],
            time=f"{local:%H:%M}",
        )
    if question.preset is not None:
        return preset_words(question.preset, speech)
    if len(question.hours) == 1:
        return hour_words(min(question.hours), speech)
    return _several_hours(question.hours, speech, in_full=in_full)


def preset_words(preset: HourPreset, speech: Speech) -> str:
    """Hours with a name."""
    gettext = speech.gettext
    return {
        HourPreset.ALL: gettext("All hours of the week"),
        HourPreset.DAY: gettext("By day (08:00 to 20:00)"),
        HourPreset.NIGHT: gettext("By night (22:00 to 06:00)"),
        HourPreset.WEEKDAY: gettext("Monday to Friday"),
        HourPreset.WEEKEND: gettext("Saturday and Sunday"),
    }[preset]


def hour_words(hour_of_week: int, speech: Speech) -> str:
    """One hour of ordinary weeks."""
    weekday, hour = divmod(hour_of_week, 24)
    return speech.gettext(
        "%(weekday)s, %(hour)s:00 to %(end)s:00", weekday=weekdays(speech)[weekday], hour=hour, end=hour + 1
    )


def _several_hours(hours: frozenset[int], speech: Speech, *, in_full: bool) -> str:
    """Days with the same hours of the day together; too many different ones are counted, if they may be."""
    by_clock: dict[tuple[int, ...], list[int]] = {}
    for day in range(7):
        clocks = tuple(hour for hour in range(24) if day * 24 + hour in hours)
        if clocks:
            by_clock.setdefault(clocks, []).append(day)
    is_long = len(by_clock) > 2 or any(len(clock_runs(clocks)) > 2 for clocks in by_clock)
    if is_long and not in_full:
        return speech.gettext("%(count)s hours of the week", count=len(hours))
    return speech.gettext("; ").join(
        speech.gettext("%(days)s %(hours)s", days=_days(days, speech), hours=speech.listed(clock_runs(clocks)))
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


def _days(days: list[int], speech: Speech) -> str:
    return speech.gettext("every day") if len(days) == 7 else speech.listed([short_days(speech)[day] for day in days])


def short_days(speech: Speech) -> tuple[str, ...]:
    """Monday to Sunday, in short."""
    gettext = speech.gettext
    return (
        gettext("Mon"),
        gettext("Tue"),
        gettext("Wed"),
        gettext("Thu"),
        gettext("Fri"),
        gettext("Sat"),
        gettext("Sun"),
    )


def weekdays(speech: Speech) -> tuple[str, ...]:
    """Monday to Sunday."""
    gettext = speech.gettext
    return (
        gettext("Monday"),
        gettext("Tuesday"),
        gettext("Wednesday"),
        gettext("Thursday"),
        gettext("Friday"),
        gettext("Saturday"),
        gettext("Sunday"),
    )


def groups_words(groups: frozenset[WorkerGroup], speech: Speech) -> str:
    """The groups asked about, or workers in general."""
    return speech.listed(labels(WorkerGroup, groups, speech)) if groups else speech.gettext("workers")


def needs_words(question: PlanningQuestion, speech: Speech) -> str:
    """The services needed: all of some, and one of others."""
    every = speech.listed(labels(Service, question.needs_all, speech))
    some = speech.gettext(" or ").join(labels(Service, question.needs_any, speech))
    return speech.gettext("%(every)s and %(some)s", every=every, some=some) if every and some else every or some


def stations_words(question: PlanningQuestion, speech: Speech) -> str:
    """What sort of station would cover somebody, and what is supposed of it."""
    supposed = supposed_words(question, speech)
    stations = _sort_words(question, speech)
    if not supposed:
        return stations
    return speech.gettext("%(stations)s (%(supposed)s)", stations=stations, supposed=speech.listed(supposed))


def supposed_words(question: PlanningQuestion, speech: Speech) -> list[str]:
    """What makes the question another than that of the stations as they are: a few words each."""
    gettext, said = speech.gettext, []
    also = {
        LifeCycle.PLANNED: gettext("counting planned stations as if they were built"),
        LifeCycle.TEMPORARILY_CLOSED: gettext("counting temporarily closed stations as if they had reopened"),
        LifeCycle.RENOVATING: gettext("counting stations being renovated as if they were done"),
    }
    said += [words for cycle, words in also.items() if cycle in question.life_cycles]
    if LifeCycle.ACTIVE not in question.life_cycles:
        said.append(gettext("without the stations that are in use"))
    if question.min_stay_min:
        said.append(gettext("open for %(minutes)s minutes more", minutes=question.min_stay_min))
    if question.entry_methods:
        doors = gettext(" or ").join(labels(EntryMethod, question.entry_methods, speech))
        said.append(gettext("one can enter by: %(doors)s", doors=doors))
    return said


def _sort_words(question: PlanningQuestion, speech: Speech) -> str:
    gettext = speech.gettext
    kinds = gettext(" or ").join(labels(StationKind, question.kinds, speech))
    needed = needs_words(question, speech)
    if kinds and needed:
        return gettext("an open %(kinds)s with %(services)s", kinds=kinds, services=needed)
    if kinds:
        return gettext("an open %(kinds)s", kinds=kinds)
    return gettext("an open station with %(services)s", services=needed) if needed else gettext("an open station")


def rule_words(question: PlanningQuestion, speech: Speech) -> str:
    """The rule that decides who is covered, as part of a sentence."""
    amount = _plain(question.within.amount)
    if question.within.unit is WithinUnit.METRES:
        return speech.gettext("within %(metres)s m in a straight line", metres=amount)
    if question.mode is None:
        return speech.gettext("within %(value)s minutes by their own way of travelling", value=amount)
    return speech.gettext("within %(time)s", time=_minutes(question.within.amount, question.mode, speech))


def _minutes(minutes: float, mode: TravelMode, speech: Speech) -> str:
    num, count = (1 if minutes == 1 else 2), _plain(minutes)
    ngettext = speech.ngettext
    match mode:
        case TravelMode.WALK:
            return ngettext("%(count)s minute on foot", "%(count)s minutes on foot", num, count=count)
        case TravelMode.EBIKE:
            return ngettext("%(count)s minute by e-bike", "%(count)s minutes by e-bike", num, count=count)
        case TravelMode.CAR:
            return ngettext("%(count)s minute by car", "%(count)s minutes by car", num, count=count)


def labels(vocabulary: Iterable[Labelled], chosen: Iterable[object], speech: Speech) -> list[str]:
    """The names of what is chosen, in the vocabulary's order."""
    wanted = frozenset(chosen)
    return [member.label(speech.language) for member in vocabulary if member in wanted]


def _plain(value: float) -> str:
    """A number without a decimal point it does not need."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
