"""Broken and hostile files: each gets an answer, and none changes anything by being looked at."""

from __future__ import annotations

import io
import json
import random
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from geodata.errors import UnreadableFile
from mapapp.services.importing.uploads import keep_upload
from mapapp.services.jobs.kinds import IMPORT_PLAN
from mapapp.services.rights import COMMAND_LINE
from mapapp.store import JobState
from tests.geodata.files.sheets import csv_file, feature, geojson_file, workbook
from tests.mapapp.services.importing.stations import HEADINGS, LAT, LON, stations_of
from tests.mapapp.services.jobs.at_work import Bench

Mutation = Callable[[bytes, random.Random], bytes]

CELLS: Final = (
    "甲驿站",
    "=1+1",
    "@x",
    "-",
    "1e999",
    "NaN",
    "113.6",
    "34.75",
    "\u202e",
    "x" * 3000,
    "0" * 400,
    "'; DROP",
    "",
)


def sound_files(folder: Path, chance: random.Random) -> list[bytes]:
    """One file of each format, of odd cells."""
    rows = [[chance.choice(CELLS) for _ in HEADINGS] for _ in range(6)]
    files = [
        csv_file(folder, HEADINGS, *rows),
        workbook(folder, HEADINGS, *rows),
        geojson_file(folder, *(feature({"name": row[0], "address": row[1]}, (LON, LAT)) for row in rows)),
    ]
    return [*(file.read_bytes() for file in files), geopackage(folder)]


def geopackage(folder: Path) -> bytes:
    """A database that claims to be a GeoPackage and has none of its tables."""
    file = folder / "a.gpkg"
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA application_id = 0x47504B47")
        database.execute("CREATE TABLE stations (name TEXT)")
        database.commit()
    return file.read_bytes()


def cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(1, len(content))]


def spoilt(content: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(content)
    for _ in range(chance.randrange(1, 30)):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


def doubled(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + content[chance.randrange(len(content)) :] + content[at:]


def repacked(content: bytes, chance: random.Random) -> bytes:
    """A workbook, some part of which is spoilt inside; other files are spoilt as they are."""
    if not content.startswith(b"PK"):
        return spoilt(content, chance)
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        victim = chance.choice(names)
        for name in names:
            part = old.read(name)
            new.writestr(name, chance.choice((cut, spoilt, doubled))(part, chance) if name == victim else part)
    return stream.getvalue()


def deep(_content: bytes, chance: random.Random) -> bytes:
    depth = chance.choice((50, 5_000, 200_000))
    return chance.choice((b"[" * depth, b'{"a":' * depth, json.dumps({"type": "FeatureCollection"}).encode()))


MUTATIONS: Final[tuple[Mutation, ...]] = (cut, spoilt, spoilt, doubled, repacked, repacked, deep)


@pytest.mark.parametrize("count", [40, pytest.param(1000, marks=pytest.mark.long)])
def test_every_broken_file_gets_an_answer(bench: Bench, tmp_path: Path, count: int) -> None:
    chance = random.Random(20)
    worker = bench.worker()
    answers: dict[str, int] = {}

    for number in range(count):
        content = chance.choice(MUTATIONS)(chance.choice(sound_files(tmp_path, chance)), chance)
        try:
            upload = keep_upload(
                bench.store, bench.settings, COMMAND_LINE, f"{number}.xlsx", io.BytesIO(content), bench.clock()
            )
        except UnreadableFile:
            answers["refused"] = answers.get("refused", 0) + 1
            continue
        job = bench.ask(IMPORT_PLAN, upload=upload.token, crs=None)
        worker.run_one()
        after = bench.look(job)
        answer = after.error.code if after.error else after.state.value
        answers[answer] = answers.get(answer, 0) + 1
        assert after.state in {JobState.DONE, JobState.FAILED}, (number, content[:200])

    assert set(answers) <= {"refused", "unreadable_file", "done"}
    assert min(answers.get("refused", 0), answers.get("unreadable_file", 0), answers.get("done", 0)) > 0
    assert stations_of(bench.store) == ()
