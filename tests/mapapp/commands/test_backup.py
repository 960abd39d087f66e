"""``backup``, ``verify-backup``, ``restore`` and ``database move`` at the machine."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mapapp.commands import cli
from mapapp.services.keeping.backing_up import MadeBackup
from mapapp.services.observing.marks import Mark, marked_at
from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import TESTCITY_DIR
from tests.mapapp.store.station_writing import add, real

Run = Callable[..., Result]
KEY = "a key of the tests, on one line"


@pytest.fixture
def run(settings: Settings, store: Store) -> Run:
    """Run a command line on a database with one station."""
    add(store, real())
    store.close()

    def run(*words: object, lang: str = "zh_CN.UTF-8", **further: str) -> Result:
        given = {
            "MAPAPP_DATABASE_URL": settings.database_url,
            "MAPAPP_DATA_DIR": settings.data_dir,
            "MAPAPP_PLACE": str(TESTCITY_DIR),
            "LANG": lang,
        }
        return CliRunner().invoke(cli, [str(word) for word in words], obj=given | further)

    return run


def test_the_first_line_is_the_file_and_the_rest_says_what_is_in_it(run: Run, tmp_path: Path) -> None:
    done = run("backup", tmp_path, lang="en")

    file = Path(done.output.splitlines()[0])
    assert done.exit_code == 0
    assert file.name.startswith("testcity-")
    assert "database\tsqlite, schema" in done.output
    assert "The backup is not encrypted" in done.output
    assert run("verify-backup", file).output.splitlines()[-1] == "备份完好。"


def test_a_backup_is_noted_for_the_metrics_once_it_is_found_sound_and_no_other_is(
    run: Run, settings: Settings, tmp_path: Path
) -> None:
    assert run("backup", "--verify", tmp_path / "nowhere" / "x.backup").exit_code == 1
    assert run("backup", tmp_path / "not_looked_through.backup").exit_code == 0
    before = marked_at(settings, Mark.BACKUP)
    (tmp_path / "backups").mkdir()

    done = run("backup", "--verify", tmp_path / "backups", lang="en")

    noted = marked_at(settings, Mark.BACKUP)
    assert before is None
    assert noted is not None
    assert "The backup is sound." in done.output
    assert run("verify-backup", next(tmp_path.glob("*.backup"))).exit_code == 0


def test_a_backup_found_unsound_is_named_and_not_noted(
    run: Run, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = importlib.import_module("mapapp.commands.backup")
    real_make = commands.make_backup

    def make_on_a_bad_disk(settings: Settings, target: Path, key: str | None, now: datetime) -> MadeBackup:
        made: MadeBackup = real_make(settings, target, key, now)
        content = bytearray(made.file.read_bytes())
        content[len(content) // 2] ^= 1
        made.file.write_bytes(content)
        return made

    monkeypatch.setattr(commands, "make_backup", make_on_a_bad_disk)

    done = run("backup", "--verify", tmp_path)

    assert done.exit_code == 1
    assert done.output.splitlines()[0] == str(next(tmp_path.glob("*.backup")))
    assert marked_at(settings, Mark.BACKUP) is None


def test_the_key_comes_from_a_file_or_the_environment_and_is_never_shown(run: Run, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n", encoding="utf-8")

    made = run("backup", tmp_path / "a.backup", "--key-file", tmp_path / "key")
    with_setting = run("verify-backup", tmp_path / "a.backup", MAPAPP_BACKUP_KEY=KEY)
    without = run("verify-backup", tmp_path / "a.backup")
    shown = run("info", MAPAPP_BACKUP_KEY=KEY)

    assert (made.exit_code, with_setting.exit_code, without.exit_code) == (0, 0, 1)
    assert "备份已加密：请用 --key-file" in without.output
    assert all(KEY not in each.output for each in (made, with_setting, shown))


def test_restoring_over_data_wants_a_word(run: Run, tmp_path: Path) -> None:
    run("backup", tmp_path / "a.backup")

    refused = run("restore", tmp_path / "a.backup", lang="en")
    done = run("restore", tmp_path / "a.backup", "--replace")

    assert refused.exit_code == 1
    assert "To put the backup in their place: --replace" in refused.output
    assert done.exit_code == 0
    assert "恢复完成。" in done.output


def test_moving_says_what_was_moved_and_what_to_do_next(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'other.sqlite3'}"

    first, again = run("database", "move", "--to", url, lang="en"), run("database", "move", "--to", url, lang="en")
    refused = run("database", "move", "--to", "mysql://somewhere")

    assert "The two are equal: " in first.output
    assert "Now let MAPAPP_DATABASE_URL name the new database." in first.output
    assert "holds the very same already" in again.output
    assert (first.exit_code, again.exit_code, refused.exit_code) == (0, 0, 1)
