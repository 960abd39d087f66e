"""Every parameter the interface has, and which address takes which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from geodata.coordinates import BBox, Crs
from geodata.coverage.question import DEFAULT_RULE
from geodata.coverage.within import Within
from geodata.demand.points import HOURS_A_WEEK
from geodata.places import Place
from geodata.stations.filters import OpenFilter, Order
from geodata.stations.vocabulary import EntryMethod, Service, StationKind, WorkerGroup
from geodata.travel.straight_line import TravelMode
from mapapp.api import readers
from mapapp.api.parameters import Parameter
from mapapp.services.coverage import CountedStations
from mapapp.services.find_nearest import DEFAULT_K, MAX_K

DEFAULT_LIMIT: Final = 100
MAX_LIMIT: Final = 1000
MAX_OFFSET: Final = 10_000_000

Schema = Callable[[Place], Mapping[str, Any]]

_LONGITUDE: Final = {"type": "number", "minimum": -180, "maximum": 180}
_LATITUDE: Final = {"type": "number", "minimum": -90, "maximum": 90}


def _always(schema: Mapping[str, Any]) -> Schema:
    return lambda _place: schema


def _codes(choices: type[StrEnum]) -> Mapping[str, Any]:
    return {"type": "string", "enum": [choice.value for choice in choices]}


def _list_of(items: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "array", "items": items, "minItems": 1}


def _districts(place: Place) -> Mapping[str, Any]:
    return _list_of({"type": "string", "enum": [unit.code for unit in place.units]})


KIND: Final[Parameter[frozenset[StationKind]]] = Parameter(
    name="kind",
    description="Only stations of one of these kinds.",
    read=readers.read_choices(StationKind),
    schema=_always(_list_of(_codes(StationKind))),
    default=frozenset(),
    is_list=True,
)
SERVICES: Final[Parameter[frozenset[Service]]] = Parameter(
    name="services",
    description="Only stations where all of these services match: available, or seasonal and in season.",
    read=readers.read_choices(Service),
    schema=_always(_list_of(_codes(Service))),
    default=frozenset(),
    is_list=True,
)
ENTRY: Final[Parameter[frozenset[EntryMethod]]] = Parameter(
    name="entry",
    description="Only stations that can be entered in one of these ways.",
    read=readers.read_choices(EntryMethod),
    schema=_always(_list_of(_codes(EntryMethod))),
    default=frozenset(),
    is_list=True,
)
DISTRICT: Final[Parameter[frozenset[str]]] = Parameter(
    name="district",
    description="Only stations in one of these districts, by code.",
    read=readers.read_districts,
    schema=_districts,
    default=frozenset(),
    is_list=True,
)
TEXT: Final = Parameter(
    name="q",
    description="Only stations with these words in code, name or address; case and width make no difference.",
    read=readers.read_words,
    schema=_always({"type": "string", "minLength": 1, "maxLength": readers.MAX_TEXT_CHARS, "pattern": r"\S"}),
    default="",
)
BOX: Final[Parameter[BBox]] = Parameter(
    name="bbox",
    description=(
        "Only stations in this box, west,south,east,north in WGS-84 degrees. West must not exceed east, nor south "
        "north. Unplaced stations are in no box."
    ),
    read=readers.read_box,
    schema=_always({"type": "array", "prefixItems": [_LONGITUDE, _LATITUDE] * 2, "minItems": 4, "maxItems": 4}),
    is_list=True,
)
LIMIT: Final = Parameter(
    name="limit",
    description="How many entries a page holds.",
    read=readers.read_integer(1, MAX_LIMIT),
    schema=_always({"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}),
    default=DEFAULT_LIMIT,
)
OFFSET: Final = Parameter(
    name="offset",
    description="How many entries to leave out first; follow the `next` link instead of computing it.",
    read=readers.read_integer(0, MAX_OFFSET),
    schema=_always({"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0}),
    default=0,
)
LON: Final = Parameter(
    name="lon",
    description="Longitude of the origin in degrees, in the system `crs` names.",
    read=readers.read_degrees(180),
    schema=_always(_LONGITUDE),
    required=True,
    example=106.23,
)
LAT: Final = Parameter(
    name="lat",
    description="Latitude of the origin in degrees, in the system `crs` names.",
    read=readers.read_degrees(90),
    schema=_always(_LATITUDE),
    required=True,
    example=38.49,
)
CRS: Final = Parameter(
    name="crs",
    description="The system of `lon` and `lat`. Answers are always WGS-84.",
    read=readers.read_choice(Crs),
    schema=_always({**_codes(Crs), "default": Crs.WGS84.value}),
    default=Crs.WGS84,
)
K: Final = Parameter(
    name="k",
    description="How many stations to answer.",
    read=readers.read_integer(1, MAX_K),
    schema=_always({"type": "integer", "minimum": 1, "maximum": MAX_K, "default": DEFAULT_K}),
    default=DEFAULT_K,
)
MODE: Final = Parameter(
    name="mode",
    description="How people travel. A straight line in metres (`within=1000m`) has no mode and leaves it aside.",
    read=readers.read_choice(TravelMode),
    schema=_always({**_codes(TravelMode), "default": TravelMode.WALK.value}),
    default=TravelMode.WALK,
)
OPEN: Final = Parameter(
    name="open",
    description=(
        "`arrival`: open when the visitor gets there, and for the minimum stay after; `at`: open at the instant `at`; "
        "`any`: whatever the hours. Unknown hours satisfy neither of the first two; `unknown_count` counts them."
    ),
    read=readers.read_choice(OpenFilter),
    schema=_always({**_codes(OpenFilter), "default": OpenFilter.ARRIVAL.value}),
    default=OpenFilter.ARRIVAL,
)
OPEN_LATE: Final = Parameter(
    name="open_late",
    description=(
        "`true`: only stations that let in whoever arrives at 22:00 of the evening of the arrival, and for the minimum "
        "stay after; until four in the morning the evening is the one before. Unknown hours do not pass."
    ),
    read=readers.read_flag,
    schema=_always({"type": "boolean", "default": False}),
    default=False,
)
ALWAYS_OPEN: Final = Parameter(
    name="always_open",
    description=(
        "`true`: only stations in use whose hours are open around the clock (`is_24h`). Unknown hours do not pass."
    ),
    read=readers.read_flag,
    schema=_always({"type": "boolean", "default": False}),
    default=False,
)
AT: Final[Parameter[datetime]] = Parameter(
    name="at",
    description=(
        "When the visitor sets out, ISO 8601 with hours and minutes, a day that exists, 2000 to 2099; without an "
        "offset, in the place's time zone; now if absent. Write `+` as `%2B`."
    ),
    read=readers.read_instant,
    schema=_always(
        {
            "type": "string",
            "pattern": readers.INSTANT_PATTERN,
            "examples": ["2026-11-18T10:00", "2026-11-18T10:00:00+08:00"],
        }
    ),
)
ORDER: Final = Parameter(
    name="order",
    description=(
        "`distance`: by great circle; `useful`: open on arrival by travel time, then closing soon, then unknown, "
        "then closed by when it opens, then temporarily closed."
    ),
    read=readers.read_choice(Order),
    schema=_always({**_codes(Order), "default": Order.DISTANCE.value}),
    default=Order.DISTANCE,
)
WITHIN: Final = Parameter(
    name="within",
    description=(
        "The rule of coverage, limit included: metres in a straight line (`1000m`), or minutes of travel by `mode` "
        "(`15min`); above 0, at most `100000m` or `600min`. The default is the national union's norm of 1 km."
    ),
    read=readers.read_within,
    schema=_always(
        {"type": "string", "pattern": r"^[0-9]{1,6}(\.[0-9]{1,2})?(m|min)$", "default": str(Within.of(DEFAULT_RULE))}
    ),
    default=Within.of(DEFAULT_RULE),
)
GROUP: Final[Parameter[frozenset[WorkerGroup]]] = Parameter(
    name="group",
    description="Only workers of these groups; all of them if absent.",
    read=readers.read_choices(WorkerGroup),
    schema=_always(_list_of(_codes(WorkerGroup))),
    default=frozenset(),
    is_list=True,
)
COVERAGE_AT: Final[Parameter[datetime]] = Parameter(
    name="at",
    description=(
        "The moment, ISO 8601 with hours and minutes, a day that exists, 2000 to 2099, holidays considered; without "
        "an offset, in the place's time zone. Write `+` as `%2B`. Not together with `hour`."
    ),
    read=readers.read_instant,
    schema=_always(
        {
            "type": "string",
            "pattern": readers.INSTANT_PATTERN,
            "examples": ["2026-11-18T22:30", "2026-11-18T22:30:00+08:00"],
        }
    ),
)
HOUR: Final = Parameter(
    name="hour",
    description=(
        "The hour of ordinary weeks, Monday 00-01 is 0: the state at its half, holidays not considered, seasonal "
        "hours and services as they are this week. If neither `hour` nor `at` is given, the present hour of the week."
    ),
    read=readers.read_integer(0, HOURS_A_WEEK - 1),
    schema=_always({"type": "integer", "minimum": 0, "maximum": HOURS_A_WEEK - 1}),
)
STATIONS: Final = Parameter(
    name="stations",
    description=(
        "`active`: only stations in use; `reopened`: also those that are temporarily closed or being renovated, by "
        "their hours, as if they came back."
    ),
    read=readers.read_choice(CountedStations),
    schema=_always({**_codes(CountedStations), "default": CountedStations.ACTIVE.value}),
    default=CountedStations.ACTIVE,
)

LIST_PARAMETERS: Final[tuple[Parameter[Any], ...]] = (
    KIND, SERVICES, ENTRY, DISTRICT, ALWAYS_OPEN, TEXT, BOX, LIMIT, OFFSET,
)  # fmt: skip
NEAREST_PARAMETERS: Final[tuple[Parameter[Any], ...]] = (
    LON, LAT, CRS, K, MODE, KIND, SERVICES, ENTRY, DISTRICT, OPEN, OPEN_LATE, ALWAYS_OPEN, AT, ORDER,
)  # fmt: skip
COVERAGE_PARAMETERS: Final[tuple[Parameter[Any], ...]] = (
    WITHIN, MODE, GROUP, COVERAGE_AT, HOUR, KIND, SERVICES, ENTRY, DISTRICT, STATIONS,
)  # fmt: skip
REVISION_PARAMETERS: Final[tuple[Parameter[Any], ...]] = (LIMIT, OFFSET)
NO_PARAMETERS: Final[tuple[Parameter[Any], ...]] = ()
