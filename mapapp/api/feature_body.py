"""The body of a request that writes: one JSON object, of a bounded size, that says what it is."""

from __future__ import annotations

import json
from typing import Any, Final, NoReturn

from flask import request
from flask_babel import gettext

from mapapp.web.problems import RequestProblem

MAX_BODY_BYTES: Final = 256 * 1024
"""A station with every field at its longest is a tenth of it."""
MEDIA_TYPES: Final = ("application/geo+json", "application/json")


def read_body() -> dict[str, Any]:
    """The JSON object of the current request.

    Raises
    ------
    RequestProblem
        415: the body does not say that it is JSON. 400: it is none, or no object.
    RequestEntityTooLarge
        413: there is too much of it.
    """
    if request.mimetype not in MEDIA_TYPES:
        known = gettext("Send the station as %(types)s.", types=" / ".join(MEDIA_TYPES))
        raise RequestProblem(415, known, code="media_type")
    request.max_content_length = MAX_BODY_BYTES
    try:
        body = json.loads(request.get_data(cache=False).decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise RequestProblem(400, gettext("The body is no JSON in UTF-8."), code="not_json") from None
    if not isinstance(body, dict):
        raise RequestProblem(400, gettext("The body must be a JSON object."), code="not_an_object")
    return body


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON.")
