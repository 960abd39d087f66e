"""People know their devices by browser and system."""

from __future__ import annotations

import pytest

from mapapp.services.accounts.agents import agent_label


@pytest.mark.parametrize(
    ("user_agent", "label"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Windows"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; Phone) AppleWebKit/537.36 (KHTML) Version/4.0 Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0",
            "WeChat, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_in_two_words(user_agent: str, label: str) -> None:
    assert agent_label(user_agent) == label


def test_no_version_and_nothing_else_of_the_user_agent_is_kept() -> None:
    assert agent_label("Firefox/140.0 secret-build-7 (Linux) " * 1000) == "Firefox, Linux"
