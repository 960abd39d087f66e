"""From a suggested site to the station that was added there: the form it begins with, and the way back."""

from __future__ import annotations

from dataclasses import replace

from geodata.stations.station import Position, Station
from geodata.stations.vocabulary import PositionAccuracy
from mapapp.services.reports.cases import InvalidMove, UnknownReport
from mapapp.services.reports.new_station import link_new_station, suggested_site
from mapapp.services.rights import Forbidden
from mapapp.staff.station_form import StationForm, fresh_form
from mapapp.staff.station_pages import asked_report
from mapapp.store import StoreBusy, UnknownStation
from mapapp.web import services
from mapapp.web.signed_in import signed_in


def form_of_site(base: Station) -> StationForm | None:
    """A new station's form with the place of the site the address asks for; None where it asks for none of ours."""
    tracking, parts = asked_report(), services()
    if tracking is None:
        return None
    try:
        with parts.store.reading() as reader:
            place = suggested_site(reader, signed_in().actor, tracking).place
    except (UnknownReport, Forbidden, InvalidMove):
        return None
    if place is None:
        return None
    position = replace(Position.wgs84(place.lon, place.lat), accuracy=PositionAccuracy.APPROXIMATE)
    return fresh_form(replace(base, position=position), parts.place)


def link_site(station: Station) -> None:
    """Let the suggested site that the address asks for know its station; where it cannot, the station stays added."""
    tracking, parts = asked_report(), services()
    if tracking is None:
        return
    try:
        link_new_station(parts.store, tracking, station.code, signed_in().actor, parts.now())
    except (UnknownReport, UnknownStation, Forbidden, InvalidMove, StoreBusy):
        return  # the report's page still offers to answer it
