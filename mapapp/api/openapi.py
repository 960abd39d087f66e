"""The OpenAPI 3.1 document, written from the table of parameters that also reads requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from geodata.places import Place
from mapapp.api.coverage_schemas import COVERAGE_SCHEMAS
from mapapp.api.feature_body import MEDIA_TYPES
from mapapp.api.operations import OPERATIONS, TAGS, Operation, Tokens
from mapapp.api.parameters import Parameter
from mapapp.api.schema_words import INTEGER, TEXT, reference
from mapapp.api.schemas import SCHEMAS
from mapapp.api.write_schemas import WRITE_SCHEMAS
from mapapp.web.problems import PROBLEM_TYPE

VERSION: Final = "1.2.0"

_DESCRIPTION: Final = """\
Stations for outdoor workers, and which of them is open on arrival. Reading needs no key; any site may ask.
Staff's programs write with a token.

* Places are GeoJSON in WGS-84, longitude first. Unplaced stations have a null geometry.
* Instants are ISO 8601 in the place's time zone.
* Unknown hours are null: never closed, never open. They pass no filter of the hours and are counted apart.
* Problems follow RFC 9457; `parameter` names what is at fault and `code` says why in one stable word.
* While `sample` is true the data are invented and `notice` says so: do not send anybody there.
"""
_PROBLEM_WORDS: Final[Mapping[int, str]] = {
    400: "A parameter is unknown, repeated, empty, missing or unreadable (see `parameter`), or the body is no JSON.",
    401: "There is no token, or none that is good.",
    403: "The token is not good for this, or not for this station or these properties.",
    404: "There is no such thing: no public station with this code, or no data on workers.",
    409: "It would stand against what there is: a code that is taken, or real stations beside the sample.",
    412: "Somebody saved since; `ETag` is the station's present one. Read again and repeat the change.",
    413: "The body is larger than this address reads.",
    415: "The body does not say that it is JSON.",
    422: "Something in the body cannot be taken; `problems` names every property at fault. Nothing was saved.",
    428: "`If-Match` is missing: say which version the change was made from.",
    405: "The method is not one this address knows; `Allow` lists them.",
    429: "Too many requests from this address; `Retry-After` says how long to wait.",
    500: "Something broke on our side.",
    503: "The service is starting, or the data cannot be read; try again in a moment.",
}
_PROBLEM_HEADERS: Final[Mapping[int, Mapping[str, Any]]] = {
    401: {"WWW-Authenticate": {"description": "What to send: `Bearer`.", "schema": TEXT}},
    405: {"Allow": {"description": "The methods this address knows.", "schema": TEXT}},
    412: {"ETag": {"description": "The station as it is now.", "schema": TEXT}},
    429: {"Retry-After": {"description": "Seconds to wait.", "schema": INTEGER}},
}
_IF_MATCH: Final[Mapping[str, Any]] = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the station as it was read; its version decides.",
    "schema": {"type": "string", "pattern": '^"v[0-9]{1,9}[.][^"]*"$'},
    "example": '"v1.0"',
}
_TOKEN: Final[Mapping[str, list[str]]] = {"token": []}


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
        "paths": _paths(place),
        "components": {
            "schemas": {**SCHEMAS, **WRITE_SCHEMAS, **COVERAGE_SCHEMAS},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made by an administrator, for some scopes and districts, shown once.",
                }
            },
        },
    }


def _paths(place: Place) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation, place)
    return paths


def _described(operation: Operation, place: Place) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.endpoint.partition(".")[2],
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [
            *_path_parameters(operation.path),
            *([_IF_MATCH] if operation.needs_if_match else []),
            *(_query_parameter(parameter, place) for parameter in operation.parameters),
        ],
        "responses": _responses(operation),
    }
    if operation.takes:
        content = {media_type: {"schema": reference(operation.takes)} for media_type in MEDIA_TYPES}
        described["requestBody"] = {"required": True, "content": content}
    if operation.tokens is not Tokens.NONE:
        described["security"] = [{}, _TOKEN] if operation.tokens is Tokens.OPTIONAL else [_TOKEN]
    return described


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
    responses: dict[str, Any] = {str(operation.answers): good}
    if operation.has_etag:
        good["headers"] = {"ETag": {"description": "Strong; send it back as If-None-Match.", "schema": TEXT}}
    if operation.has_etag and operation.method == "get":
        responses["304"] = {"description": "What the client has is still true."}
    if operation.answers == 201:
        good["headers"]["Location"] = {"description": "The new station's address.", "schema": TEXT}
    return responses | {str(status): _problem(status) for status in operation.problems}


def _problem(status: int) -> dict[str, Any]:
    problem: dict[str, Any] = {
        "description": _PROBLEM_WORDS[status],
        "content": {PROBLEM_TYPE: {"schema": reference("Problem")}},
    }
    if status in _PROBLEM_HEADERS:
        problem["headers"] = _PROBLEM_HEADERS[status]
    return problem
