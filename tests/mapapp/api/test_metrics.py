"""The service in numbers: for this machine or by token, true, and without anything of anybody's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mapapp import create_app
from mapapp.services.container import Services
from mapapp.services.jobs.kinds import MAKE_EXPORT
from mapapp.services.observing.exposition import may_read_metrics
from mapapp.services.observing.instruments import DATABASE_NAMES, WEB_NAMES
from mapapp.services.observing.marks import Mark, set_mark
from mapapp.settings import Settings
from mapapp.store import JobDraft, Origin, Store
from tests.conftest import FROZEN_AT, FrozenClock

TOKEN = "0123456789abcdef-token"  # noqa: S105 - of this test alone


@pytest.fixture
def watched(settings: Settings, sample_store: Store, clock: FrozenClock) -> Iterator[Flask]:
    """An application of its own: it counts from nothing."""
    app = create_app(replace(settings, metrics_token=TOKEN), clock=clock, start_refresher=False)
    yield app
    parts(app).keeper.stop()
    parts(app).store.close()


def numbers(client: FlaskClient) -> dict[str, float]:
    lines = client.get("/metrics").get_data(as_text=True).splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


def parts(app: Flask) -> Services:
    found: Services = app.extensions["stationmap"]
    return found


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may_read_them(address: str) -> None:
    assert may_read_metrics(address, ["Host", "Accept"], "", "")


@pytest.mark.parametrize("address", ["10.0.0.1", "203.0.113.7", "::2", "", "localhost", "127.0.0.1.example"])
def test_another_may_not(address: str) -> None:
    assert not may_read_metrics(address, ["Host"], "", "")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "x-forwarded-proto", "Forwarded", "X-Real-IP"])
def test_what_a_proxy_on_this_machine_passes_on_is_not_from_it(header: str) -> None:
    assert not may_read_metrics("127.0.0.1", ["Host", header], "", "")


def test_a_token_opens_them_from_anywhere() -> None:
    assert may_read_metrics("203.0.113.7", ["X-Forwarded-For"], f"Bearer {TOKEN}", TOKEN)


@pytest.mark.parametrize("authorization", ["", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer 站"])
def test_nothing_else_does(authorization: str) -> None:
    assert not may_read_metrics("203.0.113.7", [], authorization, TOKEN)
    assert not may_read_metrics("203.0.113.7", [], "Bearer ", "")


def test_for_others_there_is_nothing_there(watched: Flask) -> None:
    client = watched.test_client()
    elsewhere = {"REMOTE_ADDR": "203.0.113.7"}

    assert client.get("/metrics", environ_overrides=elsewhere).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert client.get("/metrics", headers=bearer, environ_overrides=elsewhere).status_code == 200


def test_a_forwarded_address_opens_nothing_where_proxies_are_trusted(
    settings: Settings, sample_store: Store, clock: FrozenClock
) -> None:
    app = create_app(replace(settings, trusted_proxies=1), clock=clock, start_refresher=False)
    claims_to_be_here = {"X-Forwarded-For": "127.0.0.1"}

    answer = app.test_client().get(
        "/metrics", headers=claims_to_be_here, environ_overrides={"REMOTE_ADDR": "203.0.113.7"}
    )

    assert answer.status_code == 404
    parts(app).keeper.stop()
    parts(app).store.close()


def test_every_name_we_speak_of_is_there(watched: Flask, settings: Settings) -> None:
    set_mark(settings, Mark.BACKUP, FROZEN_AT)
    set_mark(settings, Mark.WORKER, FROZEN_AT)
    client = watched.test_client()
    client.get("/healthz", buffered=True)
    text = client.get("/metrics").get_data(as_text=True)

    families = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    assert set(WEB_NAMES + DATABASE_NAMES) == families


def test_they_say_what_the_process_answers_from(watched: Flask) -> None:
    found = numbers(watched.test_client())
    snapshot = parts(watched).snapshot

    assert found["stationmap_snapshot_stations"] == len(snapshot.stations)
    assert found["stationmap_snapshot_revision"] == found["stationmap_data_revision"] == snapshot.revision
    assert found["stationmap_snapshot_checked_timestamp_seconds"] == FROZEN_AT.timestamp()
    assert found["stationmap_snapshot_failing"] == 0
    assert found["stationmap_process_resident_bytes"] > 10_000_000


def test_stale_stations_are_those_of_the_dashboard(watched: Flask) -> None:
    found = numbers(watched.test_client())
    services = parts(watched)
    stale = services.truth.register(services.snapshot, services.now()).stale

    assert found['stationmap_stale_stations{group="any"}'] == stale.any(axis=1).sum() > 0
    assert found['stationmap_stale_stations{group="hours"}'] == stale[:, 0].sum()


def test_a_job_that_waits_and_one_whose_worker_vanished_are_told(watched: Flask, clock: FrozenClock) -> None:
    store = parts(watched).store
    with store.writing(Origin.COMMAND, at=clock()) as writer:
        writer.jobs.add(JobDraft(kind=MAKE_EXPORT, created_by="test"), clock())
        writer.jobs.add(JobDraft(kind=MAKE_EXPORT, created_by="test"), clock())
        assert writer.jobs.claim([MAKE_EXPORT], "worker", clock(), timedelta(seconds=30)) is not None
    clock.advance(seconds=100)

    found = numbers(watched.test_client())

    assert found['stationmap_jobs{kind="make_export",state="queued"}'] == 1
    assert found['stationmap_jobs{kind="make_export",state="running"}'] == 1
    assert found['stationmap_jobs{kind="import_plan",state="failed"}'] == 0
    assert found["stationmap_jobs_waiting_seconds"] == 100
    assert found["stationmap_jobs_abandoned_seconds"] == 70


def test_without_a_database_they_say_so_and_the_rest(
    watched: Flask, monkeypatch: pytest.MonkeyPatch, break_database: Callable[[Flask], None]
) -> None:
    break_database(watched)

    found = numbers(watched.test_client())

    assert found["stationmap_database_up"] == 0
    assert "stationmap_data_revision" not in found
    assert found["stationmap_snapshot_stations"] > 0


@pytest.fixture
def break_database(settings: Settings) -> Callable[[Flask], None]:
    """Puts a folder in the place of the database's file."""
    from pathlib import Path

    def break_it(app: Flask) -> None:
        parts(app).store.close()
        file = Path(settings.database_url.removeprefix("sqlite:///"))
        for each in file.parent.glob(f"{file.name}*"):
            each.unlink()
        file.mkdir()

    return break_it


