"""What takes a token, asked by six senders with whatever the document allows and forbids: all checks of schemathesis.

Each request is made from the document once and sent by everybody: with a token that may write, one that may only read,
one for something else, one of another district, none, and one that is none. What the document allows is also aimed at
a station there is, in the version it has: at the newest of those added on the way. A body that is drawn to be refused
gets that version too, or it would be refused for its version and never be looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import pytest
import schemathesis
from flask import Flask
from schemathesis import Case, Response
from schemathesis.checks import CheckFunction
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from geodata.places import load_place
from mapapp.api.openapi import openapi_document
from mapapp.services.rights import COMMAND_LINE
from mapapp.settings import Settings
from mapapp.store.accounts import Scope
from tests.mapapp.staff.world import OTHER_DISTRICT, OWN_STATION, StaffDatabase

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

RULES: Final = ("24/7", "Mo-Fr 08:30-12:00,14:30-18:00", "Nov-Mar Mo-Su 07:00-22:00; PH off", "Fr-Mo 22:00-06:00")
WORDS: Final = ("", "全天", "周一至周五 8:30-12:00, 14:30-18:00", "每天9点到次日2点，节假日除外")
SHORT_COUNT: Final = 4
LONG_COUNT: Final = 250
BEYOND_A_SCHEMA: Final = frozenset({409, 422})
"""Refusals of what a schema has no form for: moves of the life cycle, OSM rules, codes that are taken."""
REFUSED: Final = ["400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "428"]
"""What schemathesis knows of, and 412: a tag that is none of ours is one of no version."""
SENDERS: Final = ("writer", "reader", "reporter", "elsewhere", "nobody", "forger")
TOKENS_OF: Final[dict[str, tuple[tuple[Scope, ...], tuple[str, ...]]]] = {
    "writer": ((Scope.STATIONS_WRITE,), ()),
    "reader": ((Scope.STATIONS_READ,), ()),
    "reporter": ((Scope.REPORTS_READ,), ()),
    "elsewhere": ((Scope.STATIONS_WRITE,), (OTHER_DISTRICT,)),
}


def schema_of(count: int, *, seed: int, has_coverage: bool) -> BaseSchema:
    """The addresses that take a token, to be asked that often."""
    words = {
        "seed": seed,
        "generation": {"mode": "all", "max-examples": count, "deterministic": True},
        "phases": {"coverage": {"enabled": has_coverage}},
        "checks": {
            "negative_data_rejection": {"expected-statuses": REFUSED},
            "missing_required_header": {"expected-statuses": ["401", "403", "428"]},
        },
    }
    document = openapi_document(load_place(Settings().place))
    whole = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(words))
    whole.app = desk
    return whole.include(lambda context: "security" in context.operation.definition.raw)


@dataclass(slots=True)
class Desk:
    """Leads to the application, which a fixture makes after the document's addresses have become tests."""

    app: Flask | None = None
    secrets: dict[str, str] = field(default_factory=dict)
    codes: list[str] = field(default_factory=lambda: [OWN_STATION])
    answers: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, as the application does."""
        assert self.app is not None
        return self.app(environ, start_response)

    def headers(self, sender: str) -> dict[str, str]:
        """What that sender shows."""
        shown = {"nobody": {}, "forger": {"Authorization": "Bearer " + "f" * 43}}.get(sender)
        return {"Authorization": f"Bearer {self.secrets[sender]}"} if shown is None else shown

    def revision(self) -> int:
        """Of the register."""
        assert self.app is not None
        return int(self.app.extensions["stationmap"].store.data_revision())

    def tag(self) -> str:
        """Of the newest station."""
        assert self.app is not None
        with self.app.extensions["stationmap"].store.reading() as reader:
            return f'"v{reader.station(self.codes[-1]).version}.0"'


desk: Final = Desk()
short: Final = schema_of(SHORT_COUNT, seed=20262, has_coverage=False)
long: Final = schema_of(LONG_COUNT, seed=20263, has_coverage=True)


@pytest.fixture(scope="module")
def _everybody(hostile_app: Flask, hostile_database: StaffDatabase) -> Iterator[None]:
    parts = hostile_app.extensions["stationmap"]
    desk.app, desk.codes, desk.answers = hostile_app, [OWN_STATION], Counter()
    for sender, (scopes, districts) in TOKENS_OF.items():
        desk.secrets[sender] = parts.accounts.create_token(COMMAND_LINE, sender, scopes, districts, 30, parts.now())[1]
    yield
    print(f"\n{sum(desk.answers.values())} requests: {dict(sorted(desk.answers.items()))}")


@short.parametrize()
@pytest.mark.usefixtures("_everybody")
def test_everybody_is_answered_as_the_document_says(case: Case[Any]) -> None:
    sent_by_everybody(case)


@long.parametrize()
@pytest.mark.long
@pytest.mark.usefixtures("_everybody")
def test_everybody_is_answered_as_the_document_says_thousands_of_times(case: Case[Any]) -> None:
    sent_by_everybody(case)


def sent_by_everybody(case: Case[Any]) -> None:
    """Send the request as it was drawn, and as it would be for a station there is."""
    aim(case)
    for sender in SENDERS:
        case._has_explicit_auth = sender in TOKENS_OF  # the check of tokens takes them else for drawn ones
        before = desk.revision()
        response = case.call(headers={"Accept-Encoding": "identity", **desk.headers(sender)})
        desk.answers[sender, case.method.upper(), response.status_code] += 1
        judge(case, response, sender, is_changed=desk.revision() != before)


def aim(case: Case[Any]) -> None:
    """Put the newest station's code and version where the drawn ones are such as the document allows."""
    meta = case.meta
    assert meta is not None
    if case.path_parameters and not meta.is_negative_at(ParameterLocation.PATH):
        case.path_parameters = {"code": desk.codes[-1]}
    has_bad_body = meta.is_negative_at(ParameterLocation.BODY)
    if case.headers.get("If-Match") and (has_bad_body or not meta.is_negative_at(ParameterLocation.HEADER)):
        case.headers["If-Match"] = desk.tag()
    body: Any = case.body
    if isinstance(body, dict) and not has_bad_body:
        make_possible(body["properties"])


def make_possible(properties: dict[str, Any]) -> None:
    """Take away what no schema can say of a good body: unread hours, places and pictures there are not."""
    for name, known in (("opening_hours", RULES), ("hours_text", WORDS)):
        if properties.get(name):
            properties[name] = known[len(properties[name]) % len(known)]
    for name in ("district", "photo"):
        if properties.get(name):
            properties[name] = None
    properties.pop("code", None)


def judge(case: Case[Any], response: Response, sender: str, *, is_changed: bool) -> None:
    """All checks, and that nobody changes a thing who may not."""
    excluded: list[CheckFunction] = [positive_data_acceptance]
    if sender == "writer" and response.status_code not in BEYOND_A_SCHEMA:
        excluded = []
    case.validate_response(response, excluded_checks=excluded)
    if response.status_code == HTTPStatus.CREATED:
        desk.codes.append(response.json()["properties"]["code"])
    if sender == "elsewhere" and is_changed:
        assert response.json()["properties"]["district"] in {None, OTHER_DISTRICT}  # without one it is everybody's
    elif sender != "writer":
        assert not is_changed
