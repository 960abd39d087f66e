"""One installation has one secret, and nobody else reads it."""

from __future__ import annotations

import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from mapapp.services.secret import FILE_NAME, SecretUnusable, keyed_hash, secret_key
from mapapp.settings import Settings, SettingsError

GIVEN = "0123456789abcdef"


def test_a_secret_of_the_settings_is_taken_and_none_is_written(settings: Settings) -> None:
    own = replace(settings, secret_key=GIVEN)

    assert secret_key(own) == GIVEN
    assert GIVEN not in repr(own)
    assert not Path(own.data_dir).exists()


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(SettingsError, match="MAPAPP_SECRET_KEY"):
        Settings(secret_key=GIVEN[:-1])


def test_without_one_a_secret_is_made_once_and_only_its_owner_may_read_it(settings: Settings) -> None:
    first = secret_key(settings)

    file = Path(settings.data_dir) / FILE_NAME
    assert len(first) >= 40
    assert secret_key(settings) == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_two_installations_have_two_secrets(settings: Settings, tmp_path: Path) -> None:
    assert secret_key(settings) != secret_key(replace(settings, data_dir=str(tmp_path / "other")))


def test_processes_that_start_at_once_agree(settings: Settings) -> None:
    found: list[str] = []
    gate = threading.Barrier(8)

    def start() -> None:
        gate.wait()
        found.append(secret_key(settings))

    starters = [threading.Thread(target=start) for _ in range(8)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()

    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_folder_that_cannot_be_written_is_refused_with_what_to_do(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(SecretUnusable, match="MAPAPP_SECRET_KEY"):
        secret_key(replace(settings, data_dir=str(tmp_path / "file")))


def test_an_empty_secret_is_refused(settings: Settings) -> None:
    Path(settings.data_dir).mkdir()
    (Path(settings.data_dir) / FILE_NAME).write_text("\n")

    with pytest.raises(SecretUnusable, match="empty"):
        secret_key(settings)


def test_equal_values_hash_alike_for_one_purpose_and_one_secret() -> None:
    assert keyed_hash("s", "address", "10.0.0.1") == keyed_hash("s", "address", "10.0.0.1")
    others = [("s", "agent", "10.0.0.1"), ("t", "address", "10.0.0.1"), ("s", "address", "10.0.0.2")]
    assert keyed_hash("s", "address", "10.0.0.1") not in [keyed_hash(*other) for other in others]


def test_any_text_can_be_hashed() -> None:
    assert len(keyed_hash("s", "agent", "\udcff\0")) == 64
