"""``stations/nearest`` as it would be with a PostGIS query for every request: the best one we can write.

A GiST index on geography serves ``<->`` (nearest first) until k stations pass; opening spans are rows with an
index of their own; what does not depend on the question is kept as JSON text; one statement, prepared, returns
the features as one text. Connections come from a pool and stay open. It answers what is measured: open on
arrival, by distance.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from queue import Empty, LifoQueue
from typing import Any, Final

import psycopg
from flask import Blueprint, request
from werkzeug.wrappers import Response

from geodata.stations.columns import bits_of
from geodata.stations.vocabulary import LifeCycle
from mapapp.api import table
from mapapp.api.parameters import Values, read_parameters
from mapapp.services.find_nearest import rules_of, travel_of
from mapapp.services.publish import instant_text, notice, station_feature
from mapapp.services.snapshot import StationSnapshot
from mapapp.web import services
from mapapp.web.bodies import NEVER_STORE, body_response

DATABASE_VARIABLE: Final = "STATIONMAP_BENCH_POSTGIS_URL"
PEER_PATH: Final = "/api/v1/benchmark/nearest-by-postgis"
_DAYS_KEPT: Final = 400
_ANY: Final = -1
"""All bits."""

_TABLES: Final = """
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE TABLE station (
    code text COLLATE "C" PRIMARY KEY, place geography(Point, 4326) NOT NULL, kind bigint NOT NULL,
    services bigint NOT NULL, active boolean NOT NULL, schedule_id integer, feature_start text NOT NULL
);
CREATE TABLE span (schedule_id integer NOT NULL, opens_s float8 NOT NULL, closes_s float8 NOT NULL);
"""
_INDEXES: Final = """
CREATE INDEX ON station USING gist (place);
CREATE INDEX ON span (schedule_id, closes_s) INCLUDE (opens_s);
"""
_MATCHES: Final = "s.active AND (s.kind & %(kinds)s) <> 0 AND (s.services & %(services)s) = %(services)s"
_QUESTION: Final = f"""
WITH near AS (
    SELECT s.code, s.feature_start, d.distance_m, t.arrive_s, open.closes_s
    FROM station AS s
    CROSS JOIN LATERAL (
        SELECT ST_Distance(s.place, ST_MakePoint(%(lon)s, %(lat)s)::geography, false) AS distance_m
    ) AS d
    CROSS JOIN LATERAL (SELECT %(at_s)s + d.distance_m * %(s_per_m)s AS arrive_s) AS t
    JOIN LATERAL (
        SELECT opens_s, closes_s FROM span
        WHERE span.schedule_id = s.schedule_id AND span.closes_s >= t.arrive_s + %(stay_s)s
        ORDER BY closes_s LIMIT 1
    ) AS open ON open.opens_s <= t.arrive_s
    WHERE {_MATCHES}
    ORDER BY s.place <-> ST_MakePoint(%(lon)s, %(lat)s)::geography
    LIMIT %(k)s
)
SELECT
    (SELECT count(*) FROM station AS s WHERE s.schedule_id IS NULL AND {_MATCHES}),
    count(*),
    coalesce(string_agg(
        feature_start || ',"distance_m":' || round(distance_m::numeric, 1)
        || ',"travel_time_s":' || round(distance_m * %(s_per_m)s)
        || ',"arrive_at":"' || to_char(to_timestamp(arrive_s) AT TIME ZONE %(zone)s, %(form)s)
        || '","state_on_arrival":"'
        || CASE WHEN closes_s <= arrive_s + %(soon_s)s THEN 'closing_soon' ELSE 'open' END
        || '","closes_at":'
        || CASE WHEN closes_s = 'Infinity' THEN 'null'
           ELSE '"' || to_char(to_timestamp(closes_s) AT TIME ZONE %(zone)s, %(form)s) || '"' END
        || ',"opens_at":null}}}}',
        ',' ORDER BY distance_m, code), '')
FROM near
"""  # noqa: S608 - the inserted text is the constant above


def fill(database_url: str, snapshot: StationSnapshot) -> None:
    """Make the tables and put the snapshot's placed stations in."""
    with psycopg.connect(_plain(database_url), autocommit=True) as connection:
        connection.execute(_TABLES)
        with connection.cursor() as cursor:
            with cursor.copy("COPY station FROM STDIN") as copy:
                for row in _station_rows(snapshot):
                    copy.write_row(row)
            with cursor.copy("COPY span FROM STDIN") as copy:
                for span in _span_rows(snapshot):
                    copy.write_row(span)
        connection.execute(_INDEXES)
        connection.execute("VACUUM ANALYZE")


class PostgisPeer:
    """Answers from the database, with a pool of connections made as they are needed."""

    def __init__(self, database_url: str) -> None:
        self._conninfo = _plain(database_url)
        self._idle: LifoQueue[psycopg.Connection[tuple[Any, ...]]] = LifoQueue()

    def answer(self, question: dict[str, Any]) -> tuple[int, int, str]:
        """The unknown count, how many features, and the features as text."""
        with self._connection() as connection:
            row = connection.execute(_QUESTION, question, prepare=True).fetchone()
        assert row is not None  # noqa: S101 - an aggregate always has its row
        return row[0], row[1], row[2]

    def close(self) -> None:
        """Close the connections nobody uses."""
        while not self._idle.empty():
            self._idle.get_nowait().close()

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = psycopg.connect(self._conninfo, autocommit=True)
            connection.execute("SET jit = off")
        yield connection
        self._idle.put(connection)


