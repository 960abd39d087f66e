"""What tests let other processes do with the queue of jobs."""

from __future__ import annotations

import os
from datetime import timedelta

from tests.mapapp.store.other_process import opened
from tests.mapapp.store.station_writing import NOW


def claim_all(url: str) -> list[int]:
    """Claim jobs until there is none; their numbers."""
    taken: list[int] = []
    with opened(url) as store:
        while True:
            with store.writing("command") as writer:
                job = writer.jobs.claim(["count"], str(os.getpid()), NOW, timedelta(minutes=5))
            if job is None:
                return taken
            taken.append(job.id)
