"""The addresses of one station: its page, its short address for QR codes, and the page drawn without a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import abort, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from geodata.coordinates import BBox
from geodata.stations.vocabulary import ServiceState
from mapapp.maps import static_map
from mapapp.maps.basemaps import chosen_basemap
from mapapp.public.blueprint import public
from mapapp.public.browser_page import language, map_file, page_data
from mapapp.public.phrases import phrase
from mapapp.public.station_view import shell_labels, station_view
from mapapp.services.navigation_links import LINK_TEMPLATES
from mapapp.services.photos import photo_file
from mapapp.services.qr_picture import qr_picture
from mapapp.services.station_page import StationPage, station_page
from mapapp.web import services
from mapapp.web.bodies import body_response
from mapapp.web.kept_pages import kept_page, this_minute

PHOTO_CACHED: Final = "public, max-age=3600"
"""A photo may be taken away because of who is in it: so long copies of it may be shown without asking."""
OFFER_ICONS: Final = {
    ServiceState.AVAILABLE: "state-open",
    ServiceState.BROKEN: "state-temporarily_closed",
    ServiceState.SEASONAL: "icon-season",
    ServiceState.UNKNOWN: "state-unknown",
}
_SUBJECTS: Final = ("states", "finding", "station", "places", "map", "outbox", "offline")


@public.get("/stations/<code>")
def station(code: str) -> bytes:
    """One station."""
    return _kept(code, lambda place: {"place": place})


@public.get("/s/<code>")
def scanned_station(code: str) -> bytes:
    """The station whose QR code was scanned: its page, and the search starts from it."""
    return _kept(code, lambda place: {"place": place, "origin": place})


@public.get("/offline/station")
def station_shell() -> str:
    """The page of any station, to be drawn from the compact file when the network is away."""
    links = [{"vendor": each.vendor, "crs": each.crs, "template": each.template} for each in LINK_TEMPLATES]
    facts = {"links": links, "offerIcons": OFFER_ICONS} | shell_labels(language())
    data = page_data(*_SUBJECTS) | {"station": facts}
    return render_template("public/station_shell.html", say=phrase, page_data=data, **_map_pane())


@public.get("/stations/<code>/qr.svg")
def station_qr(code: str) -> Response:
    """The QR code of a station's short address, as a picture to print."""
    if code not in services().snapshot.by_code:
        abort(404)
    picture = render_template("public/qr.svg", qr=qr_picture(_short_url(code)), title=code)
    return body_response(picture.strip().encode(), "image/svg+xml; charset=utf-8")


@public.get("/photos/<digest>.jpg")
def photo(digest: str) -> Response:
    """The photo of a station that the public sees; photos of reports are for staff."""
    parts = services()
    file = photo_file(parts.settings, digest)
    if file is None or digest not in parts.snapshot.photos:
        abort(404)
    return body_response(file.read_bytes(), "image/jpeg", cache_control=PHOTO_CACHED)


def _kept(code: str, start: Callable[[dict[str, Any] | None], dict[str, Any]]) -> bytes:
    """The page of a station as of this minute; ``start`` says of its place what the scripts begin with."""
    parts = services()
    snapshot, now = parts.snapshot, parts.now()
    if code not in snapshot.by_code:
        abort(404)

    def render() -> str:
        page = station_page(snapshot, code, this_minute(now), parts.settings)
        assert page is not None  # noqa: S101 - the snapshot has the code
        return _page_of(page, page_data(*_SUBJECTS) | start(_place_of(page)))

    return kept_page(snapshot, now, render)


def _page_of(page: StationPage, data: dict[str, Any]) -> str:
    code = page.station.code
    short_url = _short_url(code)
    return render_template(
        "public/station.html",
        say=phrase,
        view=station_view(page, language()),
        offer_icons=OFFER_ICONS,
        page_data=data,
        canonical_url=url_for("public.station", code=code),
        short_url=short_url,
        qr=qr_picture(short_url),
        **_map_parts(page),
    )


def _place_of(page: StationPage) -> dict[str, Any] | None:
    position = page.station.position
    if position is None:
        return None
    point = position.point.rounded()
    return {"lon": point.lon, "lat": point.lat, "code": page.station.code, "name": page.station.name}


def _short_url(code: str) -> str:
    return _absolute_url(url_for("public.scanned_station", code=code))


def _absolute_url(path: str) -> str:
    """The path as people reach it: under the public address, where one is set, else under that of the request."""
    public_url = services().settings.public_url.rstrip("/").removesuffix(request.script_root)
    return (public_url or request.host_url.rstrip("/")) + path


def _map_parts(page: StationPage) -> dict[str, Any]:
    position = page.station.position
    if position is None:
        return {}
    around = None if page.unit is None else BBox(*page.unit.outline.bounds)
    picture = static_map(services().place, language(), origin=position.point, around=around or services().place.bbox)
    return _map_pane() | {"picture": picture}


def _map_pane() -> dict[str, Any]:
    """The empty element the map is drawn into, once somebody asks for it, and whom that asks for the streets."""
    provider = chosen_basemap(services().settings).provider
    asks = gettext("The streets on it come from %(provider)s: opening it asks them.", provider=provider)
    return {
        "map_element": map_file(language()).fragment.html,
        "has_tiles": bool(provider),
        "tile_note": asks if provider else "",
    }
