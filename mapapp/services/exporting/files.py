"""Use case: stations as a file, in a system of coordinates that the file names; and the empty sheet to fill in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from geodata.coordinates import Crs
from geodata.files import FileKind
from geodata.files.writing import SheetWords, columns_for, written
from geodata.files.writing_formats import ENDINGS, MIME_TYPES, file_of
from geodata.places import Place
from geodata.stations.vocabulary import StationKind
from mapapp.services.rights import Actor, Right, may, may_read, require
from mapapp.store import StationsQuestion, Store


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


def count_stations(store: Store, question: ExportQuestion) -> int:
    """How many stations there are to export."""
    asked = StationsQuestion(district_codes=question.district_codes, kinds=question.station_kinds, limit=1)
    with store.reading() as reader:
        return reader.stations_page(asked)[1]


def export_stations(
    store: Store,
    place: Place,
    actor: Actor,
    question: ExportQuestion,
    now: datetime,
    on_read: Callable[[], None] = lambda: None,
) -> ExportedFile:
    """The stations the actor may read. Internal contacts only for those who edit, and only if asked for.

    ``on_read`` is told when all are read and the writing begins; it may raise to end it.

    Raises
    ------
    Forbidden
        The actor may not read the register, or not its contacts.
    """
    require(actor, Right.READ_REGISTER)
    if question.with_contacts:
        require(actor, Right.IMPORT_STATIONS)
    with store.reading() as reader:
        stations = [
            station
            for station in reader.stations()
            if may_read(actor, station)
            and (not question.district_codes or station.district_code in question.district_codes)
            and (not question.station_kinds or station.kind in question.station_kinds)
        ]
    on_read()
    has_sample = any(station.is_sample for station in stations)
    columns = columns_for(with_contacts=question.with_contacts, with_sample=has_sample)
    words = SheetWords(question.language, place, question.crs)
    content = file_of(question.kind, written(stations, question.crs), columns, words)
    stem = f"{place.id}-stations-{'sample-' if has_sample else ''}{now:%Y%m%d}-{question.crs.value}"
    return ExportedFile(f"{stem}.{ENDINGS[question.kind]}", MIME_TYPES[question.kind], content, len(stations))


def empty_sheet(place: Place, kind: FileKind, crs: Crs, language: str) -> ExportedFile:
    """The headings without a station, to be filled in; contacts have their column."""
    words = SheetWords(language, place, crs)
    content = file_of(kind, [], columns_for(with_contacts=True, with_sample=False), words)
    return ExportedFile(f"{place.id}-template-{crs.value}.{ENDINGS[kind]}", MIME_TYPES[kind], content, 0)


def may_export_contacts(actor: Actor) -> bool:
    """Whether the actor may have internal contacts in a file."""
    return may(actor, Right.IMPORT_STATIONS)
