"""Loaded streets as a file, and the folder in which the application finds the ones in use.

One ``.npz`` holds the graphs of all modes with where they came from. Its name is made of the extract's checksum, the
area that was kept and the format, so the same question finds the same file. ``current.json`` beside it names the one
in use; it is replaced whole, so a reader sees the old one or the new one.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from shapely.geometry.base import BaseGeometry

from geodata.errors import GeodataError, UnreadableFile
from geodata.travel.straight_line import TravelMode
from geodata.travel.street_graph import StreetGraph
from geodata.travel.street_paths import StreetPaths

FORMAT: Final = 1
"""Grows when the columns or the rules of reading change: older files are then built anew."""
CURRENT: Final = "current.json"
_COLUMNS: Final = ("node_ids", "lon", "lat", "indptr", "ends", "length_m", "drive_s")
_READ_AT_ONCE_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetSource:
    """Where streets came from: OpenStreetMap contributors, under the ODbL, by this extract.

    ``area`` is a place's id, or "" for the whole extract; ``loaded_at`` is when it was read.
    """

    file_name: str
    sha256: str
    newest_edit: date | None
    area: str
    area_key: str
    loaded_at: datetime


@dataclass(frozen=True, eq=False)
class Streets:
    """The streets of every mode, and where they came from."""

    source: StreetSource
    graphs: Mapping[TravelMode, StreetGraph]
    _paths: dict[TravelMode, StreetPaths] = field(default_factory=dict, init=False, repr=False)

    def paths(self, mode: TravelMode) -> StreetPaths:
        """A mode's streets ready to be searched; made when first asked for, then shared."""
        if mode not in self._paths:
            self._paths[mode] = StreetPaths(self.graphs[mode])
        return self._paths[mode]


def checksum_of(path: Path) -> str:
    """The file's SHA-256 in hexadecimal, read a piece at a time."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_READ_AT_ONCE_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def area_key_of(area: BaseGeometry | None) -> str:
    """A short word for the area that is kept: the same outlines, the same word."""
    return "whole" if area is None else hashlib.sha256(area.normalize().wkb).hexdigest()[:12]


def file_of(folder: Path, sha256: str, area_key: str) -> Path:
    """Where streets of that extract and area are kept."""
    return folder / f"streets-{sha256[:16]}-{area_key}-{FORMAT}.npz"


def save_streets(streets: Streets, path: Path) -> None:
    """Write the file beside its place and put it there in one step."""
    columns: dict[str, Any] = {"about": np.array(json.dumps(_about(streets.source)))}
    for mode, graph in streets.graphs.items():
        columns |= {f"{mode.value}_{name}": getattr(graph, name) for name in _COLUMNS}
        columns[f"{mode.value}_left_out_count"] = np.array(graph.left_out_count)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with beside.open("wb") as file:
            np.savez(file, **columns)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_streets(path: Path) -> Streets:
    """The streets of a file written by ``save_streets``; UnreadableFile for anything else."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as columns:
            about = json.loads(str(columns["about"]))
            _check_format(path, about["format"])
            graphs = {mode: _graph(columns, mode) for mode in TravelMode}
            return Streets(_source(about), graphs)
    except UnreadableFile:
        raise
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        EOFError,
        zipfile.BadZipFile,
        GeodataError,
    ) as fault:
        raise UnreadableFile(
            f"{path.name} holds no loaded streets ({type(fault).__name__}): give the .npz file that "
            "scripts/load_streets.py wrote.",
            f"{path.name} 不是已载入的街道文件：请指定 scripts/load_streets.py 生成的 .npz 文件。",
        ) from fault


def use_streets(folder: Path, path: Path) -> None:
    """Make a file of this folder the one in use."""
    beside = folder / f".{CURRENT}.{os.getpid()}.new"
    beside.write_text(json.dumps({"file": path.name}) + "\n", encoding="utf-8")
    beside.replace(folder / CURRENT)


def streets_in_use(folder: Path) -> Path | None:
    """The file in use, or None where no streets were loaded (or the file is gone)."""
    try:
        name = json.loads((folder / CURRENT).read_text(encoding="utf-8"))["file"]
        path = folder / Path(str(name)).name
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return path if path.is_file() else None


def load_streets(folder: Path) -> Streets | None:
    """The streets in use, or None where none were loaded; UnreadableFile where their file is damaged."""
    path = streets_in_use(folder)
    return None if path is None else read_streets(path)


def _check_format(path: Path, number: int) -> None:
    if number != FORMAT:
        raise UnreadableFile(
            f"{path.name} was written by another version: load the extract again with scripts/load_streets.py.",
            f"{path.name} 由其他版本生成：请用 scripts/load_streets.py 重新载入。",
        )


class StreetShelf:
    """The streets in use, for a program that goes on running: read once, and again when others are put in use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._path: Path | None = None
        self._streets: Streets | None = None

    def current(self) -> Streets | None:
        """What ``load_streets`` would answer; costs one small file to be looked at."""
        path = streets_in_use(self._folder)
        with self._lock:
            if path != self._path:
                self._streets = None if path is None else read_streets(path)
                self._path = path
            return self._streets


def _about(source: StreetSource) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "file_name": source.file_name,
        "sha256": source.sha256,
        "newest_edit": source.newest_edit.isoformat() if source.newest_edit else None,
        "area": source.area,
        "area_key": source.area_key,
        "loaded_at": source.loaded_at.isoformat(),
    }


def _source(about: Mapping[str, Any]) -> StreetSource:
    newest = about["newest_edit"]
    return StreetSource(
        file_name=str(about["file_name"]),
        sha256=str(about["sha256"]),
        newest_edit=date.fromisoformat(newest) if newest else None,
        area=str(about["area"]),
        area_key=str(about["area_key"]),
        loaded_at=datetime.fromisoformat(about["loaded_at"]),
    )


def _graph(columns: Mapping[str, Any], mode: TravelMode) -> StreetGraph:
    values = {name: columns[f"{mode.value}_{name}"] for name in _COLUMNS}
    return StreetGraph(mode=mode, left_out_count=int(columns[f"{mode.value}_left_out_count"]), **values)
