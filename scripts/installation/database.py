"""The database: migrated to this code's schema, with the sample data if nothing else was ever loaded.

``python -m mapapp setup`` does the work and may be repeated. For SQLite a stamp beside the file spares
its second of start-up; a database server is asked at every start.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from installation.child_process import run_quietly
from installation.layout import MIGRATIONS_DIR, PROJECT_DIR, VENV_PYTHON
from installation.stamp import Stamp, digest_of, files_below
from installation.steps import OnLine, SetupError, Step

SQLITE_PREFIX: Final = "sqlite:///"


def ready_database(environment: Mapping[str, str]) -> Step:
    """The database that ``environment`` names."""
    sys.path.append(str(PROJECT_DIR))
    from mapapp.settings import Settings, SettingsError  # needs the standard library only

    try:
        settings = Settings.from_environment(environment)
    except SettingsError as error:
        raise SetupError(
            f"设置有误 / a setting is wrong: {error}", advice="docs/operations.md 列出所有设置 / lists all settings."
        ) from error
    file = _sqlite_file(settings.database_url)

    def carry_out(on_line: OnLine) -> None:
        if file is not None:
            _stamp(file).remove()
        run_quietly([VENV_PYTHON, "-m", "mapapp", "setup"], on_line=on_line)
        if file is not None:
            _stamp(file).write(_digest(file, settings.place))

    return Step(
        "准备数据库 / database",
        "上面是数据库的错误信息 / The lines above are the database's.",
        lambda: file is not None and file.is_file() and _stamp(file).says(_digest(file, settings.place)),
        carry_out,
    )


def _sqlite_file(database_url: str) -> Path | None:
    """The file behind a SQLite URL; the server runs in the checkout, so a relative path starts there."""
    path = database_url.removeprefix(SQLITE_PREFIX).partition("?")[0]
    return PROJECT_DIR / path if database_url.startswith(SQLITE_PREFIX) and path else None


def _stamp(file: Path) -> Stamp:
    return Stamp(file.with_name(file.name + ".ready"))


def _digest(file: Path, place: str) -> str:
    """What the database was made from, and the schema it is at: a restored older copy is migrated again."""
    return digest_of(files_below(MIGRATIONS_DIR), place, _schema_version(file))


def _schema_version(file: Path) -> str:
    try:
        with closing(sqlite3.connect(f"file:{file.as_posix()}?mode=ro", uri=True)) as database:
            return str(database.execute("SELECT version_num FROM alembic_version").fetchall())
    except sqlite3.Error:
        return "none"
