"""Alembic without a command line: the upgrade runs in the transaction it is given, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from mapapp.store.errors import StoreUnusable
from mapapp.store.migrations.preconditions import bring_extension, require_utf8


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for an open transaction; logging is left alone."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade_to_head(connection: Connection) -> None:
    """Run every migration that is missing.

    Raises
    ------
    StoreUnusable
        The database lacks what the tables need, or a newer program made it.
    """
    if connection.dialect.name == "postgresql":
        require_utf8(connection)
        bring_extension(connection, "postgis")
    try:
        command.upgrade(alembic_config(connection), "head")
    except CommandError as error:
        raise StoreUnusable(
            "The database was made by another version of this program, probably a newer one: "
            f"install that version, or point MAPAPP_DATABASE_URL elsewhere. ({error})",
            f"数据库由本程序的其他版本(可能更新)建立:请安装该版本,或将 MAPAPP_DATABASE_URL 指向别处。({error})",
        ) from error
