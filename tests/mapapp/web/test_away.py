"""While the database is away, pages and answers go on and say since when; nothing typed is lost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.web.away import AS_OF
from mapapp.web.session_cookie import COOKIE
from tests.conftest import FrozenClock, OpenApp

PUBLIC = ("/", "/stations", "/stations/YC-S0001", "/api/v1/stations", "/api/v1/stations/nearest?lon=106.2&lat=38.4")


@dataclass(slots=True)
class Away:
    """An application whose database can go away and come back."""

    app: Flask
    file: Path

    def go(self, seconds: float = 30.0) -> None:
        keeper = self.app.extensions["stationmap"].keeper
        self.file.rename(self.file.with_suffix(".away"))
        with pytest.raises(Exception, match="does not answer"):
            keeper.refresh()
        keeper._checked_s -= seconds

    def come_back(self) -> None:
        self.file.with_suffix(".away").rename(self.file)
        self.app.extensions["stationmap"].keeper.refresh()


@pytest.fixture
def away(settings: Settings, sample_store: Store, clock: FrozenClock, open_app: OpenApp, tmp_path: Path) -> Away:
    app = open_app(settings, clock)
    return Away(app, tmp_path / "stations.sqlite3")


@pytest.mark.parametrize("path", PUBLIC)
def test_public_answers_go_on_and_say_since_when(away: Away, path: str) -> None:
    visitor = away.app.test_client()
    before = visitor.get(path)
    away.go()

    answer = visitor.get(path)

    assert (answer.status_code, before.status_code) == (200, 200)
    assert AS_OF not in before.headers
    assert answer.headers[AS_OF].startswith("2026-11-18T09:59:")
    if path.startswith("/api"):
        assert answer.data == before.data
    else:
        assert "数据更新于 11-18 09:59" in answer.get_data(as_text=True)
    away.come_back()
    assert AS_OF not in visitor.get(path).headers


def test_a_short_absence_is_not_worth_a_word(away: Away) -> None:
    away.go(seconds=5)

    answer = away.app.test_client().get("/")

    assert AS_OF not in answer.headers
    assert "数据更新于" not in answer.get_data(as_text=True)


def test_a_report_written_meanwhile_comes_back_with_every_word(away: Away) -> None:
    visitor = away.app.test_client()
    page = visitor.get("/stations/YC-S0001/report?kind=broken").get_data(as_text=True)
    key = page.partition('name="key" value="')[2].partition('"')[0]
    away.go()

    typed = {"station": "YC-S0001", "kind": "broken", "key": key, "text": "饮水机坏了 <b>", "services": "water"}
    answer = visitor.post("/reports", data=typed, headers={"Origin": "http://localhost"})

    assert answer.status_code == 503, answer.get_data(as_text=True)
    assert int(answer.headers["Retry-After"]) > 0
    assert "饮水机坏了 &lt;b&gt;" in answer.get_data(as_text=True)


def test_a_form_of_staff_comes_back_with_every_word_and_none_of_their_passwords(away: Away) -> None:
    clerk = away.app.test_client()
    clerk.set_cookie(COOKIE, "whatever")
    away.go()

    answer = clerk.post(
        "/staff/stations/YC-S0001?from=list",
        data={"name": '新名字 "><script>', "reason": "问过了", "confirm_password": "geheim", "csrf_token": "t0ken"},
        headers={"Origin": "http://localhost"},
    )
    page = answer.get_data(as_text=True)

    assert answer.status_code == 503, page
    assert answer.headers["Retry-After"] == "10"
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'value="新名字 &#34;&gt;&lt;script&gt;"' in page
    assert 'value="问过了"' in page
    assert "geheim" not in page
    assert 'action="/staff/stations/YC-S0001?from=list"' in page


def test_a_form_another_site_sent_is_not_offered_to_be_sent_again(away: Away) -> None:
    clerk = away.app.test_client()
    clerk.set_cookie(COOKIE, "whatever")
    away.go()

    answer = clerk.post("/staff/stations/YC-S0001", data={"name": "böse"}, headers={"Origin": "https://evil.example"})

    assert answer.status_code in {403, 503}
    assert "böse" not in answer.get_data(as_text=True)


def test_signing_in_has_to_wait_and_the_password_is_not_written_back(away: Away) -> None:
    away.go()

    answer = away.app.test_client().post(
        "/staff/sign-in", data={"name": "li", "password": "geheim"}, headers={"Origin": "http://localhost"}
    )

    assert answer.status_code in {303, 403, 503}
    assert "geheim" not in answer.get_data(as_text=True)


def test_a_program_gets_a_problem_and_when_to_come_again(away: Away) -> None:
    away.go()

    answer = away.app.test_client().put(
        "/api/v1/stations/YC-S0001", json={}, headers={"Authorization": "Bearer x" * 3, "If-Match": '"v1"'}
    )

    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.get_json()["code"] == "away"
    assert answer.headers["Retry-After"] == "10"
