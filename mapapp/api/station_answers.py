"""One station as staff's programs get it: fresh from the database, hidden ones too, with all there is."""

from __future__ import annotations

from flask_babel import gettext
from werkzeug.wrappers import Response

from geodata.stations.station import Station
from mapapp.api import answers
from mapapp.api.blueprint import GEOJSON
from mapapp.services.rights import Actor, Forbidden, Right, may_read
from mapapp.services.truth.public_date import public_date
from mapapp.web import services
from mapapp.web.bodies import NEVER_STORE, body_response
from mapapp.web.problems import RequestProblem


def station_for_staff(actor: Actor, code: str) -> Response:
    """The station as the database has it at this moment."""
    with services().store.reading() as reader:
        station, revision = reader.station(code), reader.data_revision()
    if station is None:
        raise unknown_station()
    require_reading(actor, station)
    return staff_response(station, revision)


def staff_response(station: Station, revision: int, status: int = 200) -> Response:
    """A station read or written a moment ago, at that data revision; kept by no cache."""
    parts, now = services(), services().now()
    with parts.store.reading() as reader:
        verified = public_date(reader, station, now)
    for_staff = answers.ForStaff(revision, verified)
    body = answers.one_station(parts.snapshot, station, now, parts.settings, for_staff=for_staff)
    etag = answers.station_etag(station, body)
    response = body_response(body, GEOJSON, status=status, cache_control=NEVER_STORE, etag=etag)
    response.vary.add("Authorization")
    return response


def require_reading(actor: Actor, station: Station) -> None:
    """Refuse a token that was given other districts."""
    if not may_read(actor, station):
        raise Forbidden(actor, Right.READ_REGISTER, code="not_yours")


def unknown_station() -> RequestProblem:
    """404: no station has the code."""
    return RequestProblem(404, gettext("There is no station with this code."), code="unknown_station")
