"""The reference page: the one address below ``/api`` that is meant for people."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from mapapp.api.operations import OPERATIONS

REFERENCE = "/api/v1/reference"


def test_it_lists_every_address_without_script(reader: FlaskClient) -> None:
    page = reader.get(REFERENCE).text

    assert [
        operation.path for operation in OPERATIONS if f"{operation.method.upper()} {operation.path}<" not in page
    ] == []


def test_every_address_is_in_a_group_that_is_shown(reader: FlaskClient) -> None:
    document = reader.get("/api/v1/openapi.json").get_json()
    shown = {tag["name"] for tag in document["tags"]}

    assert {tag for item in document["paths"].values() for one in item.values() for tag in one["tags"]} == shown


def test_it_says_that_the_data_are_a_sample(reader: FlaskClient) -> None:
    assert "示例数据" in reader.get(REFERENCE).text


def test_it_runs_nothing_inline_without_a_nonce(reader: FlaskClient) -> None:
    policy = reader.get(REFERENCE).headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "connect-src 'self'" in policy


def test_other_sites_may_not_read_it(reader: FlaskClient) -> None:
    assert "Access-Control-Allow-Origin" not in reader.get(REFERENCE).headers


@pytest.mark.parametrize(("choice", "word"), [("en", "The interface for programs"), ("zh", "供程序使用的接口")])
def test_its_language_can_be_chosen(reader: FlaskClient, choice: str, word: str) -> None:
    answer = reader.get(f"{REFERENCE}?lang={choice}")

    assert answer.location == REFERENCE
    assert f"<h1>{word}</h1>" in reader.get(REFERENCE).text


def test_its_problems_are_pages(reader: FlaskClient) -> None:
    answer = reader.post(REFERENCE)

    assert answer.status_code == 405
    assert answer.mimetype == "text/html"


def test_with_a_slash_at_its_end_it_is_the_same_page(reader: FlaskClient) -> None:
    assert reader.get(REFERENCE + "/").headers["Content-Security-Policy"].count("nonce") == 2
