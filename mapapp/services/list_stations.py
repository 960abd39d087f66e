"""Use case: the stations of a city, filtered and in pages, by code."""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import BBox
from geodata.stations.columns import bits_of
from geodata.stations.station import Station
from geodata.stations.vocabulary import EntryMethod, Service, StationKind
from mapapp.services.snapshot import StationSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuestion:
    """Which stations, and which page of them. An empty set is no filter.

    A station must have one of the kinds, districts and entry methods, and *all* of the services. With
    ``always_open`` it must be in use and, by its hours, open around the clock; unknown hours are not.
    ``text`` is looked for in names and addresses. A box leaves the unplaced stations out.
    """

    kinds: frozenset[StationKind] = frozenset()
    services: frozenset[Service] = frozenset()
    entry_methods: frozenset[EntryMethod] = frozenset()
    district_codes: frozenset[str] = frozenset()
    always_open: bool = False
    text: str = ""
    box: BBox | None = None
    limit: int = 100
    offset: int = 0


@dataclass(frozen=True, slots=True)
class StationPage:
    """One page and how many stations match in all."""

    stations: tuple[Station, ...]
    matched_count: int


class SearchedTexts:
    """Names and addresses of all stations as they are searched: one run of bytes, a line a station.

    Made on the first search. A country's are 25 MB, looked through in some milliseconds; folding them anew for each
    question would take a second and more.
    """

    def __init__(self, stations: Sequence[Station]) -> None:
        self._stations = stations
        self._making = Lock()
        self._lines: tuple[bytes, NDArray[np.int64]] | None = None

    def rows(self, words: str) -> NDArray[np.int64]:
        """The rows of the stations with a text that holds these words (folded), ascending."""
        text, starts = self._made()
        wanted, found, at = words.encode("utf-8", "surrogatepass"), array("q"), 0
        while (at := text.find(wanted, at)) >= 0:
            row = int(np.searchsorted(starts, at, side="right")) - 1
            found.append(row)
            at = int(starts[row + 1]) if row + 1 < len(starts) else len(text)
        return np.array(found, dtype=np.int64)

    def _made(self) -> tuple[bytes, NDArray[np.int64]]:
        with self._making:
            if self._lines is None:
                lines = [_line_of(station) for station in self._stations]
                ends = np.cumsum([len(line) for line in lines], dtype=np.int64)
                self._lines = b"".join(lines), np.concatenate([np.zeros(min(1, len(ends)), np.int64), ends[:-1]])
            return self._lines


def _line_of(station: Station) -> bytes:
    """Folded texts hold no space and no line's end, so that neither words nor a match reach into the next one."""
    return ("\n".join(folded(text) for text in _searchable(station)) + "\n").encode("utf-8", "surrogatepass")


def list_stations(
    snapshot: StationSnapshot, question: ListQuestion, at: datetime, texts: SearchedTexts | None = None
) -> StationPage:
    """The page of matching stations; a seasonal service matches in the month of ``at``.

    ``texts`` are those of this snapshot's stations, kept by whoever is asked often.
    """
    rows = _matching_rows(snapshot, question, at.astimezone(snapshot.place.timezone).month)
    words = folded(question.text)
    if words:
        named = (texts or SearchedTexts(snapshot.stations)).rows(words)
        rows = np.intersect1d(rows, named, assume_unique=True)
    shown = rows[question.offset : question.offset + question.limit]
    return StationPage(tuple(snapshot.stations[row] for row in shown.tolist()), len(rows))


def district_counts(snapshot: StationSnapshot) -> tuple[tuple[str, int], ...]:
    """How many stations each district has, by code; those without a district are left out."""
    columns = snapshot.index.columns
    counts = np.bincount(columns.district_ids[columns.district_ids >= 0], minlength=len(columns.districts))
    return tuple(sorted((str(code), int(count)) for code, count in zip(columns.districts, counts, strict=True)))


def _matching_rows(snapshot: StationSnapshot, question: ListQuestion, month: int) -> NDArray[np.int64]:
    """The rows that pass every filter but the text's, ascending: the index's columns answer, no station is read."""
    columns = snapshot.index.columns
    passes = np.ones(len(columns.codes), dtype=bool)
    if question.kinds:
        passes &= (columns.kinds & bits_of(question.kinds)) != 0
    if question.district_codes:
        wanted = [row for row, code in enumerate(columns.districts) if code in question.district_codes]
        passes &= np.isin(columns.district_ids, wanted)
    if question.entry_methods:
        passes &= (columns.entry_bits & bits_of(question.entry_methods)) != 0
    if question.services:
        services = bits_of(question.services)
        passes &= (columns.service_bits[month - 1] & services) == services
    if question.always_open:
        passes &= columns.always_open
    if question.box is not None:
        box = question.box
        with np.errstate(invalid="ignore"):
            passes &= (columns.lon >= box.west) & (columns.lon <= box.east)
            passes &= (columns.lat >= box.south) & (columns.lat <= box.north)
    return np.flatnonzero(passes)


def _searchable(station: Station) -> tuple[str, ...]:
    return (station.code, station.name, station.name_en, *station.other_names, station.address)


def folded(text: str) -> str:
    """The text as it is compared: full-width forms, case and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
