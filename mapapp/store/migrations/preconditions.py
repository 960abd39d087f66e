"""What a PostgreSQL database must be before our tables can stand in it: UTF-8, with PostGIS."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from mapapp.store.errors import StoreUnusable

_NOT_ALLOWED: Final = "42501"
"""PostgreSQL's code for a missing privilege."""


def require_utf8(connection: Connection) -> None:
    """Refuse a database in an encoding that cannot hold every name."""
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise StoreUnusable(
            f"The database's encoding is {encoding}; it must be UTF8. Make it anew with: "
            "CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'",
            f"数据库的编码是 {encoding},必须是 UTF8。请重新建库:CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'",
        )


def bring_extension(connection: Connection, name: str) -> None:
    """Make the extension in this database unless it is there.

    Raises
    ------
    StoreUnusable
        The server does not have it, or only an administrator may make it.
    """
    query = text("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = :name)")
    if connection.execute(query, {"name": name}).scalar_one():
        return
    try:
        connection.exec_driver_sql(f"CREATE EXTENSION {name}")
    except DBAPIError as error:
        raise _refusal(name, error) from error


def _refusal(name: str, error: DBAPIError) -> StoreUnusable:
    if getattr(error.orig, "sqlstate", None) == _NOT_ALLOWED:
        return StoreUnusable(
            f"This database needs the extension {name}, and its user may not make it. "
            f"Let an administrator run in this database: CREATE EXTENSION {name}",
            f"数据库需要扩展 {name},而当前用户无权创建。请管理员在该数据库中运行:CREATE EXTENSION {name}",
        )
    return StoreUnusable(
        f"This database needs the extension {name}, which its server cannot give: {error.orig} "
        "Install it on the server (Debian: postgresql-15-postgis-3) and try again.",
        f"数据库需要扩展 {name},而服务器无法提供:{error.orig} "
        "请在数据库服务器上安装(Debian:postgresql-15-postgis-3)后重试。",
    )
