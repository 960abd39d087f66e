"""Two kept answers side by side: the difference of every tally, and what each cell gained or lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from flask import make_response, render_template, url_for
from werkzeug.wrappers import Response

from geodata.places import Place
from mapapp.planner.ask_pages import map_parts, page_data
from mapapp.planner.ask_view import warning_words
from mapapp.planner.ask_words import (
    cases_words,
    count_words,
    decimals_words,
    fine_words,
    followed_by,
    minutes_of,
    points_words,
    share_words,
)
from mapapp.planner.change_view import changes_view
from mapapp.planner.charts import ChartView, Table, area_name, need_name
from mapapp.planner.run_words import asked_words, run_name
from mapapp.planner.speech import gettext
from mapapp.planner.wording import workers_count
from mapapp.services.charts import LineSeries, line_chart
from mapapp.services.planning.comparing import compared
from mapapp.services.planning.results import night_gap
from mapapp.services.planning.runs import Run
from mapapp.services.planning_report.from_comparison import question_facts
from mapapp.services.planning_report.speech import Speech
from mapapp.web import services
from mapapp.web.language import current_language

Document = Mapping[str, Any]


def compare_page(first: Run, second: Run) -> Response:
    """The page of two finished runs."""
    a, b = first.document or {}, second.document or {}
    place, language = services().place, current_language()
    page = render_template(
        "planner/run_compare.html",
        a=_side(first),
        b=_side(second),
        headline=_headline(a, b),
        warnings=list(dict.fromkeys(warning_words(document["basis"]) for document in (a, b))),
        caution=_differing(a, b, place, language),
        swapped_url=url_for("planner.compare_runs", a=second.card.id, b=first.card.id),
        report_url=url_for("planner.report", run=first.card.id, after=second.card.id),
        changes=changes_view(a, b),
        tables=_tables(a, b, place, language),
        curve=curve(a, b),
        layers=[
            ("changes", gettext("What changed, cell by cell"), True),
            ("stations", gettext("Stations of B by load"), True),
        ],
        page_data=page_data(),
        **map_parts(url_for("planner.compare_map", a=first.card.id, b=second.card.id), {}),
    )
    return make_response(page)


def _side(run: Run) -> dict[str, str]:
    return {"name": run_name(run), "asked": asked_words(run), "url": url_for("planner.run", run_id=run.card.id)}


def _headline(a: Document, b: Document) -> str:
    was, now = a["headline"], b["headline"]
    return gettext(
        "A covers %(was)s, B covers %(now)s: %(difference)s points.",
        was=share_words(was["share_low"], was["share_high"]),
        now=share_words(now["share_low"], now["share_high"]),
        difference=share_change(was, now),
    )


def _differing(a: Document, b: Document, place: Place, language: str) -> str:
    """A caution where the two do not count the same worker-hours, and in what their questions differ."""
    said = []
    if not compared(a, b).is_same_demand:
        said.append(gettext("The demand differs: compare shares only."))
    elif not _same(a["headline"]["worker_hours"], b["headline"]["worker_hours"]):
        said.append(gettext("The two count different worker-hours: compare shares, not numbers of workers."))
    differing = question_facts(a, b, place, Speech.of(language), only_differing=True)
    if differing:
        what = gettext("; ").join(f"{fact.name}: {fact.value}" for fact in differing)
        said.append(gettext("They were asked different questions (A → B). %(what)s", what=what))
    return reduce(followed_by, said) if said else ""


def share_change(was: Document, now: Document) -> str:
    """How many points more or less, with a sign, the second covers, between its bounds."""
    values = [
        None if was[name] is None or now[name] is None else now[name] - was[name]
        for name in ("share_low", "share_high")
    ]
    return points_words(*values, is_change=True)


def _tables(a: Document, b: Document, place: Place, language: str) -> list[tuple[str, str, Table]]:
    found = [
        (
            "districts",
            gettext("By district"),
            _tally_table(
                gettext("Covered share by district"),
                _by(a, "districts", "code"),
                _by(b, "districts", "code"),
                lambda code: area_name(code, place, language),
            ),
        ),
        ("nights", gettext("By day and by night"), _night_table(a, b, language)),
        ("sums", gettext("Everything else"), _sums_table(a, b)),
    ]
    return [each for each in found if each[2].rows]


def _by(document: Document, part: str, name: str) -> dict[str, Document]:
    return {row[name]: row for row in document.get(part, ()) if row["worker_hours"] > 0}


def _tally_table(
    caption: str, a: Mapping[str, Document], b: Mapping[str, Document], name_of: Callable[[str], str]
) -> Table:
    keys = [key for key in b if key in a]
    return Table(
        caption=caption,
        headings=(gettext("District or area"), gettext("A"), gettext("B"), gettext("Points more or less")),
        rows=tuple(
            (
                name_of(key),
                share_words(a[key]["share_low"], a[key]["share_high"]),
                share_words(b[key]["share_low"], b[key]["share_high"]),
                share_change(a[key], b[key]),
            )
            for key in keys
        ),
    )


def _night_table(a: Document, b: Document, language: str) -> Table:
    was = {row["need"]: row for row in a.get("night_gaps", ())}
    rows = [(was[row["need"]], row) for row in b.get("night_gaps", ()) if row["need"] in was]
    return Table(
        caption=gettext("By night, service by service"),
        headings=(
            gettext("Service"),
            gettext("A by night"),
            gettext("B by night"),
            gettext("A night gap (points)"),
            gettext("B night gap (points)"),
        ),
        rows=tuple(
            (
                need_name(before["need"], language),
                share_words(before["night_low"], before["night_high"]),
                share_words(after["night_low"], after["night_high"]),
                *(points_words(gap.least, gap.most) for gap in (night_gap(before), night_gap(after))),
            )
            for before, after in rows
        ),
    )


def _sums_table(a: Document, b: Document) -> Table:
    lines: list[tuple[str, Callable[[Document], str]]] = [
        (gettext("Worker-hours asked about"), lambda each: workers_count(each["headline"]["worker_hours"])),
        (
            gettext("Covered worker-hours"),
            lambda each: count_words(each["headline"]["covered_low"], each["headline"]["covered_high"]),
        ),
        ("P50", lambda each: _within_which(each, "p50_s")),
        ("P90", lambda each: _within_which(each, "p90_s")),
        (
            gettext("Hangs on one station (unknown hours all shut / all open)"),
            lambda each: cases_words(share_words, each["single_share_low"], each["single_share_high"]),
        ),
        (
            gettext("Worker-hours with no open station within the cut-off"),
            lambda each: count_words(each["unserved_low"], each["unserved_high"]),
        ),
        (
            gettext("Room per 1,000 workers"),
            lambda each: decimals_words(each["room"]["mean_low"], each["room"]["mean_high"], 1),
        ),
        (gettext("Gini of room (all shut / all open)"), lambda each: _equity(each, "room", "gini")),
        (
            gettext("Gini of the covered share (all shut / all open)"),
            lambda each: _equity(each, "covered_share", "gini"),
        ),
        (gettext("Gaps"), lambda each: str(len(each["gaps"]))),
    ]
    return Table(
        caption=gettext("The other results"),
        headings=(gettext("Result"), gettext("A"), gettext("B")),
        rows=tuple((name, words(a), words(b)) for name, words in lines),
    )


def _within_which(document: Document, name: str) -> str:
    """P50 or P90 of the surely open stations; where it is beyond the cut-off, that it is."""
    travel = document["travel"]
    return minutes_of(travel["low"][name], cut_off_min=travel["cut_off_min"])


def _equity(document: Document, of: str, name: str) -> str:
    row = next((row for row in document["equity"] if row["of"] == of), None)
    return "—" if row is None else cases_words(fine_words, row[f"{name}_low"], row[f"{name}_high"])


def curve(a: Document, b: Document) -> ChartView | None:
    """Both curves of travel times, of surely open stations."""
    if "travel" not in a or "travel" not in b:
        return None
    lines = [
        LineSeries(look, [(0.0, 0.0), *map(tuple, document["travel"]["low"]["curve"])])
        for look, document in (("low", b), ("other", a))
    ]
    was, now = (dict(document["travel"]["low"]["curve"]) for document in (a, b))
    return ChartView(
        drawn=line_chart(
            lines,
            x_words=gettext("minutes to the nearest open station"),
            y_words=gettext("share of worker-hours"),
            y_is_share=True,
        ),
        caption=gettext("How long the way is, in A and in B"),
        words=gettext(
            "P50: %(was50)s in A, %(now50)s in B. P90: %(was90)s in A, %(now90)s in B.",
            was50=_within_which(a, "p50_s"),
            now50=_within_which(b, "p50_s"),
            was90=_within_which(a, "p90_s"),
            now90=_within_which(b, "p90_s"),
        ),
        table=Table(
            caption=gettext("Share of worker-hours that travel at most so long"),
            headings=(gettext("At most"), gettext("A"), gettext("B")),
            rows=tuple(
                (
                    gettext("%(value)s min", value=f"{minutes:g}"),
                    share_words(was.get(minutes), was.get(minutes)),
                    share_words(share, share),
                )
                for minutes, share in now.items()
            ),
        ),
        key=(("low", "B"), ("other", "A")),
    )


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-6 * max(abs(one), abs(other), 1.0)
