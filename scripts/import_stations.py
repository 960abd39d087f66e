#!/usr/bin/env python3
"""Import a list of stations: CSV, XLSX, GeoJSON or GeoPackage.

A short door to ``python -m mapapp stations import``. Started with a Python that lacks the requirements it
goes on with the project's own ``.venv``. Exit codes: 0 every row holds, 1 some rows were rejected and the
good ones saved, 2 the file cannot be used and nothing was done.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parent.parent
VENV_DIR = PROJECT_DIR / ".venv"
NOTHING_DONE = 2


def main() -> int:
    """Parse, make sure of the requirements, import; the exit code."""
    options = parse_options()
    if not requirements_are_here():
        return go_on_in_venv()
    sys.path.insert(0, str(PROJECT_DIR))
    return import_file(options)


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="导入站点表 / Import a list of stations")
    parser.add_argument("file", help="CSV, XLSX, GeoJSON, GeoPackage")
    parser.add_argument("--crs", choices=["wgs84", "gcj02", "bd09"], help="文件的坐标系 / the file's coordinate system")
    parser.add_argument("--dry-run", action="store_true", help="只检查不保存 / check and report, save nothing")
    parser.add_argument("--lang", choices=["zh", "en"], help="报告的语言 / language of the report")
    return parser.parse_args()


def requirements_are_here() -> bool:
    """Whether this Python is recent enough and has the packages the import needs."""
    needed = ("click", "geopandas", "openpyxl", "opening_hours", "rapidfuzz", "sqlalchemy")
    return sys.version_info >= (3, 11) and all(importlib.util.find_spec(name) for name in needed)


def go_on_in_venv() -> int:
    """Start this script again with the project's own Python, if there is one."""
    python = VENV_DIR / "bin" / "python"
    if python.exists() and Path(sys.prefix).resolve() != VENV_DIR.resolve():
        os.execv(python, [str(python), *sys.argv])  # noqa: S606 - our own interpreter, our own arguments
    print(
        "缺少运行所需的软件包。请先运行 python3 scripts/serve.py，或 pip install -r requirements.txt。\n"
        "Required packages are missing. First run python3 scripts/serve.py, or pip install -r requirements.txt.",
        file=sys.stderr,
    )
    return NOTHING_DONE


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
