"""``holidays list|add|remove|complete|seed``: the holiday table."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import click

from geodata.stations.holidays import DayKind, SpecialDay
from mapapp.commands.session import ACTOR, Session
from mapapp.services.holidays import remove_special_day, seed_holidays, set_special_day, set_year_complete

_DAY: Final = click.DateTime(["%Y-%m-%d"])
_KIND_WORDS: Final = {DayKind.HOLIDAY: ("放假", "holiday"), DayKind.WORKDAY: ("上班", "working day")}


@click.group()
def holidays() -> None:
    """节假日表 / The holiday table."""


@holidays.command(name="list")
@click.option("--year", type=int, help="只列这一年 / Only this year.")
@click.pass_obj
def list_days(session: Session, year: int | None) -> None:
    """列出节假日与调休上班日 / List holidays and make-up working days."""
    with session.store() as store, store.reading() as reader:
        table = reader.holidays()
    session.say("日期\t类型\t名称\t来源", "date\tkind\tname\tsource")
    for day in table.days:
        if year in {None, day.date.year}:
            kind = session.word(*_KIND_WORDS[day.kind])
            click.echo(f"{day.date}\t{kind}\t{day.name(session.lang)}\t{day.source}")
    years = ", ".join(map(str, sorted(table.years)))
    click.echo(
        session.word(f"已公布安排的年份:{years or '无'}", f"Years with a published arrangement: {years or 'none'}"),
        err=True,
    )


@holidays.command()
@click.argument("day", type=_DAY)
@click.argument("kind", type=click.Choice([kind.value for kind in DayKind]))
@click.argument("name_zh")
@click.argument("name_en", default="")
@click.option("--source", default="", help="依据, 如通知文号 / Where it is published.")
@click.pass_obj
def add(session: Session, day: datetime, kind: str, name_zh: str, name_en: str, source: str) -> None:
    """增加或改写一天, 如开斋节 / Set one day, such as a regional holiday."""
    if not name_zh.strip():
        raise session.refuse("名称不能为空。", "The day needs a name.")
    special = SpecialDay(day.date(), DayKind(kind), name_zh.strip(), name_en.strip(), source.strip())
    with session.store() as store:
        set_special_day(store, special, actor=ACTOR)
    word = session.word(*_KIND_WORDS[special.kind])
    session.say(f"{special.date} 已设为{word}:{name_zh}", f"{special.date} is now a {word}: {special.name('en')}")


@holidays.command()
@click.argument("day", type=_DAY)
@click.pass_obj
def remove(session: Session, day: datetime) -> None:
    """把一天改回普通日子 / Make one day an ordinary one again."""
    with session.store() as store:
        was_special = remove_special_day(store, day.date(), actor=ACTOR)
    if not was_special:
        raise session.refuse(f"{day.date()} 不在节假日表中。", f"{day.date()} is not in the holiday table.")
    session.say(f"{day.date()} 已改为普通日子。", f"{day.date()} is an ordinary day now.")


@holidays.command()
@click.argument("year", type=click.IntRange(1900, 2200))
@click.option("--undo", is_flag=True, help="该年尚不完整 / The year is not complete.")
@click.pass_obj
def complete(session: Session, year: int, *, undo: bool) -> None:
    """标明一年的安排已录入完整 / Say that all holidays of a year are in the table."""
    with session.store() as store:
        set_year_complete(store, year, complete=not undo, actor=ACTOR)
    if undo:
        session.say(f"{year} 年标为未公布。", f"{year} is marked as not published.")
    else:
        session.say(f"{year} 年的安排已完整。", f"The holidays of {year} are complete.")


@holidays.command()
@click.pass_obj
def seed(session: Session) -> None:
    """载入新公布年份的全国安排 / Add the national arrangement of years that are not there yet."""
    with session.store() as store:
        years = seed_holidays(store, actor=ACTOR)
    if years:
        words = ", ".join(map(str, years))
        session.say(f"已载入:{words}。", f"Loaded: {words}.")
    else:
        session.say("没有新公布的年份;已有的安排未改动。", "No new year is published; what is there was left alone.")
