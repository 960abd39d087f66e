"""``stations list|unplaced|import``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from geodata.coordinates import Crs
from geodata.stations.station import Station
from mapapp.commands.session import Session


@click.group()
def stations() -> None:
    """站点 / Stations."""


@stations.command(name="list")
@click.pass_obj
def list_all(session: Session) -> None:
    """列出全部站点 / List all stations."""
    with session.store() as store, store.reading() as reader:
        _print_stations(session, reader.stations())


@stations.command()
@click.pass_obj
def unplaced(session: Session) -> None:
    """列出没有坐标的站点 / List the stations without a position."""
    with session.store() as store, store.reading() as reader:
        found = tuple(station for station in reader.stations() if station.position is None)
    _print_stations(session, found)
    click.echo(
        session.word(f"{len(found)} 个站点没有坐标。", f"{len(found)} stations have no position."),
        err=True,
    )


@stations.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--crs", type=click.Choice([crs.value for crs in Crs]), help="坐标系 / Coordinate system of the file.")
@click.option("--dry-run", is_flag=True, help="只检查, 不保存 / Check and report, save nothing.")
@click.pass_context
def import_file(context: click.Context, file: Path, crs: str | None, *, dry_run: bool) -> None:
    """导入 CSV、XLSX、GeoJSON、GeoPackage / Import a list of stations."""
    # The readers bring pandas and geopandas along: imported by this command only.
    from mapapp.commands.import_report import run_import

    session: Session = context.obj
    place = session.place()
    with session.store() as store:
        exit_code = run_import(store, place, file, Crs(crs) if crs else None, dry_run, session.lang)
    context.exit(exit_code)


def _print_stations(session: Session, found: Iterable[Station]) -> None:
    session.say(
        "编号\t类型\t名称\t地址\t区县\t状态\t经度\t纬度", "code\tkind\tname\taddress\tdistrict\tlife cycle\tlon\tlat"
    )
    for station in found:
        point = station.position.point if station.position else None
        cells = (
            station.code,
            station.kind.label(session.lang),
            station.name,
            station.address,
            station.district_code or "",
            station.life_cycle.label(session.lang),
            f"{point.lon:.6f}" if point else "",
            f"{point.lat:.6f}" if point else "",
        )
        click.echo("\t".join(" ".join(cell.split()) for cell in cells))
