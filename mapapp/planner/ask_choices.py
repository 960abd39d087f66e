"""What a planner can choose from in the question form, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from geodata.coverage.within import Within
from geodata.stations.vocabulary import EntryMethod
from geodata.travel.pairs import Network
from mapapp.planner.ask_words import ALSO_NAMES, NETWORK_NAMES
from mapapp.planner.coverage_choices import Choice, CoverageChoices, coverage_choices
from mapapp.planner.demand_words import title_of
from mapapp.planner.speech import gettext
from mapapp.services.planning.question import OWN_MODE, HourPreset
from mapapp.services.planning_report.sentence import preset_words, short_days
from mapapp.services.planning_report.speech import Speech
from mapapp.store import LayerCard

_TO_HOURS: Final = range(1, 25)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskChoices:
    """The form's choices; ``common`` are those of the public page too."""

    common: CoverageChoices
    presets: tuple[Choice, ...]
    days: tuple[Choice, ...]
    start_hours: tuple[Choice, ...]
    end_hours: tuple[Choice, ...]
    modes: tuple[Choice, ...]
    networks: tuple[Choice, ...]
    entry_methods: tuple[Choice, ...]
    also: tuple[Choice, ...]
    layers: tuple[Choice, ...]


def ask_choices(language: str, within: Within | None, layers: Sequence[LayerCard], *, has_streets: bool) -> AskChoices:
    """The choices in the page's language; streets only where some are loaded."""
    common = coverage_choices(language, within)
    return AskChoices(
        common=common,
        presets=tuple((preset.value, preset_words(preset, Speech.of(language))) for preset in HourPreset),
        days=tuple((str(number), name) for number, name in enumerate(short_days(Speech.of(language)))),
        start_hours=tuple((str(hour), f"{hour:02d}:00") for hour in range(24)),
        end_hours=tuple((str(hour), f"{hour:02d}:00") for hour in _TO_HOURS),
        modes=((OWN_MODE, gettext("each group's own")), *common.modes),
        networks=tuple(
            (network.value, str(name))
            for network, name in NETWORK_NAMES.items()
            if has_streets or network is Network.STRAIGHT_LINE
        ),
        entry_methods=tuple((method.value, method.label(language)) for method in EntryMethod),
        also=tuple((cycle.value, str(name)) for cycle, name in ALSO_NAMES.items()),
        layers=tuple((card.name, title_of(card)) for card in layers),
    )
