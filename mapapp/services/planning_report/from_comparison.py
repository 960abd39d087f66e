"""Two kept answers as one report: what the second changes, before and after, on one map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from geodata.places import Place
from geodata.stations.vocabulary import WorkerGroup
from mapapp.services.planning.changed_cells import ChangeLook, looks_of_cells
from mapapp.services.planning.comparing import Comparison, compared
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.site_names import in_language
from mapapp.services.planning_report.answer_layers import point_layers
from mapapp.services.planning_report.answer_tables import bounds_note, need_name
from mapapp.services.planning_report.area_layers import catchment_layer, changed_town_layer
from mapapp.services.planning_report.change_tables import (
    CELL_FIELDS,
    cell_table,
    changed_cells,
    hour_table,
    service_table,
)
from mapapp.services.planning_report.content import (
    Cell,
    Chart,
    ChartKind,
    Column,
    Fact,
    Feature,
    Form,
    Layer,
    LayerLook,
    Line,
    Report,
    Table,
    both_bounds,
)
from mapapp.services.planning_report.from_answer import RunLabel, notes_of
from mapapp.services.planning_report.geometries import AREA, area
from mapapp.services.planning_report.place_tables import district_name, interventions_table, station_rows
from mapapp.services.planning_report.question_words import asked, marks_of, stands_on
from mapapp.services.planning_report.speech import Speech
from mapapp.services.share_words import points_words

Document = Mapping[str, Any]
LEAST_CHANGE: Final = 1e-6
"""Of a cell's worker-hours: less is rounding."""


def comparison_report(
    before: Document,
    after: Document,
    runs: tuple[RunLabel, RunLabel],
    place: Place,
    speech: Speech,
    more_layers: Sequence[Layer] = (),
) -> Report:
    """The report of two answers over the same city. ``more_layers``, of the later, are drawn below the stations."""
    gettext, (first, second) = speech.gettext, runs
    before, after = in_language(before, speech.language), in_language(after, speech.language)
    question = PlanningQuestion.from_document(after["question"])
    found = compared(before, after)
    changed = changed_cells(before, after, found)
    layers = (
        changed_town_layer(before, after, speech),
        catchment_layer(after, speech, title=gettext("Catchments afterwards: the nearest surely open station")),
        _change_layer(changed, looks_of_cells(before, after, found), speech),
        *more_layers,
        *point_layers(after, speech),
    )
    notes = [_counting(found, speech)]
    if before["question"] != after["question"]:
        notes.append(
            gettext("The two were asked different questions, so not every difference is a change of stations.")
        )
    made_at = max(first.made_at, second.made_at).astimezone(place.timezone)
    return Report(
        speech=speech,
        place_name=place.name(speech.language),
        place_id=place.id,
        title=comparison_title(first, second, speech),
        headline=comparison_headline(before, after, speech),
        sentences=_sentences(found, speech),
        marks=tuple(dict.fromkeys((*marks_of(before, speech), *marks_of(after, speech)))),
        facts=question_facts(before, after, place, speech),
        provenance=(
            *_named(gettext("before"), stands_on(before, speech, first.facts(place, speech)), speech),
            *_named(gettext("after"), stands_on(after, speech, second.facts(place, speech)), speech),
        ),
        notes=(*notes, *notes_of(after, question, speech)),
        tables=_tables(before, after, (found, changed), place, speech),
        charts=_charts(before, after, speech),
        layers=tuple(layer for layer in layers if layer.features),
        made_at=made_at,
        number=f"{first.number}-{second.number}",
        is_sample=bool(before["basis"]["is_sample"] or after["basis"]["is_sample"]),
    )


def comparison_title(first: RunLabel, second: RunLabel, speech: Speech) -> str:
    """What a comparison is called."""
    return speech.gettext("%(first)s and %(second)s compared", first=first.title(speech), second=second.title(speech))


def comparison_headline(before: Document, after: Document, speech: Speech) -> str:
    """The change in one sentence, with both bounds."""
    old, new = before["headline"], after["headline"]
    if old["share_low"] is None or new["share_low"] is None:
        return speech.gettext("There is nobody to be covered in one of the two, so nothing to compare.")
    low, high = new["share_low"] - old["share_low"], new["share_high"] - old["share_high"]
    return speech.gettext(
        "Covered before: %(before)s. After: %(after)s. Change: %(points)s percentage points.",
        before=_range(old, speech),
        after=_range(new, speech),
        points=points_words(low, high, is_change=True),
    )


def _range(tally: Document, speech: Speech) -> str:
    return speech.between(speech.percent(tally["share_low"]), speech.percent(tally["share_high"]))


