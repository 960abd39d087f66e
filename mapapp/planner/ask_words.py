"""A planner's question and its numbers in words, in the page's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo
from typing import Any, Final

from flask_babel import LazyString, lazy_gettext

from geodata.coverage.within import WithinUnit
from geodata.stations.vocabulary import EntryMethod, Labelled, LifeCycle, StationKind, WorkerGroup
from geodata.travel.pairs import Network
from geodata.travel.straight_line import TravelMode
from mapapp.planner.speech import gettext
from mapapp.planner.wording import NOTHING, percent, plain_number, within_words, workers_count
from mapapp.services import share_words as share_words_of
from mapapp.services.planning.question import DEFAULT_DETOUR, PlanningQuestion
from mapapp.services.planning_report import sentence
from mapapp.services.planning_report.speech import Speech
from mapapp.web.language import current_language

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
    """The answer in one sentence, with its rule and both bounds; a report of it has the same."""
    return sentence.headline_words(question, tally, timezone, Speech.of(language))


def moment_words(question: PlanningQuestion, timezone: tzinfo) -> str:
    """The hours asked about, or the instant in the place's clock."""
    return sentence.moment_words(question, timezone, Speech.of(current_language()))


def hour_words(hour_of_week: int) -> str:
    """One hour of ordinary weeks."""
    return sentence.hour_words(hour_of_week, Speech.of(current_language()))


def groups_words(groups: frozenset[WorkerGroup], language: str) -> str:
    """The groups asked about, or workers in general."""
    return sentence.groups_words(groups, Speech.of(language))


def needs_words(question: PlanningQuestion, language: str) -> str:
    """The services needed: all of some, and one of others."""
    return sentence.needs_words(question, Speech.of(language))


def short_words(question: PlanningQuestion, language: str, timezone: tzinfo) -> str:
    """The question in one line of a list."""
    parts = [
        groups_words(question.groups, language),
        moment_words(question, timezone),
        limit_words(question),
        gettext(" or ").join(labels(StationKind, question.kinds, language)),
        needs_words(question, language),
        *sentence.supposed_words(question, Speech.of(language)),
        detour_words(question),
        all_of(question.layers) and gettext("layers: %(names)s", names=all_of(question.layers)),
    ]
    return gettext(" · ").join(part for part in parts if part)


def detour_words(question: PlanningQuestion) -> str:
    """Another detour than the usual one, where ways are straight lines in minutes."""
    is_asked = question.within.unit is not WithinUnit.METRES and question.network is Network.STRAIGHT_LINE
    if not is_asked or question.detour == DEFAULT_DETOUR:
        return ""
    return gettext("detour × %(factor)s", factor=plain_number(question.detour))


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


def fine_words(low: float | None, high: float | None) -> str:
    """A measure of evenness between two numbers."""
    return decimals_words(low, high, 3)


def cases_words(words: Callable[[float | None, float | None], str], shut: float | None, open_: float | None) -> str:
    """What holds with all unknown hours shut / all open, in this order: of numbers that neither bounds."""
    one, other = words(shut, shut), words(open_, open_)
    return one if one == other else f"{one} / {other}"


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
    return sentence.labels(vocabulary, chosen, Speech.of(language))


def followed_by(first: str, second: str) -> str:
    """Two sentences, one after the other: with a space between where the language has one."""
    return gettext("%(first)s %(second)s", first=first, second=second)


def all_of(words: Iterable[str]) -> str:
    """Things in a row, as the language writes a list."""
    return gettext(", ").join(words)
