"""A plan as rows of results, and back: what a person is shown, and all that carrying it out needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from geodata.files import Message, RowProblem, StationDraft
from geodata.stations.document import changed_fields, station_document, station_from_document
from geodata.stations.station import Station
from mapapp.services.importing.changes import updated_station
from mapapp.services.importing.planning import Addition, ImportPlan, Update
from mapapp.services.importing.report import ProbableDuplicate
from mapapp.services.rights import Actor, Forbidden, require_change
from mapapp.store import JobResult

_MAX_VALUE_CHARS: Final = 200


class Topic(StrEnum):
    """What a row of a plan, or of a batch that was carried out, is."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    ERROR = "error"
    REMARK = "remark"
    REFUSED = "refused"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """New values of a known station, as field → (old, new); ``version`` is the one they were worked out from."""

    line: int
    code: str
    name: str
    version: int
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlannedAddition:
    """A new station; its code stands in for one still to be given where ``needs_code``."""

    line: int
    station: Station
    needs_code: bool
    candidates: tuple[PlannedChange, ...] = ()
    """The known stations it could be merged into."""


def rows_of_plan(
    plan: ImportPlan, duplicates: Sequence[ProbableDuplicate], drafts: Sequence[StationDraft], known: Sequence[Station]
) -> list[JobResult]:
    """The plan's rows in the order of the file, with the problems of a row behind it."""
    alike: dict[int, list[ProbableDuplicate]] = {}
    for pair in duplicates:
        alike.setdefault(pair.line, []).append(pair)
    draft_of = {draft.line: draft for draft in drafts}
    by_code = {station.code: station for station in known}
    rows: list[tuple[int, str, dict[str, Any]]] = []
    for addition in plan.additions:
        document = _addition_document(addition)
        if addition.line in alike:
            draft = draft_of[addition.line]
            document["candidates"] = [
                _candidate(pair, addition, draft, by_code.get(pair.other_code)) for pair in alike[addition.line]
            ]
        topic = Topic.DUPLICATE if addition.line in alike else Topic.NEW
        rows.append((addition.line, topic, document))
    rows.extend(_update_row(update) for update in plan.updates)
    rows.extend(_problem_row(problem) for problem in plan.problems)
    rows.sort(key=lambda row: row[0])
    return [JobResult(number, topic, document, line) for number, (line, topic, document) in enumerate(rows, start=1)]


def without_forbidden(plan: ImportPlan, actor: Actor) -> list[RowProblem]:
    """Take the rows out of the plan that the actor may not save; why, row by row."""
    refused: list[RowProblem] = []

    def is_allowed(line: int, before: Station | None, after: Station) -> bool:
        try:
            require_change(actor, before, after)
        except Forbidden as forbidden:
            refused.append(_not_yours(line, after.name, forbidden))
            return False
        return True

    plan.additions[:] = [row for row in plan.additions if is_allowed(row.line, None, row.station)]
    plan.updates[:] = [
        row for row in plan.updates if not row.changes_something or is_allowed(row.line, row.before, row.after)
    ]
    return refused


def addition_of(row: JobResult) -> PlannedAddition:
    """The new station of a row that is new, or perhaps a duplicate."""
    document, line = row.document, row.line or 0
    candidates = tuple(
        PlannedChange(line, each["code"], each["name"], each["version"], each["changes"])
        for each in document.get("candidates", ())
        if "version" in each
    )
    return PlannedAddition(line, station_from_document(document["station"]), document["needs_code"], candidates)


def change_of(row: JobResult) -> PlannedChange:
    """The new values of a row that changes a station."""
    document = row.document
    return PlannedChange(row.line or 0, document["code"], document["name"], document["version"], document["changes"])


def with_values(station: Station, values: Mapping[str, Any]) -> Station:
    """The station with these values, in document form, of some of its fields."""
    document = station_document(station)
    return station_from_document(document | {name: value for name, value in values.items() if name in document})


def storable(text: str) -> str:
    """What a cell held, short enough to show, without what no database can hold."""
    kept = text[:_MAX_VALUE_CHARS].replace("\0", "�")
    return kept.encode("utf-8", "replace").decode("utf-8")


def _addition_document(addition: Addition) -> dict[str, Any]:
    station = addition.station
    return {"name": station.name, "station": station_document(station), "needs_code": addition.needs_code}


def _candidate(
    pair: ProbableDuplicate, addition: Addition, draft: StationDraft, known: Station | None
) -> dict[str, Any]:
    """What the row may be the same as: a known station, which it could be merged into, or another row."""
    told: dict[str, Any] = {
        "name": pair.other_name,
        "reason": {"zh": pair.reason.zh, "en": pair.reason.en},
    }
    if known is None:
        return told | {"line": pair.other_line}
    merged = updated_station(known, draft, addition.station.district_code)
    return told | {
        "code": known.code,
        "version": known.version,
        "changes": _lists(changed_fields(known, merged)),
        "station": station_document(known),
    }


def _update_row(update: Update) -> tuple[int, str, dict[str, Any]]:
    changes = changed_fields(update.before, update.after)
    document = {
        "code": update.after.code,
        "name": update.after.name,
        "version": update.before.version,
        "changes": _lists(changes),
    }
    return update.line, Topic.CHANGED if changes else Topic.UNCHANGED, document


def _problem_row(problem: RowProblem) -> tuple[int, str, dict[str, Any]]:
    document = {
        "column": storable(problem.column),
        "value": storable(problem.value),
        "code": problem.code,
        "zh": storable(problem.message.zh),
        "en": storable(problem.message.en),
    }
    return problem.line, Topic.ERROR if problem.rejects else Topic.REMARK, document


def _not_yours(line: int, name: str, forbidden: Forbidden) -> RowProblem:
    message = Message("这个站点不在您负责的区县，您不能保存。", "This station is not in a district of yours.")
    return RowProblem(line=line, column="", value=name, code=f"forbidden_{forbidden.code}", message=message)


def _lists(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, list[Any]]:
    return {name: list(pair) for name, pair in changes.items()}
