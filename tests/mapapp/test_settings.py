"""Settings of staff's second factors and sessions."""

from __future__ import annotations

import pytest

from mapapp.settings import ROLES, Settings, SettingsError
from mapapp.store.accounts import Role


def test_the_roles_that_need_a_second_factor_are_those_there_are() -> None:
    assert set(ROLES) == {role.value for role in Role}


@pytest.mark.parametrize(
    ("text", "roles"), [("", set()), ("admin", {"admin"}), (" Admin, editor ,", {"admin", "editor"})]
)
def test_roles_are_separated_by_commas(text: str, roles: set[str]) -> None:
    assert Settings.from_environment({"MAPAPP_TOTP_ROLES": text}).roles_with_totp == roles


def test_a_role_nobody_has_stops_the_start() -> None:
    with pytest.raises(SettingsError, match=r"MAPAPP_TOTP_ROLES may name keeper, editor, planner, admin.*not admins"):
        Settings.from_environment({"MAPAPP_TOTP_ROLES": "admins,editor"})


@pytest.mark.parametrize("name", ["MAPAPP_SESSION_IDLE_H", "MAPAPP_SESSION_DAYS"])
@pytest.mark.parametrize("text", ["0", "-1", "1000", "nan"])
def test_a_session_lasts_a_while_and_not_for_ever(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({name: text})
