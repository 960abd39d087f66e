"""The locked-door warnings of the reports that are kept, and what a new report does to them.

Warnings are not stored: they follow from the reports and the clearings (``geodata.reports.door_warning``).
What is stored is each clearing, so that what was once forgotten stays forgotten while time passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from geodata.reports.door_warning import WINDOW, DoorWarning, door_warning, last_clearing, next_change
from mapapp.store import DataAction, Reader, ReportReader, Writer


@dataclass(frozen=True, slots=True)
class DoorWarnings:
    """All warnings at one instant; ``change_at`` is when the first of them differs because time passes."""

    by_station: Mapping[str, DoorWarning]
    change_at: datetime | None


def door_warnings(reader: Reader, now: datetime) -> DoorWarnings:
    """The warnings that stand at ``now``."""
    cleared_at = reader.reports.door_clearings()
    standing: dict[str, DoorWarning] = {}
    changes: list[datetime] = []
    for code, doors in reader.reports.locked_doors(now - WINDOW).items():
        warning = door_warning(doors, cleared_at.get(code), now)
        change_at = next_change(doors, cleared_at.get(code), now)
        if warning is not None and change_at is not None:
            standing[code] = warning
            changes.append(change_at)
    return DoorWarnings(standing, min(changes, default=None))


def standing_warning(reports: ReportReader, station_code: str, now: datetime) -> DoorWarning | None:
    """The warning that stands at the station at ``now``, or None."""
    doors = reports.locked_doors(now - WINDOW, station_code).get(station_code, [])
    return door_warning(doors, reports.door_clearings(station_code).get(station_code), now)


def clear_where_somebody_got_in(writer: Writer, station_code: str, now: datetime) -> None:
    """Write down a clearing if somebody got in while a warning stood.

    Looked at after each report of the door, because either may arrive late: two days back, since who
    got in a day ago cleared what happened up to a day before.
    """
    reports = writer.reports
    cleared_at = reports.door_clearings(station_code).get(station_code)
    doors = reports.locked_doors(now - 2 * WINDOW, station_code).get(station_code, [])
    newest = last_clearing(doors, reports.got_in_at(now - WINDOW, station_code), cleared_at)
    if newest is not None and newest != cleared_at:
        reports.add_clearing(station_code, newest, actor="", reason="got_in")


def note_change(writer: Writer, station_code: str, before: DoorWarning | None, now: datetime, *, actor: str) -> None:
    """Let the data revision grow if the station's warning is another than ``before``."""
    after = standing_warning(writer.reports, station_code, now)
    if after != before:
        detail = {"station": station_code, "count": after.count if after else 0}
        writer.note_event(DataAction.DOOR_WARNING_CHANGED, detail, actor=actor)
