"""What a report of a scenario leaves out: changes of stations that are gone, or whose hours are others by now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from geodata.siting.interventions import Intervention, code_of, kind_of
from geodata.stations.station import Station
from mapapp.services.planning.scenario_drift import possible
from mapapp.services.planning.scenarios import OpenedScenario
from mapapp.services.planning_report.speech import Speech


def possible_of(opened: OpenedScenario, stations: Sequence[Station]) -> tuple[Intervention, ...]:
    """The changes of a scenario that can be made with the stations as they are now."""
    return possible(opened.interventions, opened.drift(stations))


def left_out_notes(scenarios: Sequence[OpenedScenario], stations: Sequence[Station], speech: Speech) -> tuple[str, ...]:
    """The others, a sentence for each scenario that has any."""
    found = []
    for each in scenarios:
        names = {one.code: one.label(speech.language) for one in each.drift(stations)}
        done = possible_of(each, stations)
        gone = [_change_words(change, names, speech) for change in each.interventions if change not in done]
        if gone:
            sentence = speech.gettext(
                "Left out of “%(name)s”, because it cannot be done any more: %(what)s.",
                name=each.scenario.name,
                what=speech.gettext("; ").join(gone),
            )
            found.append(sentence)
    return tuple(found)


def _change_words(change: Intervention, names: Mapping[str, str], speech: Speech) -> str:
    code = code_of(change)
    where = f"{code} {names[code]}" if names.get(code, code) != code else code
    return speech.gettext(": ").join((where, kind_of(change).label(speech.language)))
