"""``reports list|show|answer|end-warning|tidy|person|erase|erasures``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from geodata.places import Place
from geodata.reports.report import Report
from geodata.reports.vocabulary import ReportState
from mapapp.commands.session import Session
from mapapp.services.photos import photo_file
from mapapp.services.reports.answering import (
    Answer,
    InvalidMove,
    UnknownReport,
    end_door_warning,
    find_report,
    latest_reports,
    move_report,
)
from mapapp.services.reports.erasing import erase_person, erasures, personal_file
from mapapp.services.reports.tidying import tidy as forget
from mapapp.services.rights import COMMAND_LINE
from mapapp.store import Origin, UnknownStation

_REFUSALS: Final = {
    "reply_too_long": "答复太长。",
    "reason_too_long": "内部说明太长。",
    "reply_control_characters": "答复里有看不见的字符。",
    "reason_control_characters": "内部说明里有看不见的字符。",
    "repeats_another": "这条反馈与另一条重复：请答复那一条。",
    "no_such_step": "不能从现在的状态改成这个状态。",
}
_STATES = click.Choice([state.value for state in ReportState])


@click.group()
def reports() -> None:
    """公众反馈 / Reports from the public."""


@reports.command(name="list")
@click.option("--state", "states", type=_STATES, multiple=True, help="只列这些状态 / Only these states.")
@click.option("--station", help="只列该站点的 / Only those about this station.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="最多几条 / At most so many.")
@click.pass_obj
def list_latest(session: Session, states: tuple[str, ...], station: str | None, limit: int) -> None:
    """列出反馈, 新的在前 / List reports, newest first."""
    place = session.place()
    with session.store() as store:
        wanted = tuple(ReportState(state) for state in states)
        found = latest_reports(store, states=wanted, station_code=station, limit=limit)
    session.say("查询码\t状态\t类型\t站点\t收到\t内容", "tracking\tstate\tkind\tstation\treceived\ttext")
    for report in found:
        cells = (
            report.tracking,
            report.state.label(session.lang),
            report.kind.label(session.lang),
            report.station_code or "-",
            _shown(report.received_at, place),
            report.text,
        )
        click.echo("\t".join(" ".join(cell.split()) for cell in cells))


@reports.command()
@click.argument("tracking")
@click.pass_obj
def show(session: Session, tracking: str) -> None:
    """看一条反馈的全部内容 / Show everything about one report."""
    place = session.place()
    with session.store() as store:
        report = find_report(store, tracking)
    if report is None:
        raise _unknown_report(session, tracking)
    for name, value in _facts(session, report, place).items():
        click.echo(f"{name}\t{value}")
    for change in report.history:
        step = f"{change.action} {change.detail}".strip()
        words = (change.to_state.label(session.lang), change.actor, change.reply, change.reason, step)
        click.echo("\t".join((_shown(change.at, place), *(" ".join(word.split()) for word in words))))


@reports.command()
@click.argument("tracking")
@click.option("--state", required=True, type=_STATES, help="新状态 / The new state.")
@click.option("--reply", default="", help="给反馈人看的答复 / What its sender reads.")
@click.option("--reason", default="", help="内部说明 / Why; for staff.")
@click.pass_obj
def answer(session: Session, tracking: str, state: str, reply: str, reason: str) -> None:
    """答复一条反馈 / Move a report on, with a public reply."""
    with session.store() as store:
        try:
            step = Answer(ReportState(state), reply, reason)
            report = move_report(store, tracking, step, COMMAND_LINE, datetime.now(UTC), origin=Origin.COMMAND)
        except UnknownReport as error:
            raise _unknown_report(session, tracking) from error
        except InvalidMove as error:
            raise session.refuse(_REFUSALS.get(error.code, _REFUSALS["no_such_step"]), str(error)) from error
    click.echo(f"{report.tracking}\t{report.state.label(session.lang)}")


@reports.command(name="end-warning")
@click.argument("code")
@click.option("--reason", required=True, help="原因 / Why.")
@click.pass_obj
def end_warning(session: Session, code: str, reason: str) -> None:
    """撤下“门锁着”的提醒 / End a station's locked-door warning."""
    with session.store() as store:
        try:
            stood = end_door_warning(store, code, COMMAND_LINE, reason, datetime.now(UTC), origin=Origin.COMMAND)
        except UnknownStation as error:
            raise session.refuse(f"没有编号为 {code} 的站点。", str(error)) from error
        except InvalidMove as error:
            raise session.refuse(_REFUSALS[error.code], str(error)) from error
    if stood:
        session.say("提醒已撤下。", "The warning has ended.")
    else:
        session.say("该站点没有提醒;此前的反馈不再计入。", "No warning stood; what was reported before counts no more.")


