"""What is known for sure about one station: each group's last confirmation, who looks, what people say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from geodata.reports.report import Report
from geodata.reports.vocabulary import ReportState
from geodata.stations.freshness import ConfirmedHow, FieldGroup, FreshnessLimits, is_known
from geodata.stations.station import Station
from mapapp.store import Confirmation, Reader, VerificationTask

_OPEN = tuple(state for state in ReportState if not state.is_closed)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTruth:
    """One group of facts: whether there are any, and who last found them to be so, when and how.

    ``actor`` is empty where the register does not say who it was.
    """

    group: FieldGroup
    is_known: bool
    is_stale: bool
    confirmed_on: date | None = None
    how: ConfirmedHow | None = None
    actor: str = ""


@dataclass(frozen=True, slots=True)
class StationTruth:
    """One station as who stands before it needs it."""

    station: Station
    groups: tuple[GroupTruth, ...]
    task: VerificationTask | None
    reports: tuple[Report, ...]
    history: tuple[Confirmation, ...]


def station_truth(
    reader: Reader, station: Station, limits: FreshnessLimits, now: datetime, timezone: tzinfo
) -> StationTruth:
    """What is known about the station now; days are those of ``timezone``."""
    history = reader.confirmations.of_station(station.code)
    got_in = reader.report_counts.last_got_in(station.code)
    found = {group: _newest(group, station, history, got_in, timezone) for group in FieldGroup}
    today = now.astimezone(timezone).date()
    groups = tuple(
        GroupTruth(
            group=group,
            is_known=is_known(station, group),
            is_stale=is_known(station, group) and limits.is_stale(group, on, today),
            confirmed_on=on,
            how=how,
            actor=actor,
        )
        for group, (on, how, actor) in found.items()
    )
    reports = reader.reports.all(states=_OPEN, station_code=station.code)
    return StationTruth(station, groups, reader.confirmations.task(station.code), reports, history)


def _newest(
    group: FieldGroup,
    station: Station,
    history: tuple[Confirmation, ...],
    got_in: datetime | None,
    timezone: tzinfo,
) -> tuple[date | None, ConfirmedHow | None, str]:
    """The last confirmation of a group; on the same day what staff wrote down comes before the rest."""
    written = next((each for each in history if each.group is group), None)
    known: list[tuple[date, ConfirmedHow, str]] = []
    if written is not None:
        known.append((written.at.astimezone(timezone).date(), written.how, written.actor))
    if station.last_verified is not None:
        known.append((station.last_verified.on, ConfirmedHow.of(station.last_verified.how), ""))
    if group is FieldGroup.DOOR and got_in is not None:
        known.append((got_in.astimezone(timezone).date(), ConfirmedHow.PUBLIC, ""))
    return max(known, key=lambda each: each[0], default=(None, None, ""))