def peer_blueprint(peer: PostgisPeer) -> Blueprint:
    """The route that answers from the peer, with the same parameters and the same JSON."""
    blueprint = Blueprint("benchmark_postgis", __name__)

    @blueprint.get(PEER_PATH)
    def nearest_by_postgis() -> Response:
        values = read_parameters(table.NEAREST_PARAMETERS, request.args, services().place)
        unknown_count, found_count, features = peer.answer(_question(values))
        head = json.dumps(_head(values, unknown_count, found_count), ensure_ascii=False, separators=(",", ":"))
        body = f'{head[:-1]},"features":[{features}]}}'.encode()
        return body_response(body, "application/geo+json", cache_control=NEVER_STORE, with_etag=False)

    return blueprint


def _question(values: Values) -> dict[str, Any]:
    """The statement's parameters."""
    settings, at = services().settings, values.optional(table.AT) or services().now()
    travel, rules = travel_of(settings), rules_of(settings)
    kinds, offered = values[table.KIND], values[table.SERVICES]
    return {
        "lon": values[table.LON],
        "lat": values[table.LAT],
        "k": values[table.K],
        "kinds": int(bits_of(kinds)) or _ANY,
        "services": int(bits_of(offered)),
        "at_s": at.timestamp(),
        "s_per_m": travel.detour_factor / (travel.speed_kmh(values[table.MODE]) / 3.6),
        "stay_s": rules.min_stay_min * 60.0,
        "soon_s": rules.closing_soon_min * 60.0,
        "zone": services().place.timezone.key,
        "form": _clock_form(instant_text(at, services().snapshot)),
    }


def _clock_form(text: str | None) -> str:
    """PostgreSQL's pattern for instants in the place's zone, with the offset as ``text`` has it."""
    assert text is not None  # noqa: S101 - an instant always has a text
    return f'YYYY-MM-DD"T"HH24:MI:SS"{text[19:]}"'


def _head(values: Values, unknown_count: int, found_count: int) -> dict[str, Any]:
    settings, snapshot = services().settings, services().snapshot
    travel, rules = travel_of(settings), rules_of(settings)
    return {
        "type": "FeatureCollection",
        "numberReturned": found_count,
        "unknown_count": unknown_count,
        "holiday_table": "known",
        **notice(snapshot),
        "at": instant_text(values.optional(table.AT) or services().now(), snapshot),
        "mode": values[table.MODE].value,
        "open": values[table.OPEN].value,
        "open_late": values[table.OPEN_LATE],
        "always_open": values[table.ALWAYS_OPEN],
        "order": values[table.ORDER].value,
        "min_stay_min": rules.min_stay_min,
        "closing_soon_min": rules.closing_soon_min,
        "detour_factor": travel.detour_factor,
        "speed_kmh": travel.speed_kmh(values[table.MODE]),
    }


def _station_rows(snapshot: StationSnapshot) -> Iterator[tuple[object, ...]]:
    month = snapshot.built_at.astimezone(snapshot.place.timezone).month
    schedule_ids = _schedule_ids(snapshot)
    for station in snapshot.stations:
        if station.position is None:
            continue
        point = station.position.point.rounded()
        feature = json.dumps(
            station_feature(station, snapshot, snapshot.built_at), ensure_ascii=False, separators=(",", ":")
        )
        yield (
            station.code,
            f"SRID=4326;POINT({point.lon} {point.lat})",
            int(bits_of((station.kind,))),
            int(bits_of(station.services_in(month))),
            station.life_cycle is LifeCycle.ACTIVE,
            schedule_ids.get(station.hours.rule or ""),
            feature.removesuffix("}}"),
        )


def _span_rows(snapshot: StationSnapshot) -> Iterator[tuple[int, float, float]]:
    """Every span from yesterday on; one that goes on to the last day kept has no end."""
    first_day = snapshot.built_at.astimezone(snapshot.place.timezone).date() - timedelta(days=1)
    schedule_ids = _schedule_ids(snapshot)
    written: set[int] = set()
    for station in snapshot.stations:
        number = schedule_ids.get(station.hours.rule or "")
        if number is None or number in written:
            continue
        written.add(number)
        spans = snapshot.book.of(station.hours).epoch_spans(first_day, _DAYS_KEPT).tolist()
        for opens_s, closes_s in spans:
            lasts = closes_s - opens_s >= (_DAYS_KEPT - 1) * 86_400
            yield number, float(opens_s), float("inf") if lasts else float(closes_s)


def _schedule_ids(snapshot: StationSnapshot) -> dict[str, int]:
    rules = sorted({station.hours.rule for station in snapshot.stations if station.hours.rule})
    return {rule: number for number, rule in enumerate(rules)}


def _plain(database_url: str) -> str:
    """SQLAlchemy's URL as libpq reads it."""
    return database_url.replace("postgresql+psycopg://", "postgresql://", 1)