def question_facts(
    before: Document, after: Document, place: Place, speech: Speech, *, only_differing: bool = False
) -> tuple[Fact, ...]:
    """What was asked, once where both were asked the same; of hours not their words are compared."""
    questions = [PlanningQuestion.from_document(each["question"]) for each in (before, after)]
    old, new = (asked(each, place, speech) for each in questions)
    same_hours = _hours(questions[0]) == _hours(questions[1])
    earlier = {fact.name: fact.value for fact in old}
    facts = []
    for fact in new:
        was = earlier.pop(fact.name, speech.gettext("not asked"))
        is_same = same_hours if fact.name == speech.gettext("When") else was == fact.value
        if not is_same:
            facts.append(Fact(fact.name, f"{was} → {fact.value}"))
        elif not only_differing:
            facts.append(fact)
    gone = (Fact(name, f"{value} → {speech.gettext('not asked')}") for name, value in earlier.items())
    return (*facts, *gone)


def _hours(question: PlanningQuestion) -> frozenset[int] | datetime:
    """What a question asks about: an instant leaves its hours aside."""
    return question.hours if question.instant is None else question.instant


def _named(name: str, facts: Iterable[Fact], speech: Speech) -> list[Fact]:
    return [Fact(speech.gettext("%(what)s (%(which)s)", what=fact.name, which=name), fact.value) for fact in facts]


def _counting(found: Comparison, speech: Speech) -> str:
    """How gains and losses are counted."""
    if found.is_exact:
        return speech.gettext(
            "Newly covered and lost are counted hour by hour in every cell: an hour that is won does not make up for "
            "one that is lost. Low: unknown hours shut before and after; high: open before and after."
        )
    if found.sides() is not None:
        return speech.gettext(
            "Newly covered and lost are net of each cell over its hours: one of the two was kept before hours were."
        )
    if not found.is_same_demand:
        return speech.gettext("The demand differs: compare shares only. Nothing is counted as newly covered or lost.")
    return speech.gettext(
        "The two count different worker-hours: compare shares only. Nothing is counted as newly covered or lost."
    )


def _sentences(found: Comparison, speech: Speech) -> tuple[str, ...]:
    sides = found.sides()
    if sides is None:
        return ()
    gettext = speech.gettext
    (newly_low, lost_low, _), (newly_high, lost_high, _) = (side.sums() for side in sides)
    return (
        gettext("%(count)s worker-hours are newly covered.", count=_counts(newly_low, newly_high, speech)),
        gettext("%(count)s worker-hours lose their cover.", count=_counts(lost_low, lost_high, speech)),
    )


def _counts(shut: float, open_: float, speech: Speech) -> str:
    return speech.cases(speech.count(shut), speech.count(open_))


_LOOKS: Final = {
    ChangeLook.NEWLY: LayerLook.NEWLY,
    ChangeLook.LOST: LayerLook.LOST,
    ChangeLook.MIXED: LayerLook.MIXED,
    ChangeLook.STILL: LayerLook.COVERED,
}


def _change_layer(changed: Iterable[Mapping[str, Cell]], looks: Mapping[str, ChangeLook], speech: Speech) -> Layer:
    gettext = speech.gettext
    words = {
        LayerLook.NEWLY: gettext("newly covered"),
        LayerLook.LOST: gettext("lost"),
        LayerLook.MIXED: gettext("newly covered in some hours, lost in others"),
        LayerLook.COVERED: gettext("unchanged"),
    }
    features = []
    for row in changed:
        if row["cell"] not in looks:
            continue
        look = _LOOKS[looks[str(row["cell"])]]
        said = (
            str(row["cell"]),
            words[look],
            gettext(
                "%(before)s → %(after)s of %(all)s worker-hours",
                before=speech.number(_value(row, "before_low"), 1),
                after=speech.number(_value(row, "after_low"), 1),
                all=speech.number(_value(row, "worker_hours"), 1),
            ),
        )
        features.append(Feature(area([str(row["cell"])]), row, said, look=look, label=words[look]))
    return Layer(
        key="changes",
        title=gettext("What changes"),
        geometry_type=AREA,
        look=LayerLook.NEWLY,
        fields=CELL_FIELDS,
        features=tuple(features),
    )


def _value(row: Mapping[str, Cell], name: str) -> float:
    return float(row[name] or 0)


def _tables(
    before: Document,
    after: Document,
    changes: tuple[Comparison, list[dict[str, Cell]]],
    place: Place,
    speech: Speech,
) -> tuple[Table, ...]:
    gettext, (found, changed) = speech.gettext, changes
    districts = _pairs(before["districts"], after["districts"], "code", lambda code: district_name(code, place, speech))
    groups = _pairs(before["groups"], after["groups"], "group", lambda code: WorkerGroup(code).label(speech.language))
    whole = ((place.name(speech.language), before["headline"], after["headline"]),)
    made = (
        interventions_table(after, place, speech),
        _tally_table("districts", gettext("Districts"), gettext("district"), (*whole, *districts), speech),
        _tally_table("groups", gettext("Groups of workers"), gettext("group"), groups, speech),
        _nights(before, after, speech),
        service_table(found, speech),
        hour_table(found, speech),
        _curves(before, after, speech),
        _station_table(before, after, speech),
        cell_table(changed, speech),
    )
    return tuple(table for table in made if table.rows)


