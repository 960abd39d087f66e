"""Facts as sentences."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from geodata.reports.door_warning import DoorWarning
from mapapp.public.wording import door_sentence

NOON = datetime(2026, 11, 18, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("hours_ago", "language", "sentence"),
    [
        (3, "zh", "今天有 2 人反映门锁着"),
        (20, "zh", "过去 24 小时有 2 人反映门锁着"),
        (3, "en", "2 people found the door locked today"),
        (20, "en", "2 people found the door locked in the last 24 hours"),
    ],
)
def test_a_locked_door_is_said_of_today_or_of_the_last_day(
    pages_app: Flask, hours_ago: int, language: str, sentence: str
) -> None:
    warning = DoorWarning(2, NOON - timedelta(hours=hours_ago), NOON + timedelta(hours=1))

    with pages_app.test_request_context("/", headers={"Accept-Language": language}):
        assert door_sentence(warning, NOON) == sentence
