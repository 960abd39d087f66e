"""What can be read within one transaction: everything it returns is of the same moment."""

from __future__ import annotations

from sqlalchemy import Connection, Select, exists, func, select

from geodata.demand.points import DemandLayer
from geodata.stations.holidays import HolidayTable
from geodata.stations.station import Station
from geodata.stations.vocabulary import LifeCycle
from mapapp.store.demand_rows import read_demand_layers
from mapapp.store.errors import UnstorableText
from mapapp.store.holiday_rows import read_holidays
from mapapp.store.report_rows import ReportReader
from mapapp.store.revisions import DataAction, DataEvent, Revision, event_of_row, revision_of_row
from mapapp.store.schema import data_events, data_revision, station_revisions, stations
from mapapp.store.station_rows import HoursOfRows, station_of_row


class Reader:
    """Read access to one state of the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def reports(self) -> ReportReader:
        """The reports of the same state."""
        return ReportReader(self._connection)

    def stations(self, *, include_hidden: bool = True) -> tuple[Station, ...]:
        """The stations by code; without hidden ones, only those whose life cycle is public."""
        query = select(stations)
        if not include_hidden:
            query = query.where(stations.c.life_cycle.in_([cycle.value for cycle in LifeCycle if cycle.is_public]))
        hours = HoursOfRows()
        found = (station_of_row(row, hours.of(row)) for row in self._connection.execute(query).mappings())
        return tuple(sorted(found, key=lambda station: station.code))

    def station(self, code: str) -> Station | None:
        """The station with that code, or None; any text may be asked."""
        query = select(stations).where(stations.c.code == code)
        try:
            row = self._connection.execute(query).mappings().one_or_none()
        except UnstorableText:
            return None
        return station_of_row(row, HoursOfRows().of(row)) if row is not None else None

    def holidays(self) -> HolidayTable:
        """The holiday table."""
        return read_holidays(self._connection)

    def data_revision(self) -> int:
        """The number that grows by one with each transaction that changed anything."""
        return int(self._connection.execute(select(data_revision.c.number)).scalar_one())

    def revisions(self, code: str) -> tuple[Revision, ...]:
        """The station's history, oldest first; empty if no station has that code."""
        query = select(station_revisions).where(station_revisions.c.code == code).order_by(station_revisions.c.number)
        try:
            return tuple(revision_of_row(row) for row in self._connection.execute(query).mappings())
        except UnstorableText:
            return ()

    def events(self) -> tuple[DataEvent, ...]:
        """What happened to the data beyond single stations, oldest first."""
        rows = self._connection.execute(select(data_events).order_by(data_events.c.id)).mappings()
        return tuple(event_of_row(row) for row in rows)

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

    def demand_layers(self) -> tuple[DemandLayer, ...]:
        """The demand layers by name."""
        return read_demand_layers(self._connection)

    def _any(self, query: Select[tuple[str]] | Select[tuple[int]]) -> bool:
        return bool(self._connection.execute(select(exists(query))).scalar_one())
