"""``database move``: from SQLite to PostgreSQL with PostGIS, and back."""

from __future__ import annotations

import sys

import click

from mapapp.commands.session import Session
from mapapp.services.keeping.kept_files import missing_photos
from mapapp.store import StoreBusy, StoreUnusable
from mapapp.store.moving import move_data


@click.group()
def database() -> None:
    """在两种数据库之间 / Between the two kinds of database."""


@database.command()
@click.option("--to", "target_url", required=True, metavar="URL", help="目标数据库 / The database to move into.")
@click.pass_obj
def move(session: Session, target_url: str) -> None:
    """把全部数据移入另一个空数据库 / Copy everything into another, empty database, and compare the two.

    Stop the service before; afterwards let MAPAPP_DATABASE_URL name the new one. Doing it again changes nothing. A
    password is better kept in the file PGPASSFILE names than in the URL.
    """
    is_watched = sys.stderr.isatty()

    def show(table: str, done_count: int, row_count: int) -> None:
        if is_watched:
            click.echo(f"\r\033[K{table}\t{done_count}/{row_count}", nl=False, err=True)
        elif done_count == row_count:
            click.echo(f"{table}\t{row_count}", err=True)

    try:
        moved = move_data(session.settings.database_url, target_url, show)
    except StoreUnusable as error:
        raise session.refuse(error.zh, error.en) from error
    except StoreBusy as error:
        raise session.refuse("其他程序正在写入数据库，请稍后再试。", str(error)) from error
    finally:
        if is_watched:
            click.echo("\r\033[K", nl=False, err=True)
    if moved.was_there:
        session.say("目标数据库中已有完全相同的数据，无需改动。", "The other database holds the very same already.")
    for name in moved.left_out:
        session.say(f"未移动（不是本程序的表）：{name}", f"Not moved (no table of this program): {name}")
    session.say(
        f"两个数据库一致：{len(moved.tables)} 张表，{moved.row_count} 行。",
        f"The two are equal: {len(moved.tables)} tables, {moved.row_count} rows.",
    )
    missing = missing_photos(session.settings, moved.photos)
    session.say(
        f"照片留在数据目录中：{len(moved.photos)} 张，其中缺少 {len(missing)} 张。",
        f"Photos stay in the data directory: {len(moved.photos)}, of which {len(missing)} are missing.",
    )
    session.say("请将 MAPAPP_DATABASE_URL 改为新数据库。", "Now let MAPAPP_DATABASE_URL name the new database.")
