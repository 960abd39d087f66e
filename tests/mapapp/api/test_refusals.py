"""What the interface refuses: always 400, with the parameter named and a sentence that helps."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

HERE = "lon=106.23&lat=38.49"
LIST = "/api/v1/stations"
NEAREST = "/api/v1/stations/nearest"

REFUSED = [
    (NEAREST, "", "lon", "missing"),
    (NEAREST, "lon=106.23", "lat", "missing"),
    (NEAREST, "lat=38.49", "lon", "missing"),
    (NEAREST, "lon=nan&lat=38.49", "lon", "not_a_number"),
    (NEAREST, "lon=inf&lat=38.49", "lon", "not_a_number"),
    (NEAREST, "lon=-Infinity&lat=38.49", "lon", "not_a_number"),
    (NEAREST, "lon=1e999&lat=38.49", "lon", "out_of_range"),
    (NEAREST, "lon=106_23&lat=38.49", "lon", "not_a_number"),
    (NEAREST, "lon=１０６&lat=38.49", "lon", "not_a_number"),
    (NEAREST, "lon=0x6a&lat=38.49", "lon", "not_a_number"),
    (NEAREST, "lon=east&lat=38.49", "lon", "not_a_number"),
    (NEAREST, "lon=&lat=38.49", "lon", "empty"),
    (NEAREST, "lon=%20&lat=38.49", "lon", "empty"),
    (NEAREST, "lon=181&lat=38.49", "lon", "out_of_range"),
    (NEAREST, "lon=38.49&lat=106.23", "lat", "swapped_axes"),
    (NEAREST, "lon=106.23&lat=200", "lat", "out_of_range"),
    (NEAREST, "lon=106.23&lon=106.23&lat=38.49", "lon", "repeated"),
    (NEAREST, f"{HERE}&k=-1", "k", "out_of_range"),
    (NEAREST, f"{HERE}&k=0", "k", "out_of_range"),
    (NEAREST, f"{HERE}&k=101", "k", "out_of_range"),
    (NEAREST, f"{HERE}&k=999999999999", "k", "out_of_range"),
    (NEAREST, f"{HERE}&k={'9' * 400}", "k", "not_an_integer"),
    (NEAREST, f"{HERE}&k=5.0", "k", "not_an_integer"),
    (NEAREST, f"{HERE}&k=five", "k", "not_an_integer"),
    (NEAREST, f"{HERE}&k=", "k", "empty"),
    (NEAREST, f"{HERE}&mode=bus", "mode", "unknown_value"),
    (NEAREST, f"{HERE}&mode=WALK", "mode", "unknown_value"),
    (NEAREST, f"{HERE}&crs=wgs-84", "crs", "unknown_value"),
    (NEAREST, f"{HERE}&kind=hotel", "kind", "unknown_value"),
    (NEAREST, f"{HERE}&kind=worker_home,hotel", "kind", "unknown_value"),
    (NEAREST, f"{HERE}&services=toilet,,water", "services", "unknown_value"),
    (NEAREST, f"{HERE}&services=sauna", "services", "unknown_value"),
    (NEAREST, f"{HERE}&entry=window", "entry", "unknown_value"),
    (NEAREST, f"{HERE}&district=999999", "district", "unknown_value"),
    (NEAREST, f"{HERE}&open=now", "open", "unknown_value"),
    (NEAREST, f"{HERE}&open_late=1", "open_late", "unknown_value"),
    (NEAREST, f"{HERE}&always_open=yes", "always_open", "unknown_value"),
    (NEAREST, f"{HERE}&always_open=", "always_open", "empty"),
    (NEAREST, f"{HERE}&order=name", "order", "unknown_value"),
    (NEAREST, f"{HERE}&at=now", "at", "not_an_instant"),
    (NEAREST, f"{HERE}&at=2026-11-18", "at", "not_an_instant"),
    (NEAREST, f"{HERE}&at=2026-02-30T10:00", "at", "not_an_instant"),
    (NEAREST, f"{HERE}&at=2026-11-18T25:00", "at", "not_an_instant"),
    (NEAREST, f"{HERE}&at=2026-11-18T10:00:00%2B99:99", "at", "not_an_instant"),
    (NEAREST, f"{HERE}&at=0001-01-01T00:00", "at", "out_of_range"),
    (NEAREST, f"{HERE}&at=9999-12-31T23:59Z", "at", "out_of_range"),
    (NEAREST, f"{HERE}&at=2100-01-01T00:00", "at", "out_of_range"),
    (NEAREST, f"{HERE}&at=1999-12-31T23:59", "at", "out_of_range"),
    (NEAREST, f"{HERE}&radius=500", "radius", "unknown"),
    (NEAREST, f"{HERE}&limit=5", "limit", "unknown"),
    (NEAREST, f"{HERE}&lang=en", "lang", "unknown"),
    (LIST, "bbox=106,38,107", "bbox", "not_a_box"),
    (LIST, "bbox=106,38,107,39,40", "bbox", "not_a_box"),
    (LIST, "bbox=106,38,107,nan", "bbox", "not_a_number"),
    (LIST, "bbox=107,38,106,39", "bbox", "box_order"),
    (LIST, "bbox=106,39,107,38", "bbox", "box_order"),
    (LIST, "bbox=38,106,39,107", "bbox", "swapped_axes"),
    (LIST, "bbox=-200,38,107,39", "bbox", "out_of_range"),
    (LIST, "always_open=True", "always_open", "unknown_value"),
    (LIST, "open_late=true", "open_late", "unknown"),
    (LIST, "limit=0", "limit", "out_of_range"),
    (LIST, "limit=1001", "limit", "out_of_range"),
    (LIST, "offset=-1", "offset", "out_of_range"),
    (LIST, "offset=ten", "offset", "not_an_integer"),
    (LIST, f"q={'x' * 101}", "q", "too_long"),
    (LIST, "KIND=worker_home", "KIND", "unknown"),
    (f"{LIST}/YC-S0001", "verbose=1", "verbose", "unknown"),
    ("/api/v1/openapi.json", "v=1", "v", "unknown"),
]


@pytest.mark.parametrize(("path", "query", "parameter", "code"), REFUSED)
def test_a_parameter_that_cannot_be_used_is_a_400_that_names_it(
    reader: FlaskClient, path: str, query: str, parameter: str, code: str
) -> None:
    response = reader.get(f"{path}?{query}")

    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    problem = response.get_json()
    assert (problem["parameter"], problem["code"]) == (parameter, code)
    assert problem["status"] == 400
    assert problem["instance"] == path
    assert problem["detail"].strip()


def test_a_position_is_not_repeated_in_the_refusal(reader: FlaskClient) -> None:
    response = reader.get(f"{NEAREST}?lon=106.234567&lat=38.498765&k=-1")

    assert "106.23" not in response.text
    assert "38.49" not in response.text


def test_swapped_axes_are_suspected_aloud(reader: FlaskClient) -> None:
    response = reader.get(f"{NEAREST}?lon=38.49&lat=106.23", headers={"Accept-Language": "en"})

    assert "swapped" in response.get_json()["detail"]


def test_a_long_unknown_name_is_cut(reader: FlaskClient) -> None:
    response = reader.get(f"{LIST}?{'n' * 3000}=1")

    assert response.get_json()["parameter"] == "n" * 60


@pytest.mark.parametrize(
    ("header", "tag"), [("en", "en"), ("en-GB,zh;q=0.5", "en"), ("zh-CN", "zh-CN"), ("fr", "zh-CN")]
)
def test_problems_speak_the_language_asked_for(reader: FlaskClient, header: str, tag: str) -> None:
    response = reader.get(f"{LIST}?limit=0", headers={"Accept-Language": header})

    assert response.headers["Content-Language"] == tag
    assert "Accept-Language" in response.headers["Vary"]


def test_the_sentence_itself_is_translated(reader: FlaskClient) -> None:
    chinese = reader.get(f"{LIST}?limit=0", headers={"Accept-Language": "zh-CN"}).get_json()
    english = reader.get(f"{LIST}?limit=0", headers={"Accept-Language": "en"}).get_json()

    assert (chinese["title"].isascii(), chinese["detail"].isascii()) == (False, False)
    assert (english["title"].isascii(), english["detail"].isascii()) == (True, True)
