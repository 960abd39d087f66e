"""Whatever is fed to a reader: a value or a refusal in words, within a second of CPU time."""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from geodata.files.messages import UnreadCell
from geodata.files.services_cell import services_of_list
from geodata.places import Place
from tests.conftest import SharedApp
from tests.floor import slowness
from tests.hostile.parsers import PARSERS, REFUSALS, Parser

SHORT_COUNT: Final = 12
MOST_CPU_S: Final = 1.0
EVERY_HEALTH: Final = list(HealthCheck)


@contextmanager
def nothing_left_to_collect() -> Iterator[None]:
    """Within the block the collector walks over what is made there only, not over all that earlier tests left.

    After an hour of tests such a walk takes seconds of this thread's CPU time, whatever is being read just then.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name.replace(" ", "-"))
@pytest.mark.parametrize("is_long", [False, pytest.param(True, marks=pytest.mark.long)], ids=["short", "long"])
def test_a_reader_answers_whatever_it_is_fed(
    shared_app: SharedApp, place: Place, parser: Parser, is_long: bool
) -> None:
    count = parser.long_count if is_long else SHORT_COUNT
    answers = {"read": 0, "refused": 0}
    slowest_s = 0.0

    @settings(
        max_examples=count, deadline=None, suppress_health_check=EVERY_HEALTH, phases=[Phase.generate], database=None
    )
    @given(data=st.data())
    def feed(data: st.DataObject) -> None:
        nonlocal slowest_s
        fed: Any = data.draw(parser.fed)
        with tempfile.TemporaryDirectory() as folder:
            started_s = time.thread_time()
            try:
                parser.read(fed, place, Path(folder))
                answers["read"] += 1
            except REFUSALS:
                answers["refused"] += 1
            slowest_s = max(slowest_s, time.thread_time() - started_s)
        assert slowest_s < MOST_CPU_S or slowest_s < MOST_CPU_S * slowness(), repr(fed)[:500]

    with shared_app.app.test_request_context(), nothing_left_to_collect():
        feed()

    print(f"{parser.name}: {answers['read']} read, {answers['refused']} refused, slowest {slowest_s * 1000:.0f} ms")
    assert sum(answers.values()) >= count * 0.5


def test_the_long_run_comes_to_a_hundred_thousand_cases() -> None:
    assert sum(parser.long_count for parser in PARSERS) >= 100_000


@pytest.mark.parametrize(
    "given", [[{"service": "water"}, False], [{}], [{"service": "water", "season": {"first_month": float("inf")}}]]
)
def test_a_list_of_services_with_something_else_in_it_is_refused(given: list[Any]) -> None:
    with pytest.raises(UnreadCell):
        services_of_list(given)
