"""The job ``undo_batch``: everything one import saved, taken back in one transaction.

Parameters: ``batch`` and ``reason``. A station that was changed since the import, or whose imported facts somebody has
confirmed since, is left as it is, and said. A station the import brought is removed, unless somebody has reported
about it; what it was is kept with the results of this job, and that it was removed in the events of the data. Its code
is not given again. Sample stations that the import removed do not come back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geodata.stations.document import station_document
from geodata.stations.station import Station
from mapapp.services.importing.batch_draft import numbered
from mapapp.services.importing.plan_job import ROWS_BETWEEN_WORDS
from mapapp.services.importing.plan_rows import Topic, with_values
from mapapp.services.jobs.actors import actor_of
from mapapp.services.jobs.run import Effect, JobRefused, JobRun
from mapapp.services.rights import Actor, Forbidden, Right, require_change
from mapapp.services.truth.later_looks import LaterLooks, is_confirmed_since, looks_after
from mapapp.store import DataAction, JobResult, PreparedStation, Reader, Revision, Writer, prepared_change


@dataclass(slots=True)
class _Undoing:
    """What would be undone, and what not."""

    actor: Actor
    restored: list[PreparedStation] = field(default_factory=list)
    removed: list[Station] = field(default_factory=list)
    refusals: list[JobResult] = field(default_factory=list)
    revisions: dict[str, Revision] = field(default_factory=dict)
    """What would be undone, by code."""

    def take(self, revision: Revision, current: Station | None, reported: frozenset[str], looks: LaterLooks) -> None:
        """Undo one write, unless something stands against it."""
        self.revisions[revision.code] = revision
        if current is None:
            self.refuse(revision.code, "", "gone")
        elif current.version != revision.number:
            self.refuse(revision.code, current.name, "changed_since")
        elif revision.number == 1 and current.code in reported:
            self.refuse(current.code, current.name, "reported")
        elif is_confirmed_since(revision, looks):
            self.refuse(current.code, current.name, "confirmed_since")
        else:
            self._undo(revision, current)

    def refuse(self, code: str, name: str, why: str) -> None:
        """Leave a station as it is."""
        self.refusals.append(JobResult(0, Topic.REFUSED, {"code": code, "name": name, "why": why}))

    def _undo(self, revision: Revision, current: Station) -> None:
        is_new = revision.number == 1
        before = with_values(current, {} if is_new else {name: old for name, (old, _) in revision.changes.items()})
        try:
            require_change(self.actor, None if is_new else current, before)
        except Forbidden as forbidden:
            self.refuse(current.code, current.name, f"forbidden_{forbidden.code}")
            return
        if is_new:
            self.removed.append(current)
        else:
            prepared = prepared_change(current, before)
            if prepared is not None:
                self.restored.append(prepared)

    def settled(self, writer: Writer, actor: Actor) -> _Undoing:
        """What still holds within the transaction."""
        if actor != self.actor:
            raise _rights_changed()
        versions, reported = writer.versions(), writer.codes_with_reports()
        looks = _looks(writer, self.revisions.values())
        settled = _Undoing(actor, refusals=list(self.refusals))
        for each in self.restored:
            code = each.station.code
            if versions.get(code) != each.before_version:
                settled.refuse(code, each.station.name, "changed_since")
            elif is_confirmed_since(self.revisions[code], looks):
                settled.refuse(code, each.station.name, "confirmed_since")
            else:
                settled.restored.append(each)
        for station in self.removed:
            if station.code in reported:
                settled.refuse(station.code, station.name, "reported")
            elif versions.get(station.code) != station.version:
                settled.refuse(station.code, station.name, "changed_since")
            elif is_confirmed_since(self.revisions[station.code], looks):
                settled.refuse(station.code, station.name, "confirmed_since")
            else:
                settled.removed.append(station)
        return settled

    def results(self) -> list[JobResult]:
        """What happened to each station."""
        restored = [
            JobResult(0, Topic.CHANGED, {"code": each.station.code, "name": each.station.name})
            for each in self.restored
        ]
        removed = [
            JobResult(0, Topic.REMOVED, {"code": each.code, "name": each.name, "station": station_document(each)})
            for each in self.removed
        ]
        return numbered([*restored, *removed, *self.refusals])


def undo_work(run: JobRun) -> Effect:
    """Find what can be taken back, and take it back."""
    batch = str(run.parameters.get("batch") or "")
    with run.workshop.store.reading() as reader:
        actor = actor_of(reader, run.job, Right.IMPORT_STATIONS)
        revisions = reader.batch(batch)
        known = {station.code: station for station in reader.stations()}
        reported, looks = reader.codes_with_reports(), _looks(reader, revisions)
    if not revisions:
        raise JobRefused("no_batch", "没有这次导入，或已经撤销。", "There is no such import, or it was undone already.")
    undoing = _Undoing(actor)
    for done_count, revision in enumerate(revisions):
        if done_count % ROWS_BETWEEN_WORDS == 0:
            run.progress("preparing", done_count, len(revisions))
        undoing.take(revision, known.get(revision.code), reported, looks)
    run.progress("saving", len(revisions), len(revisions))

    def save(writer: Writer) -> Mapping[str, Any]:
        return _save(writer, run, batch, undoing)

    return save


def _looks(reader: Reader, revisions: Collection[Revision]) -> LaterLooks:
    """Who looked since the import; it was saved at one moment."""
    return looks_after(reader, min(each.at for each in revisions)) if revisions else {}


def _save(writer: Writer, run: JobRun, batch: str, undoing: _Undoing) -> dict[str, Any]:
    actor = actor_of(writer, run.job, Right.IMPORT_STATIONS)
    settled = undoing.settled(writer, actor)
    said = str(run.parameters.get("reason") or "").strip()
    reason = (said or f"撤销导入 / import undone: {batch}")[:500]
    writer.save_batch(settled.restored, actor=actor.name, reason=reason, batch=f"{batch}-undo")
    codes = [station.code for station in settled.removed]
    writer.remove_stations(codes)
    if codes or settled.restored:
        detail = {"batch": batch, "removed": codes, "restored": len(settled.restored), "reason": reason}
        writer.note_event(DataAction.IMPORT_UNDONE, detail, actor=actor.name)
    writer.jobs.add_results(run.job.id, settled.results())
    return _result(batch, codes, settled)


def _result(batch: str, codes: Sequence[str], settled: _Undoing) -> dict[str, Any]:
    return {
        "batch": batch,
        "removed_count": len(codes),
        "restored_count": len(settled.restored),
        "refused_count": len(settled.refusals),
    }


def _rights_changed() -> JobRefused:
    return JobRefused(
        "rights_changed",
        "您的权限刚刚有变化，没有撤销任何内容，请再试一次。",
        "Your rights changed just now; nothing was undone. Try again.",
    )
