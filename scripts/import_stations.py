#!/usr/bin/env python3
"""Import a list of stations: CSV, XLSX, GeoJSON or GeoPackage.

A short door to ``python -m mapapp stations import``. Started with a Python that lacks the requirements it
goes on with the project's own ``.venv``. Exit codes: 0 every row holds, 1 some rows were rejected and the
good ones saved, 2 the file cannot be used and nothing was done.
"""

from __future__ import annotations

import argparse
import os
import sys

from installation.own_python import can_go_on

NEEDED = ("click", "geopandas", "openpyxl", "opening_hours", "rapidfuzz", "sqlalchemy")
NOTHING_DONE = 2


def main() -> int:
    """Parse, make sure of the requirements, import; the exit code."""
    options = parse_options()
    if not can_go_on(NEEDED):
        return NOTHING_DONE
    return import_file(options)


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="导入站点表 / Import a list of stations")
    parser.add_argument("file", help="CSV, XLSX, GeoJSON, GeoPackage")
    parser.add_argument("--crs", choices=["wgs84", "gcj02", "bd09"], help="文件的坐标系 / the file's coordinate system")
    parser.add_argument("--dry-run", action="store_true", help="只检查不保存 / check and report, save nothing")
    parser.add_argument("--lang", choices=["zh", "en"], help="报告的语言 / language of the report")
    return parser.parse_args()


def import_file(options: argparse.Namespace) -> int:
    """Bring the database up to date and import, as the command line of the application does."""
    import click

    from mapapp.commands import cli
    from mapapp.settings import SettingsError
    from mapapp.store import StoreError

    language = ["--lang", options.lang] if options.lang else []
    crs = ["--crs", options.crs] if options.crs else []
    dry_run = ["--dry-run"] if options.dry_run else []
    arguments = [*language, "stations", "import", *crs, *dry_run, "--", options.file]
    try:
        prepare_database()
        return cli.main(arguments, prog_name="import_stations.py", standalone_mode=False, obj=os.environ) or 0
    except click.ClickException as refused:
        refused.show()
    except (SettingsError, StoreError) as refused:
        print(f"Error: {refused}", file=sys.stderr)
    return NOTHING_DONE


def prepare_database() -> None:
    """Make or migrate the database, so that an import may come before the first start of the server."""
    from mapapp.settings import Settings
    from mapapp.store import Store

    store = Store(Settings.from_environment(os.environ).database_url)
    try:
        store.migrate()
    finally:
        store.close()


if __name__ == "__main__":
    sys.exit(main())
