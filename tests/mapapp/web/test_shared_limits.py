"""Limits that processes share through Redis, and what holds while it is away."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from limits import parse

from mapapp.services.rate_counter import LOOK_AGAIN_S, Limit, RateCounter
from mapapp.settings import SettingsError
from tests.mapapp.web.conftest import Build
from tests.redis_server import PROGRAM, RedisServer

needs_redis = pytest.mark.skipif(PROGRAM is None, reason="redis-server is missing")
THREE = Limit("all", parse("3/minute"))
ONE_SEARCH = Limit("search", parse("1/hour"))


class Ticks:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    running = RedisServer(tmp_path)
    running.start()
    yield running
    running.stop()


def waits(counter: RateCounter, count: int, *limits: Limit, visitor: str = "203.0.113.1") -> list[bool]:
    return [counter.wait_s(visitor, limits or (THREE,)) is not None for _ in range(count)]


@needs_redis
def test_processes_with_the_same_redis_count_together(server: RedisServer) -> None:
    one, other = (RateCounter(server.url, "a secret of the service") for _ in range(2))

    assert waits(one, 2) + waits(other, 2) + waits(one, 1) == [False, False, False, True, True]
    assert waits(other, 1, visitor="203.0.113.2") == [False]


@needs_redis
def test_every_limit_of_a_request_is_counted_and_the_longest_wait_is_said(server: RedisServer) -> None:
    counter = RateCounter(server.url, "a secret of the service")

    assert waits(counter, 1, THREE, ONE_SEARCH) == [False]
    wait_s = counter.wait_s("203.0.113.1", (THREE, ONE_SEARCH))
    assert wait_s is not None
    assert 3500 < wait_s <= 3600
    assert waits(counter, 2) == [False, True], "searches count towards the common limit too"


@needs_redis
def test_redis_holds_no_address_and_forgets_by_itself(server: RedisServer) -> None:
    RateCounter(server.url, "a secret of the service").wait_s("203.0.113.77", (THREE, ONE_SEARCH))

    keys = server.keys()

    assert len(keys) == 2
    assert "203.0.113" not in " ".join(keys)
    assert all(0 < left_s <= 3600 for left_s in server.seconds_left(keys))


@needs_redis
def test_while_redis_is_away_each_process_counts_and_then_together_again(
    server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    ticks = Ticks()
    one, other = (RateCounter(server.url, "a secret of the service", ticks) for _ in range(2))
    assert waits(one, 3) == [False] * 3
    server.stop()

    with caplog.at_level(logging.WARNING):
        assert waits(one, 4) == [False, False, False, True], "counted anew, in its own memory"
        assert waits(other, 3) == [False] * 3
    assert len(caplog.records) == 2, "each says so once"
    assert [each.is_shared for each in (one, other)] == [False, False]

    server.start()
    assert waits(one, 1) == [True], "it does not look before its time"
    ticks.now_s += LOOK_AGAIN_S
    assert waits(one, 2) + waits(other, 2) == [False, False, False, True]
    assert [each.is_shared for each in (one, other)] == [True, True]


@needs_redis
def test_a_redis_that_answers_nothing_holds_nobody_up_twice(server: RedisServer) -> None:
    counter = RateCounter(server.url, "a secret of the service", Ticks())
    server.freeze()

    assert waits(counter, 5) == [False, False, False, True, True]
    assert not counter.is_shared


@needs_redis
def test_threads_that_find_redis_gone_at_one_moment_all_get_an_answer(server: RedisServer) -> None:
    counter = RateCounter(server.url, "a secret of the service")
    waits(counter, 1)
    server.stop()

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda _number: counter.wait_s("203.0.113.1", (THREE,)), range(64)))

    assert sum(answer is None for answer in answers) == 3


@pytest.mark.parametrize("url", ["http://127.0.0.1", "127.0.0.1:6379", "redis://host:port"])
def test_an_address_that_is_none_of_redis_stops_the_start(url: str) -> None:
    with pytest.raises(SettingsError, match="MAPAPP_REDIS_URL"):
        RateCounter(url, "a secret of the service")


@needs_redis
def test_two_applications_refuse_together_and_go_on_without_redis(server: RedisServer, build: Build) -> None:
    one, other = (build(rate_limit="3/minute", redis_url=server.url) for _ in range(2))

    answers = [client.get("/api/v1/openapi.json") for client in (one, other, one, other)]
    server.stop()
    alone = [other.get("/api/v1/openapi.json").status_code for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert alone == [200, 200, 200, 429]
