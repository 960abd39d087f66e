"""What the page of an answer writes, from an answer document: all of it, or as much as there is so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from geodata.coordinates import LonLat
from geodata.places import Place
from geodata.stations.vocabulary import LifeCycle, WorkerGroup
from geodata.travel.pairs import Network
from geodata.travel.straight_line import TravelMode
from mapapp.maps import StaticMap, static_map
from mapapp.planner.ask_tables import (
    GapRow,
    equity_table,
    gap_rows,
    group_table,
    idle_names,
    load_table,
    loss_table,
    sensitivity_table,
    town_table,
)
from mapapp.planner.ask_words import (
    ALSO_NAMES,
    all_of,
    count_words,
    decimals_words,
    entry_words,
    followed_by,
    headline_words,
    mode_words,
    points_words,
    share_words,
)
from mapapp.planner.charts import (
    ChartView,
    HeatView,
    Table,
    district_chart,
    night_table,
    travel_chart,
    travel_words,
    week_chart,
)
from mapapp.planner.coverage_view import norm_note
from mapapp.planner.speech import gettext, ngettext
from mapapp.planner.wording import plain_number, workers_count
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.results import night_gap
from mapapp.services.planning.site_names import in_language
from mapapp.services.planning_report import sentence
from mapapp.services.planning_report.speech import Speech
from mapapp.web.language import current_language

GAPS_SHOWN: Final = 10
MOST_GAPS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """The answer in words. A part that is not there yet is None or empty."""

    headline: str
    facts: tuple[str, ...]
    bounds: str
    warning: str
    notes: tuple[str, ...]
    districts: ChartView | None
    groups: Table | None
    week: HeatView | None
    nights: Table | None
    night_hint: str
    travel: ChartView | None
    travel_words: str
    gaps: tuple[GapRow, ...]
    more_gaps: tuple[GapRow, ...]
    gaps_summary: str
    has_gaps: bool
    picture: StaticMap | None
    towns: Table | None
    loads: Table | None
    losses: Table | None
    losses_words: str
    unserved_words: str
    idle: tuple[str, ...]
    equity: Table | None
    room_words: str
    sensitivity: Table | None
    unreachable: str


def answer_view(
    document: Mapping[str, Any], place: Place, language: str, timezone: tzinfo, *, gaps_by_workers: bool = False
) -> AnswerView:
    """The view of an answer in the page's language."""
    document = in_language(document, language)
    question = PlanningQuestion.from_document(document["question"])
    whole, columns = document["headline"], document.get("stations", {})
    gaps = gap_rows(document, language, by_workers=gaps_by_workers)[:MOST_GAPS] if "gaps" in document else ()
    return AnswerView(
        headline=headline_words(question, whole, language, timezone),
        facts=tuple(fact for fact in _facts(document) if fact),
        bounds=_bounds(document["basis"]),
        warning=warning_words(document["basis"]),
        notes=tuple(note for note in _notes(document, question, language) if note),
        districts=district_chart(document, place, language) if "districts" in document else None,
        groups=_groups(document, language),
        week=week_chart(document, language) if "week" in document else None,
        nights=night_table(document, language) if document.get("night_gaps") else None,
        night_hint=gettext(
            "Day share less night share. The gap lies between its two numbers: unknown hours may be day hours or night "
            "hours. Beside it the gap with all of them shut, and with all open."
        ),
        travel=travel_chart(document) if "travel" in document else None,
        travel_words=travel_words(document) if "travel" in document else "",
        gaps=gaps[:GAPS_SHOWN],
        more_gaps=gaps[GAPS_SHOWN:],
        gaps_summary=_gaps_summary(document) if gaps else "",
        has_gaps="gaps" in document,
        picture=_picture(document, gaps, place, language) if "gaps" in document else None,
        towns=town_table(document, place, language) if document.get("towns") else None,
        loads=load_table(document) if "peak_low" in columns else None,
        losses=loss_table(document) if "loss_low" in columns else None,
        losses_words=_with_cases(_losses_words(document), document),
        unserved_words=_with_cases(_unserved_words(document), document),
        idle=idle_names(document) if "idle" in columns else (),
        equity=equity_table(document) if document.get("equity") else None,
        room_words=_with_cases(_room_words(document), document),
        sensitivity=sensitivity_table(document) if document.get("sensitivity") else None,
        unreachable=_unreachable(document),
    )


