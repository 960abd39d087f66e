"""Every form of every page takes hostile text in every field, and no answer lets any of it come alive."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.hostile.conftest import ClientOf
from tests.hostile.crawler import Crawler

STARTS = ("/staff", "/staff/stations", "/planner", "/", "/stations", "/report", "/api/v1/")


@pytest.mark.parametrize(
    "person",
    [
        "nobody",
        pytest.param("keeper_own", marks=pytest.mark.long),
        pytest.param("planner", marks=pytest.mark.long),
        pytest.param("editor_own", marks=pytest.mark.long),
        "admin",
    ],
)
@pytest.mark.parametrize("most_of_each", [1, pytest.param(12, marks=pytest.mark.long)])
def test_every_form_takes_hostile_text(hostile_app: Flask, client_of: ClientOf, person: str, most_of_each: int) -> None:
    crawler = Crawler(hostile_app, client_of(person), most_of_each=most_of_each)

    crawler.go(*STARTS)

    print(f"{person}: {len(crawler.pages)} pages, {crawler.sent_count} forms sent")
    assert crawler.problems == []
    assert crawler.sent_count > (3 if person == "nobody" else 8)
