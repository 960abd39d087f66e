"""Reading hours for the editor while somebody writes them."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any, Final

import pytest
from werkzeug.test import TestResponse

from tests.mapapp.staff.world import OWN_STATION, StaffClient, field_value

READ: Final = "/staff/hours/read"
ENGLISH: Final = {"Accept-Language": "en"}

Clients = Callable[[str], StaffClient]


def read(client: StaffClient, source: object, value: object, **headers: str) -> TestResponse:
    return client.post_json(READ, {"source": source, "value": value}, headers=headers)


def said(client: StaffClient, source: object, value: object, **headers: str) -> dict[str, Any]:
    answer = read(client, source, value, **headers)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.get_json()
    return document


def test_words_come_back_as_rule_week_and_days(client_of: Clients) -> None:
    view = said(client_of("keeper_own"), "words", "周一至周五 8:30-12:00, 14:30-18:00；节假日休息")

    assert view["rule"] == "Mo-Fr 08:30-12:00,14:30-18:00; PH off"
    assert view["week"] == {"days": [[[510, 720], [870, 1080]]] * 5 + [[], []], "holidays": []}
    assert view["said"] == "周一至周五 08:30-12:00，14:30-18:00；周六、周日休息；节假日休息"
    assert [day["times"] for day in view["next_days"][:4]] == [["08:30–12:00", "14:30–18:00"]] * 3 + [[]]
    assert view["next_days"][0] | {"times": []} == {
        "date": "2026-11-18",
        "date_text": "11月18日",
        "weekday": "周三",
        "special": None,
        "special_text": "",
        "times": [],
    }


def test_what_is_said_is_in_the_readers_language(client_of: Clients) -> None:
    view = said(client_of("editor_own"), "words", "24 小时, 但周日关闭", **ENGLISH)

    assert view["contradictions"] == ["“24 小时” and “周日关闭” contradict each other."]
    assert (view["known"], view["next_days"]) == (False, [])


def test_a_line_of_the_week_has_its_own_problem(client_of: Clients) -> None:
    view = said(client_of("editor_own"), "week", {"days": ["9点", *["8-12点"] * 6], "holidays": None})

    assert view["line_problems"] == {"0": "「9点」只有一个时刻，缺少开始或结束。"}


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"source": "words"},
        {"source": "stars", "value": ""},
        {"source": [], "value": ""},
        {"source": "week", "value": 3},
    ],
)
def test_a_question_of_another_form_is_refused(client_of: Clients, document: object) -> None:
    assert client_of("admin").post_json(READ, document).status_code == 400


def test_a_question_nested_beyond_reason_is_refused(client_of: Clients) -> None:
    client = client_of("admin")

    answer = client.post(
        READ,
        data="[" * 100_000,
        headers={
            "Sec-Fetch-Site": "same-origin",
            "X-CSRF-Token": client.csrf_token(),
            "Content-Type": "application/json",
        },
    )

    assert answer.status_code == 400


def test_a_script_without_a_token_of_ours_is_refused(client_of: Clients) -> None:
    answer = client_of("admin").post(READ, json={"source": "words", "value": "8-18点"})

    assert answer.status_code == 403


def test_whoever_is_not_signed_in_is_told_so(visitor: StaffClient) -> None:
    assert read(visitor, "words", "8-18点").status_code == 401


def test_answers_are_kept_nowhere(client_of: Clients) -> None:
    assert read(client_of("admin"), "words", "8-18点").headers["Cache-Control"] == "no-store"


def test_the_page_says_without_script_what_the_hours_mean(client_of: Clients) -> None:
    page = client_of("editor_own").get(f"/staff/stations/{OWN_STATION}").text

    assert 'name="hours_text"' in page
    assert 'value="Mo-Su 08:30-18:00"' in page
    assert "每天 08:30-18:00" in page
    assert "11月18日" in page


def test_a_week_with_a_line_nobody_can_read_comes_back_as_it_was_typed(client_of: Clients) -> None:
    client = client_of("editor_own")
    address = f"/staff/stations/{OWN_STATION}"
    version = field_value(client.get(address).text, "version")
    week = '{"days":["9点",[],[],[],[],[],[]],"holidays":null}'

    answer = client.post_form(
        address, {"version": version, "hours_text": "", "hours_rule": "", "hours_source": "week", "hours_week": week}
    )

    assert answer.status_code == 400
    assert field_value(answer.text, "hours_source") == "week"
    assert "9点" in html.unescape(field_value(answer.text, "hours_week"))
    assert "只有一个时刻" in answer.text
