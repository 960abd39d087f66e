"""What pages of a large register fetch: the list of cells, a cell's stations, and the clusters of a part of the map.

None of these addresses says more of a visitor than the cell of about 1,770 km² they are in or look at.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from flask import abort, request
from werkzeug.wrappers import Response

from geodata.stations.filters import OpenFilter, StationFilter
from geodata.stations.vocabulary import Service, StationKind
from mapapp.public.blueprint import public
from mapapp.web import services
from mapapp.web.bodies import payload_response

E = TypeVar("E", bound=StrEnum)


@public.get("/data/cells.json")
def cell_index() -> Response:
    """Every cell that holds stations."""
    parts = services()
    return payload_response(parts.nation.index_file(parts.snapshot, parts.now().date()))


@public.get("/data/cells/<cell>.json")
def cell_stations(cell: str) -> Response:
    """The stations of one cell, as a compact file."""
    parts = services()
    payload = parts.nation.cell_file(parts.snapshot, cell, parts.now().date())
    if payload is None:
        abort(404)
    return payload_response(payload)


@public.get("/data/clusters/<int:zoom>/<int:x>/<int:y>.json")
def map_clusters(zoom: int, x: int, y: int) -> Response:
    """How many stations stand where in a tile of the map, of those that pass the reader's filters."""
    parts = services()
    try:
        payload = parts.nation.tile_file(parts.snapshot, (zoom, x, y), _counted(), parts.now())
    except ValueError:
        abort(404)
    return payload_response(payload)


def _counted() -> StationFilter:
    """The filters of a tile's address, as the page writes them; raises ValueError where one is none of ours."""
    return StationFilter(
        kinds=_codes("kind", StationKind),
        services=_codes("services", Service),
        open=OpenFilter.AT if _flag("open", "now") else OpenFilter.ANY,
        open_late=_flag("open_late", "true"),
        always_open=_flag("always_open", "true"),
    )


def _codes(name: str, vocabulary: type[E]) -> frozenset[E]:
    text = request.args.get(name, "")
    return frozenset(vocabulary(code) for code in text.split(",")) if text else frozenset()


def _flag(name: str, yes: str) -> bool:
    text = request.args.get(name, "")
    if text not in {"", yes}:
        raise ValueError(f"{name} is {yes} or not given")
    return text == yes
