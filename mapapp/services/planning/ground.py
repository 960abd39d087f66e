"""What planners' questions are asked of: the register with its hidden stations, the demand, the streets.

One ground a data revision; what it worked out for one question serves the next. Pairs outlive it, for they hang on
where things are, and most changes of the register move nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final

from geodata.coverage.areas import Areas
from geodata.coverage.cells import Touching
from geodata.coverage.supply import Supply
from geodata.demand.combining import combined_layer
from geodata.demand.movement import FASTEST_KMH, SLOWEST_KMH, Movement
from geodata.demand.points import DemandLayer
from geodata.errors import InvalidValue, UnreadableFile
from geodata.places import Place
from geodata.siting.interventions import Intervention, applied
from geodata.stations.holidays import HolidayTable
from geodata.stations.schedule import ScheduleBook
from geodata.stations.station import Station
from geodata.stations.vocabulary import LifeCycle, WorkerGroup
from geodata.travel.pairs import Network
from geodata.travel.straight_line import TravelMode
from geodata.travel.street_files import Streets, StreetShelf
from mapapp.services.coverage import NoDemandLayer
from mapapp.services.demand.choosing import counting_layers
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.travelling import Pairer, Places, Way
from mapapp.services.shelf import Shelf
from mapapp.settings import Settings
from mapapp.store import LayerCard, Store

_log = logging.getLogger(__name__)

STREETS_FOLDER: Final = "streets"
_KEPT_DEMANDS: Final = 4
_KEPT_REGISTERS: Final = 8


@dataclass(frozen=True, slots=True)
class LayerUse:
    """One demand layer and the groups it counts in an answer."""

    name: str
    title: str
    origin_note: str
    is_sample: bool
    is_modelled: bool
    checksum: str
    groups: tuple[WorkerGroup, ...]

    def origin(self, language: str) -> str:
        """The origin note in ``language``: Chinese for any zh-*, else English."""
        zh, en = self.origin_note.splitlines()
        return zh if language.startswith("zh") else en


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Whose coverage is asked about: the layers as one, and the areas its points lie in."""

    layer: DemandLayer
    uses: tuple[LayerUse, ...]
    point_units: tuple[str | None, ...]
    districts: Areas
    towns: Areas
    touching: Touching


