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
from werkzeug.test import TestResponse

from geodata.reports.report import Report
from geodata.stations.arrival import state_now
from geodata.stations.vocabulary import OpenState
from tests.conftest import FrozenClock
from tests.mapapp.public.report_sending import AS_FORM

PAGE = "/stations/YC-S0001"
NONCE = re.compile(r'nonce="([^"]+)"')
STATE = re.compile(r'class="state state-([a-z_]+)')
KEY = re.compile(r'name="key" value="[^"]*"')


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


@pytest.mark.parametrize("path", [PAGE, "/s/YC-S0001"])
def test_two_people_with_the_kept_page_send_two_reports(app: Flask, clock: FrozenClock, path: str) -> None:
    with rendered(app) as made:
        first = press(app.test_client(), path)
        clock.now += timedelta(seconds=20)
        second = press(app.test_client(), path)

    assert made.count("public/station.html") == 1
    assert [sent.headers["Location"][-4:] for sent in (first, second)] == ["=new", "=new"]
    assert first.headers["Location"] != second.headers["Location"]
    assert device_of(first) != device_of(second)
    assert len(reports_of(app)) == 2


def test_a_button_pressed_twice_before_the_answer_came_sends_one_report(app: Flask, client: FlaskClient) -> None:
    fields = button_of(client.get(PAGE).text)

    sent = [app.test_client().post("/reports", data=fields, headers=AS_FORM) for _ in range(2)]  # no cookie yet

    assert [answer.headers["Location"].partition("?sent=")[2] for answer in sent] == ["new", "again"]
    assert device_of(sent[0]) == device_of(sent[1])
    assert len(reports_of(app)) == 1


def test_the_button_of_the_page_opened_anew_is_held_by_the_limit_of_a_door(app: Flask, client: FlaskClient) -> None:
    press(client, PAGE)

    assert press(client, PAGE).status_code == 429
    assert len(reports_of(app)) == 1


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
    """The page without what belongs to one answer: its nonce and its key."""
    return KEY.sub("", NONCE.sub("", text))


def button_of(text: str) -> dict[str, str]:
    """What a browser without scripts sends when "I just got in" is pressed on the page."""
    (form,) = re.findall(r"<form[^>]*data-got-in>(.*?)</form>", text, re.DOTALL)
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def press(client: FlaskClient, path: str) -> TestResponse:
    """Open the page and press its button."""
    return client.post("/reports", data=button_of(client.get(path).text), headers=AS_FORM)


def device_of(answer: TestResponse) -> str:
    return answer.headers["Set-Cookie"].partition(";")[0]


def reports_of(app: Flask) -> tuple[Report, ...]:
    with app.extensions["stationmap"].store.reading() as reader:
        return tuple(reader.reports.all())


def closing(app: Flask) -> tuple[str, datetime]:
    """A station that is open now, and when it closes."""
    parts = app.extensions["stationmap"]
    for station in parts.snapshot.stations:
        arrival = state_now(station.life_cycle, parts.snapshot.book.of(station.hours), parts.now(), closing_soon_min=30)
        if arrival.state is OpenState.OPEN and arrival.closes_at is not None:
            return station.code, arrival.closes_at
    raise AssertionError("No station of the sample closes today.")
