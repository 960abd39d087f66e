"""One layer out of several: each group from the layer chosen for it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from geodata.demand.points import DemandLayer
from geodata.errors import InvalidValue
from geodata.stations.vocabulary import WorkerGroup

COMBINED_NAME = "combined"


def combined_layer(chosen: Mapping[WorkerGroup, DemandLayer]) -> DemandLayer:
    """The layer that counts each group as the layer chosen for it does; no worker is counted twice.

    Cells are the union of the layers' cells, sorted, unless all come from one layer that has no other group:
    then it is that layer itself. It is a sample, or modelled, as soon as one part is.

    Raises
    ------
    InvalidValue
        Nothing is chosen, or a group is not in its layer.
    """
    if not chosen:
        raise InvalidValue("No layer is chosen for any group.", field="groups", code="empty")
    for group, layer in chosen.items():
        if group not in layer.workers:
            raise InvalidValue(f"{layer.name} does not count {group}.", field="groups", code="groups")
    layers = list({layer.name: layer for layer in chosen.values()}.values())
    if len(layers) == 1 and set(layers[0].workers) == set(chosen):
        return layers[0]
    middles = {
        cell: (lon, lat)
        for layer in layers
        for cell, lon, lat in zip(layer.h3_cells, layer.lon.tolist(), layer.lat.tolist(), strict=True)
    }
    cells = tuple(sorted(middles))
    row_of = {cell: row for row, cell in enumerate(cells)}
    degrees = np.array([middles[cell] for cell in cells], dtype=np.float64).reshape(-1, 2)
    workers = {}
    for group, layer in chosen.items():
        column = np.zeros(len(cells))
        column[[row_of[cell] for cell in layer.h3_cells]] = layer.workers[group]
        workers[group] = column
    return DemandLayer(
        name=COMBINED_NAME,
        origin_note=_note(chosen),
        is_sample=any(layer.is_sample for layer in layers),
        is_modelled=any(layer.is_modelled for layer in layers),
        lon=degrees[:, 0],
        lat=degrees[:, 1],
        h3_cells=cells,
        workers=workers,
        profiles={group: layer.profiles[group] for group, layer in chosen.items()},
        movement={group: layer.movement[group] for group, layer in chosen.items()},
    )


def _note(chosen: Mapping[WorkerGroup, DemandLayer]) -> str:
    """Whose numbers they are, group by group, in both languages."""
    by_layer: dict[str, tuple[DemandLayer, list[WorkerGroup]]] = {}
    for group, layer in chosen.items():
        by_layer.setdefault(layer.name, (layer, []))[1].append(group)
    zh = " ".join(
        f"{'、'.join(group.zh for group in groups)}：{layer.origin('zh')}" for layer, groups in by_layer.values()
    )
    en = " ".join(
        f"{', '.join(group.en for group in groups).capitalize()}: {layer.origin('en')}"
        for layer, groups in by_layer.values()
    )
    return f"{zh}\n{en}"
