"""What is killed in the middle: a backup, a restore or a move, in a process of its own.

Run as ``python -m tests.mapapp.store.other_process_keeping WHAT DATABASE_URL DATA_DIR ARGUMENT``; says when it begins.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mapapp.services.keeping.backing_up import make_backup
from mapapp.services.keeping.bringing_back import restore_backup
from mapapp.settings import Settings
from mapapp.store.moving import move_data
from tests.mapapp.store.station_writing import NOW


def main(what: str, database_url: str, data_dir: str, argument: str) -> None:
    """Do it once."""
    settings = Settings(database_url=database_url, data_dir=data_dir)
    print("begins", flush=True)
    if what == "backup":
        make_backup(settings, Path(argument), None, NOW)
    elif what == "restore":
        restore_backup(settings, Path(argument), None, NOW, replace=True)
    else:
        move_data(database_url, argument)
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
