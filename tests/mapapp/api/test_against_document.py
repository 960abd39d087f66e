"""What the document allows is answered as it says, and what it forbids is refused: all checks of schemathesis.

The requests are made from the document: its examples, the corners of every schema, and drawn ones, both such
as the document allows and such as it forbids. They are the same in every run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from schemathesis import Case, Response
from schemathesis.checks import CheckFunction
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from geodata.places import load_place
from mapapp.api.openapi import openapi_document
from mapapp.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

EXAMPLES_COUNT: Final = 80
CONFIG: Final = SchemathesisConfig.from_dict(
    {"seed": 20261, "generation": {"mode": "all", "max-examples": EXAMPLES_COUNT, "deterministic": True}}
)
DOCUMENT: Final = openapi_document(load_place(Settings().place))

Query = Mapping[str, str]


class Door:
    """Leads to the application, which a fixture makes after the document's addresses have become tests."""

    app: Flask

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self.app(environ, start_response)


door: Final = Door()
schema: Final = schemathesis.openapi.from_dict(DOCUMENT, config=CONFIG)
schema.app = door


@pytest.fixture
def _served(reading_app: Flask) -> None:
    door.app = reading_app


def is_out_of_order(query: Query) -> bool:
    west, south, east, north = map(float, query["bbox"].split(","))
    return west > east or south > north


def names_no_day(query: Query) -> bool:
    try:
        date.fromisoformat(query["at"][:10])
    except ValueError:
        return True
    return False


def names_two_moments(query: Query) -> bool:
    return {"at", "hour"} <= query.keys()


def is_a_limit_nobody_means(query: Query) -> bool:
    is_time = query["within"].endswith("min")
    limit = float(query["within"].removesuffix("min" if is_time else "m"))
    return not 0 < limit <= (600 if is_time else 100_000)


RULES_IN_WORDS: Final[Mapping[tuple[str, str], Callable[[Query], bool]]] = {
    ("bbox", "box_order"): is_out_of_order,
    ("at", "not_an_instant"): names_no_day,
    ("hour", "conflict"): names_two_moments,
    ("within", "out_of_range"): is_a_limit_nobody_means,
}
"""By parameter and code of the refusal: rules the descriptions state and OpenAPI has no form for."""


def test_the_document_is_the_one_served(reader: FlaskClient) -> None:
    assert reader.get("/api/v1/openapi.json").get_json() == json.loads(json.dumps(DOCUMENT))


@schema.parametrize()
@pytest.mark.usefixtures("_served")
def test_the_service_keeps_to_its_document(case: Case[Any]) -> None:
    response = case.call(headers={"Accept-Encoding": "identity"})  # the checks read bodies as they come

    excluded: list[CheckFunction] = [positive_data_acceptance] if is_refused_by_a_rule_in_words(response) else []
    case.validate_response(response, excluded_checks=excluded)


def is_refused_by_a_rule_in_words(response: Response) -> bool:
    """True if the refusal names such a rule and the request did break it."""
    if response.status_code != 400:
        return False
    problem: dict[str, Any] = response.json()
    is_broken = RULES_IN_WORDS.get((problem.get("parameter", ""), problem.get("code", "")))
    if is_broken is None:
        return False
    query = dict(parse_qsl(urlsplit(str(response.request.url)).query, keep_blank_values=True))
    try:
        return is_broken(query)
    except (KeyError, ValueError):
        return False