@reports.command()
@click.pass_obj
def tidy(session: Session) -> None:
    """删除到期的信息 / Forget what has served its purpose; the service does it once a day by itself."""
    with session.store() as store:
        done = forget(store, session.settings, datetime.now(UTC))
    deleted = done.deletions
    session.say(
        f"已清除:来源标识 {deleted.sender_key_count},联系方式 {deleted.contact_count},反馈的照片 {deleted.photo_count},"
        f"文字 {deleted.words_count},照片文件 {done.photo_count}。",
        f"Forgotten: {deleted.sender_key_count} senders, {deleted.contact_count} contacts, "
        f"{deleted.photo_count} photos of reports, {deleted.words_count} texts, {done.photo_count} files of photos.",
    )


@reports.command()
@click.argument("tracking")
@click.option(
    "--to", "file", required=True, type=click.Path(path_type=Path, dir_okay=False), help="ZIP 文件 / A ZIP file."
)
@click.pass_obj
def person(session: Session, tracking: str, file: Path) -> None:
    """导出一条反馈里关于反馈人的全部信息 / Write what is held of a report's sender into a ZIP file."""
    with session.store() as store:
        try:
            content = personal_file(store, session.settings, tracking, COMMAND_LINE)
        except UnknownReport as error:
            raise _unknown_report(session, tracking) from error
    try:
        with file.open("xb") as stream:
            stream.write(content)
    except OSError as error:
        raise session.refuse(
            f"不能写入 {file}：{error.strerror}", f"{file} cannot be written: {error.strerror}"
        ) from error
    click.echo(str(file))


@reports.command()
@click.argument("tracking")
@click.option("--words", is_flag=True, help="连同所写的文字和内部备注 / Also what was written, and staff's notes.")
@click.pass_obj
def erase(session: Session, tracking: str, words: bool) -> None:
    """删除反馈人的联系方式、照片和来源标识 / Forget contact, photo and sender of a report."""
    with session.store() as store:
        try:
            done = erase_person(
                store, session.settings, tracking, COMMAND_LINE, datetime.now(UTC), words=words, origin=Origin.COMMAND
            )
        except UnknownReport as error:
            raise _unknown_report(session, tracking) from error
    session.say(f"已删除:{' '.join(done.what) or '无'}。", f"Forgotten: {' '.join(done.what) or 'nothing'}.")


@reports.command(name="erasures")
@click.pass_obj
def list_erasures(session: Session) -> None:
    """列出应要求删除过的反馈, 恢复旧备份后要再做一遍 / What was forgotten on request."""
    place = session.place()
    with session.store() as store:
        done = erasures(store)
    session.say("查询码\t时间\t操作人\t内容", "tracking\tat\tby\twhat")
    for each in done:
        click.echo(f"{each.tracking}\t{_shown(each.at, place)}\t{each.actor}\t{' '.join(each.what)}")


def _facts(session: Session, report: Report, place: Place) -> dict[str, str]:
    photo = photo_file(session.settings, report.photo_hash) if report.photo_hash else None
    services = ", ".join(service.label(session.lang) for service in report.services)
    facts = {
        ("查询码", "tracking"): report.tracking,
        ("状态", "state"): report.state.label(session.lang),
        ("类型", "kind"): report.kind.label(session.lang),
        ("站点", "station"): report.station_code or "",
        ("服务", "services"): services,
        ("位置", "place"): f"{report.place.lon:.6f},{report.place.lat:.6f}" if report.place else "",
        ("内容", "text"): " ".join(report.text.split()),
        ("联系方式", "contact"): " ".join(report.contact.split()),
        ("照片", "photo"): str(photo or report.photo_hash or ""),
        ("收到", "received"): _shown(report.received_at, place),
        ("写下", "made"): _shown(report.made_at, place) if report.made_at else "",
        ("答复", "reply"): " ".join(report.public_reply.split()),
    }
    return {session.word(*name): value for name, value in facts.items() if value}


def _shown(instant: datetime, place: Place) -> str:
    return instant.astimezone(place.timezone).strftime("%Y-%m-%d %H:%M")


def _unknown_report(session: Session, tracking: str) -> click.ClickException:
    return session.refuse(f"没有查询码为 {tracking} 的反馈。", f"There is no report {tracking}.")
