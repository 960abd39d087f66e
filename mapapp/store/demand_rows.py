"""Demand layers in their two tables: a row a layer, a row a point, in the layer's order."""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import Connection, RowMapping, delete, insert, select

from geodata.demand.points import DemandLayer
from geodata.stations.vocabulary import WorkerGroup
from mapapp.store.schema import demand_layers, demand_points


def read_demand_layers(connection: Connection) -> tuple[DemandLayer, ...]:
    """All layers, by name."""
    rows = connection.execute(select(demand_layers)).mappings().all()
    return tuple(_read_layer(connection, row) for row in sorted(rows, key=lambda row: str(row["name"])))


def write_demand_layer(connection: Connection, layer: DemandLayer) -> None:
    """Write the layer over one of the same name."""
    connection.execute(delete(demand_points).where(demand_points.c.layer == layer.name))
    connection.execute(delete(demand_layers).where(demand_layers.c.name == layer.name))
    row = {
        "name": layer.name,
        "origin_note": layer.origin_note,
        "is_sample": layer.is_sample,
        "is_modelled": layer.is_modelled,
        "profiles": {group.value: profile.tolist() for group, profile in layer.profiles.items()},
    }
    connection.execute(insert(demand_layers), [row])
    points = _point_rows(layer)
    if points:
        connection.execute(insert(demand_points), points)


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
    )
