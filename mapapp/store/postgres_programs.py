"""PostgreSQL's own programs: ``pg_dump`` copies, ``pg_restore`` reads the copy, ``psql`` puts it back.

The password goes to them by their environment, never by their arguments, which every user of a machine can read.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import URL

from mapapp.store.errors import StoreUnusable

_COPY: Final = re.compile(rb"COPY (?:[^ .]+\.)?\"?([a-z0-9_]+)\"? ")
_END_OF_COPY: Final = b"\\.\n"
_SAID_CHARS: Final = 600


def dump_tables(url: URL, file: Path, tables: Iterable[str], snapshot: str) -> None:
    """Write the tables, as a transaction sees them that exported its snapshot, in PostgreSQL's custom format."""
    named = [f"--table={_quoted(name)}" for name in tables]
    _run(
        "pg_dump",
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        "--no-comments",
        "--strict-names",
        f"--snapshot={snapshot}",
        f"--file={file}",
        *named,
        url=url,
    )


def row_counts(file: Path) -> dict[str, int]:
    """The rows of each table in a copy; all of it is read and unpacked."""
    counts: dict[str, int] = {}
    table = ""
    with _started("pg_restore", "--data-only", "--file=-", str(file)) as process:
        assert process.stdout is not None and process.stderr is not None  # noqa: S101, PT018 - they were asked for
        for line in process.stdout:
            if table and line == _END_OF_COPY:
                table = ""
            elif table:
                counts[table] += 1
            elif line.startswith(b"COPY ") and (found := _COPY.match(line)):
                table = found[1].decode()
                counts[table] = 0
        _require_done("pg_restore", process.wait(), process.stderr.read())
    return counts


def restore_tables(
    url: URL, file: Path, *, instead_of: Sequence[str], counts: Mapping[str, int], then: str, work: Path
) -> None:
    """Put a copy into a database in one transaction: all of it, with so many rows in each table, or nothing.

    Parameters
    ----------
    instead_of
        Tables of the database that are removed in the same transaction.
    then
        What is done last in it, in SQL with every table's schema.
    work
        A folder for what is written on the way.
    """
    before, script, after = work / "before.sql", work / "copy.sql", work / "after.sql"
    drop = f"DROP TABLE IF EXISTS {', '.join(map(_quoted, instead_of))};\n" if instead_of else ""
    before.write_text(f"SET client_min_messages = warning;\nSET lock_timeout = '15s';\n{drop}", encoding="utf-8")
    checks = "".join(_check_of(name, count) for name, count in counts.items())
    after.write_text(checks + then, encoding="utf-8")
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(file))
    files = [f"--file={each}" for each in (before, script, after)]
    _run("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", *files, url=url)


def _check_of(name: str, count: int) -> str:
    return (
        f"DO $$ BEGIN IF (SELECT count(*) FROM public.{_quoted(name)}) <> {count:d} THEN"  # noqa: S608 - our own tables
        f" RAISE EXCEPTION 'table {name} did not come back whole'; END IF; END $$;\n"
    )


def _quoted(name: str) -> str:
    """The name of a table, between quotes."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _run(program: str, *words: str, url: URL | None = None) -> None:
    with _started(program, *words, url=url) as process:
        _, said = process.communicate()
    _require_done(program, process.returncode, said)


def _started(program: str, *words: str, url: URL | None = None) -> subprocess.Popen[bytes]:
    path = shutil.which(program)
    if path is None:
        raise StoreUnusable(
            f"The program {program} is missing. Install PostgreSQL's client programs of the server's version "
            "(Debian: sudo apt-get install postgresql-client).",
            f"缺少程序 {program}。请安装与服务器版本一致的 PostgreSQL 客户端程序"
            "(Debian:sudo apt-get install postgresql-client)。",
        )
    # libpq's own variables (PGPASSFILE) are theirs to read; our settings, with the keys among them, are not.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAPAPP_")}
    environment["LC_ALL"] = "C.UTF-8"
    command = [path, *words]
    if url is not None:
        from psycopg.conninfo import make_conninfo  # the driver takes its time: only where there is such a database

        parts = url.translate_connect_args(username="user", database="dbname") | dict(url.query)
        environment |= {"PGPASSWORD": parts.pop("password")} if "password" in parts else {}
        command.append(f"--dbname={make_conninfo(**parts)}")
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603


def _require_done(program: str, exit_code: int, said: bytes) -> None:
    if exit_code != 0:
        words = said.decode(errors="replace").strip()[-_SAID_CHARS:]
        raise StoreUnusable(f"{program} failed: {words}", f"{program} 失败：{words}")
