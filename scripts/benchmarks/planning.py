"""A planner's question from the database to its document: the first answer, and another with one thing changed.

The first: a fresh process has opened the database; the register, the demand layer, all pairs, every part of the answer.
Changed: the same process is asked again. Both are whole answers, not only their headline.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Final

from benchmarks.measure import Spread, seconds_of, spreads_in_turns
from benchmarks.results import Figure, Section, at_most
from geodata.coverage.week import NIGHT_HOURS
from geodata.coverage.within import Within
from geodata.places import load_place
from geodata.siting.intervention_plan import Objective
from geodata.siting.interventions import InterventionKind, LengthenHours, OpenSite, Until
from geodata.stations.vocabulary import EntryMethod, LifeCycle, Service, WorkerGroup
from geodata.travel.straight_line import TravelMode
from mapapp.services.load_sample import load_sample
from mapapp.services.planning.answer import answer, answer_stages
from mapapp.services.planning.ground import GroundKeeper, PlanningGround
from mapapp.services.planning.interventions import PlanRequest
from mapapp.services.planning.plan_making import PlanDesk
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.results import answer_document
from mapapp.settings import Settings
from mapapp.store import Store

TITLE: Final = "A planner's question"
FIRST_LIMIT_S: Final = 1.0
CHANGE_LIMIT_MS: Final = 150.0
WEEK_OF: Final = date(2026, 11, 18)
ASKED: Final = PlanningQuestion(week_of=WEEK_OF)
ON_FOOT: Final = replace(ASKED, mode=TravelMode.WALK)
PLAN_LIMIT_S: Final = 1.0
BY_NIGHT: Final = replace(ASKED, hours=NIGHT_HOURS)
COSTS: Final = {
    InterventionKind.OPEN_SITE: 10.0,
    InterventionKind.TO_LATE: 2.0,
    InterventionKind.TO_24H: 4.0,
    InterventionKind.PROVIDE_SERVICE: 1.0,
    InterventionKind.REOPEN: 3.0,
}
EVERY_KIND: Final = frozenset(InterventionKind)
PLANS: Final = {
    "10 new sites": PlanRequest(question=ASKED, count=10),
    "10 changes of any kind by night": PlanRequest(question=BY_NIGHT, count=10, kinds=EVERY_KIND),
    "any kind by night under a budget": PlanRequest(question=BY_NIGHT, budget=100.0, costs=COSTS, kinds=EVERY_KIND),
    "60 % by night with the least": PlanRequest(
        question=BY_NIGHT, objective=Objective.FEWEST, target_share=0.6, costs=COSTS, kinds=EVERY_KIND
    ),
    "the worst district by night": PlanRequest(
        question=BY_NIGHT, objective=Objective.FAIREST, count=10, kinds=EVERY_KIND
    ),
}


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    rounds_count: int
    plans_count: int = 5


FULL: Final = Effort(12)
QUICK: Final = Effort(3)


def measure(place_name: str, effort: Effort) -> Section:
    """The sample city in a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(place=place_name, database_url=f"sqlite:///{folder}/stations.sqlite3", data_dir=folder)
        place, store = load_place(place_name), Store(settings.database_url)
        store.migrate()
        load_sample(store, place)
        try:
            made = _section(lambda: GroundKeeper(store, place, settings).current(), effort)
            plans = _plan_figures(
                lambda: PlanDesk(store, settings), GroundKeeper(store, place, settings).current(), effort
            )
            return replace(made, figures=(*made.figures, *plans))
        finally:
            store.close()


def _plan_figures(fresh: Callable[[], PlanDesk], ground: PlanningGround, effort: Effort) -> tuple[Figure, ...]:
    """Plans at once: with all that is built for them, again of what is built, and how near the best they are."""
    found: list[Figure] = []
    kept = fresh()
    for name, asked in islice(PLANS.items(), effort.plans_count):
        plan = kept.prepared(asked, ground, None).at_once()

        def planned(desk: PlanDesk, asked: PlanRequest = asked) -> None:
            desk.prepared(asked, ground, None).at_once()

        seconds = spreads_in_turns(
            {
                "first": lambda planned=planned: seconds_of(lambda: planned(fresh())),  # type: ignore[misc]
                "again": lambda planned=planned: seconds_of(lambda: planned(kept)),  # type: ignore[misc]
            },
            effort.rounds_count,
        )
        reached = 100.0 * (1.0 - (plan.solution.gap_share or 0.0))
        found += [
            Figure(f"plan at once: {name}", seconds["first"], "s", at_most(PLAN_LIMIT_S)),
            Figure("  of what is built already", seconds["again"].times(1e3), "ms"),
            Figure("  reaches at least, of the best possible", Spread.of(reached), "%"),
        ]
    return tuple(found)


def _section(fresh: Callable[[], PlanningGround], effort: Effort) -> Section:
    ground = fresh()
    code = next(each.code for each in ground.register.stations if each.life_cycle is LifeCycle.ACTIVE)
    middle = ground.place.center
    site = OpenSite(key="A1", name="A1", lon=middle.lon, lat=middle.lat)

    def asked(question: PlanningQuestion, *changes: OpenSite | LengthenHours) -> None:
        answer_document(answer(question, ground, changes))

    for each in (ASKED, ON_FOOT):
        asked(each)
    changed = {
        "within 800 m": replace(ASKED, within=Within.parse("800m")),
        "hours: the night": replace(ASKED, hours=NIGHT_HOURS),
        "one group": replace(ASKED, groups=frozenset({WorkerGroup.RIDERS})),
        "a service": replace(ASKED, needs_all=frozenset({Service.HEAT_MEAL})),
        "an entry method": replace(ASKED, entry_methods=frozenset({EntryMethod.OPEN_DOOR})),
        "planned stations counted": replace(ASKED, life_cycles=frozenset({LifeCycle.ACTIVE, LifeCycle.PLANNED})),
        "a stay of 20 minutes": replace(ASKED, min_stay_min=20),
    }
    timed: dict[str, Callable[[], float]] = {
        "first": lambda: seconds_of(lambda: answer_document(answer(ASKED, fresh()))),
        "headline": lambda: seconds_of(lambda: next(iter(answer_stages(ASKED, fresh())))),
        **{name: functools.partial(seconds_of, functools.partial(asked, each)) for name, each in changed.items()},
        "longer hours": lambda: seconds_of(lambda: asked(ASKED, LengthenHours(code, Until.AROUND_THE_CLOCK))),
        "a new site": lambda: seconds_of(lambda: asked(ASKED, site)),
    }
    seconds = spreads_in_turns(timed, effort.rounds_count)
    figures = (
        Figure("first whole answer, each group its own way", seconds["first"], "s", at_most(FIRST_LIMIT_S)),
        Figure("  its headline, districts and gaps", seconds["headline"], "s"),
        *(Figure(f"changed: {name}", seconds[name].times(1e3), "ms", at_most(CHANGE_LIMIT_MS)) for name in changed),
        *(Figure(f"with {name}", seconds[name].times(1e3), "ms") for name in ("longer hours", "a new site")),
    )
    demand = ground.demand(())
    return Section(
        TITLE,
        figures,
        (
            (
                f"{len(ground.register.stations)} sample stations × {demand.layer.point_count:,} cells, "
                f"{len(demand.layer.workers)} groups on foot, by e-bike and by car, 168 hours, both bounds."
            ),
            "Whole: tallies, gaps, 168 × services, travel, loads, losses, room (E2SFCA), equity, and the document.",
        ),
    )
