"""Fixtures of the report's tests: a report over the city, made of a document by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from geodata.places import Place
from mapapp.services.planning_report.content import Report
from mapapp.services.planning_report.from_answer import RunLabel, answer_report
from mapapp.services.planning_report.speech import Speech
from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import FrozenClock
from tests.mapapp.services.planning.small_town import Town
from tests.mapapp.services.planning_report.documents import answer_document

MADE_AT = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)

MakeReport = Callable[..., Report]


def run_label(number: int = 12, name: str = "夜间覆盖") -> RunLabel:
    return RunLabel(number=str(number), name=name, made_by="规划员", made_at=MADE_AT)


@pytest.fixture
def make_report(place: Place) -> MakeReport:
    """A report in a language; further words change the document's names."""

    def make(language: str = "en", name: str = "夜间覆盖", **names: str) -> Report:
        return answer_report(answer_document(place, **names), run_label(name=name), place, Speech(language))

    return make


@pytest.fixture
def town(store: Store, testcity: Place, settings: Settings, clock: FrozenClock) -> Town:
    """The small town in a database of this test's own."""
    return Town.of(store, testcity, settings, clock)
