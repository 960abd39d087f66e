"""The compact file cut by H3 cell, for registers too large to be fetched whole (docs/compact-file.md).

The index is a compact file without stations that lists the cells; each cell's file is a compact file of the
stations in it, with the ids of its neighbours. A cell's file says no data revision: as long as nothing in it
changes, its bytes and its ETag stay, however much is edited elsewhere.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import is_
from threading import Lock
from typing import Any, Final

import numpy as np

from geodata.places import Unit
from geodata.stations.cells import CENTER_DECIMALS, REACH_STEP_M, RESOLUTION, StationCell, station_cells
from geodata.stations.clusters import Cluster, ClusterIndex, check_tile
from geodata.stations.columns import StationColumns
from geodata.stations.filters import StationFilter
from geodata.stations.station import Station
from mapapp.services.cluster_counts import Counted, counted_key, counted_rows
from mapapp.services.compact_file import CONTENT_TYPE, document_of, written_file
from mapapp.services.find_nearest import rules_of
from mapapp.services.list_stations import SearchedTexts
from mapapp.services.payload import Payload
from mapapp.services.shelf import Shelf
from mapapp.services.snapshot import StationSnapshot
from mapapp.settings import Settings

MAX_CELLS_KEPT: Final = 2048
MAX_CELLS_BYTES: Final = 24_000_000
MAX_TILES_KEPT: Final = 512
MAX_COUNTS_KEPT: Final = 48
"""At a byte a station 10 MB of a country."""
_DAYS_KEPT: Final = 2
_DEGREE_E2: Final = 10**CENTER_DECIMALS


@dataclass(frozen=True, slots=True, eq=False)
class NationalIndex:
    """A snapshot's stations by cell and by map tile.

    ``editions`` number what each cell's file is made of: a cell in which nothing changed keeps its number
    from one snapshot to the next.
    """

    snapshot: StationSnapshot
    cells: Mapping[str, StationCell]
    clusters: ClusterIndex
    editions: Mapping[str, int]
    last_edition: int
    indices: Shelf[date, Payload] = field(default_factory=lambda: Shelf(_DAYS_KEPT))
    tiles: Shelf[Hashable, Payload] = field(default_factory=lambda: Shelf(MAX_TILES_KEPT))
    counted: Shelf[Hashable, Counted] = field(default_factory=lambda: Shelf(MAX_COUNTS_KEPT))

    def stations_in(self, cell: StationCell) -> tuple[Station, ...]:
        """The cell's stations, by code."""
        stations = self.snapshot.stations
        return tuple(stations[row] for row in cell.rows.tolist())


class NationDesk:
    """What phones of a large register fetch: the index of cells, cells, clusters; made when asked for and kept."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._making = Lock()
        self._newest: NationalIndex | None = None
        self._searched: tuple[StationSnapshot, SearchedTexts] | None = None
        self._files: Shelf[tuple[str, int, date], Payload] = Shelf(
            MAX_CELLS_KEPT, weigh=_weight, most_weight=MAX_CELLS_BYTES
        )

    def serves(self, snapshot: StationSnapshot) -> bool:
        """Whether the register is too large to be fetched whole: pages then ask by cell and by part of the map."""
        return len(snapshot.stations) > self._settings.cells_above

    def of(self, snapshot: StationSnapshot) -> NationalIndex:
        """The snapshot's index, made on the first call."""
        newest = self._newest
        if newest is not None and newest.snapshot is snapshot:
            return newest
        with self._making:
            newest = self._newest
            if newest is not None and newest.snapshot is snapshot:
                return newest
            made = _index_of(snapshot, newest)
            if newest is None or newest.snapshot.revision <= snapshot.revision:
                self._newest = made  # an older one, of a request that began before the swap, is its own affair
            return made

    def forget(self) -> None:
        """Hold on to no snapshot: the register is small, nobody is going to ask."""
        self._newest = None
        self._searched = None

    def index_file(self, snapshot: StationSnapshot, today: date) -> Payload:
        """The list of cells."""
        index = self.of(snapshot)
        return index.indices.get(today, lambda: _payload(_index_document(index, self._settings, today)))

    def cell_file(self, snapshot: StationSnapshot, cell_id: str, today: date) -> Payload | None:
        """One cell's stations; None where it holds none."""
        index = self.of(snapshot)
        cell = index.cells.get(cell_id)
        if cell is None:
            return None
        key = (cell_id, index.editions[cell_id], today)
        return self._files.get(key, lambda: _payload(_cell_document(index, cell, self._settings, today)))

    def texts(self, snapshot: StationSnapshot) -> SearchedTexts:
        """What a search for names and addresses looks through, made once a snapshot."""
        searched = self._searched
        if searched is None or searched[0] is not snapshot:
            self._searched = searched = (snapshot, SearchedTexts(snapshot.stations))
        return searched[1]

    def tile_file(
        self, snapshot: StationSnapshot, tile: tuple[int, int, int], filters: StationFilter, now: datetime
    ) -> Payload:
        """The clusters of a map tile (zoom, column, row), of the stations that pass the filters at this minute.

        Raises ValueError where there is no such tile.
        """
        index = self.of(snapshot)
        asked = counted_key(filters, now)
        return index.tiles.get((tile, asked), lambda: self._tile(index, tile, filters, now, asked))

    def _tile(
        self,
        index: NationalIndex,
        tile: tuple[int, int, int],
        filters: StationFilter,
        now: datetime,
        asked: Hashable,
    ) -> Payload:
        check_tile(*tile)  # before the country is judged for it
        counted = None
        if asked is not None:
            rules = rules_of(self._settings)
            counted = index.counted.get(asked, lambda: counted_rows(index.snapshot, filters, now, rules))
        return _payload({"clusters": [_written(each) for each in index.clusters.tile(*tile, counted)]})


