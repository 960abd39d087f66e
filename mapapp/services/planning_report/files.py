"""Use case: what a planner takes home of a run, of two runs, or of a scenario, in each of its formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from geodata.errors import InvalidValue
from geodata.places import Place
from geodata.travel.pairs import Network
from mapapp.services.coverage import NoDemandLayer
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.runs import RunDesk
from mapapp.services.planning.scenarios import OpenedScenario, scenario_of
from mapapp.services.planning.site_names import in_language
from mapapp.services.planning_report.area_layers import isochrone_layer
from mapapp.services.planning_report.content import Layer, Report
from mapapp.services.planning_report.from_answer import RunLabel, answer_report
from mapapp.services.planning_report.from_comparison import comparison_headline, comparison_report, comparison_title
from mapapp.services.planning_report.left_out import left_out_notes, possible_of
from mapapp.services.planning_report.question_words import marks_of
from mapapp.services.planning_report.sentence import headline_words
from mapapp.services.planning_report.speech import LANGUAGES, Speech
from mapapp.services.rights import Actor, Right, require
from mapapp.settings import Settings
from mapapp.store import Reader, RunCard, Scenario, Store

MOST_CELLS_AT_ONCE: Final = 3_000
"""Of more demand cells the worker writes what holds every cell: a request has about a second."""


class ReportFormat(StrEnum):
    """What a report can be had as."""

    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"
    GEOPACKAGE = "gpkg"
    GEOJSON = "geojson"
    PICTURES = "png"

    @property
    def ending(self) -> str:
        """Of the file's name: several files come in an archive."""
        return "zip" if self in {ReportFormat.GEOJSON, ReportFormat.PICTURES} else self.value

    @property
    def mime_type(self) -> str:
        """What the file is."""
        return _MIME_TYPES[self]

    @property
    def draws(self) -> bool:
        """Whether it needs pictures or pages drawn, which always takes a second or more."""
        return self in {ReportFormat.PDF, ReportFormat.PICTURES}


_MIME_TYPES: Final = {
    ReportFormat.HTML: "text/html; charset=utf-8",
    ReportFormat.PDF: "application/pdf",
    ReportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ReportFormat.GEOPACKAGE: "application/geopackage+sqlite3",
    ReportFormat.GEOJSON: "application/zip",
    ReportFormat.PICTURES: "application/zip",
}


class NotReady(RuntimeError):
    """A run that was asked for is not computed, or was asked of another city."""


class DrawingUnavailable(RuntimeError):
    """PDFs or pictures cannot be made on this machine; ``packages`` are the Debian packages that are missing."""

    def __init__(self, packages: str) -> None:
        super().__init__(f"Drawing needs packages that are not installed: {packages}.")
        self.packages = packages