def warning_words(basis: Mapping[str, Any]) -> str:
    """What must stand by every number: that it is a sample, or modelled; empty where neither is."""
    if basis["is_sample"]:
        return gettext("Sample data: stations and workers are invented. No number here says anything about the city.")
    if basis["is_modelled"]:
        return gettext("The numbers of workers are modelled, not counted.")
    return ""


def _facts(document: Mapping[str, Any]) -> tuple[str, ...]:
    whole = document["headline"]
    missed = count_words(whole["uncovered_workers_low"], whole["uncovered_workers_high"])
    workers = workers_count(whole["workers"])
    night = next((row for row in document.get("night_gaps", ()) if not row["need"]), None)
    return (
        gettext("%(missed)s of %(workers)s workers are not covered in the mean hour.", missed=missed, workers=workers)
        if document["hours_count"] > 1
        else gettext("%(missed)s of %(workers)s workers are not covered.", missed=missed, workers=workers),
        gettext(
            "Night gap: %(gap)s points (%(day)s by day, %(night)s by night).",
            gap=points_words(night_gap(night).least, night_gap(night).most),
            day=share_words(night["day_low"], night["day_high"]),
            night=share_words(night["night_low"], night["night_high"]),
        )
        if night
        else "",
    )


def _bounds(basis: Mapping[str, Any]) -> str:
    """Where the two bounds come from, or that there are not two."""
    unknown_count = basis["unknown_hours_count"]
    if not unknown_count:
        return gettext("The hours of every station that counts are known, so this is one number.")
    return ngettext(
        "Nobody knows the hours of %(count)s station that counts: the lower bound takes it for closed, the upper "
        "one for open.",
        "Nobody knows the hours of %(count)s stations that count: the lower bound takes them for closed, the upper "
        "one for open.",
        unknown_count,
        count=unknown_count,
    )


def _groups(document: Mapping[str, Any], language: str) -> Table | None:
    rows = document.get("groups") or ()
    return group_table(document, lambda code: WorkerGroup(code).label(language)) if len(rows) > 1 else None


def _gaps_summary(document: Mapping[str, Any]) -> str:
    gaps = document["gaps"]
    missed = sum(gap["worker_hours"] for gap in gaps)
    summary = ngettext(
        "%(count)s gap with %(hours)s worker-hours that are not surely covered.",
        "%(count)s gaps with %(hours)s worker-hours that are not surely covered.",
        len(gaps),
        count=len(gaps),
        hours=workers_count(missed),
    )
    if document["hours_count"] == 1:
        return summary
    return followed_by(summary, gettext("A cell is part of a gap from half of its worker-hours on."))


def _picture(document: Mapping[str, Any], gaps: tuple[GapRow, ...], place: Place, language: str) -> StaticMap:
    at = {gap["rank"]: LonLat(gap["lon"], gap["lat"]) for gap in document["gaps"]}
    return static_map(place, language, [at[gap.rank] for gap in gaps[:GAPS_SHOWN]])


def _losses_words(document: Mapping[str, Any]) -> str:
    if "single_share_low" not in document:
        return ""
    speech = Speech.of(current_language())
    said = sentence.single_words(document["single_share_low"], document["single_share_high"], speech)
    return said or gettext("Nobody is covered, so nothing hangs on one door.")


def _with_cases(words: str, document: Mapping[str, Any]) -> str:
    """The words, and how two numbers beside each other are to be read where hours are unknown."""
    if not words or not document["basis"]["unknown_hours_count"]:
        return words
    return followed_by(
        words,
        gettext("a / b: with all unknown hours shut, and with all open; other values are possible."),
    )


def _unserved_words(document: Mapping[str, Any]) -> str:
    if "unserved_low" not in document:
        return ""
    return gettext(
        "Everybody goes to the nearest open station by travel time; %(hours)s worker-hours have none within "
        "%(minutes)s minutes.",
        hours=count_words(document["unserved_low"], document["unserved_high"]),
        minutes=f"{document['travel']['cut_off_min']:g}" if "travel" in document else "30",
    )


