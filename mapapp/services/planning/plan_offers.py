"""What may be done about a question, and whom it would serve: built for one ground, kept for the next limits.

An offer hangs on the question, the kinds of changes and the places for new sites; how many changes, what they cost,
which must be taken and what for are asked of the same offer again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Final

import h3
import numpy as np

from geodata.coverage.analysis import Analysis, AnalysisGround, AnalysisQuestion
from geodata.coverage.within import WithinUnit
from geodata.errors import InvalidValue
from geodata.siting.intervention_cover import Side
from geodata.siting.intervention_options import Option, site_options, station_options
from geodata.siting.intervention_plan import Objective, Plan
from geodata.siting.intervention_prospect import TRAVEL_CAP_S, Prospect
from geodata.siting.interventions import InterventionKind
from geodata.stations.schedule import ScheduleBook
from geodata.stations.vocabulary import WorkerGroup
from mapapp.services.planning.candidates import DemandCells, Sites, sites_of
from mapapp.services.planning.ground import Demand, PlanningGround
from mapapp.services.planning.interventions import Candidates, PlanRequest
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.travelling import Way
from mapapp.services.reports.inbox import candidate_sites
from mapapp.services.shelf import Shelf
from mapapp.settings import Settings
from mapapp.store import Store

KEPT_OFFERS: Final = 3
"""Some tens of megabytes each for a city."""
KEPT_PLANS: Final = 16
FEWEST_CELLS: Final = 100
"""With fewer cells to choose from a plan would say little."""


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """What there is to choose from at one data revision, what is to be said about it, and plans made at once of it."""

    prospect: Prospect
    sites: Sites
    demand: Demand
    revision: int
    plans: Shelf[str, Plan] = field(default_factory=lambda: Shelf(KEPT_PLANS), repr=False)


class Offers:
    """Makes offers, and keeps the last ones. Safe between threads."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._kept: Shelf[Hashable, Offer] = Shelf(KEPT_OFFERS)

    def of(self, request: PlanRequest, ground: PlanningGround, account_id: int | None) -> Offer:
        """The offer of a request.

        Raises
        ------
        NoDemandLayer
            There is nobody to be covered.
        InvalidValue
            Its ``field`` says what of the request cannot be planned for: no options, streets that are not loaded …
        """
        key = self._key(request, ground, account_id)
        offer = self._kept.get((key, frozenset()), lambda: self._made(request, ground, account_id, frozenset()))
        left_out = request.required - offer.prospect.keys
        if not left_out or not offer.sites.left_aside_count:
            return offer
        # What must be taken stays when other cells are left aside.
        return self._kept.get((key, left_out), lambda: self._made(request, ground, account_id, left_out))

    def _key(self, request: PlanRequest, ground: PlanningGround, account_id: int | None) -> Hashable:
        is_file = Candidates.PREMISES in request.candidates
        suggested: tuple[str, ...] = ()
        if Candidates.SUGGESTIONS in request.candidates:  # the public's suggestions are no part of the data revision
            with self._store.reading() as reader:
                suggested = tuple(report.tracking for report in candidate_sites(reader))
        return (
            ground,
            request.question.key,
            request.kinds,
            request.candidates,
            (request.upload, request.crs, account_id) if is_file else None,
            request.site_rule,
            request.site_services,
            request.objective.is_travel,
            suggested,
        )

    def _made(
        self, request: PlanRequest, ground: PlanningGround, account_id: int | None, wanted: frozenset[str]
    ) -> Offer:
        question = request.question
        demand = ground.demand(question.layers)
        sides = tuple(
            side_of(ground, demand, way, groups, question, is_travel=request.objective.is_travel)
            for way, groups in ground.ways(question, demand).items()
        )
        sites = Sites(sites=(), counts={})
        if InterventionKind.OPEN_SITE in request.kinds:
            with self._store.reading() as reader:
                cells = demand_cells(demand, sides)
                sites = sites_of(request, cells, ground, reader, self._settings, account_id, wanted)
        options = _options(request, ground, sites)
        stations = {station.code: station for station in ground.register.stations}
        book = ScheduleBook(ground.holidays, ground.place.timezone)
        prospect, aside_count = _fitting(
            lambda chosen: Prospect(sides, chosen, stations, book), options, request, wanted
        )
        sites = replace(sites, left_aside_count=sites.left_aside_count + aside_count)
        return Offer(prospect, sites, demand, ground.revision)


