"""The access log: one line a request, and nobody's position, address or browser in it."""

from __future__ import annotations

import logging
import re

import pytest
from flask.testing import FlaskClient

from mapapp.web.access_log import AccessLog, printable_path

LINE = re.compile(r"[A-Z]+ /\S* \d{3} \d+\.\dms \d+B")


@pytest.fixture(autouse=True)
def collect(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


def lines_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "mapapp.access"]


def test_no_position_reaches_any_log(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    visitor = {
        "User-Agent": "Secret/1.0",
        "Referer": "http://localhost/?lon=106.230912",
        "X-Forwarded-For": "203.0.113.7",
    }
    client.get("/api/v1/stations/nearest?lon=106.230912&lat=38.487234&k=3", headers=visitor, buffered=True)
    client.get("/api/v1/stations/nearest?lon=106.230912&lat=3848.7234", headers=visitor, buffered=True)
    client.get("/api/v1/stations?bbox=106.230912,38.487234,106.3,38.5", headers=visitor, buffered=True)
    client.get("/no/such/page?lon=106.230912", headers=visitor, buffered=True)
    client.post("/nearest", data={"lon": "106.230912", "lat": "38.487234"}, headers=visitor, buffered=True)
    client.get("/nearest?lon=106.230912", headers=visitor, buffered=True)

    assert len(lines_of(caplog)) == 6
    for secret in ("106.23", "38.48", "3848", "Secret", "203.0.113.7", "127.0.0.1", "lon="):
        assert secret not in caplog.text


def test_a_line_says_method_path_status_time_and_size(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    response = client.get("/healthz?x=1", buffered=True)

    (line,) = lines_of(caplog)
    assert LINE.fullmatch(line)
    assert line.startswith("GET /healthz 200 ")
    assert line.endswith(f" {len(response.data)}B")


@pytest.mark.parametrize("path", ["/a%0aGET /forged 200", "/a%0d%0a", "/%1b[31m", "/%e2%80%a8", "/" + "x" * 5000])
def test_no_path_forges_a_line(client: FlaskClient, caplog: pytest.LogCaptureFixture, path: str) -> None:
    client.get(path, buffered=True)

    (line,) = lines_of(caplog)
    assert LINE.fullmatch(line)
    assert len(line) < 260


def test_a_crash_of_the_whole_application_is_a_line_too(caplog: pytest.LogCaptureFixture) -> None:
    def crash(*_: object) -> list[bytes]:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        AccessLog(crash)({"REQUEST_METHOD": "GET", "PATH_INFO": "/x"}, lambda *_: lambda _: None)

    assert lines_of(caplog)[0].startswith("GET /x 500 ")


def test_the_path_is_written_as_it_was_asked() -> None:
    assert printable_path("/data/stations.json") == "/data/stations.json"
    assert printable_path("/站".encode().decode("latin-1")) == "/%E7%AB%99"


@pytest.mark.parametrize("path", ["/reports/7KQ2M-9XHTB", "/reports/7KQ2M-9XHTB/", "/reports/%37KQ2M9XHTB"])
def test_no_tracking_code_reaches_a_log(client: FlaskClient, caplog: pytest.LogCaptureFixture, path: str) -> None:
    """It opens the report for whoever has it."""
    with caplog.at_level("DEBUG"):
        client.get(path).close()

    assert "GET /reports/- 404" in caplog.text
    assert "KQ2M" not in caplog.text
