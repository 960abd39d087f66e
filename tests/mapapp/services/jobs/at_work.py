"""A worker in the tests' own process, and jobs for it that do hardly anything."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from geodata.places import Place
from mapapp.services.importing.uploads import keep_upload
from mapapp.services.jobs import desk
from mapapp.services.jobs.kinds import IMPORT_COMMIT, IMPORT_PLAN, KINDS, UNDO_BATCH
from mapapp.services.jobs.run import Effect, JobKind, JobRun, Workshop
from mapapp.services.jobs.worker import Worker
from mapapp.services.rights import COMMAND_LINE, Actor
from mapapp.settings import Settings
from mapapp.store import Job, JobDraft, JobResult, Store, Upload, Writer
from mapapp.store.accounts import Account, Role
from tests.conftest import FrozenClock


@dataclass(slots=True)
class Bench:
    """A store, and a worker that does what is asked for, one job at a time."""

    store: Store
    place: Place
    settings: Settings
    clock: FrozenClock
    kinds: Mapping[str, JobKind] = field(default_factory=lambda: KINDS)

    def worker(self, **words: Any) -> Worker:
        """A worker of these kinds."""
        workshop = Workshop(self.store, self.place, self.settings, self.clock)
        return Worker(workshop, self.kinds, **{"lease": timedelta(seconds=30), "poll_s": 0.01, **words})

    def ask(self, kind: str, actor: Actor = COMMAND_LINE, **parameters: Any) -> Job:
        """Put a job in the queue."""
        draft = JobDraft(kind=kind, parameters=parameters, created_by=actor.name, account_id=actor.account_id)
        with self.store.writing("form", at=self.clock()) as writer:
            return writer.jobs.add(draft, self.clock())

    def do(self, kind: str, actor: Actor = COMMAND_LINE, **parameters: Any) -> Job:
        """Have a job done; how it ended."""
        job = self.ask(kind, actor, **parameters)
        self.worker().run_one()
        return self.look(job)

    def look(self, job: Job) -> Job:
        """The job as it is now."""
        with self.store.reading() as reader:
            return reader.jobs.get(job.id)

    def rows(self, job: Job, *topics: str) -> list[tuple[int | None, Mapping[str, Any]]]:
        """Line and document of what the job found out about these topics."""
        return [(row.line, row.document) for row in self.results(job, *topics)]

    def results(self, job: Job, *topics: str) -> tuple[JobResult, ...]:
        """What the job found out about these topics."""
        return desk.results_of(self.store, COMMAND_LINE, job.id, topics=topics, limit=100_000).rows

    def upload(self, path: Path, actor: Actor = COMMAND_LINE) -> Upload:
        """Send a file in."""
        return keep_upload(self.store, self.settings, actor, path.name, io.BytesIO(path.read_bytes()), self.clock())

    def plan(self, path: Path, actor: Actor = COMMAND_LINE, crs: str | None = None) -> Job:
        """Send a file in and have it planned."""
        return self.do(IMPORT_PLAN, actor, upload=self.upload(path, actor).token, crs=crs)

    def commit(self, plan: Job, actor: Actor = COMMAND_LINE, **choices: Any) -> Job:
        """Have a plan carried out."""
        return self.do(IMPORT_COMMIT, actor, plan=plan.id, choices=choices, reason="年度名单")

    def undo(self, commit: Job, actor: Actor = COMMAND_LINE) -> Job:
        """Have what a job saved taken back."""
        assert commit.result is not None
        return self.do(UNDO_BATCH, actor, batch=commit.result["batch"], reason="")

    def editor(self, *districts: str) -> Actor:
        """Somebody who edits these districts, with an account."""
        return Actor.of_account(self.account(Role.EDITOR, *districts))

    def account(self, role: Role, *districts: str) -> Account:
        """A new account."""
        with self.store.writing("command") as writer:
            count = len(writer.accounts.all())
            added = writer.accounts.add(name=f"person{count}", display_name="某人", role=role, created_at=self.clock())
        return self.change_account(added.id, districts=frozenset(districts))

    def change_account(self, account_id: int, **fields: Any) -> Account:
        """Change fields of an account, with nobody asked."""
        from dataclasses import replace

        with self.store.writing("command") as writer:
            account = writer.accounts.find(account_id)
            assert account is not None
            changed = replace(account, **fields)
            writer.accounts.change(changed)
        return changed


def kind_of(work: Callable[[JobRun], Effect], **words: Any) -> dict[str, JobKind]:
    """One kind of job, called ``test``."""
    return {"test": JobKind("test", "import", work, **words)}


def nothing(_writer: Writer) -> Mapping[str, Any]:
    """An effect that has none."""
    return {}