def _options(request: PlanRequest, ground: PlanningGround, sites: Sites) -> tuple[Option, ...]:
    question = request.question
    at = question.instant
    month = question.week_of.month if at is None else at.astimezone(ground.place.timezone).month
    others = request.kinds - {InterventionKind.OPEN_SITE}
    stations = ground.register.stations
    options = [
        *site_options(sites.sites),
        *(station_options(stations, others, question.need, question.counted, month) if others else ()),
    ]
    if not options:
        raise InvalidValue("There is nothing to choose from.", field="candidates", code="no_options")
    return tuple(options)


def _fitting(
    make: Callable[[tuple[Option, ...]], Prospect],
    options: tuple[Option, ...],
    request: PlanRequest,
    wanted: frozenset[str],
) -> tuple[Prospect, int]:
    """The prospect; where there are too many ways to look at, with fewer cells, and how many were left aside."""
    aside_count = 0
    while True:
        prospect = make(options)
        try:
            if request.objective.is_travel:
                prospect.travel(is_worst=request.objective is Objective.LEAST_WORST)
            else:
                prospect.cover()
        except InvalidValue as error:
            cells = [option for option in options if _is_free_cell(option, wanted)]
            if error.code != "too_large" or len(cells) < FEWEST_CELLS:
                raise
            dropped = set(cells[len(cells) // 2 :])
            options = tuple(option for option in options if option not in dropped)
            aside_count += len(dropped)
        else:
            return prospect, aside_count


def _is_free_cell(option: Option, wanted: frozenset[str]) -> bool:
    site = option.site
    return site is not None and h3.is_valid_cell(site.key.lower()) and option.key not in wanted


def side_of(
    ground: PlanningGround,
    demand: Demand,
    way: Way,
    groups: tuple[WorkerGroup, ...],
    question: PlanningQuestion,
    *,
    is_travel: bool,
) -> Side:
    """Those who get about in one way: their coverage as it is."""
    travel = way.travel(ground.streets)
    asked = AnalysisQuestion(
        when=question.when,
        within=question.within,
        groups=frozenset(groups),
        need=question.need,
        counted=question.counted,
    )
    is_metres = question.within.unit is WithinUnit.METRES
    places, within = ground.places(demand, ground.register), question.within.amount
    reach_s = max(0.0 if is_metres else within * 60, TRAVEL_CAP_S if is_travel else 0.0)
    ways = ground.pairer.along(places, way, ground.streets, reach_s, 0.0) if reach_s else None
    lines = ground.pairer.straight(places, within) if is_metres else None
    cover = lines if lines is not None else ways
    if cover is None:
        raise InvalidValue("A limit is metres or minutes.", field="within", code="not_a_limit")
    base = AnalysisGround(
        layer=demand.layer,
        areas=demand.districts,
        supply=ground.register.supply,
        cover_pairs=cover,
        travel_pairs=cover if ways is None else ways,
        note=travel.described(),
    )
    return Side(Analysis(base, asked), travel)


def demand_cells(demand: Demand, sides: tuple[Side, ...]) -> DemandCells:
    """The cells of everybody asked about, with what is not surely covered there now."""
    layer = demand.layer
    present, uncovered = np.zeros(layer.point_count), np.zeros(layer.point_count)
    for side in sides:
        of_side, low, _high = side.analysis.by_point
        present += of_side
        uncovered += np.maximum(of_side - low, 0.0)
    if not uncovered.any():
        uncovered = present
    return DemandCells(
        cells=layer.h3_cells,
        lon=layer.lon,
        lat=layer.lat,
        worker_hours=uncovered,
        present=present > 0,
        districts=demand.point_units,
    )
