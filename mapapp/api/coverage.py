"""``/api/v1/coverage``: who is covered, by one rule at one moment, and where the others are."""

from __future__ import annotations

from flask import request
from flask_babel import gettext
from werkzeug.wrappers import Response

from geodata.coverage.question import CoverageQuestion, Instant, Moment, Rule
from geodata.stations.filters import StationFilter
from mapapp.api import table
from mapapp.api.blueprint import JSON, api
from mapapp.api.parameters import Values, read_parameters
from mapapp.services.coverage import CountedStations, CoverageGround, NoDemandLayer, hour_in_season, this_hour
from mapapp.services.coverage_document import coverage_document
from mapapp.services.find_nearest import travel_of
from mapapp.services.publish import json_bytes
from mapapp.web import services
from mapapp.web.bodies import payload_response
from mapapp.web.problems import RequestProblem


@api.get("/coverage")
def coverage() -> Response:
    """The covered share of the workers, in the city and its districts, and the gaps."""
    values = read_parameters(table.COVERAGE_PARAMETERS, request.args, services().place)
    question = _question(values)
    return payload_response(
        _ground().payload("answer", question, JSON, lambda analysis: json_bytes(coverage_document(analysis)))
    )


def _ground() -> CoverageGround:
    try:
        return services().coverage.ground(services().snapshot)
    except NoDemandLayer:
        raise RequestProblem(
            404, gettext("There is no data on where workers are yet."), code="no_demand_layer"
        ) from None


def _question(values: Values) -> CoverageQuestion:
    return CoverageQuestion(
        moment=_moment(values),
        rule=_rule(values),
        groups=values[table.GROUP],
        filters=StationFilter(
            kinds=values[table.KIND],
            services=values[table.SERVICES],
            entry_methods=values[table.ENTRY],
            district_codes=values[table.DISTRICT],
        ),
        reopened=values[table.STATIONS] is CountedStations.REOPENED,
    )


def _moment(values: Values) -> Moment:
    at, hour, now = values.optional(table.COVERAGE_AT), values.optional(table.HOUR), services().now()
    if at is not None and hour is not None:
        sentence = gettext("“at” and “hour” exclude each other: an instant, or an hour of ordinary weeks.")
        raise RequestProblem(400, sentence, parameter="hour", code="conflict")
    if at is not None:
        return Instant(at)
    return this_hour(now) if hour is None else hour_in_season(hour, now)


def _rule(values: Values) -> Rule:
    return values[table.WITHIN].rule(values[table.MODE], travel_of(services().settings))
