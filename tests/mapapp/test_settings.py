"""Settings that are yes or no, and those of staff's sessions."""

from __future__ import annotations

import pytest

from mapapp.settings import Settings, SettingsError


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", True), ("true", True), ("YES", True), (" on ", True), ("0", False), ("False", False), ("no", False)],
)
def test_yes_and_no_can_be_written_in_the_usual_ways(text: str, value: bool) -> None:
    assert Settings.from_environment({"MAPAPP_ADMINS_NEED_TOTP": text}).admins_need_totp is value


def test_an_empty_yes_or_no_is_no() -> None:
    assert not Settings.from_environment({"MAPAPP_ADMINS_NEED_TOTP": ""}).admins_need_totp


@pytest.mark.parametrize("text", ["2", "ja", "tru", "none"])
def test_what_is_neither_yes_nor_no_stops_the_start(text: str) -> None:
    with pytest.raises(SettingsError, match="MAPAPP_ADMINS_NEED_TOTP must be 1 or 0"):
        Settings.from_environment({"MAPAPP_ADMINS_NEED_TOTP": text})


@pytest.mark.parametrize("name", ["MAPAPP_SESSION_IDLE_H", "MAPAPP_SESSION_DAYS"])
@pytest.mark.parametrize("text", ["0", "-1", "1000", "nan"])
def test_a_session_lasts_a_while_and_not_for_ever(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({name: text})
