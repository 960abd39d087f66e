"""Import a file of stations: every good row saved in one transaction, every bad one reported.

What is known is read, and the plan made, outside the transaction that carries it out, so that others can write
meanwhile. The plan holds for the state of the data it was made from: had that changed when the transaction began, a
new plan is made, and after a few such attempts one is made inside. So nothing is ever half done, and what is saved
is what the report says. The first import of real stations removes the sample set in the same transaction;
where no row holds, nothing changes at all.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from geodata.coordinates import Crs
from geodata.files import StationSheet, read_station_sheet
from geodata.places import Place
from geodata.stations.document import changed_fields
from geodata.stations.station import Station
from mapapp.services.importing.duplicates import duplicates_among
from mapapp.services.importing.planning import ImportPlan, Update, plan_import
from mapapp.services.importing.report import ChangedRow, ImportedRow, ImportReport
from mapapp.store import PreparedStation, Reader, Store, Writer, prepared_addition, prepared_change

ORIGIN: Final = "import"
_ATTEMPTS_BESIDE_OTHERS: Final = 3


def import_stations(
    store: Store, place: Place, path: Path, *, crs: Crs | None, dry_run: bool, actor: str, now: datetime
) -> ImportReport:
    """Import ``path``, or find out what importing it would do.

    Parameters
    ----------
    crs
        The coordinate system of the file; None lets the file say.
    now
        The instant of the import, aware; its day in the place's time zone bounds dates in the file.

    Raises
    ------
    UnreadableFile
        The file as a whole cannot be used; nothing has changed.
    """
    sheet = read_station_sheet(path, crs, now.astimezone(place.timezone).date())
    if dry_run:
        with store.reading() as reader:
            read = _Register.of(reader)
        plan = plan_import(sheet, read.known, place)
        saved = [addition.station for addition in plan.additions]
    else:
        plan, read, saved = _carried_out(store, place, sheet, path, actor, now)
    sample_count = 0 if plan.is_empty else read.sample_count
    return _report(path, sheet, plan, saved, list(read.known), sample_count, dry_run=dry_run)


@dataclass(frozen=True, slots=True)
class _Register:
    """The real stations at one data revision, and how many sample stations would have to make room."""

    revision: int
    known: tuple[Station, ...]
    sample_count: int

    @classmethod
    def of(cls, reader: Reader) -> _Register:
        stations = reader.stations()
        known = tuple(station for station in stations if not station.is_sample)
        return cls(reader.data_revision(), known, len(stations) - len(known))


def _carried_out(
    store: Store, place: Place, sheet: StationSheet, path: Path, actor: str, now: datetime
) -> tuple[ImportPlan, _Register, list[Station]]:
    """The plan, what it was made beside, and the new stations as saved, in the plan's order."""
    reason, batch = _reason(path), _batch(path, now)
    for _attempt in range(_ATTEMPTS_BESIDE_OTHERS):
        with store.reading() as reader:
            read = _Register.of(reader)
        plan = plan_import(sheet, read.known, place)
        prepared = _prepared(plan)
        with store.writing(ORIGIN, at=now) as writer:
            if writer.data_revision() == read.revision:
                return plan, read, _save(writer, plan, prepared, place, reason=reason, actor=actor, batch=batch)
    with store.writing(ORIGIN, at=now) as writer:
        read = _Register.of(writer)
        plan = plan_import(sheet, read.known, place)
        saved = _save(writer, plan, _prepared(plan), place, reason=reason, actor=actor, batch=batch)
        return plan, read, saved


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What a plan writes: an entry for each addition, and the updates that change something."""

    additions: list[PreparedStation]
    changes: list[PreparedStation]


def _prepared(plan: ImportPlan) -> _Prepared:
    changes = (prepared_change(update.before, update.after) for update in plan.updates)
    return _Prepared(
        [prepared_addition(addition.station) for addition in plan.additions],
        [change for change in changes if change is not None],
    )


def _save(
    writer: Writer, plan: ImportPlan, prepared: _Prepared, place: Place, *, reason: str, actor: str, batch: str
) -> list[Station]:
    """Carry the plan out; the new stations as saved, in the plan's order."""
    if plan.is_empty:
        return []
    writer.remove_sample(actor=actor, reason=reason)
    reserved = {addition.station.code for addition in plan.additions if not addition.needs_code}
    needed_count = sum(addition.needs_code for addition in plan.additions)
    codes = iter(writer.next_codes(place.code_prefix, needed_count, besides=reserved))
    additions = [
        ready.with_code(next(codes)) if addition.needs_code else ready
        for addition, ready in zip(plan.additions, prepared.additions, strict=True)
    ]
    writer.save_batch([*additions, *prepared.changes], actor=actor, reason=reason, batch=batch)
    return [each.station for each in additions]


def _reason(path: Path) -> str:
    return f"导入 / import: {path.name}"[:200]


def _batch(path: Path, now: datetime) -> str:
    """A name for this import that joins its revisions: its instant and the file's fingerprint."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return f"{now:%Y%m%dT%H%M%S}-{digest}"


def _report(
    path: Path,
    sheet: StationSheet,
    plan: ImportPlan,
    saved: list[Station],
    known: list[Station],
    sample_count: int,
    *,
    dry_run: bool,
) -> ImportReport:
    new = [
        ImportedRow(line=addition.line, code="" if dry_run and addition.needs_code else station.code, name=station.name)
        for addition, station in zip(plan.additions, saved, strict=True)
    ]
    new_by_line = {addition.line: station for addition, station in zip(plan.additions, saved, strict=True)}
    stations = [(row, station) for row, station in zip(new, saved, strict=True)]
    stations += [(_row(update), update.after) for update in plan.updates]
    unplaced = [row for row, station in stations if station.position is None]
    return ImportReport(
        file_name=path.name,
        kind=sheet.kind,
        dry_run=dry_run,
        row_count=sheet.row_count,
        crs=sheet.crs,
        placed_count=len(stations) - len(unplaced),
        new=tuple(new),
        changed=tuple(_changed(update) for update in plan.updates if update.changes_something),
        unchanged=tuple(_row(update) for update in plan.updates if not update.changes_something),
        unplaced=tuple(sorted(unplaced, key=lambda row: row.line)),
        problems=tuple(plan.problems),
        outside_lines=plan.outside_lines,
        other_crs=plan.other_crs,
        duplicates=duplicates_among(new_by_line, known),
        skipped_lines=sheet.skipped_lines,
        unread_columns=sheet.columns.unread,
        notes=sheet.notes,
        sample_removed_count=sample_count,
    )


def _row(update: Update) -> ImportedRow:
    return ImportedRow(line=update.line, code=update.after.code, name=update.after.name)


def _changed(update: Update) -> ChangedRow:
    changes = changed_fields(update.before, update.after)
    return ChangedRow(line=update.line, code=update.after.code, name=update.after.name, changes=changes)
