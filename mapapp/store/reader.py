"""What can be read within one transaction: everything it returns is of the same moment."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, Select, Text, cast, exists, func, select

from geodata.demand.points import DemandLayer
from geodata.stations.holidays import HolidayTable
from geodata.stations.station import Station
from geodata.stations.vocabulary import LifeCycle, StationKind
from mapapp.store.account_rows import AccountReader
from mapapp.store.confirmation_rows import ConfirmationReader
from mapapp.store.data_position import DataPosition, read_codes_changed_since, read_position
from mapapp.store.demand_rows import DemandReader, read_demand_layers
from mapapp.store.errors import UnstorableText
from mapapp.store.holiday_rows import read_holidays
from mapapp.store.import_rows import ImportReader
from mapapp.store.job_rows import JobReader
from mapapp.store.planning_rows import PlanningReader
from mapapp.store.report_counts import ReportCounts
from mapapp.store.report_rows import ReportReader
from mapapp.store.revisions import DataAction, DataEvent, Revision, event_of_row, revision_of_row
from mapapp.store.scenario_rows import ScenarioReader
from mapapp.store.schema import data_events, data_revision, reports, station_revisions, stations
from mapapp.store.session_rows import SessionReader
from mapapp.store.sorting import by_characters
from mapapp.store.standing_rows import JobsStanding, read_beat_at, read_jobs_standing, read_schema_revision
from mapapp.store.station_pages import StationRow, StationsQuestion, read_page
from mapapp.store.station_rows import STATION_COLUMNS, StationsOfRows
from mapapp.store.token_rows import TokenReader
from mapapp.store.unmet_rows import UnmetReader
from mapapp.store.unplaced_rows import UnplacedReader
from mapapp.store.upload_rows import UploadReader

_MOST_CODES: Final = 500
"""Codes asked for in one statement; databases bound how many values one may carry."""
_MOST_EVENTS: Final = 500
_ROWS_AT_ONCE: Final = 2000
"""Rows taken from the database's cursor at a time."""
_WIDE_ROWS_AT_ONCE: Final = 100
"""The same of whole stations: few enough that their texts are still in the processor's cache when they are read."""


