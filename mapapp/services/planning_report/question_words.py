"""What was asked, and what the answer stands on, in words: the first sheet of every file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from geodata.places import Place
from geodata.stations.vocabulary import EntryMethod, Labelled, LifeCycle, Service, StationKind, WorkerGroup
from geodata.travel.pairs import Network
from geodata.travel.straight_line import TravelMode
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning_report import sentence
from mapapp.services.planning_report.content import Fact
from mapapp.services.planning_report.speech import Speech

Document = Mapping[str, Any]


def asked(question: PlanningQuestion, place: Place, speech: Speech) -> tuple[Fact, ...]:
    """The question, a line a part."""
    gettext = speech.gettext
    stations = labels(StationKind, question.kinds, speech) or gettext("all kinds")
    facts = [
        Fact(gettext("Workers"), labels(WorkerGroup, question.groups, speech) or gettext("all groups")),
        Fact(gettext("When"), sentence.moment_words(question, place.timezone, speech, in_full=True)),
        Fact(gettext("Rule"), sentence.rule_words(question, speech)),
        Fact(gettext("Travel"), travel_words(question, speech)),
        Fact(gettext("Stations that count"), f"{stations} · {labels(LifeCycle, question.life_cycles, speech)}"),
    ]
    if question.layers:
        facts.append(Fact(gettext("Demand layers"), speech.listed(list(question.layers))))
    if question.needs_all:
        facts.append(Fact(gettext("With all of"), labels(Service, question.needs_all, speech)))
    if question.needs_any:
        facts.append(Fact(gettext("With at least one of"), labels(Service, question.needs_any, speech)))
    if question.entry_methods:
        facts.append(Fact(gettext("Doors that open by"), labels(EntryMethod, question.entry_methods, speech)))
    if question.min_stay_min:
        facts.append(Fact(gettext("Open for at least"), gettext("%(value)s min", value=question.min_stay_min)))
    facts.append(Fact(gettext("Season of the week of"), question.week_of.isoformat()))
    return tuple(facts)


def labels(vocabulary: Iterable[Labelled], chosen: Iterable[object], speech: Speech) -> str:
    """The chosen members in the vocabulary's order, as a list."""
    return speech.listed(sentence.labels(vocabulary, chosen, speech))


def travel_words(question: PlanningQuestion, speech: Speech) -> str:
    """The network, and for a straight line its detour."""
    if question.network is Network.STRAIGHT_LINE:
        return speech.gettext("straight line × %(detour)s", detour=speech.number(question.detour))
    return speech.gettext("along streets")


def stands_on(document: Document, speech: Speech, run: Sequence[Fact] = ()) -> tuple[Fact, ...]:
    """Data, layers, network and code that the answer was computed from; ``run`` says who asked, and when."""
    gettext, basis = speech.gettext, document["basis"]
    stations = gettext(
        "%(all)s on record, %(counted)s count, %(unknown)s of these with unknown hours",
        all=speech.count(basis["station_count"]),
        counted=speech.count(basis["counted_count"]),
        unknown=speech.count(basis["unknown_hours_count"]),
    )
    facts = [*run, Fact(gettext("Stations"), stations)]
    facts += [Fact(gettext("Demand layer"), layer_words(layer, speech)) for layer in basis["layers"]]
    facts += [Fact(gettext("Travel model"), note_words(note, speech)) for note in basis["travel"]]
    facts += [
        Fact(gettext("Revision of the data"), str(basis["data_revision"])),
        Fact(gettext("Version of the software"), str(basis["code_version"])),
        Fact(gettext("Seconds to compute"), speech.number(float(document.get("seconds") or 0.0))),
    ]
    if basis.get("holidays") == "missing":
        facts.append(Fact(gettext("Holidays"), gettext("not announced for that year: the weekly hours were used")))
    return tuple(facts)


def layer_words(layer: Document, speech: Speech) -> str:
    """A layer: its name, whom it counts, where it came from, its checksum."""
    groups = labels(WorkerGroup, layer["groups"], speech)
    parts = [str(layer.get("title") or layer["name"]), groups, str(layer[f"origin_{speech.language}"] or "")]
    if layer["is_sample"]:
        parts.append(speech.gettext("sample data"))
    if layer["is_modelled"]:
        parts.append(speech.gettext("modelled, not counted"))
    parts.append(f"SHA-256 {layer['checksum']}")
    return " · ".join(part for part in parts if part)


def note_words(note: Document, speech: Speech) -> str:
    """How travel times were worked out for some groups."""
    gettext = speech.gettext
    mode = TravelMode(note["mode"]).label(speech.language)
    parts = [labels(WorkerGroup, note["groups"], speech), mode]
    if note["speed_kmh"] is not None:
        parts.append(gettext("%(speed)s km/h", speed=speech.number(note["speed_kmh"])))
    if note["network"] == Network.STRAIGHT_LINE.value:
        parts.append(gettext("straight line × %(detour)s", detour=speech.number(note["detour_factor"])))
    else:
        day = note.get("source_date") or gettext("date unknown")
        parts += [gettext("along streets"), f"{note['source']} ({day})", f"SHA-256 {note['checksum']}"]
    return " · ".join(part for part in parts if part)


def marks_of(document: Document, speech: Speech) -> tuple[str, ...]:
    """What no file may hide."""
    basis, gettext, marks = document["basis"], speech.gettext, []
    if basis["is_sample"]:
        marks.append(gettext("Sample data: these stations are invented. No number here says anything about the city."))
    layers = basis["layers"]
    if any(layer["is_sample"] for layer in layers):
        marks.append(gettext("Sample demand: where workers are is assumed, not counted."))
    elif any(layer["is_modelled"] for layer in layers):
        marks.append(gettext("Modelled demand: where workers are is estimated, not counted."))
    return tuple(marks)
