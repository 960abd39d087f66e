"""The curve of a plan: what less and more would reach of its aim, where that bends, and where the plan lies on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

from geodata.siting.intervention_outlook import CURVE_COUNT
from geodata.siting.intervention_plan import Objective
from mapapp.planner.ask_words import followed_by, minutes_of
from mapapp.planner.charts import ChartView, Table
from mapapp.planner.sites_words import number
from mapapp.planner.speech import gettext, ngettext
from mapapp.planner.wording import percent, workers_count
from mapapp.services.charts import LineMark, LineSeries, line_chart

Document = Mapping[str, Any]
_MINUTE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class _Aim:
    """How the values of a curve are drawn and said.

    ``scale`` divides what the document holds; ``said`` says such a value, ``brings`` what so much spent reaches.
    """

    scale: float
    caption: str
    axis: str
    heading: str
    said: Callable[[float], str]
    brings: Callable[[float, float, bool], str]
    is_share: bool = False


def curve_view(document: Document) -> ChartView | None:
    """What less and more would reach, with the knee; None without a curve."""
    steps = document.get("curve") or []
    aim = _aim_of(document)
    if len(steps) < (2 if _is_worst(document) else 3):
        return None
    values = [(spent, value / aim.scale) for spent, value, _bound in steps]
    bounds = [(spent, bound / aim.scale) for spent, _value, bound in steps if bound is not None]
    is_bounded = len(bounds) == len(values)
    knee, own = document.get("knee"), document.get("own")
    at = None if own is None else (own[0], own[1] / aim.scale)
    marks = [LineMark(x, y, gettext("knee")) for x, y in values if x == knee]
    marks += [] if at is None else [LineMark(*at, gettext("this plan"))]
    is_priced = _is_priced(document["request"])
    spent_words = gettext("cost") if is_priced else gettext("changes")
    series = [LineSeries("low", values, stepped=_is_worst(document))]
    return ChartView(
        drawn=line_chart(
            [*series, LineSeries("high", bounds)] if is_bounded else series,
            marks,
            x_words=spent_words,
            y_words=aim.axis,
            y_is_share=aim.is_share,
            dotted=not _is_worst(document),
        ),
        caption=aim.caption,
        words=_curve_words(values, knee, at, aim, is_priced=is_priced, is_bounded=is_bounded),
        table=Table(
            caption=aim.caption,
            headings=(spent_words, aim.heading, *([gettext("At most possible")] if is_bounded else [])),
            rows=tuple(
                (number(spent), aim.said(value), *([aim.said(bounds[place][1])] if is_bounded else []))
                for place, (spent, value) in enumerate(values)
            ),
        ),
        key=(("low", gettext("reached")), ("high", gettext("at most possible"))) if is_bounded else (),
    )


def _is_worst(document: Document) -> bool:
    """Whether the curve falls in steps: the longest way stays as it is until enough is done."""
    return str(document["request"]["objective"]) == Objective.LEAST_WORST.value


def _aim_of(document: Document) -> _Aim:
    objective = Objective(document["request"]["objective"])
    match document.get("curve_unit", "worker_hours"):
        case "share":
            return _Aim(
                1.0,
                gettext("What each further step does for the worst district"),
                gettext("share covered of the worst district"),
                gettext("Worst district"),
                percent,
                _raises,
                is_share=True,
            )
        case "s" if objective is Objective.LEAST_WORST:
            return _Aim(
                _MINUTE_S,
                gettext("The longest way for so many changes"),
                gettext("minutes"),
                gettext("Longest way"),
                _minutes,
                _longest,
            )
        case "s":
            return _Aim(
                _MINUTE_S,
                gettext("What each further step does for the mean way"),
                gettext("minutes"),
                gettext("Mean way"),
                _minutes,
                _mean,
            )
        case _:
            return _Aim(
                float(max(1, document["hours_count"])),
                gettext("What each further step brings")
                if objective is Objective.MOST_COVERED
                else gettext("What each further step would bring if the aim were most workers covered"),
                gettext("workers newly covered in an average hour"),
                gettext("Newly covered"),
                workers_count,
                _covers,
            )


def _is_priced(request: Document) -> bool:
    """Whether what is spent is money, not a number of changes."""
    return request["budget"] is not None or bool(request["costs"] and request["objective"] == Objective.FEWEST.value)


def _curve_words(
    values: list[tuple[float, float]],
    knee: float | None,
    own: tuple[float, float] | None,
    aim: _Aim,
    *,
    is_priced: bool,
    is_bounded: bool,
) -> str:
    """What the plan itself brings, where the curve ends, and where it bends over the steps that are always drawn."""
    end, there = aim.brings(*values[-1], is_priced), [gettext("There the curve ends.")]
    plan = aim.brings(*own, is_priced) if own else ""
    said = [gettext("This plan: %(words)s", words=plan)] if own else []
    said += there if plan == end else [end, *there]
    if knee is not None:
        words = gettext("Over its first %(count)s changes it bends at %(knee)s: after it, each step brings less.")
        said.append(words % {"count": number(min(values[-1][0], CURVE_COUNT)), "knee": number(knee)})
    if not is_bounded:
        said.append(
            gettext("The other points are what was found quickly; how near the best possible they are is not known.")
        )
    return reduce(followed_by, said)


def _minutes(value: float) -> str:
    return minutes_of(value * _MINUTE_S)


def _covers(spent: float, workers: float, is_priced: bool) -> str:
    if is_priced:
        return gettext(
            "A cost of %(spent)s brings %(workers)s workers.", spent=number(spent), workers=workers_count(workers)
        )
    return ngettext(
        "%(spent)s change brings %(workers)s workers.",
        "%(spent)s changes bring %(workers)s workers.",
        round(spent),
        spent=number(spent),
        workers=workers_count(workers),
    )


def _raises(spent: float, share: float, is_priced: bool) -> str:
    if is_priced:
        return gettext(
            "A cost of %(spent)s brings the worst district to %(share)s.", spent=number(spent), share=percent(share)
        )
    return ngettext(
        "%(spent)s change brings the worst district to %(share)s.",
        "%(spent)s changes bring the worst district to %(share)s.",
        round(spent),
        spent=number(spent),
        share=percent(share),
    )


def _mean(spent: float, minutes: float, _is_priced: bool) -> str:
    return ngettext(
        "With %(spent)s change the mean way is %(time)s.",
        "With %(spent)s changes the mean way is %(time)s.",
        round(spent),
        spent=number(spent),
        time=_minutes(minutes),
    )


def _longest(spent: float, minutes: float, _is_priced: bool) -> str:
    return ngettext(
        "With %(spent)s change the longest way is %(time)s.",
        "With %(spent)s changes the longest way is %(time)s.",
        round(spent),
        spent=number(spent),
        time=_minutes(minutes),
    )
