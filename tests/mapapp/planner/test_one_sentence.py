"""A question and its answer in one sentence: the page and every file of it say the same, with all hours asked about."""

from __future__ import annotations

import html
import re

import pytest

from geodata.places import Place
from geodata.stations.vocabulary import WorkerGroup
from mapapp.services.planning_report.from_comparison import comparison_report
from mapapp.services.planning_report.question_words import asked
from mapapp.services.planning_report.speech import Speech
from tests.mapapp.planner.test_ask_page import kept
from tests.mapapp.services.planning.small_town import question
from tests.mapapp.services.planning_report.conftest import run_label
from tests.mapapp.services.planning_report.documents import answer_document
from tests.mapapp.staff.world import StaffClient

EARLY = frozenset(day * 24 + hour for day in range(5) for hour in range(8, 16))
LATE = frozenset(day * 24 + hour for day in range(5) for hour in range(14, 22))
RAGGED = frozenset({8, 10, 12, 14, 24, 60})


def when_of(hours: frozenset[int], place: Place, language: str) -> str:
    facts = asked(question(hours=hours, groups=frozenset({WorkerGroup.RIDERS})), place, Speech(language))
    return next(fact.value for fact in facts if fact.name in {"When", "时间"})


@pytest.mark.parametrize(
    ("language", "fields"),
    [
        ("zh-CN", {"when": "all"}),
        ("en", {"when": "hour", "day": "2", "clock": "10", "within": "15min", "mode": "own"}),
        (
            "en",
            {"when": "span", "days": "0,1,2,3,4", "from": "8", "to": "16", "group": "riders", "within": "1min"}
            | {"mode": "car"},
        ),
        ("zh-CN", {"when": "date", "at": "2026-11-18T10:00", "kind": "driver_home", "service": "water"}),
    ],
)
def test_the_page_of_its_files_states_the_headline_of_the_answer(
    planner: StaffClient, fields: dict[str, str], language: str
) -> None:
    planner.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    number = kept(planner, **fields)

    of_page = re.search(r'<p class="headline">(.*?)</p>', planner.get(f"/planner/runs/{number}").text)
    of_files = re.search(r'<p class="lead">(.*?)</p>', planner.get(f"/planner/report?run={number}").text)

    assert of_page is not None
    assert of_files is not None
    assert html.unescape(of_files[1]) == html.unescape(of_page[1])


@pytest.mark.parametrize(
    ("hours", "english", "chinese"),
    [
        (EARLY, "Mon, Tue, Wed, Thu, Fri 08:00–16:00", "周一、周二、周三、周四、周五 08:00–16:00"),
        (
            RAGGED,
            "Mon 08:00–09:00, 10:00–11:00, 12:00–13:00, 14:00–15:00; Tue 00:00–01:00; Wed 12:00–13:00",
            "周一 08:00–09:00、10:00–11:00、12:00–13:00、14:00–15:00；周二 00:00–01:00；周三 12:00–13:00",
        ),
    ],
)
def test_a_file_names_every_hour_that_was_asked_about(
    place: Place, hours: frozenset[int], english: str, chinese: str
) -> None:
    assert (when_of(hours, place, "en"), when_of(hours, place, "zh")) == (english, chinese)


def test_as_many_other_hours_are_not_the_same_hours(place: Place) -> None:
    before, after = (
        answer_document(place) | {"question": question(hours=hours).to_document()} for hours in (EARLY, LATE)
    )
    labels = (run_label(12), run_label(13))

    other, same = (comparison_report(before, one, labels, place, Speech("en")) for one in (after, before))

    when = {fact.name: fact.value for fact in other.facts}["When"]
    assert when == "Mon, Tue, Wed, Thu, Fri 08:00–16:00 → Mon, Tue, Wed, Thu, Fri 14:00–22:00"
    assert "→" not in {fact.name: fact.value for fact in same.facts}["When"]
