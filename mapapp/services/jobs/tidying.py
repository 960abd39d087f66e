"""Use case: jobs that ended, files that were sent in, and posters that were made, are forgotten after a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mapapp.services.exporting.kept_files import delete_old_exports
from mapapp.services.importing.memory import forget_old_shapes
from mapapp.services.importing.uploads import UPLOADS_KEPT, delete_old_uploads
from mapapp.services.posters.job import delete_old_posters
from mapapp.settings import Settings
from mapapp.store import Origin, Store

JOBS_KEPT: Final = timedelta(days=30)
"""After their end."""
__all__ = ["JOBS_KEPT", "UPLOADS_KEPT", "Tidied", "tidy"]


@dataclass(frozen=True, slots=True)
class Tidied:
    """How much was forgotten."""

    job_count: int
    upload_count: int


def tidy(store: Store, settings: Settings, now: datetime) -> Tidied:
    """Forget what is past its time. Safe to repeat; without anything to forget nothing is written."""
    before = now - JOBS_KEPT
    delete_old_posters(settings, now)
    delete_old_exports(settings, now)
    forget_old_shapes(store, now)
    with store.reading() as reader:
        job_count = reader.jobs.old_count(before)
    if job_count:
        with store.writing(Origin.COMMAND, at=now) as writer:
            job_count = writer.jobs.delete_old(before)
    return Tidied(job_count, delete_old_uploads(store, settings, now))
