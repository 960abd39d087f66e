#!/usr/bin/env python3
"""Run the service for minutes or hours under visitors, saves and imports at once, and say what grew or failed.

Needs Python 3.11 or newer and nothing else. Exit codes: 0 nothing failed and nothing grew, 1 something
did. ``--minutes 60`` is what docs/reliability.md records; ``--postgresql`` starts a private PostgreSQL for it.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import enter_environment


def main() -> int:
    """Soak, print; the exit code."""
    parser = argparse.ArgumentParser(description="Soak / 长时间运行")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long / 多少分钟")
    parser.add_argument("--postgresql", action="store_true", help="over PostgreSQL instead of SQLite")
    options = parser.parse_args()
    exit_code = enter_environment()
    if exit_code is not None:
        return exit_code
    from benchmarks.soak import soak
    from mapapp.settings import Settings
    from tests.postgres_cluster import PostgresCluster

    with TemporaryDirectory() as folder, ExitStack() as stack:
        url = ""
        if options.postgresql:
            cluster = stack.enter_context(PostgresCluster())
            cluster.create_database("soak")
            url = cluster.url("soak")
        place = Settings.from_environment(os.environ).place
        found = soak(Path(folder), place, options.minutes * 60, database_url=url)
    print("\n".join(found.lines()))
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
