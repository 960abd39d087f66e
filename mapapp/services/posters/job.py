"""The job ``make_posters``: a PDF of many posters, kept in the data directory for whoever asked.

Parameters: ``codes`` of stations and ``root_url``. A PDF of 200 sheets takes seconds of a processor, which the
web server has no time for.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from mapapp.services.jobs.actors import actor_of
from mapapp.services.jobs.run import Effect, JobRefused, JobRun
from mapapp.services.posters.pdf import PdfUnavailable, poster_pdf
from mapapp.services.posters.poster import Words, poster_of
from mapapp.services.rights import Right
from mapapp.settings import Settings
from mapapp.store import Job, JobState, Writer

POSTERS_KEPT: Final = timedelta(days=30)
_TOKEN: Final = re.compile(r"[0-9a-f]{32}")


def posters_work(run: JobRun) -> Effect:
    """Draw the posters and keep the file; a station that the public does not see any more gets none."""
    with run.workshop.store.reading() as reader:
        actor_of(reader, run.job, Right.READ_REGISTER)
        found = reader.stations_of([str(code) for code in run.parameters["codes"]])
    stations = [station for _, station in sorted(found.items()) if station.life_cycle.is_public]
    if not stations:
        raise JobRefused("no_stations", "这些驿站都已不对外公布。", "None of these stations is public any more.")
    run.progress("drawing", 0, len(stations))
    place = Words(run.workshop.place.name_zh, run.workshop.place.name_en)
    try:
        pdf = poster_pdf([poster_of(station, str(run.parameters["root_url"]), place) for station in stations])
    except PdfUnavailable as error:
        raise JobRefused("no_pdf", f"服务器缺少软件包：{error.packages}", str(error)) from error
    run.progress("keeping", len(stations), len(stations))
    token = secrets.token_hex(16)
    _keep(run.workshop.settings, token, pdf)

    def finish(_: Writer) -> Mapping[str, Any]:
        return {"file": token, "count": len(stations)}

    return finish


def posters_file(settings: Settings, job: Job) -> Path | None:
    """The file a finished job made, as long as it is kept."""
    token = str((job.result or {}).get("file", ""))
    if job.state is not JobState.DONE or not _TOKEN.fullmatch(token):
        return None
    file = _folder(settings) / f"{token}.pdf"
    return file if file.is_file() else None


def delete_old_posters(settings: Settings, now: datetime) -> int:
    """Delete files made a month ago; how many."""
    folder, before_s = _folder(settings), (now - POSTERS_KEPT).timestamp()
    old = [file for file in folder.iterdir() if file.stat().st_mtime < before_s] if folder.is_dir() else []
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _keep(settings: Settings, token: str, pdf: bytes) -> None:
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{token}.part"
    draft.write_bytes(pdf)
    draft.replace(folder / f"{token}.pdf")


def _folder(settings: Settings) -> Path:
    return Path(settings.data_dir) / "posters"
