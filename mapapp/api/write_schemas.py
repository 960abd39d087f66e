"""The shapes of what programs send, and of a station's history, as JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from geodata.stations.station import MAX_TEXT_CHARS
from mapapp.api.schema_words import (
    INSTANT,
    INTEGER,
    TEXT,
    Schema,
    codes_of,
    exactly,
    list_of,
    or_null,
    reference,
    text_of,
)
from mapapp.api.schemas import STATION
from mapapp.services.editing.features import OF_ANSWERS
from mapapp.services.editing.rules import MAX_REASON_CHARS
from mapapp.services.publish import DERIVED_PROPERTIES
from mapapp.store import Origin

_EDITABLE: Final[Mapping[str, Schema]] = {
    **{name: schema for name, schema in STATION.items() if name not in DERIVED_PROPERTIES},
    "internal_contact": {**text_of(MAX_TEXT_CHARS), "description": "For staff; never public."},
}
_IGNORED: Final[Mapping[str, Schema]] = {
    name: {"description": "Accepted as GET gives it, and ignored."} for name in sorted(DERIVED_PROPERTIES | OF_ANSWERS)
}
_CODE_IN_ADDRESS: Final[Schema] = {**STATION["code"], "description": "The code in the address; it never changes."}
_OWN_CODE: Final[Schema] = {**STATION["code"], "description": "Of administrators only; without it a code is made here."}
_REASON: Final[Schema] = {
    **text_of(MAX_REASON_CHARS),
    "description": "Why; it stands in the history. A move of the life cycle needs one.",
}


def _sent(properties: Schema, required: tuple[str, ...]) -> dict[str, Any]:
    """A feature as it is sent: foreign members are let stand."""
    return {
        "type": "object",
        "properties": {
            "type": {"const": "Feature"},
            "geometry": or_null(reference("Point")),
            "properties": properties,
            "reason": _REASON,
        },
        "required": list(required),
    }


WRITE_SCHEMAS: Final[Mapping[str, Schema]] = {
    "StationChange": _sent(
        exactly(
            {**_EDITABLE, **_IGNORED, "code": _CODE_IN_ADDRESS},
            optional=("internal_contact", *_IGNORED),
        ),
        ("type", "geometry", "properties"),
    ),
    "NewStation": _sent(
        exactly(
            {**_EDITABLE, **_IGNORED, "code": _OWN_CODE, "sample": STATION["sample"]},
            optional=tuple(name for name in (*_EDITABLE, *_IGNORED) if name not in {"kind", "name"}),
        ),
        ("type", "properties"),
    ),
    "Revisions": exactly(
        {
            "code": TEXT,
            "numberMatched": INTEGER,
            "numberReturned": INTEGER,
            "revisions": list_of(reference("Revision")),
        }
    ),
    "Revision": exactly(
        {
            "number": {**INTEGER, "description": "The version it made."},
            "at": INSTANT,
            "actor": TEXT,
            "origin": codes_of(Origin),
            "reason": TEXT,
            "batch": or_null({**TEXT, "description": "Joins the revisions of one import."}),
            "changes": list_of(reference("FieldChange")),
        }
    ),
    "FieldChange": exactly(
        {
            "field": {**TEXT, "description": "A field of the station, or one service: `services.water`."},
            "old": {"description": "The value before; null where the station was new."},
            "new": {"description": "The value after."},
        }
    ),
}
