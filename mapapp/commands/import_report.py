"""An import on the command line: run it, say everything, and answer with the exit code.

0: every row holds. 1: some rows were rejected, the good ones are saved. 2: the file cannot be used, or no row
holds; nothing was changed.
"""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from geodata.coordinates import Crs
from geodata.errors import UnreadableFile
from geodata.places import Place
from mapapp.commands.import_wording import report_lines
from mapapp.services.import_stations import import_stations
from mapapp.services.importing.report import ImportReport
from mapapp.store import Store

ALL_GOOD: Final = 0
SOME_REJECTED: Final = 1
NOTHING_DONE: Final = 2

ACTOR: Final = "command line"


def run_import(store: Store, place: Place, path: Path, crs: Crs | None, dry_run: bool, lang: str) -> int:
    """Import ``path`` and print the report in ``lang`` (zh or en); the exit code."""
    _speak_utf8()
    try:
        report = import_stations(store, place, path, crs=crs, dry_run=dry_run, actor=ACTOR, now=datetime.now(UTC))
    except UnreadableFile as error:
        nothing = "没有导入任何内容。" if lang == "zh" else "Nothing was imported."
        print(f"✗ {path.name}: {error.zh if lang == 'zh' else error.en} {nothing}", file=sys.stderr)
        return NOTHING_DONE
    print("\n".join(report_lines(report, place, lang)))
    return exit_code_of(report)


def exit_code_of(report: ImportReport) -> int:
    """The exit code that sums the report up."""
    if report.good_count == 0:
        return NOTHING_DONE
    return SOME_REJECTED if report.rejected_count else ALL_GOOD


def _speak_utf8() -> None:
    """Reports hold Chinese whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