class Reader:
    """Read access to one state of the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def reports(self) -> ReportReader:
        """The reports of the same state."""
        return ReportReader(self._connection)

    @property
    def report_counts(self) -> ReportCounts:
        """Counts over the reports of the same state."""
        return ReportCounts(self._connection)

    @property
    def accounts(self) -> AccountReader:
        """The accounts of the same state."""
        return AccountReader(self._connection)

    @property
    def sessions(self) -> SessionReader:
        """The sessions of the same state."""
        return SessionReader(self._connection)

    @property
    def tokens(self) -> TokenReader:
        """The API tokens of the same state."""
        return TokenReader(self._connection)

    @property
    def confirmations(self) -> ConfirmationReader:
        """Who confirmed what, in the same state."""
        return ConfirmationReader(self._connection)

    @property
    def unplaced(self) -> UnplacedReader:
        """The stations without a position, in the same state."""
        return UnplacedReader(self._connection)

    @property
    def unmet(self) -> UnmetReader:
        """The quiet signals, in the same state."""
        return UnmetReader(self._connection)

    @property
    def jobs(self) -> JobReader:
        """The worker's jobs, in the same state."""
        return JobReader(self._connection)

    def jobs_standing(self, now: datetime) -> JobsStanding:
        """How the jobs of the same state stand, in numbers."""
        return read_jobs_standing(self._connection, now)

    def schema_revision(self) -> str | None:
        """The migration the database stands at, or None before the first."""
        return read_schema_revision(self._connection)

    def jobs_beat_at(self) -> datetime | None:
        """When a worker last said of any job that it is at it."""
        return read_beat_at(self._connection)

    @property
    def uploads(self) -> UploadReader:
        """The files that were sent in, in the same state."""
        return UploadReader(self._connection)

    @property
    def imports(self) -> ImportReader:
        """What was chosen for imports, in the same state."""
        return ImportReader(self._connection)

    @property
    def planning(self) -> PlanningReader:
        """The planners' runs, in the same state."""
        return PlanningReader(self._connection)

    @property
    def scenarios(self) -> ScenarioReader:
        """The planners' scenarios, in the same state."""
        return ScenarioReader(self._connection)

    def stations(self, *, include_hidden: bool = True) -> tuple[Station, ...]:
        """The stations by code; without hidden ones, only those whose life cycle is public."""
        return tuple(sorted(self.each_station(include_hidden=include_hidden), key=_code_of))

    def each_station(self, *, include_hidden: bool = True) -> Iterator[Station]:
        """The same one by one, in no order: as many as there may be are never held by the reading itself."""
        query = select(*STATION_COLUMNS).execution_options(yield_per=_WIDE_ROWS_AT_ONCE)
        if not include_hidden:
            query = query.where(_is_public())
        make = StationsOfRows().station
        return (make(row) for row in self._connection.execute(query))

    def each_station_by_code(self) -> Iterator[Station]:
        """All stations by code, one by one; what they share is shared among a few thousand, so nothing grows."""
        code = by_characters(stations.c.code, self._connection.dialect.name)
        query = select(*STATION_COLUMNS).order_by(code).execution_options(yield_per=_ROWS_AT_ONCE)
        for rows in self._connection.execute(query).partitions():
            yield from map(StationsOfRows().station, rows)

    def each_station_in_brief(self) -> Iterator[tuple[str | None, StationKind, bool]]:
        """District, kind and whether it is of the sample, of every station, in no order."""
        column = stations.c
        query = select(column.district_code, column.kind, column.is_sample).execution_options(yield_per=_ROWS_AT_ONCE)
        kinds = {kind.value: kind for kind in StationKind}
        return ((district, kinds[kind], bool(sample)) for district, kind, sample in self._connection.execute(query))

    def station(self, code: str) -> Station | None:
        """The station with that code, or None; any text may be asked."""
        query = select(*STATION_COLUMNS).where(stations.c.code == code)
        try:
            row = self._connection.execute(query).one_or_none()
        except UnstorableText:
            return None
        return StationsOfRows().station(row) if row is not None else None

    def stations_of(self, codes: Collection[str], *, include_hidden: bool = True) -> dict[str, Station]:
        """The stations with those codes, by code; codes nobody has are left out."""
        make = StationsOfRows().station
        found: dict[str, Station] = {}
        for chunk in _chunks(sorted(codes)):
            query = select(*STATION_COLUMNS).where(stations.c.code.in_(chunk))
            if not include_hidden:
                query = query.where(_is_public())
            found |= {station.code: station for station in map(make, self._connection.execute(query))}
        return found

    def stations_page(self, question: StationsQuestion) -> tuple[tuple[StationRow, ...], int]:
        """A page of the register's list, hidden stations included, and how many match in all."""
        return read_page(self._connection, question)

    def holidays(self) -> HolidayTable:
        """The holiday table."""
        return read_holidays(self._connection)

    def data_revision(self) -> int:
        """The number that grows by one with each transaction that changed anything."""
        return int(self._connection.execute(select(data_revision.c.number)).scalar_one())

    def position(self) -> DataPosition:
        """How far the data have come in this state."""
        return read_position(self._connection)

    def codes_changed_since(self, position: DataPosition, *, most: int) -> frozenset[str] | None:
        """The stations of which the public may read something else by now; None if too many, or it cannot be told."""
        return read_codes_changed_since(self._connection, position, most)

    def each_last_change(self) -> Iterator[tuple[str, datetime]]:
        """When each station was last changed, in no order."""
        column = station_revisions.c
        query = (
            select(column.code, func.max(column.at)).group_by(column.code).execution_options(yield_per=_ROWS_AT_ONCE)
        )
        return ((code, at) for code, at in self._connection.execute(query))

    def revisions(self, code: str) -> tuple[Revision, ...]:
        """The station's history, oldest first; empty if no station has that code."""
        query = select(station_revisions).where(station_revisions.c.code == code).order_by(station_revisions.c.number)
        try:
            return tuple(revision_of_row(row) for row in self._connection.execute(query).mappings())
        except UnstorableText:
            return ()

    def batch(self, name: str) -> tuple[Revision, ...]:
        """The revisions of one import, in the order they were written."""
        query = select(station_revisions).where(station_revisions.c.batch == name).order_by(station_revisions.c.id)
        try:
            return tuple(revision_of_row(row) for row in self._connection.execute(query).mappings())
        except UnstorableText:
            return ()

    def codes_added_after(self, at: datetime) -> tuple[str, ...]:
        """The codes of stations that came after that instant, earliest first."""
        column = station_revisions.c
        query = select(column.code).where(column.number == 1, column.at > at).order_by(column.id)
        return tuple(self._connection.execute(query).scalars())

    def codes_with_reports(self) -> frozenset[str]:
        """The codes of stations that anybody ever reported about."""
        query = select(reports.c.station_code).where(reports.c.station_code.is_not(None)).distinct()
        return frozenset(self._connection.execute(query).scalars())

    def versions(self, *, with_sample: bool = True) -> dict[str, int]:
        """The version of every station, by code; without the sample those of real ones alone."""
        query = select(stations.c.code, stations.c.version)
        rows = self._connection.execute(query if with_sample else query.where(stations.c.is_sample.is_(False)))
        return {code: int(version) for code, version in rows}

    def photos_changed_since(self, since: datetime) -> frozenset[str]:
        """The photos that stations got or lost by changes after ``since``."""
        changes = station_revisions.c.changes
        query = select(changes).where(station_revisions.c.at > since, cast(changes, Text).like('%"photo"%'))
        pairs = (each.get("photo", ()) for each in self._connection.execute(query).scalars())
        return frozenset(photo for pair in pairs for photo in pair if photo)

    def batch_revisions(self, batch: str) -> tuple[Revision, ...]:
        """The revisions one import made, by code and number; empty if there is no such batch."""
        query = select(station_revisions).where(station_revisions.c.batch == batch)
        found = (revision_of_row(row) for row in self._connection.execute(query).mappings())
        return tuple(sorted(found, key=lambda revision: (revision.code, revision.number)))

    def events(self) -> tuple[DataEvent, ...]:
        """What happened to the data beyond single stations, oldest first."""
        rows = self._connection.execute(select(data_events).order_by(data_events.c.id)).mappings()
        return tuple(event_of_row(row) for row in rows)

    def holiday_events(self) -> tuple[DataEvent, ...]:
        """What happened to the holiday table, newest first."""
        changed = data_events.c.action == DataAction.HOLIDAYS_CHANGED.value
        query = select(data_events).where(changed).order_by(data_events.c.id.desc()).limit(_MOST_EVENTS)
        return tuple(event_of_row(row) for row in self._connection.execute(query).mappings())

    def station_count(self) -> int:
        """How many stations there are, hidden ones included."""
        return int(self._connection.execute(select(func.count()).select_from(stations)).scalar_one())

    def has_real_stations(self) -> bool:
        """Whether any station is not of the sample."""
        return self._any(select(stations.c.code).where(stations.c.is_sample.is_(False)))

    def has_sample_stations(self) -> bool:
        """Whether any station is of the sample."""
        return self._any(select(stations.c.code).where(stations.c.is_sample.is_(True)))

    def is_pristine(self) -> bool:
        """Whether no station was ever loaded: then, and only then, the sample may be."""
        sample_came = data_events.c.action.in_([DataAction.SAMPLE_LOADED.value, DataAction.SAMPLE_REMOVED.value])
        return not (self._any(select(stations.c.code)) or self._any(select(data_events.c.id).where(sample_came)))

    @property
    def demand(self) -> DemandReader:
        """The demand layers, one by one and without their points, in the same state."""
        return DemandReader(self._connection)

    def demand_layers(self) -> tuple[DemandLayer, ...]:
        """The demand layers by name."""
        return read_demand_layers(self._connection)

    def _any(self, query: Select[tuple[str]] | Select[tuple[int]]) -> bool:
        return bool(self._connection.execute(select(exists(query))).scalar_one())


def _chunks(codes: Sequence[str]) -> Iterator[Sequence[str]]:
    return (codes[start : start + _MOST_CODES] for start in range(0, len(codes), _MOST_CODES))


def _is_public() -> ColumnElement[bool]:
    return stations.c.life_cycle.in_([cycle.value for cycle in LifeCycle if cycle.is_public])


def _code_of(station: Station) -> str:
    return station.code
