"""The OpenAPI 3.1 document, written from the table of parameters that also reads requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from geodata.places import Place
from mapapp.api.coverage_schemas import COVERAGE_SCHEMAS
from mapapp.api.operations import OPERATIONS, TAGS, Operation
from mapapp.api.parameters import Parameter
from mapapp.api.schema_words import INTEGER, TEXT, reference
from mapapp.api.schemas import SCHEMAS
from mapapp.web.problems import PROBLEM_TYPE

VERSION: Final = "1.1.0"

_DESCRIPTION: Final = """\
Stations for outdoor workers, and which of them is open on arrival. No key is needed; any site may ask.

* Places are GeoJSON in WGS-84, longitude first. Unplaced stations have a null geometry.
* Instants are ISO 8601 in the place's time zone.
* Unknown hours are null: never closed, never open. They pass no filter of the hours and are counted apart.
* Problems follow RFC 9457; `parameter` names what is at fault and `code` says why in one stable word.
* While `sample` is true the data are invented and `notice` says so: do not send anybody there.
"""
_PROBLEM_WORDS: Final[Mapping[int, str]] = {
    400: "A parameter is unknown, repeated, empty, missing or unreadable; `parameter` names it.",
    404: "There is no such thing: no public station with this code, or no data on workers.",
    405: "The method is not one this address knows; `Allow` lists them.",
    429: "Too many requests from this address; `Retry-After` says how long to wait.",
    500: "Something broke on our side.",
    503: "The service is starting, or the data cannot be read; try again in a moment.",
}
_PROBLEM_HEADERS: Final[Mapping[int, Mapping[str, Any]]] = {
    405: {"Allow": {"description": "The methods this address knows.", "schema": TEXT}},
    429: {"Retry-After": {"description": "Seconds to wait.", "schema": INTEGER}},
}


def openapi_document(place: Place) -> dict[str, Any]:
    """The document for a place: its districts are part of the parameters."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{place.name_zh} {place.name_en}: stations for outdoor workers",
            "version": VERSION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": _DESCRIPTION,
        },
        "servers": [{"url": "/"}],
        "security": [],
        "tags": [{"name": name, "description": description} for name, description in TAGS.items()],
        "paths": {operation.path: {"get": _described(operation, place)} for operation in OPERATIONS},
        "components": {"schemas": {**SCHEMAS, **COVERAGE_SCHEMAS}},
    }


def _described(operation: Operation, place: Place) -> dict[str, Any]:
    return {
        "operationId": operation.endpoint.partition(".")[2],
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [
            *_path_parameters(operation.path),
            *(_query_parameter(parameter, place) for parameter in operation.parameters),
        ],
        "responses": _responses(operation),
    }


def _path_parameters(path: str) -> list[dict[str, Any]]:
    if "{code}" not in path:
        return []
    return [
        {
            "name": "code",
            "in": "path",
            "required": True,
            "description": "The station's code; case makes no difference.",
            "schema": {"type": "string"},
        }
    ]


def _query_parameter(parameter: Parameter[Any], place: Place) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.description,
        "schema": dict(parameter.schema(place)),
    }
    if parameter.is_list:
        described |= {"style": "form", "explode": False}
    if parameter.example is not None:
        described["example"] = parameter.example
    return described


def _responses(operation: Operation) -> dict[str, Any]:
    schema = reference(operation.schema) if operation.schema else {"type": "object"}
    good: dict[str, Any] = {"description": operation.summary, "content": {operation.media_type: {"schema": schema}}}
    responses: dict[str, Any] = {"200": good}
    if operation.has_etag:
        good["headers"] = {"ETag": {"description": "Strong; send it back as If-None-Match.", "schema": TEXT}}
        responses["304"] = {"description": "What the client has is still true."}
    return responses | {str(status): _problem(status) for status in operation.problems}


def _problem(status: int) -> dict[str, Any]:
    problem: dict[str, Any] = {
        "description": _PROBLEM_WORDS[status],
        "content": {PROBLEM_TYPE: {"schema": reference("Problem")}},
    }
    if status in _PROBLEM_HEADERS:
        problem["headers"] = _PROBLEM_HEADERS[status]
    return problem
