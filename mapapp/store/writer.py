"""What can be written within one transaction.

Every accepted write of a station makes its revision here, beside it; there is no other way to write
one. The data revision grows by one in each transaction that changed anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from geodata.demand.points import DemandLayer
from geodata.stations.document import changed_fields
from geodata.stations.holidays import HolidayTable, SpecialDay
from geodata.stations.station import Station
from mapapp.store.account_rows import AccountWriter
from mapapp.store.batches import PreparedStation, insert_prepared, insert_revisions, update_prepared
from mapapp.store.confirmation_rows import ConfirmationWriter
from mapapp.store.demand_rows import DemandWriter, LayerSource
from mapapp.store.errors import CodeTaken, MixedSampleAndReal, StaleVersion, UnknownStation
from mapapp.store.holiday_rows import delete_special_day, rewrite_holidays, write_special_day
from mapapp.store.import_rows import ImportWriter
from mapapp.store.job_rows import JobWriter
from mapapp.store.planning_rows import PlanningWriter
from mapapp.store.reader import Reader
from mapapp.store.report_rows import ReportWriter
from mapapp.store.revision_bell import CHANNEL
from mapapp.store.revisions import DataAction, Origin, Revision, row_of_revision
from mapapp.store.scenario_rows import ScenarioWriter
from mapapp.store.schema import code_counters, data_events, data_revision, station_revisions, stations
from mapapp.store.session_rows import SessionWriter
from mapapp.store.station_rows import row_of_station
from mapapp.store.token_rows import TokenWriter
from mapapp.store.unmet_rows import UnmetWriter
from mapapp.store.unplaced_rows import UnplacedWriter
from mapapp.store.upload_rows import UploadWriter

_CODES_AT_ONCE: Final = 500
"""Databases limit how many values one statement may name."""

CODE_DIGITS: Final = 4
"""Codes look like YC-0001; after 9999 they grow."""


class Writer(Reader):
    """Read and write access; what was written is seen by others when the transaction ends well."""

    def __init__(self, connection: Connection, origin: Origin, at: dt.datetime) -> None:
        super().__init__(connection)
        self._origin = origin
        self._at = at
        self._touched = False
        self._mixture: dict[bool, bool] = {}

    @property
    def reports(self) -> ReportWriter:
        """The reports, in the same transaction. They are no part of the data revision."""
        return ReportWriter(self._connection)

    @property
    def accounts(self) -> AccountWriter:
        """The accounts, in the same transaction; nor are they."""
        return AccountWriter(self._connection)

    @property
    def sessions(self) -> SessionWriter:
        """The sessions of staff, in the same transaction; nor are they."""
        return SessionWriter(self._connection)

    @property
    def tokens(self) -> TokenWriter:
        """The API tokens, in the same transaction; nor are they."""
        return TokenWriter(self._connection)

    @property
    def confirmations(self) -> ConfirmationWriter:
        """Who confirmed what, in the same transaction; nor are they."""
        return ConfirmationWriter(self._connection)

    @property
    def unplaced(self) -> UnplacedWriter:
        """The stations without a position, in the same transaction."""
        return UnplacedWriter(self._connection)

    @property
    def unmet(self) -> UnmetWriter:
        """The quiet signals, in the same transaction; nor are they."""
        return UnmetWriter(self._connection)

    @property
    def jobs(self) -> JobWriter:
        """The worker's jobs, in the same transaction; nor are they."""
        return JobWriter(self._connection)

    @property
    def uploads(self) -> UploadWriter:
        """The files that were sent in, in the same transaction; nor are they."""
        return UploadWriter(self._connection)

    @property
    def imports(self) -> ImportWriter:
        """What was chosen for imports, in the same transaction; nor are these."""
        return ImportWriter(self._connection)

    @property
    def planning(self) -> PlanningWriter:
        """The planners' runs, in the same transaction; nor are these."""
        return PlanningWriter(self._connection)

    @property
    def scenarios(self) -> ScenarioWriter:
        """The planners' scenarios, in the same transaction; nor are these."""
        return ScenarioWriter(self._connection)

    def add_station(
        self, station: Station, *, actor: str, reason: str, origin: str | None = None, batch: str | None = None
    ) -> Station:
        """Add a station as version 1.

        Raises
        ------
        CodeTaken
            A station has that code.
        MixedSampleAndReal
            The station is real and there is sample data, or the other way round.
        """
        if self.station(station.code) is not None:
            raise CodeTaken(station.code)
        self._refuse_mixture(station)
        added = replace(station, version=1)
        self._connection.execute(insert(stations), [row_of_station(added)])
        self._record(None, added, actor=actor, reason=reason, origin=origin, batch=batch)
        return added

    def update_station(
        self,
        station: Station,
        *,
        expected_version: int | None,
        actor: str,
        reason: str,
        origin: str | None = None,
        batch: str | None = None,
    ) -> Station:
        """Save new values of the station with that code, and return it with its new version.

        Saving what is there already changes nothing: no version, no revision. ``expected_version``
        is the version the change was made from; None overwrites whatever is there.

        Raises
        ------
        UnknownStation
            No station has that code.
        StaleVersion
            Somebody else saved since; it carries the current value.
        MixedSampleAndReal
            The sample mark changed while other stations keep the old one.
        """
        current = self.station(station.code)
        if current is None:
            raise UnknownStation(station.code)
        if expected_version is not None and expected_version != current.version:
            raise StaleVersion(current, expected_version)
        changed = replace(station, version=current.version + 1)
        if not changed_fields(current, changed):
            return current
        if changed.is_sample != current.is_sample and self.station_count() > 1:
            raise MixedSampleAndReal(station.code)
        self._mixture.clear()
        self._connection.execute(
            update(stations).where(stations.c.code == changed.code).values(row_of_station(changed))
        )
        self._record(current, changed, actor=actor, reason=reason, origin=origin, batch=batch)
        return changed

    def save_batch(self, prepared: Sequence[PreparedStation], *, actor: str, reason: str, batch: str) -> None:
        """Save many stations, new and changed, as one batch; each has its code for good and is named once.

        Raises
        ------
        CodeTaken, UnknownStation, StaleVersion, MixedSampleAndReal
            As for a single station; then none must be kept: let it end the transaction.
        """
        if not prepared:
            return
        versions = self.versions()
        for each in prepared:
            self._refuse_prepared(each, versions.get(each.station.code))
        insert_prepared(self._connection, [each for each in prepared if each.before_version is None])
        update_prepared(self._connection, [each for each in prepared if each.before_version is not None])
        insert_revisions(
            self._connection, prepared, at=self._at, actor=actor, origin=self._origin, reason=reason, batch=batch
        )
        changed = [(each.station.code, each.changes) for each in prepared if each.before_version is not None]
        self.confirmations.add_for_changes(changed, at=self._at, actor=actor, origin=self._origin)
        self._touch()

    def remove_stations(self, codes: Sequence[str]) -> None:
        """Remove stations with their histories and reports: what undoing an import does to those it made.

        Whoever does it notes an event that says so, because no history will.
        """
        for start in range(0, len(codes), _CODES_AT_ONCE):
            part = codes[start : start + _CODES_AT_ONCE]
            self._connection.execute(delete(station_revisions).where(station_revisions.c.code.in_(part)))
            self._connection.execute(delete(stations).where(stations.c.code.in_(part)))
        if codes:
            self._mixture.clear()
            self._touch()

    def next_codes(self, prefix: str, count: int, *, besides: Collection[str] = ()) -> list[str]:
        """Codes nobody has or ever had, none of them ``besides``; asking uses them up."""
        last = self._last_number(prefix)
        taken = self._removed_codes().union(self.versions(), besides)
        codes: list[str] = []
        number = last or 0
        while len(codes) < count:
            number += 1
            code = f"{prefix}-{number:0{CODE_DIGITS}d}"
            if code not in taken:
                codes.append(code)
        if count:
            self._set_last_number(prefix, number, is_first=last is None)
        return codes

    def next_code(self, prefix: str) -> str:
        """A code nobody has or ever had, like ``YC-0001``; asking uses it up."""
        return self.next_codes(prefix, 1)[0]

    def remove_sample(self, *, actor: str = "", reason: str = "") -> int:
        """Remove all sample stations with their histories; how many they were. Demand stays."""
        sample = stations.c.is_sample.is_(True)
        count = int(self._connection.execute(select(func.count()).select_from(stations).where(sample)).scalar_one())
        if count == 0:
            return 0
        codes = select(stations.c.code).where(sample)
        self._connection.execute(delete(station_revisions).where(station_revisions.c.code.in_(codes)))
        self._connection.execute(delete(stations).where(sample))
        self._mixture.clear()
        self.note_event(DataAction.SAMPLE_REMOVED, {"stations": count, "reason": reason}, actor=actor)
        return count

    def replace_holidays(self, table: HolidayTable, *, actor: str, reason: str = "") -> None:
        """Put ``table`` in the place of the holiday table there is."""
        old = self.holidays()
        if table == old:
            return
        rewrite_holidays(self._connection, table)
        removed, added = set(old.days) - set(table.days), set(table.days) - set(old.days)
        self._note_days(
            removed,
            added,
            actor=actor,
            reason=reason,
            years=sorted(table.years),
            completed=sorted(table.years - old.years),
            reopened=sorted(old.years - table.years),
        )

    def set_special_day(self, day: SpecialDay, *, actor: str, reason: str = "") -> None:
        """Make the date a holiday or a working day, whatever it was."""
        old = self.holidays().special(day.date)
        if old == day:
            return
        write_special_day(self._connection, day)
        self._note_days({old} if old else set(), {day}, actor=actor, reason=reason)

    def remove_special_day(self, day: dt.date, *, actor: str, reason: str = "") -> bool:
        """Make the date an ordinary one; whether it was none."""
        old = self.holidays().special(day)
        if old is None:
            return False
        delete_special_day(self._connection, day)
        self._note_days({old}, set(), actor=actor, reason=reason)
        return True

    @property
    def demand(self) -> DemandWriter:
        """The demand layers, in the same transaction; whoever changes one notes it with `note_event`."""
        return DemandWriter(self._connection)

    def save_demand_layer(self, layer: DemandLayer, *, actor: str, source: LayerSource | None = None) -> None:
        """Save the layer over one of the same name; without a source it is the model's own."""
        self.demand.save(layer, source or LayerSource(), made_by=actor, at=self._at)
        self.note_event(DataAction.DEMAND_SAVED, {"layer": layer.name, "points": layer.point_count}, actor=actor)

    def note_event(self, action: DataAction, detail: Mapping[str, Any], *, actor: str) -> None:
        """Write down something that happened to the data beyond a single station."""
        self._touch()
        event = {
            "at": self._at,
            "actor": actor,
            "origin": self._origin.value,
            "action": action.value,
            "detail": dict(detail),
            "data_revision": self.data_revision(),
        }
        self._connection.execute(insert(data_events), [event])

    def _removed_codes(self) -> set[str]:
        """The codes of stations that undone imports had brought: a poster with one may hang somewhere."""
        undone = select(data_events.c.detail).where(data_events.c.action == DataAction.IMPORT_UNDONE.value)
        return {code for detail in self._connection.execute(undone).scalars() for code in detail.get("removed", ())}

    def _last_number(self, prefix: str) -> int | None:
        query = select(code_counters.c.last_number).where(code_counters.c.prefix == prefix)
        return self._connection.execute(query).scalar_one_or_none()

    def _set_last_number(self, prefix: str, number: int, *, is_first: bool) -> None:
        if is_first:
            self._connection.execute(insert(code_counters), [{"prefix": prefix, "last_number": number}])
            return
        counter = code_counters.c
        self._connection.execute(update(code_counters).where(counter.prefix == prefix).values(last_number=number))

    def _refuse_prepared(self, prepared: PreparedStation, version: int | None) -> None:
        code, before_version = prepared.station.code, prepared.before_version
        if before_version is None:
            if version is not None:
                raise CodeTaken(code)
            self._refuse_mixture(prepared.station)
        elif version is None:
            raise UnknownStation(code)
        elif version != before_version:
            current = self.station(code)
            assert current is not None  # noqa: S101 - it has a version, see above
            raise StaleVersion(current, before_version)
        elif "is_sample" in prepared.changes:
            raise MixedSampleAndReal(code)

    def _refuse_mixture(self, station: Station) -> None:
        if not self._mixture:
            self._mixture = {True: self.has_sample_stations(), False: self.has_real_stations()}
        if self._mixture[not station.is_sample]:
            raise MixedSampleAndReal(station.code)
        self._mixture[station.is_sample] = True

    def _record(
        self, old: Station | None, new: Station, *, actor: str, reason: str, origin: str | None, batch: str | None
    ) -> None:
        revision = Revision(
            code=new.code,
            number=new.version,
            at=self._at,
            actor=actor,
            origin=Origin(origin) if origin is not None else self._origin,
            reason=reason,
            changes=changed_fields(old, new),
            batch=batch,
        )
        self._connection.execute(insert(station_revisions), [row_of_revision(revision)])
        if old is not None:
            changed = [(new.code, revision.changes)]
            self.confirmations.add_for_changes(changed, at=self._at, actor=actor, origin=revision.origin)
        self._touch()

    def _note_days(
        self, removed: set[SpecialDay], added: set[SpecialDay], *, actor: str, reason: str, **more: Any
    ) -> None:
        detail = {"removed": _day_words(removed), "added": _day_words(added), "reason": reason, **more}
        self.note_event(DataAction.HOLIDAYS_CHANGED, detail, actor=actor)

    def _touch(self) -> None:
        if not self._touched:
            self._connection.execute(update(data_revision).values(number=data_revision.c.number + 1))
            if self._connection.dialect.name == "postgresql":  # said when the transaction has ended well
                self._connection.exec_driver_sql(f"NOTIFY {CHANNEL}")
            self._touched = True


def _day_words(days: set[SpecialDay]) -> list[list[str]]:
    return sorted([day.date.isoformat(), day.kind.value, day.name_zh, day.name_en] for day in days)
