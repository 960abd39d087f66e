"""``stations/nearest`` as one would write it with GeoPandas: a frame in memory, and all of it for every request.

The frame holds the stations in a plane with what a question is about beside them. A request masks it by the
filters, measures to every point that is left, sorts, and walks outwards until k stations will be open for somebody
who arrives there. What it answers is written by the service's own functions, so that both send the same words.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import geopandas
import numpy as np
import shapely
from flask import Blueprint, request
from shapely.geometry import Point
from werkzeug.wrappers import Response

from geodata.coordinates import LonLat
from geodata.projection import LocalPlane
from geodata.stations.answer import Found
from geodata.stations.arrival import arrival_at
from geodata.stations.columns import bits_of
from geodata.stations.filters import StationFilter
from geodata.stations.vocabulary import OpenState
from mapapp.api import answers, table
from mapapp.api.parameters import Values, read_parameters
from mapapp.services.find_nearest import FoundStation, NearestQuestion, NearestStations, rules_of, travel_of
from mapapp.services.snapshot import StationSnapshot
from mapapp.settings import Settings
from mapapp.web import services
from mapapp.web.bodies import NEVER_STORE, body_response

PEER_PATH: Final = "/api/v1/benchmark/nearest-by-geopandas"


class GeoPandasPeer:
    """The stations of a snapshot as a frame."""

    def __init__(self, snapshot: StationSnapshot) -> None:
        columns = snapshot.index.columns
        placed = np.flatnonzero(~np.isnan(columns.lon) & columns.active)
        middle = LonLat(float(columns.lon[placed].mean()), float(columns.lat[placed].mean()))
        self._plane = LocalPlane(middle)
        self._snapshot = snapshot
        month = snapshot.built_at.astimezone(snapshot.place.timezone).month
        self._frame = geopandas.GeoDataFrame(
            {
                "row": placed,
                "kind": columns.kinds[placed].astype(np.int64),
                "services": columns.service_bits[month - 1][placed].astype(np.int64),
                "unknown": [snapshot.stations[row].hours.rule is None for row in placed],
            },
            geometry=shapely.points(*self._plane.to_xy_m(columns.lon[placed], columns.lat[placed])),
        )

    def answer(self, question: NearestQuestion, settings: Settings) -> NearestStations:
        """The k nearest that match and will be open."""
        frame, filters = self._frame, question.filters
        kinds, offered = int(bits_of(filters.kinds)), int(bits_of(filters.services))
        mask = (frame["services"] & offered) == offered
        if kinds:
            mask &= (frame["kind"] & kinds) != 0
        matching = frame[mask]
        x_m, y_m = self._plane.to_xy_m(question.origin.lon, question.origin.lat)
        metres = matching.distance(Point(float(x_m), float(y_m)))
        rows = matching["row"].to_numpy()
        order = np.argsort(metres.to_numpy(), kind="stable")
        outwards = ((int(rows[place]), float(metres.iloc[place])) for place in order)
        return NearestStations(
            question=question,
            stations=tuple(self._open(outwards, question, settings)),
            unknown_count=int(matching["unknown"].sum()),
            holidays_known=True,
            travel=travel_of(settings),
            rules=rules_of(settings),
            snapshot=self._snapshot,
        )

    def _open(
        self, outwards: Iterator[tuple[int, float]], question: NearestQuestion, settings: Settings
    ) -> Iterator[FoundStation]:
        travel, rules = travel_of(settings), rules_of(settings)
        seconds_a_metre = travel.detour_factor / (travel.speed_kmh(question.mode) / 3.6)
        found_count = 0
        for row, distance_m in outwards:
            station = self._snapshot.stations[row]
            arrive_at = question.at + timedelta(seconds=distance_m * seconds_a_metre)
            arrival = arrival_at(station.life_cycle, self._snapshot.book.of(station.hours), arrive_at, rules)
            if arrival.state not in {OpenState.OPEN, OpenState.CLOSING_SOON}:
                continue
            found_count += 1
            time_s = distance_m * seconds_a_metre
            yield FoundStation(station, Found(row, station.code, distance_m, time_s, arrive_at, arrival))
            if found_count == question.k:
                return


def peer_blueprint(settings: Settings) -> Blueprint:
    """The route that answers from the frame, with the same parameters and the same JSON."""
    blueprint = Blueprint("benchmark_geopandas", __name__)
    peers: dict[int, GeoPandasPeer] = {}

    @blueprint.get(PEER_PATH)
    def nearest_by_geopandas() -> Response:
        snapshot = services().snapshot
        if snapshot.revision not in peers:
            peers[snapshot.revision] = GeoPandasPeer(snapshot)
        values = read_parameters(table.NEAREST_PARAMETERS, request.args, services().place)
        body = answers.nearest_stations(peers[snapshot.revision].answer(_question(values), settings))
        return body_response(body, "application/geo+json", cache_control=NEVER_STORE, with_etag=False)

    return blueprint


def _question(values: Values) -> NearestQuestion:
    return NearestQuestion(
        origin=LonLat(values[table.LON], values[table.LAT]),
        at=values.optional(table.AT) or services().now(),
        k=values[table.K],
        mode=values[table.MODE],
        order=values[table.ORDER],
        filters=StationFilter(kinds=values[table.KIND], services=values[table.SERVICES], open=values[table.OPEN]),
    )
