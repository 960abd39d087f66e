"""A process that has loaded all that jobs need, and makes workers by forking: so a worker to be killed costs little.

It reads one line a worker: a JSON object with ``database_url``, ``data_dir``, ``place`` and ``lease_s``. The worker prints
its process number, then what it says of its jobs, and ``leaves`` when there is none left. Another line, whatever it
says, has a dead worker forgotten, and is answered ``ended``; until then its process number stays its own.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime, timedelta

LEAVES, ENDED = "leaves", "ended"


def main() -> None:
    """Fork a worker for each line, one after another."""
    load_everything()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            work(json.loads(line))
            os._exit(0)
        sys.stdin.readline()
        os.waitpid(pid, 0)
        print(ENDED, flush=True)


def load_everything() -> None:
    """Whatever the first job of a kind would import, so that no worker spends its life on that."""
    import importlib

    for name in (
        *("importing.plan_job", "importing.commit_job", "importing.undo_job", "exporting.jobs", "posters.job"),
        *("planning_report.job", "planning_report.pictures", "demand.jobs", "planning.siting_job", "planning.job"),
        "posters.pdf",
    ):
        importlib.import_module(f"mapapp.services.{name}")
    for name in ("highspy", "weasyprint", "matplotlib.pyplot", "geopandas", "pyogrio", "openpyxl", "opening_hours"):
        importlib.import_module(name)


def work(told: dict[str, str]) -> None:
    """Be a worker, as the command is one."""
    from geodata.places import load_place
    from mapapp.services.jobs.kinds import KINDS
    from mapapp.services.jobs.run import Workshop
    from mapapp.services.jobs.worker import Worker
    from mapapp.settings import Settings
    from mapapp.store import Store

    print(os.getpid(), flush=True)
    logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="%(message)s")
    logging.getLogger("mapapp.services.jobs").setLevel(logging.INFO)
    settings = Settings(database_url=told["database_url"], data_dir=told["data_dir"], place=told["place"])
    store = Store(settings.database_url)
    workshop = Workshop(store, load_place(settings.place), settings, lambda: datetime.now(UTC))
    worker = Worker(workshop, KINDS, lease=timedelta(seconds=float(told["lease_s"])))
    while worker.run_one():
        pass
    store.close()
    print(LEAVES, flush=True)


if __name__ == "__main__":
    main()
