"""What a visitor can choose from, in words: the form's choices and the labels the browser needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext

from geodata.stations.filters import Order
from geodata.stations.vocabulary import EntryMethod, Labelled, Service, ServiceGroup, StationKind
from geodata.travel.straight_line import TravelMode
from mapapp.public.phrases import phrase

Choice = tuple[str, str]
"""A code and its label."""


SERVICES_FIRST: Final = (
    Service.WATER,
    Service.TOILET,
    Service.CHARGE_PHONE,
    Service.HEAT_MEAL,
    Service.COOL_WARM,
    Service.FIRST_AID,
    Service.WHEELCHAIR,
)
"""The six of the basics that are asked for most, and step-free access; all others stand behind "more"."""

_WARM_MONTHS: Final = (11, 12, 1, 2, 3)
_COOL_MONTHS: Final = (6, 7, 8, 9)


@dataclass(frozen=True, slots=True)
class FormChoices:
    """The choices of the first page's form.

    ``services_first`` are in sight, ``services`` behind "more", by shelf. ``needs_now`` are the shortcuts:
    service, words, picture. ``quick`` are the filters used most: field, value, words.
    """

    kinds: tuple[Choice, ...]
    modes: tuple[Choice, ...]
    orders: tuple[Choice, ...]
    services_first: tuple[Choice, ...]
    services: tuple[tuple[str, tuple[Choice, ...]], ...]
    needs_now: tuple[tuple[str, str, str], ...]
    quick: tuple[tuple[str, str, str], ...]


def form_choices(language: str, month: int) -> FormChoices:
    """The form's choices, labelled in the page's language; ``month`` (1-12) decides between warm and cool."""
    kinds = _labelled(list(StationKind), language)
    return FormChoices(
        kinds=kinds,
        modes=_labelled(list(TravelMode), language),
        orders=((Order.USEFUL.value, gettext("Most useful first")), (Order.DISTANCE.value, gettext("Nearest first"))),
        services_first=_labelled(SERVICES_FIRST, language),
        services=tuple(
            (group.label(language), _labelled(members, language))
            for group in ServiceGroup
            if (members := [each for each in Service if each.group is group and each not in SERVICES_FIRST])
        ),
        needs_now=_needs_now(month),
        quick=(
            ("open", "arrival", gettext("Open on arrival")),
            ("open_late", "true", gettext("Open after 22:00")),
            ("always_open", "true", gettext("Open 24 hours")),
            *(("kind", code, text) for code, text in kinds),
            ("services", Service.WHEELCHAIR.value, Service.WHEELCHAIR.label(language)),
        ),
    )


def _needs_now(month: int) -> tuple[tuple[str, str, str], ...]:
    """The shortcuts.

    A toilet is one in the station: what is open on arrival is its door. Of a toilet near the station
    (``toilet_nearby``) nobody here knows the hours; it is a filter like others.
    """
    season = "need_warm" if month in _WARM_MONTHS else "need_cool" if month in _COOL_MONTHS else "need_cool_warm"
    needs = (
        (Service.TOILET, gettext("Toilet")),
        (Service.WATER, gettext("Water")),
        (Service.COOL_WARM, phrase(season)),
        (Service.CHARGE_PHONE, gettext("Charge")),
        (Service.FIRST_AID, gettext("First aid")),
    )
    return tuple((service.value, words, f"need-{service.value}") for service, words in needs)


def browser_labels(language: str) -> dict[str, dict[str, str]]:
    """The labels of the codes in the compact file, by vocabulary."""
    return {
        "kinds": dict(_labelled(list(StationKind), language)),
        "services": dict(_labelled(list(Service), language)),
        "entry_methods": dict(_labelled(list(EntryMethod), language)),
    }


def _labelled(codes: Sequence[Labelled], language: str) -> tuple[Choice, ...]:
    return tuple((str(code), code.label(language)) for code in codes)
