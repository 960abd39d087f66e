"""The shapes of the interface's answers, as JSON Schema for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from geodata.stations.field_readers import YEARS
from geodata.stations.filters import OpenFilter, Order
from geodata.stations.opening_hours import MAX_ORIGINAL_CHARS, MAX_RULE_CHARS
from geodata.stations.station import (
    CODE_FORM,
    MAX_AREA_M2,
    MAX_AWARDS,
    MAX_CAPACITY_COUNT,
    MAX_NAME_CHARS,
    MAX_OTHER_NAMES,
    MAX_PHONE_CHARS,
    MAX_TEXT_CHARS,
    PHOTO_FORM,
)
from geodata.stations.vocabulary import (
    AwardScheme,
    BuildMode,
    EntryMethod,
    HostType,
    LifeCycle,
    OpenState,
    PositionAccuracy,
    Service,
    ServiceState,
    StationKind,
    VerifiedHow,
)
from geodata.travel.straight_line import TravelMode
from mapapp.api.schema_words import (
    BOOLEAN,
    DATA,
    DAY,
    INSTANT,
    INTEGER,
    NUMBER,
    TEXT,
    Schema,
    between,
    codes_of,
    exactly,
    form_of,
    list_of,
    or_null,
    reference,
    text_of,
)

_MONTH: Final = between(1, 12, INTEGER)
_NAME: Final = text_of(MAX_NAME_CHARS)
_WORDS: Final = text_of(MAX_TEXT_CHARS)
_SEASON: Final = exactly({"first_month": _MONTH, "last_month": _MONTH})
STATION: Final[Mapping[str, Schema]] = {
    "code": {
        **form_of(CODE_FORM),
        "examples": ["XX-0001"],
        "description": "Unique, and never given to another station.",
    },
    "name": {**text_of(MAX_NAME_CHARS, may_be_blank=False), "examples": ["示例驿站"]},
    "name_en": {**_NAME, "examples": ["Sample rest station"]},
    "other_names": {**list_of(_NAME), "maxItems": MAX_OTHER_NAMES},
    "kind": codes_of(StationKind),
    "address": {**_WORDS, "examples": ["示例路 1 号"]},
    "district": or_null(TEXT),
    "district_name": or_null(TEXT),
    "district_name_en": or_null(TEXT),
    "town": _NAME,
    "position_accuracy": or_null(codes_of(PositionAccuracy)),
    "entry_methods": {**list_of(codes_of(EntryMethod)), "uniqueItems": True},
    "entry_note": _WORDS,
    "services": {**list_of(reference("ServiceOffer")), "maxItems": len(Service), "description": "Each at most once."},
    "build_mode": or_null(codes_of(BuildMode)),
    "host_type": or_null(codes_of(HostType)),
    "capacity": or_null(between(0, MAX_CAPACITY_COUNT, INTEGER)),
    "area_m2": or_null(between(0, MAX_AREA_M2, NUMBER)),
    "public_phone": text_of(MAX_PHONE_CHARS),
    "opening_hours": or_null(
        {
            **TEXT,
            "minLength": 1,
            "maxLength": MAX_RULE_CHARS,
            "examples": ["Mo-Fr 08:30-12:00,14:30-18:00"],
            "description": "An OSM opening_hours rule; null where nobody knows the hours.",
        }
    ),
    "hours_known": BOOLEAN,
    "hours_text": {
        **TEXT,
        "maxLength": MAX_ORIGINAL_CHARS,
        "examples": ["周一至周五 8:30-12:00, 14:30-18:00"],
        "description": "The words the rule was read from.",
    },
    "is_24h": or_null({**BOOLEAN, "description": "Derived from the rule; null where the hours are unknown."}),
    "life_cycle": codes_of(LifeCycle),
    "alert": or_null(reference("Alert")),
    "door_warning": or_null(reference("DoorWarning")),
    "awards": {**list_of(reference("Award")), "maxItems": MAX_AWARDS},
    "source": _WORDS,
    "last_verified": or_null(
        {
            **exactly({"on": DAY, "how": codes_of(VerifiedHow)}),
            "description": "The station's own date, or the last time staff looked at it or called, if that is later. "
            "Such a day moves no version; sent back by PUT, it changes nothing.",
        }
    ),
    "photo": or_null(
        {
            **form_of(PHOTO_FORM),
            "description": "The SHA-256 of its picture, which is at `/photos/<photo>.jpg`.",
        }
    ),
    "sample": {**BOOLEAN, "description": "An invented station that shows how the software works; no real place."},
    "version": INTEGER,
}
_CHANGES: Final[Mapping[str, Schema]] = {
    "closes_at": or_null({**INSTANT, "description": "While open: when it closes. Null: not within 400 days."}),
    "opens_at": or_null({**INSTANT, "description": "While closed: when it opens. Null: not within 400 days."}),
}
_NOW: Final[Mapping[str, Schema]] = {"state_now": codes_of(OpenState), **_CHANGES}
_ARRIVAL: Final[Mapping[str, Schema]] = {
    "distance_m": {**NUMBER, "description": "Great-circle distance in metres."},
    "travel_time_s": {**INTEGER, "description": "Straight line x detour / speed, in seconds."},
    "arrive_at": INSTANT,
    "state_on_arrival": codes_of(OpenState),
    **_CHANGES,
}
_STANDING: Final[Mapping[str, Schema]] = {
    "data_revision": INTEGER,
    "schema_revision": {**TEXT, "description": "The migration the database stands at."},
    "snapshot_revision": INTEGER,
    "snapshot_built_at": INSTANT,
    "checked_age_s": {**NUMBER, "description": "How long ago the snapshot was last found to be all there is."},
    "snapshot_error": {**TEXT, "description": "What kind of thing the last look for something new ended with."},
    "snapshot_build_cpu_s": NUMBER,
    "stations_count": INTEGER,
    "sample": BOOLEAN,
    "replica_revision": INTEGER,
    "replica_away": BOOLEAN,
    "worker_seen_at": INSTANT,
}
_OFTEN_UNKNOWN: Final = (
    "checked_age_s",
    "snapshot_error",
    "snapshot_build_cpu_s",
    "replica_revision",
    "replica_away",
    "worker_seen_at",
)
_HOLIDAY_TABLE: Final[Schema] = {
    "type": "string",
    "enum": ["known", "missing"],
    "description": "`missing`: the holidays of a date concerned are not announced; the weekly rule holds there.",
}


def _feature(
    properties: Mapping[str, Schema], more: Mapping[str, Schema] | None = None, optional: tuple[str, ...] = ()
) -> Schema:
    return exactly(
        {
            "type": {"const": "Feature"},
            "id": TEXT,
            "geometry": or_null(reference("Point")),
            "properties": exactly(properties, optional=optional),
            **(more or {}),
        }
    )


def _collection(members: Mapping[str, Schema], features: str) -> Schema:
    return exactly({"type": {"const": "FeatureCollection"}, **members, "features": list_of(reference(features))})


SCHEMAS: Final[Mapping[str, Schema]] = {
    "Point": exactly(
        {
            "type": {"const": "Point"},
            "coordinates": {
                "type": "array",
                "items": between(-180, 180, NUMBER),
                "minItems": 2,
                "maxItems": 2,
                "examples": [[106.23, 38.49]],
                "description": "Longitude, latitude in WGS-84 degrees.",
            },
        }
    ),
    "ServiceOffer": exactly(
        {
            "service": codes_of(Service),
            "state": codes_of(ServiceState),
            "season": or_null(_SEASON),
            "fee": _NAME,
            "note": _WORDS,
            "confirmed_on": or_null(DAY),
        }
    ),
    "Alert": exactly({"text": text_of(MAX_TEXT_CHARS, may_be_blank=False), "expires_at": INSTANT}),
    "DoorWarning": {
        **exactly({"count": INTEGER, "first_at": INSTANT, "until": INSTANT}),
        "description": (
            "So many independent people found the door locked during opening hours, the first of them at `first_at`. "
            "Nobody has checked it."
        ),
    },
    "Award": exactly(
        {
            "scheme": codes_of(AwardScheme),
            "level": _NAME,
            "year": or_null(between(YEARS[0], YEARS[1] - 1, INTEGER)),
            "granted_by": _NAME,
        }
    ),
    "Link": exactly({"rel": {"type": "string", "enum": ["self", "next", "prev"]}, "type": TEXT, "href": TEXT}),
    "Station": _feature(STATION),
    "StationNow": _feature(
        {**STATION, **_NOW, "internal_contact": {**_WORDS, "description": "For tokens only; never public."}},
        {**DATA, "holiday_table": _HOLIDAY_TABLE},
        optional=("internal_contact",),
    ),
    "NearStation": _feature({**STATION, **_ARRIVAL}),
    "StationPage": _collection(
        {"numberMatched": INTEGER, "numberReturned": INTEGER, **DATA, "links": list_of(reference("Link"))}, "Station"
    ),
    "NearestStations": _collection(
        {
            "numberReturned": INTEGER,
            "unknown_count": {
                **INTEGER,
                "description": (
                    "Stations whose hours are unknown, and which match all filters but `open`, `open_late` and "
                    "`always_open`."
                ),
            },
            "holiday_table": _HOLIDAY_TABLE,
            **DATA,
            "at": INSTANT,
            "mode": codes_of(TravelMode),
            "open": codes_of(OpenFilter),
            "open_late": BOOLEAN,
            "always_open": BOOLEAN,
            "order": codes_of(Order),
            "min_stay_min": INTEGER,
            "closing_soon_min": INTEGER,
            "detour_factor": NUMBER,
            "speed_kmh": NUMBER,
        },
        "NearStation",
    ),
    "Alive": exactly({"status": {"const": "alive"}}),
    "Ready": exactly({"status": {"const": "ready"}, **_STANDING}, optional=_OFTEN_UNKNOWN),
    "Problem": exactly(
        {
            "type": {"type": "string", "format": "uri-reference"},
            "title": TEXT,
            "status": INTEGER,
            "detail": {**TEXT, "description": "A sentence in the language of Accept-Language: zh-CN or en."},
            "instance": {**TEXT, "description": "The path asked for, without its query."},
            "parameter": {**TEXT, "description": "The parameter at fault."},
            "code": {**TEXT, "description": "A short stable word for the reason."},
            "problems": {
                **list_of(exactly({"field": TEXT, "code": TEXT, "detail": TEXT})),
                "description": "Of a body: every property at fault, such as `services.water.fee`.",
            },
            "fields": {**list_of(TEXT), "description": "The properties this token may not change (so)."},
            "standing": {**exactly(_STANDING, optional=tuple(_STANDING)), "description": "Of /readyz: what is known."},
        },
        optional=("parameter", "code", "problems", "fields", "standing"),
    ),
}
