"""``/api/v1``: saving and adding stations, and their histories. A token says who writes; cookies are not looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from geodata.stations.reading import InvalidFields
from geodata.stations.station import Station
from mapapp.api import answers, table
from mapapp.api.blueprint import JSON, api
from mapapp.api.feature_body import read_body
from mapapp.api.if_match import matched_versions
from mapapp.api.parameters import read_parameters
from mapapp.api.station_answers import require_reading, staff_response, unknown_station
from mapapp.api.write_problems import forbidden_response, invalid_response, stale_response
from mapapp.services.editing.features import by_property, changed_station, new_document, reason_of
from mapapp.services.editing.history import history
from mapapp.services.editing.save import create_station, save_station
from mapapp.services.photos import photo_file
from mapapp.services.publish import Json, verification_document
from mapapp.services.rights import Actor, Forbidden, require_change
from mapapp.services.truth.public_date import looks_of
from mapapp.store import CodeTaken, MixedSampleAndReal, Origin, StaleVersion, UnknownStation, UnstorableText
from mapapp.web import services
from mapapp.web.bodies import NEVER_STORE, body_response
from mapapp.web.problems import RequestProblem
from mapapp.web.signed_in import token_actor


@api.errorhandler(Forbidden)
def refuse(refusal: Forbidden) -> Response:
    """What a token may not do, with the properties that stand in the way."""
    return forbidden_response(refusal)


@api.put("/stations/<one_station:code>")
def save_one(code: str) -> Response:
    """Save the station as the feature has it, if nobody saved since the version it was made from."""
    parts, actor, code = services(), _writer(), code.upper()
    read_parameters(table.NO_PARAMETERS, request.args, parts.place)
    current = _station(code)
    require_reading(actor, current)
    require_change(actor, current, current)
    versions = matched_versions()
    if current.version not in versions:
        return stale_response(current)
    feature, now = read_body(), parts.now()
    try:
        with _refusals():
            wanted = changed_station(feature, current, parts.place, now, _published_dates(current))
            reason = reason_of(feature)
            if wanted.photo != current.photo:
                _require_photo(wanted.photo)
            saved = save_station(
                parts.store, parts.place, actor, code, wanted, current.version, reason, now, Origin.API
            )
    except InvalidFields as refusal:
        return invalid_response(by_property(refusal))
    except StaleVersion as stale:
        return stale_response(stale.current)
    return staff_response(saved, parts.store.data_revision())


@api.post("/stations")
def add_one() -> Response:
    """Add a station."""
    parts, actor = services(), _writer()
    read_parameters(table.NO_PARAMETERS, request.args, parts.place)
    feature, now = read_body(), parts.now()
    try:
        with _refusals():
            document, reason = new_document(feature, parts.place, now), reason_of(feature)
            _require_photo(document.get("photo"))
            added = create_station(parts.store, parts.place, actor, document, reason, now, Origin.API)
    except InvalidFields as refusal:
        return invalid_response(by_property(refusal))
    response = staff_response(added, parts.store.data_revision(), status=201)
    response.headers["Location"] = url_for("api.station", code=added.code)
    return response


@api.get("/stations/<code>/revisions")
def revisions(code: str) -> Response:
    """Who changed what, when and why, newest first."""
    parts, code = services(), code.upper()
    values = read_parameters(table.REVISION_PARAMETERS, request.args, parts.place)
    require_reading(_writer(), _station(code))
    limit, offset = values[table.LIMIT], values[table.OFFSET]
    body = answers.revision_page(code, history(parts.store, code), limit, offset, parts.place.timezone)
    return body_response(body, JSON, cache_control=NEVER_STORE)


def _writer() -> Actor:
    """Whoever the token stands for."""
    actor = token_actor()
    if actor is None:
        raise RequestProblem(401, gettext("This needs a token: Authorization: Bearer …"), code="token_needed")
    return actor


def _require_photo(digest: str | None) -> None:
    """Refuse a photo that was never uploaded: nobody could see it."""
    if digest is not None and photo_file(services().settings, digest) is None:
        raise InvalidFields.one("photo", "unknown_photo", "There is no such photo here.")


def _published_dates(station: Station) -> list[Json | None]:
    """What answers may have said of when the station was last verified, besides its own date."""
    parts = services()
    with parts.store.reading() as reader:
        return [verification_document(each) for each in looks_of(reader, station, parts.place.timezone)]


def _station(code: str) -> Station:
    with services().store.reading() as reader:
        station = reader.station(code)
    if station is None:
        raise unknown_station()
    return station


@contextmanager
def _refusals() -> Iterator[None]:
    """What the store refuses, as problems."""
    try:
        yield
    except UnknownStation:
        raise unknown_station() from None
    except CodeTaken:
        detail = gettext("Another station has this code.")
        raise RequestProblem(409, detail, parameter="code", code="code_taken") from None
    except MixedSampleAndReal:
        detail = gettext(
            "Sample stations and real ones do not stand in one database: the first import of real ones removes the "
            "sample. Until then only stations with the property “sample”: true are taken."
        )
        raise RequestProblem(409, detail, parameter="sample", code="mixed_sample_and_real") from None
    except UnstorableText:
        raise RequestProblem(400, gettext("The body holds characters that are none."), code="not_text") from None
