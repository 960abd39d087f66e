"""Alive and ready are two questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mapapp.services.snapshot import OtherPlace


def test_ready_says_what_it_answers_from(app: Flask, client: FlaskClient) -> None:
    state = client.get("/readyz").get_json()

    assert state["status"] == "ready"
    assert state["snapshot_revision"] == state["data_revision"] == app.extensions["stationmap"].snapshot.revision
    assert state["stations_count"] == len(app.extensions["stationmap"].snapshot.stations)


def test_without_its_database_it_is_alive_but_not_ready(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    parts = app.extensions["stationmap"]
    parts.keeper.stop()
    parts.store.close()
    for file in tmp_path.glob("stations.sqlite3*"):
        file.unlink()

    ready, alive, answer = client.get("/readyz"), client.get("/healthz"), client.get("/api/v1/stations")

    assert (ready.status_code, ready.content_type) == (503, "application/problem+json")
    assert ready.get_json()["code"] == "database_unreachable"
    assert alive.get_json() == {"status": "alive"}
    assert answer.status_code == 200


def test_a_database_that_now_holds_another_place_is_not_ready_and_pages_go_on(app: Flask, client: FlaskClient) -> None:
    parts = app.extensions["stationmap"]
    parts.keeper.stop()
    stranger = replace(parts.snapshot.stations[0], code="TC-0001", district_code="999999")
    with parts.store.writing("form") as writer:
        writer.add_station(stranger, actor="li", reason="")
    with pytest.raises(OtherPlace, match="999999"):
        parts.keeper.refresh()

    assert client.get("/readyz").get_json()["code"] == "other_place"
    assert client.get("/").status_code == 200


def test_health_is_asked_afresh_each_time(client: FlaskClient) -> None:
    assert client.get("/healthz").headers["Cache-Control"] == "no-store"
    assert client.get("/readyz").headers["Cache-Control"] == "no-store"
