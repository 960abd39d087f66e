"""Whatever is asked, the answer is one we chose: never a 500."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapapp.api.table import LIST_PARAMETERS, NEAREST_PARAMETERS

NAMES = sorted({parameter.name for parameter in (*LIST_PARAMETERS, *NEAREST_PARAMETERS)})
VALUES = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(
        ["walk", "arrival", "toilet", "106.2", "38.4", "106,38,107,39", "2026-11-18T10:00", "gcj02", "%", "\0"]
    ),
)
RELAXED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@RELAXED
@given(
    path=st.sampled_from(["/api/v1/stations", "/api/v1/stations/nearest", "/api/v1/stations/YC-S0001", "/"]),
    query=st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=6),
)
def test_no_query_breaks_it(reader: FlaskClient, path: str, query: list[tuple[str, str]]) -> None:
    written = "&".join(f"{name}={quote(value, safe='')}" for name, value in query)

    assert reader.get(f"{path}?{written}").status_code in {200, 303, 400, 429}


@RELAXED
@given(path=st.text(max_size=60), method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"]))
def test_no_path_or_method_breaks_it(reader: FlaskClient, path: str, method: str) -> None:
    written = ("/" + path).encode().decode("latin-1")  # as a WSGI server hands it over
    response = reader.open("/", method=method, environ_overrides={"PATH_INFO": written})

    assert response.status_code < 500


@pytest.mark.parametrize("query", ["%", "%zz", "%ff%fe", "=", "&&&", "a=b=c", "lon=%00", "lon[]=1", "k=%EF%BB%BF5"])
def test_no_malformed_query_breaks_it(reader: FlaskClient, query: str) -> None:
    assert reader.get(f"/api/v1/stations/nearest?{query}").status_code == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
@pytest.mark.parametrize(
    ("path", "writing"),
    [
        ("/api/v1/stations", "POST"),
        ("/api/v1/stations/YC-S0001", "PUT"),
        ("/api/v1/stations/nearest", ""),
        ("/api/v1/coverage", ""),
        ("/readyz", ""),
    ],
)
def test_nothing_is_written_without_a_token(reader: FlaskClient, path: str, writing: str, method: str) -> None:
    response = reader.open(path, method=method)

    assert response.content_type == "application/problem+json"
    if method == writing:
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
    else:
        assert response.status_code == 405
        assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", writing} - {""}


@pytest.mark.parametrize("host", ["", "a b", "evil.example", "[::1", "x" * 500, "<script>", "é"])
def test_no_host_header_breaks_it_or_is_repeated(reader: FlaskClient, host: str) -> None:
    for path in ("/api/v1/stations", "/api/v1/stations/", "//api/v1/stations", "/nothing", "/nearest"):
        response = reader.get("/?lang=en", headers={"Host": host}, environ_overrides={"PATH_INFO": path})

        assert response.status_code < 500
        if host:
            assert host not in response.text
            assert host not in response.headers.get("Location", "")