def test_the_last_backup_is_told(watched: Flask, settings: Settings) -> None:
    client = watched.test_client()
    before = numbers(client)
    set_mark(settings, Mark.BACKUP, FROZEN_AT)

    assert "stationmap_backup_timestamp_seconds" not in before
    assert numbers(client)["stationmap_backup_timestamp_seconds"] == FROZEN_AT.timestamp()


def test_a_worker_without_work_gives_signs_of_life_too(watched: Flask, settings: Settings) -> None:
    client = watched.test_client()
    before = numbers(client)
    set_mark(settings, Mark.WORKER, FROZEN_AT)

    assert "stationmap_worker_seen_timestamp_seconds" not in before
    assert numbers(client)["stationmap_worker_seen_timestamp_seconds"] == FROZEN_AT.timestamp()
    assert client.get("/readyz").get_json()["worker_seen_at"] == FROZEN_AT.isoformat(timespec="seconds")


def test_whether_it_is_ready_is_a_number(watched: Flask, break_database: Callable[[Flask], None]) -> None:
    client = watched.test_client()
    before = numbers(client)["stationmap_ready"]
    break_database(watched)

    assert (before, numbers(client)["stationmap_ready"]) == (1, 0)


def test_nothing_of_a_visitor_is_in_them(watched: Flask) -> None:
    client = watched.test_client()
    client.get("/api/v1/stations/nearest?lon=106.230912&lat=38.487234", headers={"User-Agent": "Secret/1.0"}).close()
    client.get("/reports/7KQ2M-9XHTB", environ_overrides={"REMOTE_ADDR": "203.0.113.7"}).close()
    text = client.get("/metrics").get_data(as_text=True)

    for secret in ("106.23", "38.48", "Secret", "7KQ2M", "203.0.113.7"):
        assert secret not in text