class SubjectKind(StrEnum):
    """What a report can be about."""

    RUN = "run"
    SCENARIO = "scenario"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about: a run, or a scenario beside today; with ``after`` another of its kind beside it.

    Scenarios are evaluated when the report is written, both with the first one's question.
    """

    kind: SubjectKind
    number: int
    after: int | None = None

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Subject:
        """From a job's parameters; raises ValueError where they have another form."""
        for kind in SubjectKind:
            number, after = document.get(kind.value), document.get("after")
            if isinstance(number, int) and ("after" not in document or isinstance(after, int)):
                return cls(kind, number, after)
        raise ValueError("no subject")

    @property
    def numbers(self) -> tuple[int, ...]:
        """Of one, or of both."""
        return (self.number,) if self.after is None else (self.number, self.after)

    def document(self) -> dict[str, Any]:
        """As it is kept with a job, and as an address names it."""
        return {self.kind.value: self.number, **({} if self.after is None else {"after": self.after})}


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A file to be handed out. Its name holds place, numbers and day, nothing that anybody typed."""

    name: str
    mime_type: str
    content: bytes


def report_of(desk: RunDesk, store: Store, place: Place, actor: Actor, subject: Subject, language: str) -> Report:
    """The report, without a format.

    Raises
    ------
    Forbidden
        The actor runs no analyses.
    UnknownRun, UnknownScenario
        There is no such thing.
    NotReady
        It is not computed, or cannot be evaluated with today's data.
    """
    speech = _speech(language)
    found = _read_all(desk, store, place, actor, subject, speech)
    first, document = found.answers[0]
    if len(found.answers) == 1:
        return answer_report(document, first, place, speech, _isochrones(desk, document, speech))
    second, after = found.answers[1]
    report = comparison_report(document, after, (first, second), place, speech, _isochrones(desk, after, speech))
    return replace(report, notes=(*found.notes, *report.notes))


def _isochrones(desk: RunDesk, document: Mapping[str, Any], speech: Speech) -> tuple[Layer, ...]:
    """The layer of isochrones of an answer along the streets that are loaded."""
    if all(way["network"] != Network.STREETS for way in document["basis"]["travel"]):
        return ()
    layer = isochrone_layer(in_language(document, speech.language), desk.ground().streets, speech)
    return (layer,) if layer.features else ()


@dataclass(frozen=True, slots=True)
class ReportHead:
    """What a page says of a report before it is written.

    ``cell_count`` demand cells make it large; ``is_long``: it must be worked out first, or drawn from streets;
    ``notes`` say which changes of a scenario are left out.
    """

    title: str
    headline: str
    marks: tuple[str, ...]
    cell_count: int
    is_long: bool = False
    notes: tuple[str, ...] = ()

    def is_quick(self, kind: ReportFormat) -> bool:
        """Whether a request may write it: no drawing, and not very many cells where a file holds each of them."""
        is_large = kind is not ReportFormat.HTML and self.cell_count > MOST_CELLS_AT_ONCE
        return not kind.draws and not is_large and not self.is_long


def report_head(desk: RunDesk, store: Store, place: Place, actor: Actor, subject: Subject, language: str) -> ReportHead:
    """What the report is about; raises as `report_of`. Nothing long is worked out for it."""
    speech = _speech(language)
    if subject.kind is SubjectKind.SCENARIO:
        scenarios = _scenarios(store, actor, subject)
        if not desk.is_quick(scenarios[0].question):
            return _head_of_long(desk, scenarios, speech)
    found = _read_all(desk, store, place, actor, subject, speech)
    documents = [document for _label, document in found.answers]
    return ReportHead(
        title=title_of(tuple(label for label, _document in found.answers), speech),
        headline=headline_of(documents, place, speech),
        marks=tuple(dict.fromkeys(mark for each in documents for mark in marks_of(each, speech))),
        cell_count=max(len(each["cells"]["h3"]) for each in documents),
        is_long=any(way["network"] == Network.STREETS for way in documents[-1]["basis"]["travel"]),
        notes=found.notes,
    )


def _head_of_long(desk: RunDesk, scenarios: Sequence[OpenedScenario], speech: Speech) -> ReportHead:
    """Of scenarios whose answers take longer than a request has. Raises NotReady where there can be none."""
    question, ground = scenarios[0].question, desk.ground()
    try:
        for each in scenarios:
            ground.check(question, possible_of(each, ground.register.stations))
        demand = ground.demand(question.layers)
    except (NoDemandLayer, InvalidValue) as error:
        raise NotReady(str(scenarios[0].scenario.id)) from error
    basis = {
        "is_sample": demand.layer.is_sample or any(each.is_sample for each in ground.register.stations),
        "layers": [{"is_sample": use.is_sample, "is_modelled": use.is_modelled} for use in demand.uses],
    }
    return ReportHead(
        title=title_of(tuple(_labels(scenarios, speech)), speech),
        headline=speech.gettext("This answer takes longer than a moment: it is worked out when a file is made."),
        marks=marks_of({"basis": basis}, speech),
        cell_count=demand.layer.point_count,
        is_long=True,
        notes=left_out_notes(scenarios, ground.register.stations, speech),
    )


def title_of(runs: tuple[RunLabel, ...], speech: Speech) -> str:
    """What a report of one run, or of two, is called."""
    return runs[0].title(speech) if len(runs) == 1 else comparison_title(runs[0], runs[1], speech)


def headline_of(documents: Sequence[Mapping[str, Any]], place: Place, speech: Speech) -> str:
    """The answer in one sentence: of one run, or what the second changes."""
    if len(documents) > 1:
        return comparison_headline(documents[0], documents[1], speech)
    question = PlanningQuestion.from_document(documents[0]["question"])
    return headline_words(question, documents[0]["headline"], place.timezone, speech)


def _speech(language: str) -> Speech:
    return Speech(language if language in LANGUAGES else "zh")


@dataclass(frozen=True, slots=True)
class _Found:
    """The answers a report is made of, and which changes of scenarios are left out of them, a sentence a scenario."""

    answers: Sequence[tuple[RunLabel, Mapping[str, Any]]]
    notes: tuple[str, ...] = ()


def _read_all(desk: RunDesk, store: Store, place: Place, actor: Actor, subject: Subject, speech: Speech) -> _Found:
    require(actor, Right.RUN_ANALYSES)
    if subject.kind is SubjectKind.SCENARIO:
        return _evaluated(desk, actor, _scenarios(store, actor, subject), speech)
    with store.reading() as reader:
        return _Found([_read(reader, number, place) for number in subject.numbers])


def _scenarios(store: Store, actor: Actor, subject: Subject) -> list[OpenedScenario]:
    return [scenario_of(store, actor, number) for number in subject.numbers]


def _evaluated(desk: RunDesk, actor: Actor, scenarios: Sequence[OpenedScenario], speech: Speech) -> _Found:
    """Each scenario's answer to the first one's question; one alone beside the register as it is.

    What cannot be done any more is left out, as on a scenario's page.
    """
    question, stations = scenarios[0].question, desk.ground().register.stations
    changes = [possible_of(each, stations) for each in scenarios]
    try:
        documents = [
            desk.document(actor, question, each, to_compare=True)
            for each in (changes if len(changes) > 1 else [(), *changes])
        ]
    except (NoDemandLayer, InvalidValue) as error:
        raise NotReady(str(scenarios[0].scenario.id)) from error
    answers = list(zip(_labels(scenarios, speech), documents, strict=True))
    return _Found(answers, left_out_notes(scenarios, stations, speech))


def _labels(scenarios: Sequence[OpenedScenario], speech: Speech) -> list[RunLabel]:
    found = [_label_of_scenario(each.scenario) for each in scenarios]
    if len(found) > 1:
        return found
    made_at = scenarios[0].scenario.updated_at
    today = RunLabel(number="now", name=speech.gettext("as it is now"), made_by="", made_at=made_at)
    return [today, *found]


def _label_of_scenario(scenario: Scenario) -> RunLabel:
    return RunLabel(
        number=f"S{scenario.id}",
        name=scenario.name,
        made_by=scenario.created_by,
        made_at=scenario.updated_at,
        note=scenario.note,
    )


def _read(reader: Reader, run_id: int, place: Place) -> tuple[RunLabel, dict[str, Any]]:
    card = reader.planning.get(run_id)
    document = reader.planning.result(run_id)
    if not card.is_whole or document is None or document["basis"]["place"] != place.id:
        raise NotReady(str(run_id))
    return label_of(card), document


def label_of(card: RunCard) -> RunLabel:
    """What reports say of a run."""
    made_at: datetime = card.finished_at or card.created_at
    return RunLabel(number=str(card.id), name=card.title, made_by=card.created_by, made_at=made_at)


def report_file(report: Report, kind: ReportFormat, place: Place, settings: Settings) -> ReportFile:
    """The report as a file.

    Raises
    ------
    DrawingUnavailable
        A font or a library of the operating system is missing; the message names it.
    AssetsMissing
        The front end is not built.
    """
    return ReportFile(f"{report.stem}.{kind.ending}", kind.mime_type, _content(report, kind, place, settings))


def _content(report: Report, kind: ReportFormat, place: Place, settings: Settings) -> bytes:
    # What writes each format is imported when somebody wants it: pandas, matplotlib and WeasyPrint take seconds.
    match kind:
        case ReportFormat.HTML:
            from mapapp.services.planning_report.page import report_page

            return report_page(report, place, settings).encode()
        case ReportFormat.XLSX:
            from mapapp.services.planning_report.workbook import workbook

            return workbook(report)
        case ReportFormat.GEOPACKAGE:
            from mapapp.services.planning_report.spatial import geopackage

            return geopackage(report)
        case ReportFormat.GEOJSON:
            from mapapp.services.planning_report.spatial import geojson_archive

            return geojson_archive(report)
        case _:
            return _drawn(report, kind, place)


def _drawn(report: Report, kind: ReportFormat, place: Place) -> bytes:
    from mapapp.services.planning_report.pdf import report_pdf
    from mapapp.services.planning_report.pictures import PicturesUnavailable, picture_archive
    from mapapp.services.posters import PdfUnavailable

    try:
        return report_pdf(report, place) if kind is ReportFormat.PDF else picture_archive(report, place)
    except (PdfUnavailable, PicturesUnavailable) as error:
        raise DrawingUnavailable(error.packages) from error


def format_of(text: str) -> ReportFormat:
    """The format of that name; raises InvalidValue for another."""
    try:
        return ReportFormat(text)
    except ValueError as error:
        raise InvalidValue("There is no such format.", field="format", code="unknown_choice") from error