def _room_words(document: Mapping[str, Any]) -> str:
    room = document.get("room")
    if not room:
        return ""
    unit = gettext("seats") if room["unit"] == "seats" else gettext("stations")
    words = gettext(
        "On average %(mean)s %(unit)s per 1,000 workers (E2SFCA, bands of %(bands)s minutes). "
        "Idle supply: %(idle)s hours of open %(unit)s with nobody in reach.",
        mean=decimals_words(room["mean_low"], room["mean_high"], 1),
        unit=unit,
        bands=all_of(f"{band:g}" for band in room["bands_min"]),
        idle=count_words(room["idle_supply_hours_low"], room["idle_supply_hours_high"]),
    )
    if room.get("assumed_count"):
        assumed = gettext(
            "%(count)s stations say nothing of their seats and are taken to have %(seats)s.",
            count=room["assumed_count"],
            seats=plain_number(room["assumed_seats"]),
        )
        return followed_by(words, assumed)
    return words


def _unreachable(document: Mapping[str, Any]) -> str:
    lost = document.get("unreachable")
    if not lost or not (lost["points"] or lost["stations"]):
        return ""
    return gettext(
        "Unreachable: %(points)s cells with %(hours)s worker-hours, and %(stations)s stations. These worker-hours are "
        "in no mean of travel times; they count as not covered, beyond the cut-off, and without room.",
        points=lost["points"],
        hours=workers_count(lost["worker_hours"]),
        stations=len(lost["stations"]),
    )


def _notes(document: Mapping[str, Any], question: PlanningQuestion, language: str) -> tuple[str, ...]:
    """What the answer rests on; empty where there is nothing to say."""
    basis = document["basis"]
    origin = "origin_zh" if language.startswith("zh") else "origin_en"
    return (
        ngettext(
            "%(count)s station counts.",
            "%(count)s stations count.",
            basis["counted_count"],
            count=basis["counted_count"],
        ),
        *(gettext("Also counted: %(what)s.", what=words) for words in _also_counted(question)),
        gettext("Only stations one can enter by: %(methods)s.", methods=entry_words(question.entry_methods, language))
        if question.entry_methods
        else "",
        gettext("Stations must stay open for at least %(minutes)s minutes.", minutes=question.min_stay_min)
        if question.min_stay_min
        else "",
        *(_layer_note(layer, layer[origin], language) for layer in basis["layers"]),
        *(_travel_note(each, language) for each in basis["travel"]),
        norm_note(question.within),
        _holiday_note(basis["holidays"]),
        gettext("Hours and services of the season of %(week)s.", week=question.week_of.isoformat())
        if question.instant is None
        else "",
        gettext(
            "Data revision %(revision)s, code %(code)s.", revision=basis["data_revision"], code=basis["code_version"]
        ),
    )


def _also_counted(question: PlanningQuestion) -> list[str]:
    return [str(ALSO_NAMES[each]) for each in LifeCycle if each in question.life_cycles and each in ALSO_NAMES]


def _layer_note(layer: Mapping[str, Any], origin: str, language: str) -> str:
    groups = all_of(WorkerGroup(code).label(language) for code in layer["groups"])
    note = gettext("%(groups)s: %(origin)s", groups=groups, origin=origin)
    marks = [gettext("sample")] if layer["is_sample"] else []
    marks += [gettext("modelled")] if layer["is_modelled"] else []
    return f"{note} [{all_of(marks)}]" if marks else note


def _travel_note(way: Mapping[str, Any], language: str) -> str:
    groups = all_of(WorkerGroup(code).label(language) for code in way["groups"]) or gettext("workers")
    mode = mode_words(TravelMode(way["mode"]))
    if way["network"] == Network.STRAIGHT_LINE:
        return gettext(
            "%(groups)s, %(mode)s: straight lines × %(detour)s at %(speed)s km/h, not ways along streets.",
            groups=groups,
            mode=mode,
            detour=plain_number(way["detour_factor"]),
            speed=plain_number(way["speed_kmh"]),
        )
    return gettext(
        "%(groups)s, %(mode)s: along the streets of %(source)s (%(date)s); to and from the street on foot at "
        "%(speed)s km/h.",
        groups=groups,
        mode=mode,
        source=way["source"],
        date=way["source_date"] or gettext("date unknown"),
        speed=plain_number(way["off_network_kmh"] or 0),
    )


def _holiday_note(use: str) -> str:
    if use == "missing":
        return gettext("The holidays of that date are not announced yet: the weekly hours are used.")
    if use == "not_used":
        return gettext("Hours of ordinary weeks: holidays are left aside.")
    return ""
