"""An answer about coverage in sentences and short words, in the page's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flask_babel import format_decimal, lazy_gettext

from geodata.coverage.answer import Coverage
from geodata.coverage.question import CoverageQuestion, HourCell, Moment, Rule, WithinMetres
from geodata.coverage.within import Within
from geodata.places import Place
from geodata.stations.vocabulary import Labelled, Service, StationKind, WorkerGroup
from geodata.travel.straight_line import TravelMode
from mapapp.planner.speech import gettext, ngettext
from mapapp.services.share_words import percent_words

WEEKDAYS: Final = (
    lazy_gettext("Monday"),
    lazy_gettext("Tuesday"),
    lazy_gettext("Wednesday"),
    lazy_gettext("Thursday"),
    lazy_gettext("Friday"),
    lazy_gettext("Saturday"),
    lazy_gettext("Sunday"),
)
NOTHING: Final = "—"


def headline(question: CoverageQuestion, city: Coverage, place: Place, language: str) -> str:
    """The answer in one sentence, with its rule and its bounds."""
    moment, workers = moment_words(question.moment, place), groups_words(question.groups, language)
    if city.share_low is None:
        return gettext("%(moment)s: no %(workers)s are at work then.", moment=moment, workers=workers)
    return gettext(
        "%(moment)s: %(share)s of the %(workers)s have %(stations)s %(rule)s.",
        moment=moment,
        share=share_range(city),
        workers=workers,
        stations=stations_words(question, language),
        rule=rule_words(question.rule),
    )


def moment_words(moment: Moment, place: Place) -> str:
    """An hour of ordinary weeks, or a date and time at the place."""
    if isinstance(moment, HourCell):
        weekday, hour = divmod(moment.hour_of_week, 24)
        return gettext(
            "%(weekday)s, %(hour)s:00 to %(end)s:00", weekday=str(WEEKDAYS[weekday]), hour=hour, end=hour + 1
        )
    local = moment.at.astimezone(place.timezone)
    return gettext(
        "%(date)s (%(weekday)s) %(time)s",
        date=local.date().isoformat(),
        weekday=str(WEEKDAYS[local.weekday()]),
        time=f"{local:%H:%M}",
    )


def groups_words(groups: frozenset[WorkerGroup], language: str) -> str:
    """The groups asked about, or workers in general."""
    if not groups:
        return gettext("workers")
    return _all_of(_labels(WorkerGroup, groups, language))


def stations_words(question: CoverageQuestion, language: str) -> str:
    """What sort of station would cover somebody; closed ones that are taken to have reopened are not hidden."""
    stations = _sort_words(question, language)
    if not question.reopened:
        return stations
    return gettext(
        "%(stations)s (%(supposed)s)",
        stations=stations,
        supposed=gettext("counting closed stations as if they had reopened"),
    )


def _sort_words(question: CoverageQuestion, language: str) -> str:
    filters = question.filters
    kinds = gettext(" or ").join(_labels(StationKind, filters.kinds, language))
    services = _all_of(_labels(Service, filters.services, language))
    if kinds and services:
        return gettext("an open %(kinds)s with %(services)s", kinds=kinds, services=services)
    if kinds:
        return gettext("an open %(kinds)s", kinds=kinds)
    if services:
        return gettext("an open station with %(services)s", services=services)
    return gettext("an open station")


def rule_words(rule: Rule) -> str:
    """The rule as part of a sentence."""
    if isinstance(rule, WithinMetres):
        return gettext("within %(metres)s m in a straight line", metres=plain_number(rule.limit_m))
    return gettext("within %(time)s", time=minutes_words(rule.limit_min, rule.mode))


def minutes_words(minutes: float, mode: TravelMode) -> str:
    """Minutes by a mode."""
    values = {"num": 1 if minutes == 1 else 2, "count": plain_number(minutes)}
    match mode:
        case TravelMode.WALK:
            return ngettext("%(count)s minute on foot", "%(count)s minutes on foot", **values)
        case TravelMode.EBIKE:
            return ngettext("%(count)s minute by e-bike", "%(count)s minutes by e-bike", **values)
        case TravelMode.CAR:
            return ngettext("%(count)s minute by car", "%(count)s minutes by car", **values)


def within_words(within: Within) -> str:
    """A limit as a choice of the form."""
    amount = plain_number(within.amount)
    return gettext("%(value)s m", value=amount) if within.unit == "m" else gettext("%(value)s min", value=amount)


def share_range(coverage: Coverage) -> str:
    """The covered share between its bounds; one number where they do not differ as shown."""
    if coverage.share_low is None or coverage.share_high is None:
        return NOTHING
    return _range(percent(coverage.share_low), percent(coverage.share_high))


def count_range(coverage: Coverage) -> str:
    """The covered workers between their bounds."""
    return _range(workers_count(coverage.covered_low_count), workers_count(coverage.covered_high_count))


def percent(share: float) -> str:
    """A share with one decimal."""
    return percent_words(share)


def workers_count(count: float) -> str:
    """Workers as a whole number."""
    return str(format_decimal(round(count)))


def far_words(value: float | None, rule: Rule) -> str:
    """A distance or a travel time in the rule's unit."""
    if value is None:
        return NOTHING
    if not isinstance(rule, WithinMetres):
        return gettext("%(value)s min", value=plain_number(round(value / 60, 1)))
    if value < 995:
        return gettext("%(value)s m", value=round(value / 10) * 10)
    return gettext("%(value)s km", value=f"{value / 1000:.1f}")


def plain_number(value: float) -> str:
    """A number without a decimal point it does not need."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _range(low: str, high: str) -> str:
    return low if low == high else f"{low}–{high}"


def _labels(vocabulary: Iterable[Labelled], chosen: frozenset[Labelled], language: str) -> list[str]:
    return [member.label(language) for member in vocabulary if member in chosen]


def _all_of(words: list[str]) -> str:
    """Things in a row, as the language writes a list."""
    return gettext(", ").join(words)
