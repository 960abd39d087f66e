"""Every reader of what strangers write: what it is fed with, and what it may answer."""

from __future__ import annotations

import io
import json
import random
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from werkzeug.datastructures import FileStorage, MultiDict

from geodata.coverage.within import Within
from geodata.errors import GeodataError
from geodata.files.award_cells import awards_of
from geodata.files.cells import date_of, number_of, text_of
from geodata.files.crs_words import crs_in_words
from geodata.files.kind_of_name import kind_of_name
from geodata.files.messages import UnreadCell
from geodata.files.phones import phones_of
from geodata.files.positions import point_of_pair, point_of_text
from geodata.files.service_details import details_of
from geodata.files.services_cell import services_of_list
from geodata.places import Place
from geodata.reports.tracking import read_tracking
from geodata.siting.problem_file import problem_of, read_problem
from geodata.stations.holidays import DayKind
from geodata.stations.hours_text import read_hours
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.reading import read_station
from geodata.travel.street_reading import read_extract
from mapapp.api import readers
from mapapp.api.parameters import Unreadable
from mapapp.public.nearest_form import read_form
from mapapp.public.report_form import read_report
from mapapp.services.editing.typed_week import read_typed_week
from mapapp.services.keeping.archive import MANIFEST, read_archive
from mapapp.services.keeping.refusals import KeepingRefused
from mapapp.services.keeping.sealing import unseal
from mapapp.services.pasted_dates import read_pasted
from tests.hostile.words import EVERY

TODAY: Final = date(2026, 11, 18)
REFUSALS: Final = (GeodataError, Unreadable, UnreadCell, KeepingRefused)
"""What a reader may answer instead of a value; anything else it raises is a fault."""

_PIECES: Final = (
    "周一至周五", "每天", "全天", "24小时", "8:30-18:00", "08：30—17：30", "（午休12:00-13:30）", "节假日", "除外", "休息", "夏季", "冬季",
    "Mo-Fr", "PH", "off", "09:00-", "22:00-06:00", "24/7", "week 1-53", "easter", "sunset", ";", ",", "，", "、", "；", "|", "||", "\n",
    "1000m", "15min", "1e9", "-0", "nan", "inf", "9" * 40, "１２３", "²", "106.2", "38.4", "106°13′48″E", "38°28'N", "北纬", "东经",
    "WGS-84", "GCJ02", "BD-09", "2026-11-18", "2026年2月30日", "10月1日至7日", "T10:00", "+08:00", "Z", "( ", "）", "“", "”", "=", "%", "+",
    "饮水", "热饭", "充电", "不提供", "收费2元", "五星级", "13812345678", "0951-1234567", "转8", "640104199001011234", "驿站", "户外劳动者",
)  # fmt: skip
_PIECE: Final = st.sampled_from(_PIECES) | st.sampled_from([word[:3_000] for word in EVERY]) | st.text(max_size=12)
text: Final = st.lists(_PIECE, max_size=12).map("".join) | st.tuples(_PIECE, st.integers(1, 800)).map(
    lambda pair: (pair[0] * pair[1])[:20_000]
)
cell: Final = text | st.none() | st.integers() | st.floats() | st.booleans() | st.dates() | st.datetimes()
value: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=8,
)


@dataclass(frozen=True, slots=True)
class Parser:
    """A reader, what it is fed with, and how many cases of each hundred thousand are its own."""

    name: str
    fed: SearchStrategy[Any]
    read: Callable[[Any, Place, Path], object]
    long_count: int = 4_000


def _fields(*names: str) -> SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(names), value, max_size=len(names))


def _form(*names: str) -> SearchStrategy[MultiDict[str, str]]:
    return st.lists(st.tuples(st.sampled_from(names), text), max_size=8).map(MultiDict)


STATION_FIELDS: Final = (
    "name", "kind", "name_en", "other_names", "address", "district_code", "town", "position", "entry_methods", "entry_note",
    "services", "hours", "hours_text", "build_mode", "host_type", "capacity_count", "area_m2", "public_phone", "internal_contact",
    "life_cycle", "alert", "awards", "photo", "source", "last_verified", "lon", "lat", "crs",
)  # fmt: skip
PROBLEM_FIELDS: Final = (
    "problem", "distances", "weights", "count", "covers", "indptr", "indices", "radius", "required", "forbidden", "costs", "budget",
    "groups", "existing", "target_share",
)  # fmt: skip


def _typed_report(sent: MultiDict[str, str], place: Place, _folder: Path) -> object:
    photo = FileStorage(io.BytesIO(sent.get("text", "").encode("utf-8", "ignore")), filename="a.jpg")
    return read_report(sent, photo, place.bbox)


def _bytes_in(folder: Path, content: bytes, name: str) -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def _archive(content: bytes, _place: Place, folder: Path) -> object:
    return read_archive(_bytes_in(folder, content, "a.tar"), folder)


