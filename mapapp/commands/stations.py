"""``stations list|unplaced|import|photo``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from geodata.coordinates import Crs
from geodata.stations.station import Station
from mapapp.commands.session import ACTOR, Session
from mapapp.services.photos import InvalidPhoto
from mapapp.services.station_photo import set_station_photo
from mapapp.store import UnknownStation

_PHOTO_PROBLEMS: Final = {
    "empty": ("文件是空的。", "The file is empty."),
    "too_large": ("照片超过 8 MB。", "The photo is larger than 8 MB."),
    "heic": ("HEIC 照片无法读取,请先转成 JPEG。", "HEIC photos cannot be read; turn it into a JPEG first."),
    "not_a_photo": ("文件不是 JPEG、PNG 或 WebP 照片。", "The file is no JPEG, PNG or WebP photo."),
    "too_many_pixels": (
        "照片像素过多(JPEG 至多 5000 万,其他至多 2000 万)。",
        "The photo has too many pixels (at most 50 million as JPEG, 20 million else).",
    ),
    "broken": ("照片已损坏,无法读取。", "The photo is broken and cannot be read."),
}


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


@stations.command()
@click.argument("code")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--remove", is_flag=True, help="去掉照片 / Take the photo away.")
@click.option("--reason", default="", help="原因 / Why.")
@click.pass_obj
def photo(session: Session, code: str, file: Path | None, *, remove: bool, reason: str) -> None:
    """给站点配照片 / Give a station a photo: a JPEG, PNG or WebP of at most 8 MB.

    It is drawn anew, at most 1600 pixels wide or high, without its metadata.
    """
    if (file is None) is not remove:
        raise click.UsageError(session.word("请给出照片文件,或用 --remove。", "Give a file, or --remove."))
    sent = file.read_bytes() if file is not None else None
    with session.store() as store:
        try:
            station = set_station_photo(
                store, session.settings, code, sent, actor=ACTOR, reason=reason, now=datetime.now(UTC)
            )
        except UnknownStation as error:
            raise session.refuse(f"没有编号为 {code} 的站点。", str(error)) from error
        except InvalidPhoto as error:
            raise session.refuse(*_PHOTO_PROBLEMS[error.code]) from error
    click.echo(f"{station.code}\t{station.photo or '-'}")


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
