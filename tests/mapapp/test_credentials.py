"""Secrets may come as credentials, a file each, as systemd hands them over."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapapp.settings import Settings, SettingsError

KEY = "a secret of the tests, long enough"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "MAPAPP_SECRET_KEY").write_text(f"{KEY}\n", encoding="utf-8")
    return tmp_path


def settings_of(folder: Path, **environment: str) -> Settings:
    return Settings.from_environment({"CREDENTIALS_DIRECTORY": str(folder), **environment})


def test_a_secret_is_read_from_its_file_without_the_line_end(folder: Path) -> None:
    assert settings_of(folder).secret_key == KEY


def test_every_setting_that_may_hold_a_secret_may_be_a_credential(tmp_path: Path) -> None:
    for name in ("secret_key", "backup_key", "metrics_token", "database_url", "redis_url", "geocoder_key"):
        (tmp_path / f"MAPAPP_{name.upper()}").write_text(f"words of {name}", encoding="utf-8")

    found = settings_of(tmp_path)

    assert found.backup_key == "words of backup_key"
    assert found.database_url == "words of database_url"
    assert found.redis_url == "words of redis_url"
    assert "words of" not in repr(found)


def test_an_empty_variable_beside_it_does_not_matter(folder: Path) -> None:
    assert settings_of(folder, MAPAPP_SECRET_KEY="").secret_key == KEY


def test_a_secret_that_stands_twice_stops_the_start(folder: Path) -> None:
    with pytest.raises(SettingsError, match="MAPAPP_SECRET_KEY is set, and there is a credential"):
        settings_of(folder, MAPAPP_SECRET_KEY=KEY)


@pytest.mark.parametrize("name", ["MAPAPP_SECRETKEY", "MAPAPP_PLACE"])
def test_a_credential_that_is_no_secret_setting_stops_the_start(folder: Path, name: str) -> None:
    (folder / name).write_text("yinchuan", encoding="utf-8")

    with pytest.raises(SettingsError, match=f"{name} is no credential"):
        settings_of(folder)


def test_other_programs_credentials_do_not_matter(folder: Path) -> None:
    (folder / "login.password").write_bytes(b"\xff")

    assert settings_of(folder).secret_key == KEY


def test_a_credential_that_cannot_be_read_stops_the_start_without_its_words(folder: Path) -> None:
    (folder / "MAPAPP_BACKUP_KEY").write_bytes(b"\xff\xfe key")

    with pytest.raises(SettingsError, match="cannot be read") as refusal:
        settings_of(folder)

    assert "key'" not in str(refusal.value)
