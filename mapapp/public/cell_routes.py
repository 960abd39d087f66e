"""What pages of a large register fetch: the list of cells, a cell's stations, and the clusters of a part of the map.

None of these addresses says more of a visitor than the cell of about 1,770 km² they are in or look at.
"""

from __future__ import annotations

from flask import abort
from werkzeug.wrappers import Response

from mapapp.public.blueprint import public
from mapapp.web import services
from mapapp.web.bodies import payload_response


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
    """How many stations stand where in a tile of the map."""
    parts = services()
    try:
        payload = parts.nation.tile_file(parts.snapshot, (zoom, x, y))
    except ValueError:
        abort(404)
    return payload_response(payload)
