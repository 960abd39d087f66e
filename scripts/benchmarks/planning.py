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
from typing import Final

from benchmarks.measure import seconds_of, spreads_in_turns
from benchmarks.results import Figure, Section, at_most
from geodata.coverage.week import NIGHT_HOURS
from geodata.coverage.within import Within
from geodata.places import load_place
from geodata.siting.interventions import LengthenHours, OpenSite, Until
from geodata.stations.vocabulary import EntryMethod, LifeCycle, Service, WorkerGroup
from geodata.travel.straight_line import TravelMode
from mapapp.services.load_sample import load_sample
from mapapp.services.planning.answer import answer, answer_stages
from mapapp.services.planning.ground import GroundKeeper, PlanningGround
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


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    rounds_count: int


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
            return _section(lambda: GroundKeeper(store, place, settings).current(), effort)
        finally:
            store.close()


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
