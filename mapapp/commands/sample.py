"""``sample load``: the sample data."""

from __future__ import annotations

import click

from mapapp.commands.session import Session
from mapapp.services.load_sample import load_sample


@click.group()
def sample() -> None:
    """示例数据 / The sample data."""


@sample.command()
@click.pass_obj
def load(session: Session) -> None:
    """空库时载入示例数据 / Load the sample data into a database that never held a station."""
    place = session.place()
    with session.store() as store:
        count = load_sample(store, place)
    if not count:
        raise session.refuse(
            "未载入:数据库中已有或曾有站点,示例数据只能载入空库。",
            "Not loaded: the database holds stations or did once, and sample data go into an empty one only.",
        )
    session.say(f"已载入 {count} 个示例站点(非真实站点)。", f"Loaded {count} sample stations (none of them is real).")
