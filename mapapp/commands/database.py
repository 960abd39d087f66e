"""``setup``, ``db upgrade`` and ``info``: the database as a whole."""

from __future__ import annotations

from dataclasses import fields

import click

from mapapp.commands.session import Session
from mapapp.services.load_sample import set_up
from mapapp.store import Reader, Store
from mapapp.store.engine import shown_address


@click.command()
@click.pass_obj
def setup(session: Session) -> None:
    """建库、节假日、空库时载入示例数据 / Tables, holidays, and sample data for an empty database.

    Doing it again does only what is missing.
    """
    place = session.place()
    with session.raw_store() as store:
        report = set_up(store, place)
    if report.migrated:
        session.say("数据库已建立或升级。", "The database was made or upgraded.")
    if report.seeded_years:
        years = ", ".join(map(str, report.seeded_years))
        session.say(f"已载入全国节假日安排:{years}。", f"National holidays loaded: {years}.")
    if report.sample_station_count:
        count = report.sample_station_count
        session.say(
            f"已载入 {count} 个示例站点(非真实站点)。", f"Loaded {count} sample stations (none of them is real)."
        )
    session.say("数据库已就绪。", "The database is ready.")


@click.group()
def db() -> None:
    """数据库 / The database."""


@db.command()
@click.pass_obj
def upgrade(session: Session) -> None:
    """建立数据库或升级到本版本 / Make the database, or bring it to this version."""
    with session.raw_store() as store:
        if store.migrate():
            session.say("数据库已升级。", "The database was upgraded.")
        else:
            session.say("数据库已是最新版本。", "The database is up to date.")


@db.command()
@click.pass_obj
def check(session: Session) -> None:
    """本版本能否使用现有数据库 / Whether this version can work with the database as it is; changes nothing."""
    with session.store():
        session.say("数据库与本版本相符。", "The database is this version's.")


@click.command()
@click.pass_obj
def info(session: Session) -> None:
    """本机的设置与数据概况 / Settings (without secrets) and what the database holds."""
    with session.raw_store() as store:
        for name, value in shown_settings(session, store).items():
            click.echo(f"{name}\t{value}")
        revision = store.schema_revision()
        session.say(f"数据库版本\t{revision or '尚未建立'}", f"schema\t{revision or 'none yet'}")
        if store.is_migrated():
            with store.reading() as reader:
                _describe_data(session, reader)


def shown_settings(session: Session, store: Store) -> dict[str, object]:
    """The settings as they may be shown: no secret, and of the databases' URLs all but the password."""
    settings = session.settings
    is_set = session.word("(已设置)", "(set)")
    shown: dict[str, object] = {}
    for field in fields(settings):
        value = getattr(settings, field.name)
        shown[field.name] = value if field.repr or not value else is_set
    replica_url = settings.database_replica_url
    if replica_url:
        shown["database_replica_url"] = shown_address(replica_url, variable="MAPAPP_DATABASE_REPLICA_URL")
    return shown | {"database_url": store.shown_url}


def _describe_data(session: Session, reader: Reader) -> None:
    stations = reader.stations()
    unplaced_count = sum(station.position is None for station in stations)
    hidden_count = sum(not station.life_cycle.is_public for station in stations)
    is_sample = any(station.is_sample for station in stations)
    years = ", ".join(map(str, sorted(reader.holidays().years)))
    layers = ", ".join(f"{layer.name} ({layer.point_count})" for layer in reader.demand_layers())
    session.say(f"数据修订号\t{reader.data_revision()}", f"data revision\t{reader.data_revision()}")
    session.say(f"站点\t{len(stations)}", f"stations\t{len(stations)}")
    session.say(f"其中无坐标\t{unplaced_count}", f"of them unplaced\t{unplaced_count}")
    session.say(f"其中不公开\t{hidden_count}", f"of them not public\t{hidden_count}")
    session.say(f"示例数据\t{'是' if is_sample else '否'}", f"sample data\t{'yes' if is_sample else 'no'}")
    session.say(f"节假日年份\t{years or '无'}", f"holiday years\t{years or 'none'}")
    session.say(f"需求图层\t{layers or '无'}", f"demand layers\t{layers or 'none'}")
