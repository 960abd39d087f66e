"""Processes that upgrade a database and may be killed at it: one that has loaded all it needs forks each of them.

It reads the address of a database a line. The process that is to upgrade it prints its number when it begins, and
``done``; another line, whatever it says, has it waited for, and is answered ``ended``.
"""

from __future__ import annotations

import os
import sys

import mapapp.store.migrations.upgrade  # noqa: F401 - so that no process spends its life on loading it
from mapapp.store import Store

DONE, ENDED = "done", "ended"


def main() -> None:
    """Fork a process for each address, one after another."""
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            upgrade(line.strip())
            os._exit(0)
        sys.stdin.readline()
        os.waitpid(pid, 0)
        print(ENDED, flush=True)


def upgrade(url: str) -> None:
    """Bring the database to the present version, as the command does."""
    print(os.getpid(), flush=True)
    store = Store(url)
    store.migrate()
    store.close()
    print(DONE, flush=True)


if __name__ == "__main__":
    main()
