"""Plans in words: what was reached, how near the best possible it is, the curve, what could be taken instead."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask_babel import LazyString, format_decimal, lazy_gettext

from geodata.siting.intervention_plan import Objective
from geodata.siting.interventions import (
    Intervention,
    InterventionKind,
    LengthenHours,
    OpenSite,
    ProvideService,
    code_of,
    intervention_of,
    kind_of,
)
from geodata.siting.solution import Status
from geodata.stations.vocabulary import Service
from mapapp.planner.ask_words import minutes_of
from mapapp.planner.charts import Table
from mapapp.planner.speech import gettext, ngettext
from mapapp.planner.wording import percent, workers_count
from mapapp.services.planning.interventions import Candidates
from mapapp.services.share_words import percent_words
from mapapp.web.language import current_language

Document = Mapping[str, Any]

PLACE_NAMES: Final[Mapping[Candidates, LazyString]] = {
    Candidates.CELLS: lazy_gettext("Where workers are not covered yet (cells of the map)"),
    Candidates.PREMISES: lazy_gettext("Premises from a file"),
    Candidates.SUGGESTIONS: lazy_gettext("Places the public suggested"),
}
RULE_NAMES: Final[Mapping[str, LazyString]] = {
    "24/7": lazy_gettext("around the clock"),
    "Mo-Su 06:00-24:00": lazy_gettext("06:00–24:00 every day"),
    "Mo-Su 06:00-22:00": lazy_gettext("06:00–22:00 every day"),
    "Mo-Su 08:00-18:00": lazy_gettext("08:00–18:00 every day"),
}
PHASE_NAMES: Final[Mapping[str, LazyString]] = {
    "": lazy_gettext("Waiting for its turn …"),
    "reading": lazy_gettext("Working out who can reach what"),
    "greedy": lazy_gettext("A first plan"),
    "swap": lazy_gettext("Exchanging sites"),
    "greedy+swap": lazy_gettext("Exchanging sites"),
    "weights": lazy_gettext("Exchanging sites"),
    "prices": lazy_gettext("Working out the bound"),
    "relaxation": lazy_gettext("Working out the bound"),
    "highs": lazy_gettext("Proving how good it is"),
    "outlook": lazy_gettext("Drawing the curve"),
    "curve": lazy_gettext("Drawing the curve"),
    "keeping": lazy_gettext("Keeping the result"),
}
_SAME_SHARE: Final = 1e-9
_NONE_PROVEN: Final[Mapping[str, int]] = {"count": 0, "proven_count": 0}
_ONE_PROVEN: Final[Mapping[str, int]] = {"count": 0, "proven_count": 1}


def number(value: float) -> str:
    """A number with at most two decimals."""
    return str(format_decimal(round(value, 2)))


def gain_words(document: Document) -> str:
    """What the plan reaches, in a sentence."""
    value, before = document["value"], document["before"]
    if value is None:
        return nothing_words(document["status"])
    chosen = len(document["chosen"])
    what = ngettext("%(count)s choice", "%(count)s choices", chosen, count=chosen)
    match Objective(document["request"]["objective"]):
        case Objective.MOST_COVERED:
            return gettext(
                "With %(what)s, %(workers)s more workers are covered in an average hour (%(hours)s worker-hours more).",
                what=what,
                workers=workers_count(value / max(1, document["hours_count"])),
                hours=workers_count(value),
            )
        case Objective.FEWEST:
            return _target_words(document, what)
        case Objective.FAIREST if not value > before:
            return gettext("With %(what)s, the worst district stays at %(before)s.", what=what, before=percent(before))
        case Objective.FAIREST:
            return gettext(
                "With %(what)s, the worst district rises from %(before)s to %(after)s.",
                what=what,
                before=percent(before),
                after=percent(value),
            )
        case Objective.LEAST_MEAN:
            sentence = gettext("With %(what)s, the mean way falls from %(before)s to %(after)s.")
        case Objective.LEAST_WORST if value >= before * (1 - _SAME_SHARE):
            if document["proven"]:
                sentence = gettext("No choice of this size shortens the longest way; it stays at %(before)s.")
            else:
                sentence = gettext("Nothing that shortens the longest way, %(before)s, has been found yet.")
        case _:
            sentence = gettext("With %(what)s, the longest way falls from %(before)s to %(after)s.")
    return sentence % {"what": what, "before": minutes_of(before), "after": minutes_of(value)}


def _target_words(document: Document, what: str) -> str:
    """What reaches the target share: a number of changes, or, where changes have costs, its cost."""
    value, share = document["value"], percent(document["request"]["target_share"])
    if document["request"]["costs"]:
        return gettext("%(what)s reach %(share)s, at a cost of %(cost)s.", what=what, share=share, cost=number(value))
    return ngettext(
        "%(what)s reach %(share)s: %(changes)s change.",
        "%(what)s reach %(share)s: %(changes)s changes.",
        round(value),
        what=what,
        share=share,
        changes=number(value),
    )


def nothing_words(status: str) -> str:
    """Why there is no plan."""
    if status == Status.INFEASIBLE.value:
        return gettext("No choice keeps all conditions: the target cannot be reached, or too much is required.")
    return gettext("The time was over before a plan was found.")


def bound_words(document: Document) -> str:
    """How near the best possible it is; "the best" only where that is proven."""
    if document["value"] is None:
        return ""
    levels = _levels_of(document)
    if document["proven"] and levels != _ONE_PROVEN:
        return gettext("Proven: no other choice is better.")
    if levels["proven_count"]:
        return _levels_words(levels)
    gap = document["gap_share"]
    if gap is None or gap >= 1 or document["bound"] is None:
        return gettext("How near the best possible this is, is not known yet.")
    reached = math.floor((1 - gap) * 1000) / 10
    if Objective(document["request"]["objective"]) in {Objective.MOST_COVERED, Objective.FAIREST}:
        return gettext("This reaches at least %(share)s %% of the best possible.", share=number(reached))
    return gettext("The best possible is at least %(share)s %% of this.", share=number(reached))


def _levels_of(document: Document) -> Mapping[str, int]:
    """How many districts in order are proven; of a plan kept before that was said, only the worst may be."""
    if document["request"]["objective"] != Objective.FAIREST.value:
        return _NONE_PROVEN
    levels: Mapping[str, int] | None = document.get("levels")
    return levels or (_ONE_PROVEN if document["proven"] else _NONE_PROVEN)


def _levels_words(levels: Mapping[str, int]) -> str:
    """From the worst one on, what is proven of the districts."""
    count = levels["proven_count"]
    if count == levels["count"]:
        return gettext("Proven: no other choice is fairer.")
    return ngettext(
        "Proven: the %(count)s worst district cannot be raised further. Whether the next ones can is not known yet.",
        "Proven: the %(count)s worst districts cannot be raised further. Whether the next ones can is not known yet.",
        count,
        count=count,
    )


def method_words(document: Document) -> str:
    """What found it."""
    steps = str(document.get("method", ""))
    if "highs" in steps:
        return gettext("Found by exchanges, bounded by a mixed-integer solver (HiGHS).")
    if "swap" in steps or "weights" in steps:
        return gettext("Found by greedy choice and exchanges.")
    return gettext("Found by greedy choice.")


def change_words(intervention: Intervention) -> str:
    """One change as a planner says it."""
    language = current_language()
    what = kind_of(intervention).label(language)
    if isinstance(intervention, OpenSite):
        hours = RULE_NAMES.get(intervention.rule, intervention.rule)
        return gettext("%(what)s, %(hours)s", what=what, hours=str(hours))
    if isinstance(intervention, ProvideService):
        return gettext("%(what)s: %(service)s", what=what, service=intervention.service.label(language))
    if isinstance(intervention, LengthenHours):
        return what
    return what


def where_words(intervention: Intervention, names: Mapping[str, str]) -> str:
    """Where it is."""
    if isinstance(intervention, OpenSite):
        return intervention.label(current_language())
    return f"{names.get(intervention.station_code, '')} {code_of(intervention)}".strip()


def kind_choices() -> list[tuple[str, str]]:
    """The kinds of changes."""
    return [(kind.value, kind.label(current_language())) for kind in InterventionKind]


def costs_table(document: Document) -> Table | None:
    """What the changes of each kind cost, one by one and together; None where changes are counted."""
    costs = document["request"]["costs"]
    if not costs or not document["chosen"]:
        return None
    kinds = [kind_of(intervention_of(change)) for each in document["chosen"] for change in each["changes"]]
    language = current_language()
    rows = [
        (kind.label(language), str(kinds.count(kind)), number(costs.get(kind.value, 1.0)),
         number(kinds.count(kind) * costs.get(kind.value, 1.0)))
        for kind in InterventionKind
        if kind in kinds
    ]  # fmt: skip
    rows.append((gettext("Together"), str(len(kinds)), "", number(document["spent"])))
    return Table(
        caption=gettext("What it costs, by kind of change"),
        headings=(gettext("Measure"), gettext("Number"), gettext("Each"), gettext("Together")),
        rows=tuple(rows),
        last_is_whole=True,
    )


def services_words(codes: Sequence[str]) -> str:
    """Services as a list in words."""
    language = current_language()
    return gettext(", ").join(Service(code).label(language) for code in codes)


def exchanges_table(document: Document) -> Table | None:
    """What could be taken instead with hardly any loss; None without any."""
    rows = document.get("exchanges") or []
    ending = "" if current_language().startswith("zh") else "_en"
    if not rows:
        return None
    return Table(
        caption=gettext("Nearly as good: take one instead of another"),
        headings=(gettext("Instead of"), gettext("take"), gettext("Loses")),
        rows=tuple(
            (
                f"{row.get(f'out_name{ending}', row['out_name'])} ({row['out']})",
                f"{row.get(f'into_name{ending}', row['into_name'])} ({row['into']})",
                percent_words(row["lost_share"], 2),
            )
            for row in rows
        ),
        texts=frozenset({1}),
    )


def aside_words(candidates: Document) -> str:
    """Which cells were no choice, and what that means for the bound; empty where all were."""
    count = candidates.get("left_aside_count", 0)
    if not count:
        return ""
    return ngettext(
        "%(count)s cell with workers was left aside: it is covered already, lies beside one with more workers to win, "
        "or has too few of them. The bound holds for the places looked at.",
        "%(count)s cells with workers were left aside: they are covered already, lie beside one with more workers to "
        "win, or have too few of them. The bound holds for the places looked at.",
        count,
        count=workers_count(count),
    )


def notes(document: Document) -> list[str]:
    """What must be said beside the numbers."""
    candidates = document["candidates"]
    said = [
        gettext("Counted with every station of unknown hours shut; both bounds stand where before and after are shown.")
    ]
    aside = aside_words(candidates)
    if aside:
        said.append(aside)
    if candidates["refused_count"]:
        said.append(gettext("%(count)s rows of the file could not be used.", count=candidates["refused_count"]))
    if document["unit"] == "s":
        said.append(gettext("Whoever has no open station within 30 minutes counts as 30 minutes away."))
    if document.get("site_services"):
        said.append(
            gettext("A new site is taken to have: %(services)s.", services=services_words(document["site_services"]))
        )
    said.append(gettext("Costs are the planner's own numbers; changes of one station count one by one."))
    return said
