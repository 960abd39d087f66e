"""Errors: pages that help people, problems for machines."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import ServiceUnavailable, TooManyRequests

from mapapp.services.jobs.desk import TooManyJobs
from mapapp.services.snapshot import SnapshotNotReady


@pytest.fixture
def failing(app: Flask) -> FlaskClient:
    """An application with two addresses that break, one for people and one for machines."""

    def fail() -> str:
        message = "the visitor stood at 106.230912, 38.487234"
        raise RuntimeError(message)

    app.add_url_rule("/fails", view_func=fail, endpoint="fails")
    app.add_url_rule("/api/v1/fails", view_func=fail, endpoint="api_fails")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_missing_page_helps_in_both_languages(client: FlaskClient, language: str) -> None:
    response = client.get("/no/such/page", headers={"Accept-Language": language})

    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert response.headers["Content-Language"] == language
    assert f'lang="{language}"' in response.text
    assert "<h1" in response.text
    assert 'href="/"' in response.text


def test_a_wrong_method_says_which_are_right(client: FlaskClient) -> None:
    response = client.delete("/")

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert response.mimetype == "text/html"


def test_a_large_body_is_not_read(client: FlaskClient) -> None:
    response = client.post("/nearest", data={"lon": "1" * 70_000})

    assert response.status_code == 413
    assert response.mimetype == "text/html"


def test_a_body_of_unknown_length_is_refused_rather_than_cut(client: FlaskClient) -> None:
    body = io.BytesIO(b"lon=106.2&lat=38.4&note=" + b"x" * 100_000)
    response = client.post("/nearest", input_stream=body, headers={"Transfer-Encoding": "chunked"})

    assert response.status_code == 411
    assert response.mimetype == "text/html"


def test_a_failure_is_a_page_without_its_reason(failing: FlaskClient) -> None:
    response = failing.get("/fails")

    assert response.status_code == 500
    assert response.mimetype == "text/html"
    assert "RuntimeError" not in response.text
    assert "106.23" not in response.text


def test_a_failure_of_the_interface_is_a_problem(failing: FlaskClient) -> None:
    response = failing.get("/api/v1/fails?lon=106.2")

    assert response.status_code == 500
    assert response.content_type == "application/problem+json"
    assert response.get_json()["instance"] == "/api/v1/fails"


def test_a_failure_is_logged_with_its_trace_and_without_the_position(
    failing: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    failing.get("/fails?lon=106.230912&lat=38.487234")

    assert "RuntimeError: the visitor stood at" in caplog.text
    assert "in fail" in caplog.text
    assert "106.23" not in caplog.text
    assert "38.48" not in caplog.text


def test_a_page_that_cannot_be_drawn_still_answers(failing: FlaskClient) -> None:
    first_time = iter([True])

    @failing.application.context_processor
    def break_once() -> dict[str, object]:
        if next(first_time, False):
            raise LookupError("a part of every page is broken")
        return {}

    response = failing.get("/no/such/page")

    assert response.status_code == 404
    assert "<h1>" in response.text


def test_errors_are_not_stored_by_caches(client: FlaskClient) -> None:
    assert client.get("/no/such/page").headers["Cache-Control"] == "no-store"
    assert client.get("/api/v1/stations?limit=0").headers["Cache-Control"] == "no-store"


def test_what_was_asked_for_is_inert_in_the_page(client: FlaskClient) -> None:
    response = client.get("/<script>alert(1)</script>")

    assert "<script>alert" not in response.text


@pytest.mark.parametrize(
    "raised", [SnapshotNotReady("starting"), TooManyJobs(3), TooManyRequests(), ServiceUnavailable()]
)
def test_whoever_is_to_come_back_is_told_when(app: Flask, raised: Exception) -> None:
    def refuse() -> str:
        raise raised

    app.add_url_rule("/later", view_func=refuse, endpoint="later")
    app.add_url_rule("/api/v1/later", view_func=refuse, endpoint="api_later")

    for path in ("/later", "/api/v1/later"):
        response = app.test_client().get(path)
        assert response.status_code in {429, 503}
        assert int(response.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("path", "content_type"), [("/busy", "text/html"), ("/api/v1/busy", "application/problem+json")]
)
def test_who_cannot_write_now_is_told_when_to_come_back(app: Flask, path: str, content_type: str) -> None:
    def write() -> str:
        store = app.extensions["stationmap"].store
        with store.writing("form"), store.writing("form", patience_s=0.01):
            return "both at once"

    app.add_url_rule("/busy", view_func=write, endpoint="busy")
    app.add_url_rule("/api/v1/busy", view_func=write, endpoint="api_busy")

    response = app.test_client().get(path)

    assert (response.status_code, response.mimetype) == (503, content_type)
    assert int(response.headers["Retry-After"]) > 0
