"""The administrative command line, ``python -m mapapp``.

Each command parses, calls a service and prints; nothing is decided here. Output is Chinese, or
English under ``--lang en`` or an English locale. Lists are tab-separated, one line an entry, so that
they can be piped on. Exit codes: 0 done, 1 refused (the reason is printed), 2 wrong use.
"""

from __future__ import annotations

from collections.abc import Mapping

import click

from mapapp.commands.admin import admin
from mapapp.commands.backup import backup, restore, verify
from mapapp.commands.database import db, info, setup
from mapapp.commands.holidays import holidays
from mapapp.commands.jobs import jobs
from mapapp.commands.move import database
from mapapp.commands.reports import reports
from mapapp.commands.sample import sample
from mapapp.commands.session import Session, language_of
from mapapp.commands.stations import stations
from mapapp.commands.tokens import token
from mapapp.commands.worker import worker
from mapapp.settings import Settings, SettingsError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(["zh", "en"]), help="输出语言 / Language of the output.")
@click.pass_context
def cli(context: click.Context, lang: str | None) -> None:
    """驿站地图的管理命令 / Administration of the station map."""
    environment: Mapping[str, str] = context.obj
    lang = lang or language_of(environment)
    try:
        settings = Settings.from_environment(environment)
    except SettingsError as error:
        raise click.ClickException(f"设置有误:{error}" if lang == "zh" else str(error)) from error
    context.obj = Session(settings, lang)


for _command in (
    setup,
    info,
    db,
    sample,
    stations,
    holidays,
    reports,
    admin,
    token,
    jobs,
    worker,
    backup,
    verify,
    restore,
    database,
):
    cli.add_command(_command)
