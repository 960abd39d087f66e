"""A station read from a document that somebody wrote: exactly, or with every problem at its field."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import Crs
from geodata.stations.document import station_document
from geodata.stations.field_problems import MAX_PROBLEMS, FieldProblem
from geodata.stations.reading import InvalidFields, read_station
from geodata.stations.station import MAX_AWARDS, MAX_OTHER_NAMES, Station
from geodata.stations.vocabulary import EntryMethod, Service
from tests.geodata.stations.any_station import stations

GOOD = {"kind": "driver_home", "name": "示例司机之家"}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def problems_of(**document: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidFields) as refusal:
        read_station(GOOD | document, code="TC-0001")
    return [(problem.field, problem.code) for problem in refusal.value.problems]


@given(stations)
def test_a_document_is_read_as_the_station_it_was_written_from(station: Station) -> None:
    document = json.loads(json.dumps(station_document(station)))

    assert read_station(document, code=station.code) == station


@given(stations, st.dictionaries(st.sampled_from([*station_document(read_station(GOOD, code="TC-0001"))]), json_values))
def test_whatever_a_document_holds_it_is_read_or_refused_with_words(
    station: Station, strange: dict[str, object]
) -> None:
    problems: tuple[FieldProblem, ...] = ()
    try:
        read_station(station_document(station) | strange, code=station.code)
    except InvalidFields as refusal:
        problems = refusal.problems

    assert all(problem.field and problem.code and problem.message for problem in problems)


def test_fields_left_out_have_their_defaults() -> None:
    station = read_station(GOOD, code="TC-0001")

    assert (station.code, station.name, station.services, station.position) == ("TC-0001", "示例司机之家", (), None)


def test_every_problem_is_told_in_the_order_of_the_fields() -> None:
    found = problems_of(
        version=0,
        area_m2="wide",
        kind="palace",
        name=" ",
        entry_methods=["qr", "qr"],
        services=[{"service": "water", "fee": "x" * 121, "state": "dry"}, {"service": "wine"}],
        surprise=1,
    )

    assert found == [
        ("kind", "unknown_value"),
        ("name", "empty"),
        ("entry_methods", "repeated"),
        ("services.water.state", "unknown_value"),
        ("services.water.fee", "too_long"),
        ("services.1.service", "unknown_value"),
        ("area_m2", "not_a_number"),
        ("version", "out_of_range"),
        ("surprise", "unknown_field"),
    ]


def test_a_station_needs_a_kind_and_a_name() -> None:
    with pytest.raises(InvalidFields) as refusal:
        read_station({}, code="TC-0001")

    assert [(problem.field, problem.code) for problem in refusal.value.problems] == [
        ("kind", "missing"),
        ("name", "missing"),
    ]


def test_a_document_of_another_station_is_refused() -> None:
    assert problems_of(code="TC-0002") == [("code", "other_code")]


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("code", "TC-0009", ("code", "other_code")),
        ("name", 5, ("name", "not_text")),
        ("name", "a\x00b", ("name", "control_characters")),
        ("other_names", "示例", ("other_names", "not_a_list")),
        ("other_names", [1], ("other_names.0", "not_text")),
        ("other_names", ["旧名"] * (MAX_OTHER_NAMES + 1), ("other_names", "too_many")),
        ("other_names", ["名" * 121], ("other_names", "too_long")),
        ("entry_methods", ["qr"] * (len(EntryMethod) + 1), ("entry_methods", "too_many")),
        ("address", "x" * 501, ("address", "too_long")),
        ("position", [106.2, 38.4], ("position", "not_an_object")),
        ("position", {"lon": 106.2, "lat": 38.4}, ("position.accuracy", "missing")),
        ("position", {"lon": 38.4, "lat": 106.2, "accuracy": "surveyed"}, ("position.lat", "swapped_axes")),
        ("position", {"lon": float("nan"), "lat": 1, "accuracy": "surveyed"}, ("position.lon", "not_finite")),
        ("services", {"water": {}}, ("services", "not_a_list")),
        ("services", [{"service": "water"}] * 2, ("services", "repeated")),
        ("services", [{"service": "water"}] * (len(Service) + 1), ("services", "too_many")),
        ("services", [{"service": "water", "fee": "元" * 121}], ("services.water.fee", "too_long")),
        ("services", [{"service": "water", "note": "字" * 501}], ("services.water.note", "too_long")),
        ("services", [{"service": "water", "season": [1] * 13}], ("services.water.season", "too_many")),
        ("hours", {"rule": "Mo-Su 08:00-18:00;" * 30}, ("hours", "too_long")),
        ("hours", {"original_text": "字" * 501}, ("hours", "too_long")),
        ("public_phone", "1" * 61, ("public_phone", "too_long")),
        ("internal_contact", "字" * 501, ("internal_contact", "too_long")),
        ("services", [{"service": "water", "season": [13, 2]}], ("services.water.season", "season")),
        ("services", [{"service": "water", "season": [1]}], ("services.water.season", "season")),
        ("services", [{"service": ["water"]}], ("services.0.service", "not_text")),
        ("services", [{"service": "water", "price": 1}], ("services.water.price", "unknown_field")),
        ("hours", {"rule": "sometimes"}, ("hours", "unreadable_rule")),
        ("hours", {"rule": 'Mo 10:00-12:00 "\x00"'}, ("hours", "control_characters")),
        ("hours", {"original_text": "\ud800"}, ("hours.original_text", "control_characters")),
        ("capacity_count", True, ("capacity_count", "not_a_number")),
        ("capacity_count", 2.5, ("capacity_count", "not_an_integer")),
        ("capacity_count", 10**400, ("capacity_count", "out_of_range")),
        ("area_m2", -1, ("area_m2", "out_of_range")),
        ("alert", {"text": "停电", "expires_at": "2026-11-20T10:00"}, ("alert.expires_at", "naive_time")),
        ("alert", {"text": " ", "expires_at": "2026-11-20T10:00Z"}, ("alert.text", "empty")),
        ("alert", {"text": "停电", "expires_at": "0001-01-01T00:00+14:00"}, ("alert.expires_at", "not_an_instant")),
        ("awards", [{"scheme": "stars", "level": "5", "year": 0}], ("awards.0.year", "out_of_range")),
        ("awards", [{"scheme": "stars"}], ("awards.0.level", "missing")),
        ("awards", [{"scheme": "stars", "level": "5"}] * (MAX_AWARDS + 1), ("awards", "too_many")),
        ("awards", [{"scheme": "stars", "level": "5" * 121}], ("awards.0.level", "too_long")),
        ("awards", [{"scheme": "stars", "level": "5", "granted_by": "字" * 121}], ("awards.0.granted_by", "too_long")),
        ("last_verified", {"on": "2026-02-30", "how": "phone"}, ("last_verified.on", "not_a_date")),
        ("photo", "../../etc", ("photo", "photo_form")),
        ("is_sample", "no", ("is_sample", "not_a_flag")),
    ],
)
def test_a_wrong_value_is_refused_at_its_path(field: str, value: object, expected: tuple[str, str]) -> None:
    assert problems_of(**{field: value}) == [expected]


@pytest.mark.parametrize(
    "field", [field.name for field in fields(Station) if field.type in {"str", "str | None"} and field.name != "code"]
)
def test_no_text_of_a_document_is_without_an_upper_length(field: str) -> None:
    assert {at for at, _ in problems_of(**{field: "字" * 100_000})} == {field}


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert read_station({**GOOD, "capacity_count": 3.0}, code="TC-0001").capacity_count == 3


def test_a_position_that_names_no_system_was_given_in_wgs84() -> None:
    document = {**GOOD, "position": {"lon": 106.2, "lat": 38.4, "accuracy": "approximate"}}

    position = read_station(document, code="TC-0001").position

    assert position is not None
    assert (position.given_crs, position.given_lon, position.given_lat) == (Crs.WGS84, 106.2, 38.4)


def test_a_hostile_document_gets_no_endless_answer() -> None:
    assert len(problems_of(**{f"surprise_{number}": 1 for number in range(1000)})) == MAX_PROBLEMS
