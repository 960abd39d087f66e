"""A batch of writes while it is put together: what will be saved, and which rows are refused and why.

It is put together outside the transaction that writes it, and looked through once more inside: `settled`
takes out what others changed in between.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from geodata.stations.station import Station
from mapapp.services.importing.matching import AmbiguousMatchError, Register
from mapapp.services.importing.plan_rows import PlannedAddition, PlannedChange, Topic, with_values
from mapapp.services.rights import Actor, Forbidden, require_change
from mapapp.store import JobResult, PreparedStation, prepared_addition, prepared_change


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One station to be written: what it was (None: new), what it becomes, and its columns."""

    line: int
    before: Station | None
    after: Station
    prepared: PreparedStation
    needs_code: bool = False

    def with_code(self, code: str) -> DraftRow:
        """The new station with its code for good."""
        prepared = self.prepared.with_code(code)
        return DraftRow(self.line, self.before, prepared.station, prepared)


@dataclass(slots=True)
class BatchDraft:
    """Rows to be written on somebody's behalf, and rows refused."""

    actor: Actor
    rows: list[DraftRow] = field(default_factory=list)
    refusals: list[JobResult] = field(default_factory=list)
    unchanged: list[JobResult] = field(default_factory=list)
    """Rows that say what is known already."""
    _codes: set[str] = field(default_factory=set)

    def add_new(self, planned: PlannedAddition) -> None:
        """Take a new station in, unless the actor may not create it."""
        station = planned.station
        if self._is_allowed(planned.line, None, station):
            self.rows.append(DraftRow(planned.line, None, station, prepared_addition(station), planned.needs_code))
            self._codes.add(station.code)

    def add_change(self, planned: PlannedChange, current: Station | None) -> None:
        """Take new values in, unless the station changed since they were worked out, or is not the actor's."""
        why = _why_not(planned, current, self._codes)
        if current is None or why:
            self.refuse(planned.line, planned.code, planned.name, why)
            return
        self._codes.add(planned.code)
        after = with_values(current, {name: new for name, (_old, new) in planned.changes.items()})
        prepared = prepared_change(current, after)
        if prepared is None:
            self.unchanged.append(JobResult(0, Topic.UNCHANGED, {"code": after.code, "name": after.name}, planned.line))
        elif self._is_allowed(planned.line, current, after):
            self.rows.append(DraftRow(planned.line, current, after, prepared))

    def refuse(self, line: int | None, code: str, name: str, why: str) -> None:
        """Leave a row out."""
        self.refusals.append(JobResult(0, Topic.REFUSED, {"code": code, "name": name, "why": why}, line))

    def settled(self, actor: Actor, versions: Mapping[str, int], newcomers: Sequence[Station]) -> BatchDraft:
        """What still holds within the transaction: ``versions`` are those of now.

        ``newcomers`` are stations that came since the plan was made: a row that is one of them is no new station.
        """
        settled = BatchDraft(actor, refusals=list(self.refusals), unchanged=list(self.unchanged))
        register = Register(newcomers)
        for row in self.rows:
            code = "" if row.needs_code else row.after.code
            why = _why_not_now(row, versions, register)
            if why:
                settled.refuse(row.line, code, row.after.name, why)
            elif actor == self.actor or settled._is_allowed(row.line, row.before, row.after):
                settled.rows.append(row)
        return settled

    def give_codes(self, codes: Sequence[str]) -> None:
        """Give the new stations that need one their codes, in the order of the rows."""
        given = iter(codes)
        self.rows = [row.with_code(next(given)) if row.needs_code else row for row in self.rows]

    @property
    def codeless_count(self) -> int:
        """How many codes are needed."""
        return sum(row.needs_code for row in self.rows)

    @property
    def own_codes(self) -> frozenset[str]:
        """The codes that rows bring along."""
        return frozenset(row.after.code for row in self.rows if not row.needs_code)

    def results(self) -> list[JobResult]:
        """What happened to each row, in the order of the file."""
        saved = [
            JobResult(
                0,
                Topic.NEW if row.before is None else Topic.CHANGED,
                {"code": row.after.code, "name": row.after.name},
                row.line,
            )
            for row in self.rows
        ]
        return numbered([*saved, *self.refusals, *self.unchanged])

    def _is_allowed(self, line: int, before: Station | None, after: Station) -> bool:
        try:
            require_change(self.actor, before, after)
        except Forbidden as forbidden:
            self.refuse(line, after.code if before else "", after.name, f"forbidden_{forbidden.code}")
            return False
        return True


def numbered(results: Sequence[JobResult]) -> list[JobResult]:
    """The results by line, numbered from 1."""
    ordered = sorted(results, key=lambda result: result.line or 0)
    return [replace(result, number=number) for number, result in enumerate(ordered, start=1)]


def _why_not(planned: PlannedChange, current: Station | None, taken: Collection[str]) -> str:
    if current is None:
        return "gone"
    if current.version != planned.version:
        return "changed_since"
    return "twice" if planned.code in taken else ""


def _why_not_now(row: DraftRow, versions: Mapping[str, int], newcomers: Register) -> str:
    version = versions.get(row.after.code)
    if row.before is not None:
        if version is None:
            return "gone"
        return "" if version == row.before.version else "changed_since"
    if not row.needs_code and version is not None:
        return "code_taken"
    try:
        return "now_known" if newcomers.find(row.after) is not None else ""
    except AmbiguousMatchError:
        return "now_known"
