"""Pages that everybody gets alike are made once a minute, and are nobody's in particular."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask, template_rendered
from flask.testing import FlaskClient

from geodata.stations.arrival import state_now
from geodata.stations.vocabulary import OpenState
from tests.conftest import FrozenClock

PAGE = "/stations/YC-S0001"
NONCE = re.compile(r'nonce="([^"]+)"')
STATE = re.compile(r'class="state state-([a-z_]+)')


@contextmanager
def rendered(app: Flask) -> Iterator[list[str]]:
    """The names of the templates rendered within the block."""
    names: list[str] = []

    def note(_sender: Flask, template: Any, **_: object) -> None:
        names.append(template.name)

    with template_rendered.connected_to(note, app):
        yield names


@pytest.mark.parametrize("path", [PAGE, "/s/YC-S0001", "/"])
def test_within_a_minute_a_page_is_made_once(app: Flask, client: FlaskClient, clock: FrozenClock, path: str) -> None:
    with rendered(app) as made:
        first = client.get(path)
        clock.now += timedelta(seconds=59)
        second = client.get(path)

    assert len(made) == 1
    assert without_nonce(first.text) == without_nonce(second.text)


def test_every_answer_has_a_nonce_of_its_own_and_no_other(client: FlaskClient) -> None:
    nonces = []
    for _ in range(2):
        answer = client.get(PAGE)
        (nonce,) = set(NONCE.findall(answer.text))
        assert f"script-src 'self' 'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
        nonces.append(nonce)

    assert nonces[0] != nonces[1]
    assert nonces[0] not in client.get(PAGE).text


@pytest.mark.parametrize(
    "other",
    [
        {"headers": {"Accept-Language": "en"}},
        {"base_url": "https://localhost"},
        {"base_url": "http://localhost/below"},
        {"query_string": {"x": "1"}},
    ],
)
def test_a_page_kept_for_one_is_not_sent_to_who_must_read_another(
    app: Flask, client: FlaskClient, other: dict[str, Any]
) -> None:
    client.get(PAGE)
    with rendered(app) as made:
        answer = client.get(PAGE, **other)

    assert answer.status_code == 200
    assert made == ["public/station.html"]


def test_a_minute_later_it_says_what_is_so_then(client: FlaskClient, app: Flask, clock: FrozenClock) -> None:
    code, closes_at = closing(app)
    states = []
    for ahead in (timedelta(minutes=2), timedelta(seconds=30), timedelta(0)):
        clock.now = closes_at - ahead
        states.append(STATE.findall(client.get(f"/stations/{code}").text)[0])

    assert states == ["closing_soon", "closing_soon", "closed"]


def test_a_change_is_on_the_page_at_once(app: Flask, client: FlaskClient) -> None:
    client.get(PAGE)
    parts = app.extensions["stationmap"]
    with parts.store.writing("form") as writer:
        station = writer.station("YC-S0001")
        assert station is not None
        writer.update_station(replace(station, name="改过名的驿站"), expected_version=None, actor="test", reason="name")
    parts.keeper.refresh()

    assert "改过名的驿站" in client.get(PAGE).text


def without_nonce(text: str) -> str:
    return NONCE.sub("", text)


def closing(app: Flask) -> tuple[str, datetime]:
    """A station that is open now, and when it closes."""
    parts = app.extensions["stationmap"]
    for station in parts.snapshot.stations:
        arrival = state_now(station.life_cycle, parts.snapshot.book.of(station.hours), parts.now(), closing_soon_min=30)
        if arrival.state is OpenState.OPEN and arrival.closes_at is not None:
            return station.code, arrival.closes_at
    raise AssertionError("No station of the sample closes today.")
