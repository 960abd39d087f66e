"""Alive and ready are two questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mapapp.services.snapshot import OtherPlace
from mapapp.store import JobDraft
from mapapp.store.migrations import HEAD


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


def test_a_snapshot_that_cannot_be_built_shows_and_the_last_good_one_answers(app: Flask, client: FlaskClient) -> None:
    parts = app.extensions["stationmap"]
    parts.keeper.stop()
    before = client.get("/readyz").get_json()
    with parts.store.writing("form") as writer:
        station = parts.snapshot.stations[0]
        writer.update_station(replace(station, name="新名字"), expected_version=None, actor="li", reason="")
        writer._connection.exec_driver_sql("UPDATE stations SET kind = 'castle' WHERE code = ?", (station.code,))
    with pytest.raises(KeyError, match="castle"):
        parts.keeper.refresh()

    answer = client.get("/readyz")
    standing = answer.get_json()["standing"]

    assert (answer.status_code, answer.get_json()["code"]) == (503, "snapshot_failing")
    assert standing["snapshot_revision"] == before["snapshot_revision"] == standing["data_revision"] - 1
    assert standing["snapshot_error"] == "KeyError"
    assert "castle" not in answer.get_data(as_text=True)
    assert client.get(f"/stations/{station.code}").status_code == 200


def test_a_database_of_another_version_is_not_ready(app: Flask, client: FlaskClient) -> None:
    parts = app.extensions["stationmap"]
    with parts.store.writing("form") as writer:
        writer._connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")

    answer = client.get("/readyz").get_json()

    assert (answer["code"], answer["standing"]["schema_revision"]) == ("not_migrated", "0001")


def test_ready_says_when_a_worker_was_seen_and_the_migration(app: Flask, client: FlaskClient) -> None:
    parts = app.extensions["stationmap"]
    assert "worker_seen_at" not in client.get("/readyz").get_json()
    with parts.store.writing("form") as writer:
        writer.jobs.add(JobDraft(kind="export", created_by="li"), parts.now())
        writer.jobs.claim(["export"], "worker 1", parts.now(), timedelta(minutes=1))

    state = client.get("/readyz").get_json()

    assert state["worker_seen_at"] == "2026-11-18T10:00:00+08:00"
    assert state["schema_revision"] == HEAD
    assert state["checked_age_s"] >= 0
    assert state["snapshot_build_cpu_s"] > 0
    assert "replica_revision" not in state


def test_what_is_not_ready_says_when_to_ask_again(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    parts = app.extensions["stationmap"]
    parts.keeper.stop()
    (tmp_path / "stations.sqlite3").rename(tmp_path / "away.sqlite3")

    answer = client.get("/readyz")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.get_json()["standing"]["stations_count"] == len(parts.snapshot.stations)