def _index_of(snapshot: StationSnapshot, before: NationalIndex | None) -> NationalIndex:
    """The snapshot's index; what an edit left as it was is taken from the one before."""
    columns = snapshot.index.columns
    if before is not None and _stand_alike(columns, before.snapshot.index.columns):
        cells, clusters = before.cells, before.clusters
        kept = _editions_by_row(snapshot, before)
    else:
        cells, clusters = station_cells(columns.lon, columns.lat), ClusterIndex(columns.lon, columns.lat)
        kept = {} if before is None else _editions_by_cell(snapshot, cells, before)
    edition = 1 if before is None else before.last_edition + 1
    editions = {cell_id: kept.get(cell_id, edition) for cell_id in cells}
    return NationalIndex(snapshot, cells, clusters, editions, edition)


def _stand_alike(new: StationColumns, old: StationColumns) -> bool:
    """Whether the same stations stand at the same places, row by row."""
    return (
        new.codes == old.codes
        and np.array_equal(new.lon, old.lon, equal_nan=True)
        and np.array_equal(new.lat, old.lat, equal_nan=True)
    )


def _editions_by_row(snapshot: StationSnapshot, before: NationalIndex) -> Mapping[str, int]:
    """The editions of the cells whose files stay, where every row is still the same station's at the same place."""
    touched = _touched_elsewhere(snapshot, before.snapshot)
    if touched is None:
        return {}
    pairs = zip(snapshot.stations, before.snapshot.stations, strict=True)
    changed = {row for row, (new, old) in enumerate(pairs) if new is not old}
    if touched:
        changed.update(row for row, code in enumerate(snapshot.index.columns.codes) if code in touched)
    if not changed:
        return before.editions
    rows = np.fromiter(changed, dtype=np.int64)
    return {
        cell_id: edition
        for cell_id, edition in before.editions.items()
        if not np.isin(rows, before.cells[cell_id].rows).any()
    }


def _editions_by_cell(
    snapshot: StationSnapshot, cells: Mapping[str, StationCell], before: NationalIndex
) -> Mapping[str, int]:
    """The same where stations have come, gone or moved: cell by cell."""
    old = before.snapshot
    touched = _touched_elsewhere(snapshot, old)
    if touched is None:
        return {}
    kept: dict[str, int] = {}
    for cell_id, cell in cells.items():
        earlier = before.cells.get(cell_id)
        if earlier is None or cell.neighbours(cells) != earlier.neighbours(before.cells):
            continue
        if len(earlier.rows) != len(cell.rows):
            continue
        stations = [snapshot.stations[row] for row in cell.rows.tolist()]
        are_same = all(map(is_, stations, (old.stations[row] for row in earlier.rows.tolist())))
        if are_same and touched.isdisjoint(station.code for station in stations):
            kept[cell_id] = before.editions[cell_id]
    return kept


def _touched_elsewhere(new: StationSnapshot, old: StationSnapshot) -> set[str] | None:
    """The codes of which a snapshot says other things beside the station's own facts; None: of all of them."""
    if new.holidays != old.holidays or new.is_sample != old.is_sample or new.place is not old.place:
        return None
    return _differing(new.door_warnings, old.door_warnings) | _differing(new.looks, old.looks)


def _differing(new: Mapping[str, object], old: Mapping[str, object]) -> set[str]:
    if new is old or new == old:
        return set()
    return {code for code in new.keys() | old.keys() if new.get(code) != old.get(code)}


def _index_document(index: NationalIndex, settings: Settings, today: date) -> dict[str, Any]:
    snapshot, cells = index.snapshot, index.cells.values()
    return document_of(snapshot, (), (), settings, today) | {
        "station_count": len(snapshot.stations),
        "resolution": RESOLUTION,
        "cells": {
            "id": [cell.id for cell in cells],
            "lon_e2": [round(cell.center.lon * _DEGREE_E2) for cell in cells],
            "lat_e2": [round(cell.center.lat * _DEGREE_E2) for cell in cells],
            "reach_hm": [round(cell.reach_m / REACH_STEP_M) for cell in cells],
        },
    }


def _cell_document(index: NationalIndex, cell: StationCell, settings: Settings, today: date) -> dict[str, Any]:
    stations = index.stations_in(cell)
    units = _units_of(index.snapshot, stations)
    cell_facts = {"cell": cell.id, "neighbours": list(cell.neighbours(index.cells))}
    return document_of(index.snapshot, stations, units, settings, today) | cell_facts


def _units_of(snapshot: StationSnapshot, stations: tuple[Station, ...]) -> tuple[Unit, ...]:
    """The units these stations lie in: a cell need not name a country's."""
    codes = {station.district_code for station in stations}
    return tuple(unit for unit in snapshot.place.units if unit.code in codes)


def _written(cluster: Cluster) -> list[float]:
    return [round(cluster.lon, 4), round(cluster.lat, 4), cluster.count]


def _payload(document: Mapping[str, Any]) -> Payload:
    return Payload.of(CONTENT_TYPE, written_file(document))


def _weight(payload: Payload) -> float:
    return len(payload.identity) + len(payload.gzip) + len(payload.br)
