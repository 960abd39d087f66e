"""What visitors and operators are told of deletion is what the service does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from mapapp.services.accounts.throttle import FAILURES_KEPT, SUCCESSES_KEPT
from mapapp.services.exporting.kept_files import EXPORTS_KEPT
from mapapp.services.importing.uploads import UPLOADS_KEPT
from mapapp.services.jobs.tidying import JOBS_KEPT
from mapapp.services.reports.tidying import CONTACTS_KEPT, PHOTOS_KEPT, SENDER_KEYS_KEPT, WORDS_KEPT
from tests.architecture.sources import PROJECT_DIR

PROMISED = {
    "contact, if one was given": "90 days after the report was closed",
    "device, address, user agent of a report": "7 days after it was received",
    "photo of a report": "180 days after the report was closed",
    "the report's words, staff's notes about it": "two years after the report was closed",
    "tries to sign in": "failures a day, successes 30 days",
    "lists that staff sent in; files and posters made for them; their jobs": "30 days; 7 and 30 days; 30 days after",
}


def test_the_service_keeps_what_it_says_for_as_long_as_it_says() -> None:
    assert (timedelta(days=90), timedelta(days=7)) == (CONTACTS_KEPT, SENDER_KEYS_KEPT)
    assert (timedelta(days=180), timedelta(days=2 * 365)) == (PHOTOS_KEPT, WORDS_KEPT)
    assert (timedelta(days=1), timedelta(days=30)) == (FAILURES_KEPT, SUCCESSES_KEPT)
    assert (timedelta(days=30), timedelta(days=7), timedelta(days=30)) == (UPLOADS_KEPT, EXPORTS_KEPT, JOBS_KEPT)


def test_operators_are_told_so() -> None:
    text = (PROJECT_DIR / "docs" / "security.md").read_text(encoding="utf-8")
    lines = {line.split("|")[1].strip(): line for line in text.splitlines() if line.startswith("| ")}

    assert [what for what, until in PROMISED.items() if until not in lines.get(what, "")] == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["90 days", "180 days", "two years", "tracking code", "For a week"]),
        ("zh-CN", ["90 天", "180 天", "两年", "查询码", "一周"]),
    ],
)
def test_visitors_are_told_so_in_their_language(client: FlaskClient, language: str, words: list[str]) -> None:
    page = client.get("/about", headers={"Accept-Language": language}).text

    assert [word for word in words if word not in page] == []