def _sealed(content: bytes, _place: Place, folder: Path) -> None:
    unseal(_bytes_in(folder, content, "a.sealed"), "00" * 32, folder / "plain")


def _problem_file(content: bytes, _place: Place, folder: Path) -> object:
    return read_problem(_bytes_in(folder, content, "a.json"))


def _extract(content: bytes, _place: Place, folder: Path) -> object:
    return read_extract(_bytes_in(folder, content, "a.osm.pbf"), None)


def tar_bytes() -> bytes:
    """A small archive with a manifest that is none."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, content in ((MANIFEST, b'{"form": 1}'), ("../a", b"x"), ("photos/a.jpg", b"x")):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


PBF: Final = (13).to_bytes(4, "big") + b"\x0a\x09OSMHeader\x18\x0f" + b"\x10\x0b\x1a\x0bx\x9c\x03\x00\x00\x00\x00\x01"
"""How an extract begins, and then nothing that fits."""


def spoilt(sound: bytes) -> SearchStrategy[bytes]:
    """A file with some bytes changed, cut off or put twice, or no such file at all."""

    def change(seed: int) -> bytes:
        chance, content = random.Random(seed), bytearray(sound)
        for _ in range(chance.randrange(1, 8)):
            at = chance.randrange(len(content))
            match chance.randrange(4):
                case 0:
                    content[at] = chance.randrange(256)
                case 1:
                    content[at:] = content[at : at + chance.randrange(1, 600)]
                case 2:
                    content[at:at] = content[chance.randrange(len(content)) :][:200]
                case _:
                    content[at : at + 8] = chance.choice((b"\xff" * 8, b"\0" * 8, b"99999999"))
        return bytes(content) or b"\0"

    return st.integers(0, 2**32).map(change) | st.binary(max_size=300)


def _reader(name: str) -> Parser:
    read: Callable[[str, Place], object] = getattr(readers, f"read_{name}")
    return Parser(f"api.{name}", text, lambda fed, place, _folder: read(fed, place))


def _of_cell(name: str, read: Callable[[Any], object], fed: SearchStrategy[Any] = cell) -> Parser:
    return Parser(name, fed, lambda given, _place, _folder: read(given))


SOUND_PROBLEM: Final = json.dumps({"problem": "p_median", "distances": [[0, 1], [1, 0]], "weights": [1, 2], "count": 1})
PARSERS: Final = (
    *map(_reader, ("flag", "districts", "words", "box", "instant", "within")),
    Parser("api.degrees", text, lambda fed, place, _folder: readers.read_degrees(90)(fed, place)),
    Parser("api.integer", text, lambda fed, place, _folder: readers.read_integer(1, 9)(fed, place)),
    _of_cell("hours in words", read_hours, text),
    _of_cell("hours as a rule", OpeningHours, text),
    _of_cell("a typed week", read_typed_week, value | st.lists(text, min_size=7, max_size=7)),
    _of_cell("a limit", Within.parse, text),
    _of_cell("a tracking code", read_tracking, text),
    _of_cell("a pasted position", point_of_text),
    _of_cell("a pair of degrees", lambda pair: point_of_pair(*pair), st.tuples(cell, cell)),
    _of_cell("a date", date_of),
    _of_cell("a number", lambda given: number_of(given, "人|名")),
    _of_cell("a text", text_of),
    _of_cell("a system of coordinates", crs_in_words, text),
    _of_cell("a kind in a name", kind_of_name, text),
    _of_cell("phones", lambda given: phones_of(given, said_public=True), text),
    _of_cell("services", services_of_list, cell | value),
    _of_cell("details of services", lambda given: details_of(given, TODAY), cell | value),
    _of_cell("awards", awards_of, cell | value),
    _of_cell("pasted holidays", lambda given: read_pasted(given, 2026, DayKind.HOLIDAY, "假", "day", "源"), text),
    _of_cell("a station", lambda given: read_station(given, code="YC-0001"), _fields(*STATION_FIELDS)),
    _of_cell(
        "the nearest form", read_form, _form("lon", "lat", "crs", "mode", "order", "k", "kind", "services", "open")
    ),
    Parser(
        "the report form",
        _form("kind", "station", "text", "contact", "lon", "lat", "crs", "key", "made_at"),
        _typed_report,
    ),
    _of_cell("a siting problem", problem_of, _fields(*PROBLEM_FIELDS)),
    Parser("a siting file", spoilt(SOUND_PROBLEM.encode()), _problem_file, 2_000),
    Parser("a backup", spoilt(tar_bytes()), _archive, 2_000),
    Parser("a sealed backup", spoilt(b"STATIONMAP" + bytes(range(200))), _sealed, 2_000),
    Parser("an extract of streets", spoilt(PBF), _extract, 2_000),
)
