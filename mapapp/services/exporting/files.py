"""Use case: stations as a file, in a system of coordinates that the file names; and the empty sheet to fill in."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from geodata.coordinates import Crs
from geodata.files import FileKind
from geodata.files.writing import SheetWords, WrittenStation, columns_for, written
from geodata.files.writing_formats import ENDINGS, MIME_TYPES, SheetContent, file_of, write_file
from geodata.places import Place
from geodata.stations.station import Station
from geodata.stations.vocabulary import StationKind
from mapapp.services.rights import Actor, Right, may, may_read_in, require
from mapapp.store import StationsQuestion, Store

STATIONS_AT_ONCE: Final = 2_000
"""So many are held while a file is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportQuestion:
    """Which stations, and how. Without districts or kinds: of all. ``language`` is ``zh`` or ``en``."""

    kind: FileKind
    crs: Crs = Crs.WGS84
    language: str = "zh"
    district_codes: frozenset[str] = field(default_factory=frozenset)
    station_kinds: frozenset[StationKind] = field(default_factory=frozenset)
    with_contacts: bool = False

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> ExportQuestion:
        """From what `document` gives; raises ValueError where it has another form."""
        try:
            return cls(
                kind=FileKind(document["format"]),
                crs=Crs(document["crs"]),
                language=str(document["language"]),
                district_codes=frozenset(str(code) for code in document["district_codes"]),
                station_kinds=frozenset(StationKind(kind) for kind in document["station_kinds"]),
                with_contacts=bool(document["with_contacts"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError("no question") from error

    def document(self) -> dict[str, Any]:
        """The question as it is kept with a job."""
        return {
            "format": self.kind.value,
            "crs": self.crs.value,
            "language": self.language,
            "district_codes": sorted(self.district_codes),
            "station_kinds": sorted(kind.value for kind in self.station_kinds),
            "with_contacts": self.with_contacts,
        }


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file to be handed out. Its name holds nothing but the place, the day and the coordinate system."""

    name: str
    mime_type: str
    content: bytes
    station_count: int


@dataclass(frozen=True, slots=True)
class WrittenExport:
    """What a written file is to be called, and how many stations are in it."""

    name: str
    station_count: int


def count_stations(store: Store, question: ExportQuestion) -> int:
    """How many stations there are to export."""
    asked = StationsQuestion(district_codes=question.district_codes, kinds=question.station_kinds, limit=1)
    with store.reading() as reader:
        return reader.stations_page(asked)[1]


def export_stations(store: Store, place: Place, actor: Actor, question: ExportQuestion, now: datetime) -> ExportedFile:
    """The stations the actor may read, as a file in memory; otherwise as `write_export`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"stations.{ENDINGS[question.kind]}"
        made = write_export(store, place, actor, question, now, path)
        return ExportedFile(made.name, MIME_TYPES[question.kind], path.read_bytes(), made.station_count)


def write_export(
    store: Store,
    place: Place,
    actor: Actor,
    question: ExportQuestion,
    now: datetime,
    path: Path,
    on_written: Callable[[int, int], object] = lambda _done, _total: None,
) -> WrittenExport:
    """Write the stations the actor may read. Internal contacts only for those who edit, and only if asked for.

    They are read and written ``STATIONS_AT_ONCE`` at a time, from one state of the database. ``on_written`` hears how
    many are written, and of how many; it may raise to end it.

    Raises
    ------
    Forbidden
        The actor may not read the register, or not its contacts.
    """
    require(actor, Right.READ_REGISTER)
    if question.with_contacts:
        require(actor, Right.IMPORT_STATIONS)
    with store.reading() as reader:
        samples = [
            is_sample
            for district_code, kind, is_sample in reader.each_station_in_brief()
            if _is_asked(question, actor, district_code, kind)
        ]
        count, has_sample = len(samples), any(samples)
        asked = (
            station
            for station in reader.each_station_by_code()
            if _is_asked(question, actor, station.district_code, station.kind)
        )
        content = SheetContent(_batches(asked, question.crs, lambda done: on_written(done, count)), count, has_sample)
        columns = columns_for(with_contacts=question.with_contacts, with_sample=has_sample)
        write_file(question.kind, path, content, columns, SheetWords(question.language, place, question.crs))
    stem = f"{place.id}-stations-{'sample-' if has_sample else ''}{now:%Y%m%d}-{question.crs.value}"
    return WrittenExport(f"{stem}.{ENDINGS[question.kind]}", count)


def _is_asked(question: ExportQuestion, actor: Actor, district_code: str | None, kind: StationKind) -> bool:
    return (
        may_read_in(actor, district_code)
        and (not question.district_codes or district_code in question.district_codes)
        and (not question.station_kinds or kind in question.station_kinds)
    )


def _batches(
    stations: Iterator[Station], crs: Crs, on_written: Callable[[int], object]
) -> Iterator[Sequence[WrittenStation]]:
    done = 0
    while batch := list(islice(stations, STATIONS_AT_ONCE)):
        on_written(done)
        yield written(batch, crs)
        done += len(batch)


def empty_sheet(place: Place, kind: FileKind, crs: Crs, language: str) -> ExportedFile:
    """The headings without a station, to be filled in; contacts have their column."""
    words = SheetWords(language, place, crs)
    content = file_of(kind, [], columns_for(with_contacts=True, with_sample=False), words)
    return ExportedFile(f"{place.id}-template-{crs.value}.{ENDINGS[kind]}", MIME_TYPES[kind], content, 0)


def may_export_contacts(actor: Actor) -> bool:
    """Whether the actor may have internal contacts in a file."""
    return may(actor, Right.IMPORT_STATIONS)