@dataclass(frozen=True, slots=True, eq=False)
class Register:
    """Stations by code, as they are or as interventions would make them; ``fresh`` are those only thought of."""

    stations: tuple[Station, ...]
    supply: Supply
    fresh: frozenset[str]
    interventions: tuple[Intervention, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PlanningGround:
    """Everything answers at one data revision come from. Safe between threads."""

    revision: int
    place: Place
    holidays: HolidayTable
    register: Register
    cards: tuple[LayerCard, ...]
    counting: dict[WorkerGroup, str]
    streets: Streets | None
    speeds_kmh: dict[TravelMode, float]
    pairer: Pairer
    _store: Store
    _demands: Shelf[tuple[str, ...], Demand] = field(default_factory=lambda: Shelf(_KEPT_DEMANDS), repr=False)
    _registers: Shelf[tuple[Intervention, ...], Register] = field(
        default_factory=lambda: Shelf(_KEPT_REGISTERS), repr=False
    )

    def demand(self, layers: Sequence[str]) -> Demand:
        """Each group from the first of these layers that counts it; none named: from the one chosen for it.

        Raises
        ------
        NoDemandLayer
            None is named, and there is none.
        InvalidValue
            A layer of that name is not there.
        """
        return self._demands.get(tuple(layers), lambda: self._read_demand(tuple(layers)))

    def with_changes(self, interventions: Sequence[Intervention]) -> Register:
        """The register as it would be; raises InvalidValue for an intervention that cannot be made."""
        changes = tuple(interventions)
        if not changes:
            return self.register
        return self._registers.get(changes, lambda: self._changed(changes))

    def ways(self, question: PlanningQuestion, demand: Demand) -> dict[Way, tuple[WorkerGroup, ...]]:
        """How the groups asked about get about; each group is in one of them.

        Raises InvalidValue where none of them is counted.
        """
        found: dict[Way, list[WorkerGroup]] = {}
        for group in demand.layer.groups:
            if question.groups and group not in question.groups:
                continue
            movement = self._movement(question, demand.layer, group)
            found.setdefault(Way(movement, question.network, question.detour), []).append(group)
        if not found:
            raise InvalidValue("None of these groups is counted by the layers.", field="groups", code="not_counted")
        return {way: tuple(groups) for way, groups in found.items()}

    def places(self, demand: Demand, register: Register) -> Places:
        """Where the points and the stations are."""
        layer, columns = demand.layer, register.supply.columns
        return Places(layer.lon, layer.lat, columns.lon, columns.lat)

    def check(self, question: PlanningQuestion, interventions: Sequence[Intervention] = ()) -> None:
        """Raise what ``answer`` would refuse, without computing anything long."""
        demand = self.demand(question.layers)
        self.with_changes(interventions)
        for way in self.ways(question, demand):
            way.travel(self.streets)

    def _movement(self, question: PlanningQuestion, layer: DemandLayer, group: WorkerGroup) -> Movement:
        movement = layer.movement[group]
        if question.mode is None:
            return _on_streets(movement, question.network)
        return _on_streets(Movement(question.mode, self.speeds_kmh[question.mode]), question.network)

    def _changed(self, interventions: tuple[Intervention, ...]) -> Register:
        known = {station.code for station in self.register.stations}
        stations = tuple(sorted(applied(self.register.stations, interventions), key=lambda station: station.code))
        fresh = frozenset(station.code for station in stations) - known
        book = ScheduleBook(self.holidays, self.place.timezone)
        return Register(stations, Supply.of(stations, book), fresh, interventions)

    def _read_demand(self, layers: tuple[str, ...]) -> Demand:
        by_name = {card.name: card for card in self.cards}
        if missing := [name for name in layers if name not in by_name]:
            raise InvalidValue(f"There is no demand layer {missing[0]}.", field="layers", code="unknown_layer")
        counting = self.counting
        if layers:
            counting = {
                group: next(name for name in layers if group in by_name[name].groups)
                for group in WorkerGroup
                if any(group in by_name[name].groups for name in layers)
            }
        with self._store.reading() as reader:
            found = {name: reader.demand.layer(name) for name in dict.fromkeys(counting.values())}
        chosen = {group: layer for group, name in counting.items() if (layer := found[name]) is not None}
        if not chosen:
            raise NoDemandLayer("There is no demand layer.")
        return self._demand(combined_layer(chosen), chosen, by_name)

    def _demand(
        self, layer: DemandLayer, chosen: dict[WorkerGroup, DemandLayer], by_name: dict[str, LayerCard]
    ) -> Demand:
        units = tuple(self.place.districts_of(layer.lon, layer.lat))
        uses = tuple(
            LayerUse(
                name=each.name,
                title=by_name[each.name].title if each.name in by_name else "",
                origin_note=each.origin_note,
                is_sample=each.is_sample,
                is_modelled=each.is_modelled,
                checksum=each.checksum(),
                groups=tuple(group for group in WorkerGroup if chosen.get(group) is each),
            )
            for each in dict.fromkeys(chosen.values())
        )
        return Demand(
            layer,
            uses,
            units,
            Areas.units(units, [unit.code for unit in self.place.units]),
            Areas.towns(layer.h3_cells),
            Touching.among(layer.h3_cells),
        )


class GroundKeeper:
    """Keeps the newest ground of one process, and the pairs that outlive it."""

    def __init__(self, store: Store, place: Place, settings: Settings) -> None:
        self._store = store
        self._place = place
        speeds_kmh = zip(TravelMode, (settings.walk_kmh, settings.ebike_kmh, settings.car_kmh), strict=True)
        self._speeds_kmh = {mode: min(max(speed, SLOWEST_KMH), FASTEST_KMH) for mode, speed in speeds_kmh}
        self._streets = StreetShelf(Path(settings.data_dir) / STREETS_FOLDER)
        self._pairer = Pairer()
        self._lock = Lock()
        self._ground: PlanningGround | None = None

    def current(self) -> PlanningGround:
        """The ground of the data as they are now."""
        streets = self._readable_streets()
        with self._lock:
            revision = self._store.data_revision()
            ground = self._ground
            if ground is None or ground.revision != revision or ground.streets is not streets:
                ground = self._ground = self._read(streets)
            return ground

    def streets_checksum(self) -> str:
        """Which streets are loaded now; empty for none."""
        streets = self._readable_streets()
        return "" if streets is None else streets.source.sha256

    def _readable_streets(self) -> Streets | None:
        try:
            return self._streets.current()
        except UnreadableFile as error:  # straight lines still answer; who asks for streets is told there are none
            _log.warning("the streets cannot be used: %s", error)
            return None

    def _read(self, streets: Streets | None) -> PlanningGround:
        with self._store.reading() as reader:
            revision, holidays = reader.data_revision(), reader.holidays()
            found = reader.stations()
            cards, choices = reader.demand.cards(), reader.demand.choices()
        stations = tuple(station for station in found if station.life_cycle is not LifeCycle.DELISTED)
        supply = Supply.of(stations, ScheduleBook(holidays, self._place.timezone))
        return PlanningGround(
            revision=revision,
            place=self._place,
            holidays=holidays,
            register=Register(stations, supply, frozenset(), ()),
            cards=cards,
            counting=counting_layers(cards, choices),
            streets=streets,
            speeds_kmh=self._speeds_kmh,
            pairer=self._pairer,
            _store=self._store,
        )


def _on_streets(movement: Movement, network: Network) -> Movement:
    """Along streets a car keeps to the streets' speeds, so its own makes no other way."""
    if network is Network.STREETS and movement.mode is TravelMode.CAR:
        return Movement(TravelMode.CAR, 30.0)
    return movement
