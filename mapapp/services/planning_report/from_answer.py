"""A kept answer as a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geodata.coverage.within import WithinUnit
from geodata.places import Place
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.results import night_gap
from mapapp.services.planning.site_names import in_language
from mapapp.services.planning_report import sentence
from mapapp.services.planning_report.answer_charts import answer_charts
from mapapp.services.planning_report.answer_layers import answer_layers
from mapapp.services.planning_report.answer_tables import answer_tables
from mapapp.services.planning_report.content import Fact, Layer, Report
from mapapp.services.planning_report.question_words import asked, marks_of, stands_on
from mapapp.services.planning_report.speech import Speech
from mapapp.services.share_words import points_words

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLabel:
    """What a report says of a run besides its answer."""

    number: str
    name: str
    made_by: str
    made_at: datetime
    note: str = ""

    def title(self, speech: Speech) -> str:
        """What people call it."""
        return self.name or speech.gettext("Analysis %(number)s", number=self.number)

    def facts(self, place: Place, speech: Speech) -> tuple[Fact, ...]:
        """Who asked, and when."""
        gettext = speech.gettext
        made = f"{self.made_at.astimezone(place.timezone):%Y-%m-%d %H:%M}"
        facts = [
            Fact(gettext("Analysis"), self.number),
            Fact(gettext("Made"), " · ".join(filter(None, (made, self.made_by)))),
        ]
        return (*facts, Fact(gettext("Note"), self.note)) if self.note else tuple(facts)


def answer_report(
    document: Document, run: RunLabel, place: Place, speech: Speech, more_layers: Sequence[Layer] = ()
) -> Report:
    """The report of one run. ``more_layers`` are drawn between the cells and the stations."""
    document = in_language(document, speech.language)
    question = PlanningQuestion.from_document(document["question"])
    layers = answer_layers(document, speech)
    areas = [layer for layer in layers if layer.geometry_type != "Point"]
    points = [layer for layer in layers if layer.geometry_type == "Point"]
    return Report(
        speech=speech,
        place_name=place.name(speech.language),
        place_id=place.id,
        title=run.title(speech),
        headline=sentence.headline_words(question, document["headline"], place.timezone, speech),
        sentences=_sentences(document, place, speech),
        marks=marks_of(document, speech),
        facts=asked(question, place, speech),
        provenance=stands_on(document, speech, run.facts(place, speech)),
        notes=notes_of(document, question, speech),
        tables=answer_tables(document, place, speech),
        charts=answer_charts(document, place, speech),
        layers=(*areas, *more_layers, *points),
        made_at=run.made_at.astimezone(place.timezone),
        number=run.number,
        is_sample=bool(document["basis"]["is_sample"]),
    )


def _sentences(document: Document, place: Place, speech: Speech) -> tuple[str, ...]:
    """The findings after the headline, each with its bounds."""
    gettext, head, found = speech.gettext, document["headline"], []
    if head["share_low"] is None:
        return ()
    left = speech.between(speech.count(head["uncovered_workers_high"]), speech.count(head["uncovered_workers_low"]))
    found.append(
        gettext(
            "In a mean hour %(workers)s workers are out; %(left)s of them are not covered.",
            workers=speech.count(head["workers"]),
            left=left,
        )
    )
    gap = next((night_gap(row) for row in document["night_gaps"] if row["need"] == ""), None)
    if gap is not None and gap.least is not None and gap.most is not None:
        found.append(
            gettext(
                "By night the covered share is %(gap)s percentage points lower than by day.",
                gap=points_words(gap.least, gap.most),
            )
        )
    if document["gaps"]:
        first = document["gaps"][0]
        found.append(
            gettext(
                "The largest gap is %(name)s with %(count)s worker-hours.",
                name=first[f"name_{speech.language}"],
                count=speech.count(first["worker_hours"]),
            )
        )
    single = sentence.single_words(document["single_share_low"], document["single_share_high"], speech)
    return (*found, single) if single else tuple(found)


def notes_of(document: Document, question: PlanningQuestion, speech: Speech) -> tuple[str, ...]:
    """How the numbers are to be read; the method's own page has the rest."""
    gettext = speech.gettext
    notes = [
        gettext("Two bounds: the low one takes every station of unknown hours for shut, the high one for open."),
        sentence.truth_words(speech),
    ]
    if question.within.unit is WithinUnit.METRES:
        notes.append(
            gettext(
                "A straight line flatters: on a test grid 1 km covered %(line)s in a straight line and %(streets)s "
                "along the streets.",
                line=speech.percent(0.935),
                streets=speech.percent(0.805),
            )
        )
    if any(layer["is_modelled"] for layer in document["basis"]["layers"]):
        notes.append(
            gettext(
                "Workers are expectations of a model, not counts; they need not be whole, and their error is unknown."
            )
        )
    notes.append(
        gettext(
            "All workers of a cell are taken to be at its middle: with cells of resolution 9 at most about 200 m off."
        )
    )
    notes.append(
        gettext("Over several hours a cell is in a gap when at least half of its worker-hours are not covered.")
    )
    notes.append(
        gettext("Coverage says a door is near and open, not that there is room behind it or time to go there.")
    )
    return tuple(notes)