def _pairs(old: Iterable[Document], new: Iterable[Document], key: str, name: Any) -> tuple[tuple[str, Any, Any], ...]:
    """Rows of both by their key, those of the later first in its order."""
    earlier = {row[key]: row for row in old}
    later = {row[key]: row for row in new}
    codes = [*later, *(code for code in earlier if code not in later)]
    found = ((code, earlier.get(code, {}), later.get(code, {})) for code in codes)
    return tuple((name(code), a, b) for code, a, b in found if a.get("worker_hours") or b.get("worker_hours"))


def _tally_table(
    key: str, title: str, heading: str, rows: Iterable[tuple[str, Document, Document]], speech: Speech
) -> Table:
    gettext = speech.gettext
    return Table(
        key=key,
        title=title,
        columns=(
            Column(heading),
            *both_bounds(gettext("before"), Form.SHARE, speech),
            *both_bounds(gettext("after"), Form.SHARE, speech),
            *both_bounds(gettext("change"), Form.POINTS, speech),
        ),
        rows=tuple((name, *_before_after(old, new, "share_low", "share_high")) for name, old, new in rows),
        note=bounds_note(speech),
    )


def _before_after(old: Document, new: Document, low: str, high: str) -> tuple[Cell, ...]:
    values = (old.get(low), old.get(high), new.get(low), new.get(high))
    return (*values, _less(values[2], values[0]), _less(values[3], values[1]))


def _less(new: float | None, old: float | None) -> float | None:
    return None if new is None or old is None else new - old


def _nights(before: Document, after: Document, speech: Speech) -> Table:
    earlier = {row["need"]: row for row in before["night_gaps"]}
    gettext = speech.gettext
    rows = [(row["need"], earlier.get(row["need"], {}), row) for row in after["night_gaps"]]
    return Table(
        key="night_gaps",
        title=gettext("By night (22–06)"),
        columns=(
            Column(gettext("service")),
            *both_bounds(gettext("before"), Form.SHARE, speech),
            *both_bounds(gettext("after"), Form.SHARE, speech),
            *both_bounds(gettext("change"), Form.POINTS, speech),
        ),
        rows=tuple(
            (need_name(need, speech), *_before_after(old, new, "night_low", "night_high")) for need, old, new in rows
        ),
        note=bounds_note(speech),
    )


def _curves(before: Document, after: Document, speech: Speech) -> Table:
    gettext = speech.gettext
    curves = [dict(each["travel"][bound]["curve"]) for each in (before, after) for bound in ("low", "high")]
    return Table(
        key="curve",
        title=gettext("Curve of travel times"),
        columns=(
            Column(gettext("minutes"), Form.COUNT),
            *both_bounds(gettext("before"), Form.SHARE, speech),
            *both_bounds(gettext("after"), Form.SHARE, speech),
        ),
        rows=tuple((minutes, *(curve.get(minutes) for curve in curves)) for minutes in sorted(set().union(*curves))),
        note=gettext("The share of all worker-hours that reach an open station in so many minutes."),
    )


def _charts(before: Document, after: Document, speech: Speech) -> tuple[Chart, ...]:
    gettext = speech.gettext
    pairs = [tuple(dict(each["travel"][bound]["curve"]) for bound in ("low", "high")) for each in (before, after)]
    at = sorted({minutes for pair in pairs for curve in pair for minutes in curve})
    if not at:
        return ()
    lines = (
        Line(name, *(tuple(curve.get(each) for each in at) for curve in pair))
        for name, pair in zip((gettext("before"), gettext("after")), pairs, strict=True)
    )
    return (
        Chart(
            key="curve",
            kind=ChartKind.CURVE,
            title=gettext("How long workers travel to the nearest open station"),
            words=gettext(
                "Two curves, before and after, of what is surely open; with the higher bound the table holds every "
                "number."
            ),
            lines=tuple(lines),
            at=tuple(float(each) for each in at),
            at_title=gettext("minutes"),
            table_key="curve",
        ),
    )


def _station_table(before: Document, after: Document, speech: Speech) -> Table:
    """Stations whose load is another one, the largest change first."""
    gettext = speech.gettext
    old, new = ({row["code"]: row for row in station_rows(each)} for each in (before, after))
    rows: list[tuple[Cell, ...]] = []
    for code in sorted({*old, *new}):
        row = new.get(code) or old[code]
        was, now = (float(each[code]["load_low"] or 0) if code in each else None for each in (old, new))
        if was is None or now is None or abs(now - was) > LEAST_CHANGE * max(was, 1.0):
            rows.append((code, row["name"], was, now, (now or 0.0) - (was or 0.0)))
    rows.sort(key=lambda row: (-abs(float(row[4] or 0)), str(row[0])))
    return Table(
        key="stations",
        title=gettext("Stations that serve others than before"),
        columns=(
            Column(gettext("code")),
            Column(gettext("name")),
            Column(gettext("load before"), Form.COUNT),
            Column(gettext("load after"), Form.COUNT),
            Column(gettext("change"), Form.COUNT),
        ),
        rows=tuple(rows),
        note=gettext("Load in worker-hours, with every station of unknown hours shut."),
    )
