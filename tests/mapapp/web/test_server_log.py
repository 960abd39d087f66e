"""gunicorn's own log repeats no query and no address."""

from __future__ import annotations

import logging

import pytest

from mapapp.gunicorn_conf import Discretion


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> logging.Logger:
    log = logging.getLogger("tests.like_gunicorn")
    log.addFilter(Discretion())
    log.addHandler(caplog.handler)
    return log


def test_a_request_that_is_no_http_is_not_quoted(log: logging.Logger, caplog: pytest.LogCaptureFixture) -> None:
    log.warning("Invalid request from ip=203.0.113.7: Invalid HTTP request line: 'GET /?lon=106.2309'")

    assert "refused" in caplog.text
    assert "203.0.113.7" not in caplog.text
    assert "106.2309" not in caplog.text


def test_a_failure_outside_the_application_is_named_without_its_query(
    log: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    log.error("Error handling request %s %s", "GET", "/api/v1/stations/nearest?lon=106.2309")

    assert "GET /api/v1/stations/nearest" in caplog.text
    assert "106.2309" not in caplog.text


def test_other_warnings_stand_as_they_are(log: logging.Logger, caplog: pytest.LogCaptureFixture) -> None:
    log.warning("Worker %s did not answer", 7)

    assert "Worker 7 did not answer" in caplog.text
