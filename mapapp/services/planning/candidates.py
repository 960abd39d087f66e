"""Where new sites may be thought of: cells where workers are, premises sent in, the public's suggestions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import h3
import numpy as np

from geodata.coordinates import Floats, LonLat
from geodata.errors import InvalidValue, UnreadableFile
from geodata.places import Place
from geodata.siting.intervention_premises import read_premises
from geodata.siting.interventions import NEW_SITE_PREFIX, OpenSite
from geodata.siting.solution import Mask
from geodata.stations.station import Station
from geodata.stations.vocabulary import EntryMethod, LifeCycle, Service, ServiceState, StationKind
from mapapp.services.demand.files import UnknownDemandFile, upload_in
from mapapp.services.planning.ground import PlanningGround
from mapapp.services.planning.interventions import Candidates, PlanRequest
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.site_names import names_at
from mapapp.services.reports.inbox import candidate_sites
from mapapp.settings import Settings
from mapapp.store import Reader, Upload

MOST_CELLS: Final = 4000
"""Of more, those with the most workers are looked at."""
MOST_COARSE_CELLS: Final = 800
COARSE_RESOLUTION: Final = 8
_DECIMALS: Final = 6
FEWEST_ALIKE: Final = 5
"""So many stations of a kind must say what they offer before it is called usual."""
PUBLISHED_SERVICES: Final[Mapping[StationKind, tuple[Service, ...]]] = {
    StationKind.REST_STATION: (
        Service.REST,
        Service.WATER,
        Service.HEAT_MEAL,
        Service.CHARGE_PHONE,
        Service.COOL_WARM,
        Service.FIRST_AID,
        Service.TOILET,
    ),
    StationKind.DRIVER_HOME: (
        Service.REST,
        Service.HEAT_MEAL,
        Service.PARKING_TRUCK,
        Service.HOT_WATER,
        Service.SHOWER,
        Service.LAUNDRY,
    ),
}
"""The base set of a rest station, and the five free basics of a driver home (交办运函〔2025〕1059号)."""
_CELL_WORD: Final = slice(2, 11)
"""What tells H3 cells of one city apart."""
_CANDIDATE: Final = "候选点", "candidate"
_SUGGESTION: Final = "市民建议点", "suggested place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """New sites that may be chosen, and what is to be said about them.

    ``left_aside_count`` cells with workers, of those in a district, are no choice: they are covered already, stand
    behind another one of their neighbourhood, or have too few workers. ``refused_count`` rows could not be used.
    """

    sites: tuple[OpenSite, ...]
    left_aside_count: int = 0
    refused_count: int = 0
    counts: Mapping[Candidates, int]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DemandCells:
    """The cells of the demand: WGS-84 degrees, the worker-hours to be won and the district of each, (n,).

    ``present`` tells in which of them anybody asked about is at work, covered or not.
    """

    cells: tuple[str, ...]
    lon: Floats
    lat: Floats
    worker_hours: Floats
    present: Mask
    districts: Sequence[str | None]


def sites_of(
    request: PlanRequest,
    demand: DemandCells,
    ground: PlanningGround,
    reader: Reader,
    settings: Settings,
    account_id: int | None,
    wanted: frozenset[str] = frozenset(),
) -> Sites:
    """The new sites a request may choose from, each with a key of its own.

    Cells whose options' keys are ``wanted`` are never left aside.

    Raises
    ------
    InvalidValue
        The file of premises is not there any more (``upload``), or cannot be read.
    """
    place = ground.place
    likeness = site_template(request, ground.register.stations)
    found: dict[str, OpenSite] = {}
    counts: dict[Candidates, int] = {}
    aside = refused = 0
    if Candidates.PREMISES in request.candidates:
        premises, refused = _premises(request, likeness, place, reader, settings, account_id)
        counts[Candidates.PREMISES] = len(premises)
        found |= {site.key: site for site in premises}
    if Candidates.SUGGESTIONS in request.candidates:
        suggested = _suggestions(likeness, place, reader)
        counts[Candidates.SUGGESTIONS] = len(suggested)
        found |= {site.key: site for site in suggested}
    if Candidates.CELLS in request.candidates:
        cells, aside = _cells(likeness, demand, place, wanted, is_coarse=request.objective.is_travel)
        counts[Candidates.CELLS] = len(cells)
        found |= {site.key: site for site in cells}
    return Sites(sites=tuple(found.values()), left_aside_count=aside, refused_count=refused, counts=counts)


def site_template(request: PlanRequest, stations: Sequence[Station]) -> OpenSite:
    """A new site that serves whoever asks the question, its place and name still open.

    It has the services the request names, else those usual at its kind, and whatever the question needs.
    """
    question = request.question
    kind, chosen = kind_of_sites(question), request.site_services
    services = set(usual_services(stations, kind) if chosen is None else chosen) | question.needs_all
    if question.needs_any and question.needs_any.isdisjoint(services):
        services.add(next(service for service in Service if service in question.needs_any))
    entries = [method for method in EntryMethod if method in question.entry_methods]
    return OpenSite(
        key="X",
        name="X",
        lon=0.0,
        lat=0.0,
        rule=request.site_rule,
        kind=kind,
        services=tuple(service for service in Service if service in services),
        entry_methods=(entries[0] if entries else EntryMethod.OPEN_DOOR,),
    )


def kind_of_sites(question: PlanningQuestion) -> StationKind:
    """The kind new sites are of: the first the question asks for, else a rest station."""
    return next((kind for kind in StationKind if kind in question.kinds), StationKind.REST_STATION)


def usual_services(stations: Sequence[Station], kind: StationKind) -> tuple[Service, ...]:
    """What a new site of that kind has unless the planner says otherwise.

    What at least half of the stations of the kind that are in use offer; where fewer than `FEWEST_ALIKE` of them say
    what they offer, the published set of the kind.
    """
    offered = [
        {offer.service for offer in station.services if offer.state is ServiceState.AVAILABLE}
        for station in stations
        if station.kind is kind and station.life_cycle is LifeCycle.ACTIVE and station.services
    ]
    if len(offered) < FEWEST_ALIKE:
        return PUBLISHED_SERVICES.get(kind, ())
    return tuple(service for service in Service if 2 * sum(service in each for each in offered) >= len(offered))


def _cells(
    likeness: OpenSite, demand: DemandCells, place: Place, wanted: frozenset[str], *, is_coarse: bool
) -> tuple[list[OpenSite], int]:
    rows = [row for row in np.argsort(-demand.worker_hours, kind="stable").tolist() if demand.worker_hours[row] > 0]
    rows = [row for row in rows if demand.districts[row] is not None]
    if is_coarse:
        first: dict[str, int] = {}
        for row in rows:
            first.setdefault(_parent(demand.cells[row]), row)
        rows = list(first.values())
    cells = {key.removeprefix(NEW_SITE_PREFIX).lower() for key in wanted}
    must = [row for row in range(len(demand.cells)) if demand.cells[row] in cells] if cells else []
    rows = list(dict.fromkeys([*must, *rows]))
    most = MOST_COARSE_CELLS if is_coarse else MOST_CELLS
    shown = [(row, code) for row in rows[:most] if (code := demand.districts[row]) is not None]
    at = np.array([row for row, _code in shown], dtype=np.int64)
    marks = [demand.cells[row][_CELL_WORD] for row, _code in shown]
    names = names_at(place, demand.lon[at], demand.lat[at], [code for _row, code in shown], _CANDIDATE, marks)
    sites = [
        replace(
            likeness,
            key=demand.cells[row].upper(),
            name=zh,
            name_en=en,
            lon=round(float(demand.lon[row]), 6),
            lat=round(float(demand.lat[row]), 6),
            district_code=code,
        )
        for (row, code), (zh, en) in zip(shown, names, strict=True)
    ]
    everywhere = {row for row in np.flatnonzero(demand.present).tolist() if demand.districts[row] is not None}
    return sites, len(everywhere - {row for row, _code in shown})


def _parent(cell: str) -> str:
    return str(h3.cell_to_parent(cell, min(COARSE_RESOLUTION, h3.get_resolution(cell))))


def _premises(
    request: PlanRequest,
    likeness: OpenSite,
    place: Place,
    reader: Reader,
    settings: Settings,
    account_id: int | None,
) -> tuple[list[OpenSite], int]:
    try:
        _upload, path = upload_in(reader, settings, account_id, request.upload)
        listed = read_premises(path, place, request.crs)
    except UnknownDemandFile:
        raise InvalidValue("The file of premises is not there any more.", field="upload", code="gone") from None
    except UnreadableFile as error:
        raise InvalidValue(str(error), field="upload", code="unreadable") from error
    sites = [
        replace(
            likeness,
            key=f"P{each.line}",
            name=each.name,
            lon=each.lon,
            lat=each.lat,
            district_code=each.district_code,
        )
        for each in listed.premises
    ]
    return sites, len(listed.problems)


def premises_file(reader: Reader, settings: Settings, account_id: int | None, token: str) -> Upload | None:
    """The file of premises somebody sent in, if it is still there."""
    try:
        return upload_in(reader, settings, account_id, token)[0]
    except UnknownDemandFile:
        return None


def _suggestions(likeness: OpenSite, place: Place, reader: Reader) -> list[OpenSite]:
    """Named by where they are: a tracking code opens its sender's report, and these names get into files and signs."""
    places = [report.place.rounded(_DECIMALS) for report in candidate_sites(reader) if report.place is not None]
    units = place.districts_of([each.lon for each in places], [each.lat for each in places]) if places else []
    inside = [(where, unit) for where, unit in zip(places, units, strict=True) if unit is not None]
    words = [_place_word(where) for where, _unit in inside]
    names = names_at(
        place,
        np.array([where.lon for where, _unit in inside]),
        np.array([where.lat for where, _unit in inside]),
        [unit for _where, unit in inside],
        _SUGGESTION,
        [word[:6] for word in words],
    )
    return [
        replace(likeness, key=f"R{word}", name=zh, name_en=en, lon=where.lon, lat=where.lat, district_code=unit)
        for (where, unit), word, (zh, en) in zip(inside, words, names, strict=True)
    ]


def _place_word(where: LonLat) -> str:
    """Tells places apart, and says nothing else."""
    text = f"{where.lon:.{_DECIMALS}f} {where.lat:.{_DECIMALS}f}"
    return hashlib.sha256(text.encode()).hexdigest()[:12].upper()
