"""Import a file of stations: every good row saved in one transaction, every bad one reported.

The file is read before the transaction begins; then, inside it, what is known is read, the plan is made and
carried out, so nothing can change in between and nothing is ever half done. A dry run makes the same plan
from a reading transaction and saves nothing. The first import of real stations removes the sample set
in the same transaction; where no row holds, nothing changes at all.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Final

from geodata.coordinates import Crs
from geodata.files import StationSheet, read_station_sheet
from geodata.places import Place
from geodata.stations.document import changed_fields
from geodata.stations.station import Station
from mapapp.services.importing.duplicates import duplicates_among
from mapapp.services.importing.planning import Addition, ImportPlan, Update, plan_import
from mapapp.services.importing.report import ChangedRow, ImportedRow, ImportReport
from mapapp.store import Reader, Store, Writer

ORIGIN: Final = "import"


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
            plan, known, sample_count = _plan(sheet, reader, place)
        saved = [addition.station for addition in plan.additions]
    else:
        with store.writing(ORIGIN, at=now) as writer:
            plan, known, sample_count = _plan(sheet, writer, place)
            saved = _save(writer, plan, place, reason=_reason(path), actor=actor, batch=_batch(path, now))
    return _report(path, sheet, plan, saved, known, sample_count, dry_run=dry_run)


def _plan(sheet: StationSheet, reader: Reader, place: Place) -> tuple[ImportPlan, list[Station], int]:
    """The plan, the real stations it was made beside, and how many sample stations must make room."""
    stations = reader.stations()
    known = [station for station in stations if not station.is_sample]
    plan = plan_import(sheet, known, place)
    return plan, known, 0 if plan.is_empty else len(stations) - len(known)


def _save(writer: Writer, plan: ImportPlan, place: Place, *, reason: str, actor: str, batch: str) -> list[Station]:
    """Carry the plan out; the new stations as saved, in the plan's order."""
    if plan.is_empty:
        return []
    writer.remove_sample(actor=actor, reason=reason)
    reserved = {addition.station.code for addition in plan.additions if not addition.needs_code}
    saved = [
        writer.add_station(_coded(addition, writer, place, reserved), actor=actor, reason=reason, batch=batch)
        for addition in plan.additions
    ]
    for update in plan.updates:
        if update.changes_something:
            writer.update_station(
                update.after, expected_version=update.before.version, actor=actor, reason=reason, batch=batch
            )
    return saved


def _coded(addition: Addition, writer: Writer, place: Place, reserved: set[str]) -> Station:
    """The new station with its code: its row's own, or the next one that no row of this file claims."""
    if not addition.needs_code:
        return addition.station
    code = writer.next_code(place.code_prefix)
    while code in reserved:
        code = writer.next_code(place.code_prefix)
    return addition.with_code(code)


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
