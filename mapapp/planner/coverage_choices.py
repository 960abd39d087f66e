"""What a planner can choose from on the coverage page, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from geodata.coverage.within import Within, WithinUnit
from geodata.stations.vocabulary import Labelled, Service, ServiceGroup, StationKind, WorkerGroup
from geodata.travel.straight_line import TravelMode
from mapapp.planner.speech import gettext
from mapapp.planner.wording import WEEKDAYS, within_words

Choice = tuple[str, str]
"""A code and its label."""

LIMITS: Final = tuple(Within.parse(text) for text in ("1000m", "500m", "15min", "10min", "5min"))
"""The limits offered. Only 1 km and a walk of 15 minutes are somebody's norm: docs/coverage-method.md."""
NORMS: Final = frozenset({Within.parse("1000m"), Within.parse("15min")})


@dataclass(frozen=True, slots=True)
class CoverageChoices:
    """The form's choices; services by shelf, the basic one first."""

    groups: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    services: tuple[tuple[str, tuple[Choice, ...]], ...]
    modes: tuple[Choice, ...]
    days: tuple[Choice, ...]
    hours: tuple[Choice, ...]
    distances: tuple[Choice, ...]
    times: tuple[Choice, ...]


def coverage_choices(language: str, chosen: Within | None) -> CoverageChoices:
    """The choices in the page's language; a limit that came with an address is offered too."""
    limits = (*LIMITS, *((chosen,) if chosen is not None and chosen not in LIMITS else ()))
    return CoverageChoices(
        groups=_labelled(WorkerGroup, language),
        kinds=_labelled(StationKind, language),
        services=tuple(
            (group.label(language), _labelled((each for each in Service if each.group is group), language))
            for group in ServiceGroup
        ),
        modes=_labelled(TravelMode, language),
        days=tuple((str(number), str(name)) for number, name in enumerate(WEEKDAYS)),
        hours=tuple((str(hour), f"{hour:02d}:00–{hour + 1:02d}:00") for hour in range(24)),
        distances=_limits(limits, WithinUnit.METRES),
        times=_limits(limits, WithinUnit.MINUTES),
    )


def _limits(limits: Iterable[Within], unit: WithinUnit) -> tuple[Choice, ...]:
    return tuple((str(limit), _limit_label(limit)) for limit in limits if limit.unit is unit)


def _limit_label(limit: Within) -> str:
    words = within_words(limit)
    return gettext("%(limit)s (norm)", limit=words) if limit in NORMS else words


def _labelled(codes: Iterable[Labelled], language: str) -> tuple[Choice, ...]:
    return tuple((str(code), code.label(language)) for code in codes)
