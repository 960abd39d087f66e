"""Demand layers in their tables: a row a layer, its origin beside it, a row a point in the layer's order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, RowMapping, delete, exists, func, insert, select, update

from geodata.demand.movement import Movement
from geodata.demand.points import DemandLayer
from geodata.stations.vocabulary import WorkerGroup
from geodata.travel.straight_line import TravelMode
from mapapp.store.demand_tables import demand_choices, demand_sources
from mapapp.store.errors import StoreError, UnstorableText
from mapapp.store.schema import demand_layers, demand_points
from mapapp.store.sorting import by_characters

MODEL: Final = "model"
"""The method of layers that no file was sent in for."""


class StaleLayer(StoreError):
    """Somebody else changed the layer since."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The layer {name} was changed since.")


class LayerSort(StrEnum):
    """What the list of layers can be sorted by."""

    TITLE = "title"
    MADE_AT = "made_at"
    POINTS = "points"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSource:
    """Where a layer's numbers come from, as whoever made it says.

    ``method`` is a small JSON object: its ``code`` and the factors used. ``totals`` are workers of a group in an
    average hour: given, placed, outside the city; None where all that was given is placed.
    """

    title: str = ""
    source: str = ""
    source_date: date | None = None
    method: Mapping[str, Any] = field(default_factory=dict)
    file_name: str = ""
    totals: Mapping[WorkerGroup, tuple[float, float, float]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerCard:
    """All that is said of a layer without its points. ``made_at`` is None where nobody kept it."""

    name: str
    title: str
    origin_note: str
    is_sample: bool
    is_modelled: bool
    source: str
    source_date: date | None
    method: Mapping[str, Any]
    file_name: str
    checksum: str
    made_by: str
    made_at: datetime | None
    version: int
    point_count: int
    totals: Mapping[WorkerGroup, tuple[float, float, float]]

    @property
    def groups(self) -> tuple[WorkerGroup, ...]:
        """The groups it counts, in the vocabulary's order."""
        return tuple(group for group in WorkerGroup if group in self.totals)

    @property
    def is_upload(self) -> bool:
        """Whether somebody sent it in; such a layer counts for nothing until it is chosen."""
        return self.method.get("code") != MODEL

    def origin(self, language: str) -> str:
        """The origin note in ``language``: Chinese for any zh-*, else English."""
        zh, en = self.origin_note.splitlines()
        return zh if language.startswith("zh") else en


class DemandReader:
    """Read access to the demand layers in one state of the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def cards(self) -> tuple[LayerCard, ...]:
        """All layers without their points, by name."""
        rows = self._connection.execute(_cards_query()).mappings()
        return tuple(sorted((_card(row) for row in rows), key=lambda card: card.name))

    def cards_page(
        self, *, sort: LayerSort, descending: bool, offset: int, limit: int
    ) -> tuple[tuple[LayerCard, ...], int]:
        """A page of the layers, and how many there are."""
        dialect = self._connection.dialect.name
        columns = {
            LayerSort.TITLE: by_characters(demand_sources.c.title, dialect),
            LayerSort.MADE_AT: demand_sources.c.made_at,
            LayerSort.POINTS: demand_sources.c.point_count,
        }
        column, name = columns[sort], by_characters(demand_layers.c.name, dialect)
        query = _cards_query().order_by(column.desc() if descending else column.asc(), name)
        rows = self._connection.execute(query.offset(offset).limit(limit)).mappings()
        count = self._connection.execute(select(func.count()).select_from(demand_layers)).scalar_one()
        return tuple(_card(row) for row in rows), int(count)

    def card(self, name: str) -> LayerCard | None:
        """The layer of that name without its points, or None; any text may be asked."""
        try:
            row = self._connection.execute(_cards_query().where(demand_layers.c.name == name)).mappings().one_or_none()
        except UnstorableText:
            return None
        return _card(row) if row is not None else None

    def layer(self, name: str) -> DemandLayer | None:
        """The layer of that name with its points, or None; any text may be asked."""
        query = _cards_query().where(demand_layers.c.name == name)
        try:
            row = self._connection.execute(query).mappings().one_or_none()
        except UnstorableText:
            return None
        return _read_layer(self._connection, row) if row is not None else None

    def choices(self) -> dict[WorkerGroup, str]:
        """The name of the layer chosen for each group; groups without a choice are left out."""
        known = {group.value for group in WorkerGroup}
        rows = self._connection.execute(select(demand_choices))
        return {WorkerGroup(group): str(layer) for group, layer in rows if group in known}

    def is_chosen(self, name: str) -> bool:
        """Whether the layer is chosen for any group."""
        query = select(exists(select(demand_choices.c.layer).where(demand_choices.c.layer == name)))
        return bool(self._connection.execute(query).scalar_one())


class DemandWriter(DemandReader):
    """Read and write access to the demand layers; `Writer` notes what was done as an event of the data."""

    def save(self, layer: DemandLayer, source: LayerSource, *, made_by: str, at: datetime) -> None:
        """Write the layer over one of the same name."""
        write_demand_layer(self._connection, layer, source, made_by=made_by, at=at)

    def save_profile(self, layer: DemandLayer, *, expected_version: int) -> None:
        """Write profiles and movement of a layer whose points stay as they are.

        Raises
        ------
        StaleLayer
            Somebody else changed it since.
        """
        found = self._connection.execute(
            update(demand_sources)
            .where(demand_sources.c.layer == layer.name, demand_sources.c.version == expected_version)
            .values(version=expected_version + 1, checksum=layer.checksum(), movement=_movement_document(layer))
        )
        if found.rowcount != 1:
            raise StaleLayer(layer.name)
        self._connection.execute(
            update(demand_layers).where(demand_layers.c.name == layer.name).values(profiles=_profiles_document(layer))
        )

    def choose(self, choices: Mapping[WorkerGroup, str | None]) -> None:
        """Set which layer counts each of these groups; None leaves it to the model's layer."""
        names = [group.value for group in choices]
        self._connection.execute(delete(demand_choices).where(demand_choices.c.worker_group.in_(names)))
        rows = [{"worker_group": group.value, "layer": name} for group, name in choices.items() if name]
        if rows:
            self._connection.execute(insert(demand_choices), rows)

    def remove(self, name: str) -> None:
        """Delete a layer with its points."""
        self._connection.execute(delete(demand_points).where(demand_points.c.layer == name))
        self._connection.execute(delete(demand_sources).where(demand_sources.c.layer == name))
        self._connection.execute(delete(demand_layers).where(demand_layers.c.name == name))


def read_demand_layers(connection: Connection) -> tuple[DemandLayer, ...]:
    """All layers, by name."""
    rows = connection.execute(_cards_query()).mappings().all()
    return tuple(_read_layer(connection, row) for row in sorted(rows, key=lambda row: str(row["name"])))


def write_demand_layer(
    connection: Connection, layer: DemandLayer, source: LayerSource, *, made_by: str, at: datetime
) -> None:
    """Write the layer over one of the same name."""
    present = select(demand_sources.c.version).where(demand_sources.c.layer == layer.name)
    version = connection.execute(present).scalar_one_or_none()
    row = {
        "name": layer.name,
        "origin_note": layer.origin_note,
        "is_sample": layer.is_sample,
        "is_modelled": layer.is_modelled,
        "profiles": _profiles_document(layer),
    }
    origin = _source_row(layer, source, made_by=made_by, at=at, version=(version or 0) + 1)
    if version is None:
        connection.execute(insert(demand_layers), [row])
        connection.execute(insert(demand_sources), [origin])
    else:
        connection.execute(delete(demand_points).where(demand_points.c.layer == layer.name))
        connection.execute(update(demand_layers).where(demand_layers.c.name == layer.name).values(row))
        connection.execute(update(demand_sources).where(demand_sources.c.layer == layer.name).values(origin))
    points = _point_rows(layer)
    if points:
        connection.execute(insert(demand_points), points)


def _source_row(layer: DemandLayer, source: LayerSource, *, made_by: str, at: datetime, version: int) -> dict[str, Any]:
    totals = source.totals
    if totals is None:
        totals = {group: (layer.total(group), layer.total(group), 0.0) for group in layer.groups}
    return {
        "layer": layer.name,
        "title": source.title,
        "source": source.source,
        "source_date": source.source_date,
        "method": dict(source.method) or {"code": MODEL},
        "file_name": source.file_name,
        "checksum": layer.checksum(),
        "made_by": made_by,
        "made_at": at,
        "version": version,
        "point_count": layer.point_count,
        "totals": {group.value: list(counts) for group, counts in totals.items()},
        "movement": _movement_document(layer),
    }


def _profiles_document(layer: DemandLayer) -> dict[str, list[float]]:
    return {group.value: profile.tolist() for group, profile in layer.profiles.items()}


def _movement_document(layer: DemandLayer) -> dict[str, list[Any]]:
    return {group.value: [way.mode.value, way.speed_kmh] for group, way in layer.movement.items()}


def _cards_query() -> Any:
    return select(demand_layers, demand_sources).outerjoin(
        demand_sources, demand_sources.c.layer == demand_layers.c.name
    )


def _card(row: RowMapping) -> LayerCard:
    made_at = row["made_at"]
    totals = row["totals"] or {}
    return LayerCard(
        name=row["name"],
        title=row["title"] or "",
        origin_note=row["origin_note"],
        is_sample=row["is_sample"],
        is_modelled=row["is_modelled"],
        source=row["source"] or "",
        source_date=row["source_date"],
        method=row["method"] or {"code": MODEL},
        file_name=row["file_name"] or "",
        checksum=row["checksum"] or "",
        made_by=row["made_by"] or "",
        made_at=made_at if made_at is not None and made_at.year > 1970 else None,
        version=row["version"] or 1,
        point_count=row["point_count"] or 0,
        totals={group: tuple(totals[group.value]) for group in WorkerGroup if group.value in totals},
    )


def _point_rows(layer: DemandLayer) -> list[dict[str, Any]]:
    groups = [group.value for group in layer.workers]
    counts = zip(*(layer.workers[WorkerGroup(group)].tolist() for group in groups), strict=True)
    columns = zip(layer.h3_cells, layer.lon.tolist(), layer.lat.tolist(), counts, strict=True)
    return [
        {
            "layer": layer.name,
            "row": row,
            "h3_cell": cell,
            "lon": lon,
            "lat": lat,
            "workers": dict(zip(groups, workers, strict=True)),
        }
        for row, (cell, lon, lat, workers) in enumerate(columns)
    ]


def _read_layer(connection: Connection, layer: RowMapping) -> DemandLayer:
    query = select(demand_points).where(demand_points.c.layer == layer["name"]).order_by(demand_points.c.row)
    points = connection.execute(query).mappings().all()
    groups = [group for group in WorkerGroup if group.value in layer["profiles"]]
    ways = layer["movement"] or {}
    return DemandLayer(
        name=layer["name"],
        origin_note=layer["origin_note"],
        is_sample=layer["is_sample"],
        is_modelled=layer["is_modelled"],
        lon=np.array([point["lon"] for point in points], dtype=np.float64),
        lat=np.array([point["lat"] for point in points], dtype=np.float64),
        h3_cells=tuple(point["h3_cell"] for point in points),
        workers={
            group: np.array([point["workers"][group.value] for point in points], dtype=np.float64) for group in groups
        },
        profiles={group: np.array(layer["profiles"][group.value], dtype=np.float64) for group in groups},
        movement={
            group: Movement(TravelMode(ways[group.value][0]), float(ways[group.value][1]))
            for group in groups
            if group.value in ways
        },
    )
