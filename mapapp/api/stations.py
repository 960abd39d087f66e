"""``/api/v1``: the stations, one station, the nearest stations, and the description of it all."""

from __future__ import annotations

from flask import request
from flask_babel import gettext
from werkzeug.wrappers import Response

from geodata.errors import InvalidCoordinate
from geodata.stations.filters import StationFilter
from mapapp.api import answers, table
from mapapp.api.blueprint import GEOJSON, JSON, api
from mapapp.api.openapi import openapi_document
from mapapp.api.parameters import Values, read_parameters
from mapapp.api.station_answers import station_for_staff, unknown_station
from mapapp.services.find_nearest import NearestQuestion, find_nearest, origin_in
from mapapp.services.list_stations import ListQuestion
from mapapp.services.publish import json_bytes
from mapapp.web import services
from mapapp.web.bodies import NEVER_STORE, body_response, payload_response
from mapapp.web.problems import RequestProblem
from mapapp.web.signed_in import token_actor


@api.get("/stations")
def stations() -> Response:
    """A page of the stations that match."""
    parts = services()
    values = read_parameters(table.LIST_PARAMETERS, request.args, parts.place)
    question = ListQuestion(
        kinds=values[table.KIND],
        services=values[table.SERVICES],
        entry_methods=values[table.ENTRY],
        district_codes=values[table.DISTRICT],
        always_open=values[table.ALWAYS_OPEN],
        text=values[table.TEXT],
        box=values.optional(table.BOX),
        limit=values[table.LIMIT],
        offset=values[table.OFFSET],
    )
    snapshot, now = parts.snapshot, parts.now()
    path = request.script_root + request.path
    key = answers.cache_key(question, snapshot, path, now)
    if key is None:
        return body_response(answers.station_page(snapshot, question, path, now, parts.nation.texts(snapshot)), GEOJSON)
    return payload_response(
        snapshot.payload(key, GEOJSON, lambda kept: answers.station_page(kept, question, path, now))
    )


@api.get("/stations/<code>")
def station(code: str) -> Response:
    """One station and its state now; with a token, as the database has it at this moment."""
    read_parameters(table.NO_PARAMETERS, request.args, services().place)
    actor = token_actor()
    if actor is not None:
        return station_for_staff(actor, code.upper())
    snapshot = services().snapshot
    known = snapshot.by_code.get(code.upper())
    if known is None:
        raise unknown_station()
    body = answers.one_station(snapshot, known, services().now(), services().settings)
    return body_response(body, GEOJSON, etag=answers.station_etag(known, body))


@api.get("/stations/nearest")
def nearest() -> Response:
    """The k nearest stations that match. Positions are never kept, by us or by caches."""
    parts = services()
    values = read_parameters(table.NEAREST_PARAMETERS, request.args, parts.place)
    answer = find_nearest(parts.snapshot, _nearest_question(values), parts.settings)
    return body_response(answers.nearest_stations(answer), GEOJSON, cache_control=NEVER_STORE, with_etag=False)


@api.get("/openapi.json")
def openapi() -> Response:
    """The description of this interface."""
    read_parameters(table.NO_PARAMETERS, request.args, services().place)
    return body_response(json_bytes(openapi_document(services().place)), JSON)


def _nearest_question(values: Values) -> NearestQuestion:
    try:
        origin = origin_in(values[table.LON], values[table.LAT], values[table.CRS])
    except InvalidCoordinate as error:
        raise RequestProblem(
            400, gettext("This is no position on Earth."), parameter=error.field, code=error.code
        ) from None
    return NearestQuestion(
        origin=origin,
        at=values.optional(table.AT) or services().now(),
        k=values[table.K],
        mode=values[table.MODE],
        order=values[table.ORDER],
        filters=StationFilter(
            kinds=values[table.KIND],
            services=values[table.SERVICES],
            entry_methods=values[table.ENTRY],
            district_codes=values[table.DISTRICT],
            open=values[table.OPEN],
            open_late=values[table.OPEN_LATE],
            always_open=values[table.ALWAYS_OPEN],
        ),
    )
