"""What a visitor can choose from, in words: the form's choices and the labels the browser needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geodata.stations.vocabulary import EntryMethod, Labelled, Service, ServiceGroup, StationKind
from geodata.travel.straight_line import TravelMode

Choice = tuple[str, str]
"""A code and its label."""


@dataclass(frozen=True, slots=True)
class FormChoices:
    """The choices of the map page's form; services by shelf, the basic one first."""

    kinds: tuple[Choice, ...]
    modes: tuple[Choice, ...]
    services: tuple[tuple[str, tuple[Choice, ...]], ...]


def form_choices(language: str) -> FormChoices:
    """The form's choices, labelled in the page's language."""
    return FormChoices(
        kinds=_labelled(list(StationKind), language),
        modes=_labelled(list(TravelMode), language),
        services=tuple(
            (group.label(language), _labelled([service for service in Service if service.group is group], language))
            for group in ServiceGroup
        ),
    )


def browser_labels(language: str) -> dict[str, dict[str, str]]:
    """The labels of the codes in the compact file, by vocabulary."""
    return {
        "kinds": dict(_labelled(list(StationKind), language)),
        "services": dict(_labelled(list(Service), language)),
        "entry_methods": dict(_labelled(list(EntryMethod), language)),
    }


def _labelled(codes: Sequence[Labelled], language: str) -> tuple[Choice, ...]:
    return tuple((str(code), code.label(language)) for code in codes)
