"""What the template of the coverage page writes: the answer in words, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from geodata.coverage.answer import Coverage
from geodata.coverage.gaps import Gap
from geodata.coverage.question import Rule, WithinMetres
from geodata.coverage.within import Within
from mapapp.maps import StaticMap, static_map
from mapapp.planner.speech import gettext, ngettext
from mapapp.planner.wording import (
    count_range,
    far_words,
    headline,
    percent,
    plain_number,
    share_range,
    workers_count,
)
from mapapp.services.coverage import CoverageAnalysis, HolidayUse

STRAIGHT_SHARE: Final = 0.935
STREETS_SHARE: Final = 0.805
"""Covered within 1 km on one test grid, by both measures: docs/coverage-method.md."""
GAPS_SHOWN: Final = 10
"""So many gaps are listed at once and drawn in the picture; the rest unfolds."""


@dataclass(frozen=True, slots=True)
class AreaRow:
    """The city or a district. ``low`` and ``high`` are per cent for the bar, ``low`` None without workers."""

    name: str
    workers: str
    covered: str
    share: str
    low: float | None
    high: float
    p50: str
    p90: str


@dataclass(frozen=True, slots=True)
class GapRow:
    """One gap of the list."""

    rank: int
    name: str
    facts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageView:
    """The answer in words."""

    headline: str
    bounds: str
    notes: tuple[str, ...]
    city: AreaRow
    districts: tuple[AreaRow, ...]
    gaps: tuple[GapRow, ...]
    more_gaps: tuple[GapRow, ...]
    gaps_summary: str
    picture: StaticMap


def coverage_view(analysis: CoverageAnalysis, language: str) -> CoverageView:
    """The view of an answer in the page's language."""
    place, answer, rule = analysis.snapshot.place, analysis.answer, analysis.question.rule
    rows = tuple(_gap_row(gap, analysis, language) for gap in analysis.gaps)
    return CoverageView(
        headline=headline(analysis.question, answer.city, place, language),
        bounds=_bounds(analysis),
        notes=tuple(note for note in _notes(analysis, language) if note),
        city=_area_row(gettext("Whole city"), answer.city, rule),
        districts=tuple(_area_row(place.unit(code).name(language), coverage, rule) for code, coverage in answer.units),
        gaps=rows[:GAPS_SHOWN],
        more_gaps=rows[GAPS_SHOWN:],
        gaps_summary=_gaps_summary(analysis),
        picture=static_map(place, language, [gap.label_at for gap in analysis.gaps[:GAPS_SHOWN]]),
    )


def _area_row(name: str, coverage: Coverage, rule: Rule) -> AreaRow:
    low, high = coverage.share_low, coverage.share_high
    return AreaRow(
        name=name,
        workers=workers_count(coverage.workers_count),
        covered=count_range(coverage),
        share=share_range(coverage),
        low=None if low is None else round(low * 100, 1),
        high=round((high or 0.0) * 100, 1),
        p50=far_words(coverage.p50, rule),
        p90=far_words(coverage.p90, rule),
    )


def _gap_row(gap: Gap, analysis: CoverageAnalysis, language: str) -> GapRow:
    facts = gettext("%(count)s workers without coverage", count=workers_count(gap.workers_count))
    perhaps = workers_count(gap.perhaps_covered_count)
    if perhaps != "0":
        facts += gettext("; %(count)s of them perhaps covered by stations whose hours are unknown", count=perhaps)
    return GapRow(gap.rank, gap.name(analysis.snapshot.place, language), facts)


def _gaps_summary(analysis: CoverageAnalysis) -> str:
    missed = sum(gap.workers_count for gap in analysis.gaps)
    return ngettext(
        "%(count)s gap with %(workers)s workers who are not surely covered, most first.",
        "%(count)s gaps with %(workers)s workers who are not surely covered, most first.",
        len(analysis.gaps),
        count=len(analysis.gaps),
        workers=workers_count(missed),
    )


def _bounds(analysis: CoverageAnalysis) -> str:
    """Where the two bounds come from, or that there are not two."""
    unknown_count = analysis.answer.stations.unknown_count
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


def _notes(analysis: CoverageAnalysis, language: str) -> tuple[str, ...]:
    """What the answer rests on; empty where there is nothing to say."""
    open_count = analysis.answer.stations.open_count
    return (
        ngettext(
            "%(count)s station that counts is surely open then.",
            "%(count)s stations that count are surely open then.",
            open_count,
            count=open_count,
        ),
        gettext("Workers: %(origin)s", origin=analysis.layer.origin(language)),
        gettext("The numbers of workers are a sample: they show how this works, and nothing about the city.")
        if analysis.layer.is_sample
        else "",
        gettext("The numbers of workers are modelled, not counted.") if analysis.layer.is_modelled else "",
        _rule_note(analysis.question.rule),
        _holiday_note(analysis.holidays),
    )


def _rule_note(rule: Rule) -> str:
    if not isinstance(rule, WithinMetres):
        return gettext(
            "Travel times are straight lines × %(detour)s at %(speed)s km/h, not ways along streets.",
            detour=plain_number(rule.travel.detour_factor),
            speed=plain_number(rule.travel.speed_kmh(rule.mode)),
        )
    note = gettext(
        "Straight lines flatter: on a test grid, 1 km covered %(line)s in a straight line and %(streets)s along "
        "streets.",
        line=percent(STRAIGHT_SHARE),
        streets=percent(STREETS_SHARE),
    )
    return f"{note} {norm_note(Within.of(rule))}".strip()


def norm_note(within: Within) -> str:
    """Whose norm a limit is; empty where it is nobody's."""
    match str(within):
        case "1000m":
            return gettext("1 km is the service radius of the national union's 双15工程 of 2023.")
        case "15min":
            return gettext("A walk of 15 minutes is part of the national union's 双15工程 of 2023.")
    return ""


def _holiday_note(use: HolidayUse) -> str:
    match use:
        case HolidayUse.MISSING:
            return gettext("The holidays of that date are not announced yet: the weekly hours are used.")
        case HolidayUse.NOT_USED:
            return gettext("An hour of an ordinary week: holidays are left aside, seasons are those of this week.")
        case HolidayUse.KNOWN:
            return ""
