"""The words the schemas are written in: JSON Schema's types, and what every answer says of its data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
INTEGER: Final[Schema] = {"type": "integer"}
NUMBER: Final[Schema] = {"type": "number"}
BOOLEAN: Final[Schema] = {"type": "boolean"}
INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
DAY: Final[Schema] = {"type": "string", "format": "date"}
_SIGN: Final = r"[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]"
"""What a text may hold: no control characters but the end of a line and the tabulator."""
_SEEN: Final = r"[^\s\u0000-\u001f\u007f-\u009f]"


def reference(name: str) -> Schema:
    """A pointer to a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def text_of(most: int, *, may_be_blank: bool = True) -> Schema:
    """Text of at most so many characters, as a station's fields take it."""
    pattern = f"^{_SIGN}*$" if may_be_blank else f"^{_SIGN}*{_SEEN}{_SIGN}*$"
    return {**TEXT, "maxLength": most, "pattern": pattern}


def between(least: int, most: int, schema: Schema) -> Schema:
    """The number, with both ends."""
    return {**schema, "minimum": least, "maximum": most}


def form_of(form: re.Pattern[str]) -> Schema:
    """Text of that form from its first to its last character."""
    return {**TEXT, "pattern": f"^{form.pattern}$"}


def codes_of(codes: type[StrEnum]) -> Schema:
    """One code of a vocabulary."""
    return {"type": "string", "enum": [code.value for code in codes]}


def or_null(schema: Schema) -> Schema:
    """The schema, or null."""
    return {"oneOf": [schema, {"type": "null"}]}


def list_of(schema: Schema) -> Schema:
    """An array of the schema."""
    return {"type": "array", "items": schema}


def exactly(properties: Mapping[str, Schema], *, optional: Iterable[str] = ()) -> Schema:
    """An object with these properties and no others."""
    required = [name for name in properties if name not in set(optional)]
    return {"type": "object", "properties": dict(properties), "required": required, "additionalProperties": False}


DATA: Final[Mapping[str, Schema]] = {
    "sample": BOOLEAN,
    "notice": or_null(exactly({"zh": TEXT, "en": TEXT})),
    "revision": {**INTEGER, "description": "The data revision: it grows with every change."},
}
"""Whether the stations are a sample, and which revision of the data an answer comes from."""
