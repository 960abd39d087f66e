"""Who asks how the database stands is answered, however long somebody else waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Event, Thread
from typing import cast

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from mapapp.services.observing.database_looks import AWAY, FRESH_S, PROMPT_S, DatabaseLooks, Finding
from mapapp.store import Reader, Store, StoreAway
from tests.conftest import FROZEN_AT
from tests.patience import PATIENCE_S


@dataclass(slots=True)
class HangingStore:
    """A database that answers as another does until it hangs; then it says nothing until it is let go."""

    store: Store
    hangs: bool = True
    asked: Event = field(default_factory=Event)
    let_go: Event = field(default_factory=Event)
    looks_count: int = 0

    @contextmanager
    def looking(self) -> Iterator[Reader]:
        self.looks_count += 1
        if self.hangs:
            self.asked.set()
            assert self.let_go.wait(PATIENCE_S)
            raise StoreAway
        with self.store.looking() as reader:
            yield reader


@pytest.fixture
def hanging(sample_store: Store) -> Iterator[HangingStore]:
    """Let go at the end, whatever happens."""
    hanging = HangingStore(sample_store)
    yield hanging
    hanging.let_go.set()


@dataclass(slots=True)
class Clock:
    """Seconds that pass when a test says so."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


@contextmanager
def somebody(asks: Callable[[], object], hanging: HangingStore) -> Iterator[None]:
    """Within the block another thread waits for the database."""
    waiting = Thread(target=asks)
    waiting.start()
    try:
        assert hanging.asked.wait(PATIENCE_S)
        yield
        assert waiting.is_alive()
    finally:
        hanging.let_go.set()
        waiting.join()


def looks_over(hanging: HangingStore, clock: Clock) -> DatabaseLooks:
    return DatabaseLooks(cast("Store", hanging), clock)


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_while_one_waits_for_the_database_the_next_is_answered(app: Flask, hanging: HangingStore, path: str) -> None:
    parts = app.extensions["stationmap"]
    app.extensions["stationmap"] = replace(parts, looks=looks_over(hanging, Clock()))
    first: list[TestResponse] = []

    with somebody(lambda: first.append(app.test_client().get("/readyz")), hanging):
        answer = app.test_client().get(path)

    assert hanging.looks_count == 1
    assert first[0].status_code == 503
    if path == "/readyz":
        assert (answer.status_code, answer.get_json()["code"]) == (503, "database_unreachable")
    else:
        assert {"stationmap_database_up 0.0", "stationmap_ready 0.0"} <= set(answer.text.splitlines())


def test_the_metrics_look_once(app: Flask, hanging: HangingStore) -> None:
    hanging.hangs = False
    parts = app.extensions["stationmap"]
    app.extensions["stationmap"] = replace(parts, looks=looks_over(hanging, Clock()))

    answer = app.test_client().get("/metrics")

    assert {"stationmap_database_up 1.0", "stationmap_ready 1.0"} <= set(answer.text.splitlines())
    assert hanging.looks_count == 1


@pytest.mark.parametrize(
    ("found_s", "looks_for_s", "is_told"),
    [(3600.0, PROMPT_S, True), (FRESH_S - PROMPT_S - 1, PROMPT_S + 1, True), (FRESH_S, PROMPT_S + 1, False)],
    ids=["a look that has just begun", "a fresh finding", "an old finding and a look that takes long"],
)
def test_meanwhile_the_last_finding_is_told_until_it_is_old(
    hanging: HangingStore, found_s: float, looks_for_s: float, is_told: bool
) -> None:
    clock = Clock()
    looks = looks_over(hanging, clock)
    hanging.hangs = False
    found = looks.finding(FROZEN_AT)
    clock.now_s += found_s
    hanging.hangs = True

    told: list[Finding] = []
    with somebody(lambda: looks.finding(FROZEN_AT), hanging):
        clock.now_s += looks_for_s
        told.append(looks.finding(FROZEN_AT))

    assert found.problem == ""
    assert told == [found if is_told else AWAY]


def test_once_the_database_answers_so_does_the_next_look(hanging: HangingStore) -> None:
    looks = looks_over(hanging, Clock())
    with somebody(lambda: looks.finding(FROZEN_AT), hanging):
        pass
    hanging.hangs = False

    assert looks.finding(FROZEN_AT).problem == ""
