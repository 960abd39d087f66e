"""What the form's map asks: where a point lies, the map itself, and the photo that was chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from flask import abort, jsonify, request
from werkzeug.wrappers import Response

from geodata.coordinates import Crs
from geodata.errors import InvalidCoordinate
from geodata.stations.vocabulary import PositionAccuracy
from mapapp.maps.pin_map import pin_map
from mapapp.services.editing.placing import Placed, place_point
from mapapp.services.editing.warnings import warnings_for
from mapapp.services.photos import photo_file
from mapapp.staff.blueprint import staff
from mapapp.staff.speech import gettext
from mapapp.staff.station_form import blank_station
from mapapp.staff.station_typed import degree_text
from mapapp.web import services
from mapapp.web.assets import asset_url
from mapapp.web.bodies import body_response
from mapapp.web.language import current_language
from mapapp.web.problems import RequestProblem

_SHOWN_DECIMALS: Final = 6


@staff.get("/stations/where")
def where_is() -> Response:
    """A typed point in all three systems, its district, and what is odd about a station standing there."""
    try:
        lon, lat = float(request.args.get("lon", "")), float(request.args.get("lat", ""))
        placed = place_point(services().place, lon, lat, Crs(request.args.get("crs", "")), PositionAccuracy.SURVEYED)
    except (InvalidCoordinate, ValueError):
        raise RequestProblem(400, gettext("Write a number in digits."), parameter="lon") from None
    return jsonify(_answer(placed))


@staff.get("/stations/map.<any(zh, en):language>.js", endpoint="pin_map_script")
def pin_map_file(language: str) -> Response:
    """Folium's script of the map one places a station on, an ES module."""
    parts = services()
    fragment = pin_map(parts.place, parts.settings, "zh-CN" if language == "zh" else language, asset_url)
    return body_response(str(fragment.script).encode(), "text/javascript; charset=utf-8", cache_control="no-store")


@staff.get("/photos/<digest>.jpg")
def station_photo(digest: str) -> Response:
    """A kept photo, also one that no station has yet."""
    file = photo_file(services().settings, digest)
    if file is None:
        abort(404)
    return body_response(file.read_bytes(), "image/jpeg", cache_control="no-store", with_etag=False)


def _answer(placed: Placed) -> dict[str, Any]:
    place, code = services().place, placed.district_code
    point = placed.position.point
    return {
        "lon": point.lon,
        "lat": point.lat,
        "others": {
            crs.value: [degree_text(round(x, _SHOWN_DECIMALS)), degree_text(round(y, _SHOWN_DECIMALS))]
            for crs, (x, y) in placed.others.items()
        },
        "district": place.unit(code).name(current_language()) if code else "",
        "is_outside": placed.is_outside,
        "like_named": _like_named(placed),
    }


def _like_named(placed: Placed) -> list[dict[str, Any]]:
    """Stations of an alike name that stand within a few steps."""
    asked = request.args.get("code", "")
    name = request.args.get("name", "").strip()[:120]
    if not name:
        return []
    station = services().snapshot.by_code.get(asked) or blank_station(services().place)
    probe = replace(station, name=name, position=placed.position)
    found = [each for each in warnings_for(probe, services().snapshot) if each.code == "like_named_nearby"]
    return [
        {"code": each.data["code"], "name": each.data["name"], "metres": round(float(each.data["distance_m"]))}
        for each in found
    ]
