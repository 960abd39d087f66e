"""Starting: what is missing is said, with what to do about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mapapp import create_app
from mapapp.services.container import StartupError
from mapapp.settings import Settings, SettingsError
from mapapp.store import Store
from tests.conftest import TESTCITY_DIR
from tests.patience import wait_until


def test_an_unmigrated_database_names_the_command(settings: Settings, clock: Any) -> None:
    with pytest.raises(StartupError, match="python -m mapapp db upgrade"):
        create_app(settings, clock=clock)


def test_an_unknown_place_names_the_setting(settings: Settings, clock: Any) -> None:
    with pytest.raises(StartupError, match="MAPAPP_PLACE=atlantis"):
        create_app(replace(settings, place="atlantis"), clock=clock)


def test_a_database_of_another_place_names_both_settings(settings: Settings, sample_store: Store, clock: Any) -> None:
    with pytest.raises(StartupError, match=r"640104.*MAPAPP_PLACE.*MAPAPP_DATABASE_URL"):
        create_app(replace(settings, place=str(TESTCITY_DIR)), clock=clock)


def test_a_data_directory_that_cannot_be_written_names_the_settings(
    settings: Settings, store: Store, clock: Any
) -> None:
    with pytest.raises(StartupError, match=r"MAPAPP_SECRET_KEY.*MAPAPP_DATA_DIR"):
        create_app(replace(settings, data_dir="/dev/null/data"), clock=clock)


def test_a_list_of_leaked_passwords_that_is_none_names_the_setting(
    settings: Settings, store: Store, clock: Any, tmp_path: Path
) -> None:
    with pytest.raises(StartupError, match=r"MAPAPP_LEAKED_PASSWORDS_FILE: .*absent\.txt cannot be read"):
        create_app(replace(settings, leaked_passwords_file=str(tmp_path / "absent.txt")), clock=clock)


def test_a_speed_nobody_travels_at_names_the_setting(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="MAPAPP_CAR_KMH"):
        replace(settings, car_kmh=1e6)


def test_an_empty_database_is_served(settings: Settings, store: Store, clock: Any) -> None:
    app = create_app(settings, clock=clock, start_refresher=False)

    page = app.test_client().get("/api/v1/stations").get_json()

    assert (page["numberMatched"], page["sample"], page["notice"]) == (0, False, None)


def test_new_data_appear_by_themselves(settings: Settings, sample_store: Store, clock: Any) -> None:
    app = create_app(replace(settings, snapshot_poll_s=0.05), clock=clock)
    keeper = app.extensions["stationmap"].keeper
    before = keeper.current.revision

    with sample_store.writing("command") as writer:
        writer.remove_sample()
    wait_until(lambda: keeper.current.revision != before)
    keeper.stop()

    assert app.test_client().get("/api/v1/stations").get_json()["numberMatched"] == 0
