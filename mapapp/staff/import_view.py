"""What the pages of imports say: jobs, rows and reasons in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for
from flask_babel import LazyString, lazy_gettext

from geodata.coordinates import Crs
from geodata.files import CRS_NAMES, CrsReason
from geodata.files.headers import Field
from geodata.files.reading_choice import SERVICE_PREFIX
from geodata.stations.vocabulary import Service
from mapapp.services.editing.preview import field_changes
from mapapp.services.importing.plan_rows import Topic
from mapapp.services.jobs.kinds import IMPORT_COMMIT, IMPORT_PLAN, UNDO_BATCH
from mapapp.staff.station_pages import worded, wording
from mapapp.staff.station_values import WordedChange
from mapapp.staff.station_words import field_name
from mapapp.store import Job, JobResult, JobState, RowChoice
from mapapp.web.language import current_language

PLAN_TOPICS: Final = (Topic.DUPLICATE, Topic.ERROR, Topic.CHANGED, Topic.NEW, Topic.REMARK, Topic.UNCHANGED)
DONE_TOPICS: Final = (Topic.REFUSED, Topic.NEW, Topic.CHANGED, Topic.REMOVED, Topic.UNCHANGED)
_SIDE_BY_SIDE: Final = ("name", "kind", "address", "district_code", "position", "hours", "public_phone")

KIND_NAMES: Final[Mapping[str, LazyString]] = {
    IMPORT_PLAN: lazy_gettext("Check of a file"),
    IMPORT_COMMIT: lazy_gettext("Import"),
    UNDO_BATCH: lazy_gettext("Import taken back"),
}
STATE_NAMES: Final[Mapping[JobState, LazyString]] = {
    JobState.QUEUED: lazy_gettext("waiting"),
    JobState.RUNNING: lazy_gettext("at work"),
    JobState.DONE: lazy_gettext("done"),
    JobState.FAILED: lazy_gettext("failed"),
    JobState.CANCELLED: lazy_gettext("cancelled"),
}
PHASE_NAMES: Final[Mapping[str, LazyString]] = {
    "": lazy_gettext("Waiting for its turn …"),
    "reading": lazy_gettext("Reading the file"),
    "comparing": lazy_gettext("Comparing with the register"),
    "finding_duplicates": lazy_gettext("Looking for duplicates"),
    "keeping": lazy_gettext("Keeping the result"),
    "preparing": lazy_gettext("Preparing"),
    "saving": lazy_gettext("Saving"),
    "writing": lazy_gettext("Writing the file"),
}
TOPIC_NAMES: Final[Mapping[str, LazyString]] = {
    Topic.NEW: lazy_gettext("New"),
    Topic.CHANGED: lazy_gettext("Changed"),
    Topic.UNCHANGED: lazy_gettext("Unchanged"),
    Topic.DUPLICATE: lazy_gettext("Probable duplicates"),
    Topic.ERROR: lazy_gettext("Errors"),
    Topic.REMARK: lazy_gettext("Remarks"),
    Topic.REFUSED: lazy_gettext("Not saved"),
    Topic.REMOVED: lazy_gettext("Removed"),
}
WHY_NAMES: Final[Mapping[str, LazyString]] = {
    "gone": lazy_gettext("The station is no longer there."),
    "changed_since": lazy_gettext("Somebody changed the station since; their change stays."),
    "confirmed_since": lazy_gettext("Somebody has confirmed the station since, so it stays as it is."),
    "twice": lazy_gettext("Another row of the file is the same station."),
    "no_candidate": lazy_gettext("It cannot be merged into that station."),
    "code_taken": lazy_gettext("Somebody gave this code to another station meanwhile."),
    "now_known": lazy_gettext("Somebody entered this station meanwhile."),
    "reported": lazy_gettext("The public has reported about this station, so it stays."),
    "forbidden_right": lazy_gettext("You may not save stations."),
    "forbidden_not_yours": lazy_gettext("This station is not in a district of yours."),
    "forbidden_district": lazy_gettext("This station is not in a district of yours."),
    "forbidden_fields": lazy_gettext("You may not change these fields."),
    "forbidden_life_cycle": lazy_gettext("You may not give the station this status."),
}
REASON_NAMES: Final[Mapping[str, LazyString]] = {
    CrsReason.ASKED: lazy_gettext("as you chose"),
    CrsReason.HEADINGS: lazy_gettext("as the headings say"),
    CrsReason.DECLARED: lazy_gettext("as the file declares"),
    CrsReason.TITLE: lazy_gettext("as the title of the sheet says"),
    CrsReason.FORMAT: lazy_gettext("as this format prescribes"),
    CrsReason.ASSUMED: lazy_gettext("assumed, for nothing is said"),
}
CRS_HINTS: Final[Mapping[Crs, LazyString]] = {
    Crs.WGS84: lazy_gettext("GPS, Tianditu (CGCS2000), OpenStreetMap"),
    Crs.GCJ02: lazy_gettext("Gaode (AMap), Tencent and most Chinese lists"),
    Crs.BD09: lazy_gettext("Baidu"),
}
_FIELD_NAMES: Final[Mapping[Field, LazyString]] = {
    Field.NAME: lazy_gettext("Name"),
    Field.CODE: lazy_gettext("Code"),
    Field.NAME_EN: lazy_gettext("Name in English"),
    Field.OTHER_NAMES: lazy_gettext("Other names"),
    Field.KIND: lazy_gettext("Kind"),
    Field.ADDRESS: lazy_gettext("Address"),
    Field.DISTRICT: lazy_gettext("District"),
    Field.TOWN: lazy_gettext("Street or town"),
    Field.LON: lazy_gettext("Longitude"),
    Field.LAT: lazy_gettext("Latitude"),
    Field.COORDINATES: lazy_gettext("Longitude and latitude in one cell"),
    Field.CRS: lazy_gettext("Coordinate system of the row"),
    Field.ACCURACY: lazy_gettext("How the position was come by"),
    Field.HOURS: lazy_gettext("Opening hours in words"),
    Field.HOURS_RULE: lazy_gettext("Opening hours as a rule (opening_hours)"),
    Field.OPENS: lazy_gettext("Opens at"),
    Field.CLOSES: lazy_gettext("Closes at"),
    Field.ENTRY_METHODS: lazy_gettext("How the door opens"),
    Field.ENTRY_NOTE: lazy_gettext("How to find the door"),
    Field.SERVICES: lazy_gettext("Services, several in one cell"),
    Field.SERVICE_DETAILS: lazy_gettext("State, months and fee of services"),
    Field.BUILD_MODE: lazy_gettext("Built"),
    Field.HOST_TYPE: lazy_gettext("Host"),
    Field.CAPACITY: lazy_gettext("Seats"),
    Field.AREA: lazy_gettext("Area in m²"),
    Field.PUBLIC_PHONE: lazy_gettext("Public phone"),
    Field.PHONE: lazy_gettext("Phone (mobile numbers stay internal)"),
    Field.CONTACT: lazy_gettext("Internal contact"),
    Field.LIFE_CYCLE: lazy_gettext("Status"),
    Field.STARS: lazy_gettext("Stars"),
    Field.AWARDS: lazy_gettext("Awards"),
    Field.SOURCE: lazy_gettext("Source"),
    Field.LAST_VERIFIED: lazy_gettext("Last confirmed"),
    Field.VERIFIED_HOW: lazy_gettext("How it was confirmed"),
    Field.SAMPLE: lazy_gettext("Mark of sample data"),
}


@dataclass(frozen=True, slots=True)
class WordedJob:
    """A line of the list of imports."""

    id: int
    url: str
    what: str
    about: str
    state: str
    tone: str
    when: str
    who: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known station a row may be, side by side with it: name of the field, the row's value, the station's."""

    code: str
    name: str
    reason: str
    pairs: list[tuple[str, str, str]]
    changes: list[WordedChange]
    other_line: int | None


@dataclass(frozen=True, slots=True)
class WordedRow:
    """A row of a plan or of a batch as the page tells it."""

    line: int | None
    topic: str
    code: str
    name: str
    changes: list[WordedChange]
    facts: list[tuple[str, str]]
    candidates: list[Candidate]
    column: str
    value: str
    sentence: str
    choice: str


def language() -> str:
    """``zh`` or ``en``: the two languages in which jobs keep their sentences."""
    return "zh" if current_language().startswith("zh") else "en"


def worded_job(job: Job) -> WordedJob:
    """A job as the list tells it."""
    tones = {JobState.DONE: "good", JobState.FAILED: "bad", JobState.RUNNING: "attention"}
    result = job.result or {}
    return WordedJob(
        id=job.id,
        url=url_for("staff.import_job", job_id=job.id),
        what=str(KIND_NAMES.get(job.kind, job.kind)),
        about=str(result.get("file_name") or ""),
        state=str(STATE_NAMES[job.state]),
        tone=tones.get(job.state, ""),
        when=wording().moment(job.created_at),
        who=job.created_by,
    )


def progress_document(job: Job) -> dict[str, Any]:
    """How far a job is, for the page that waits for it."""
    progress = job.progress
    done, total = progress.done_count, progress.total_count
    return {
        "ended": job.state.is_ended,
        "phase": str(PHASE_NAMES.get(progress.phase, progress.phase)),
        "done": done,
        "total": total,
        "percent": round(100 * done / total) if total else None,
        "cancelling": job.cancel_asked,
    }


def worded_row(row: JobResult, choices: Mapping[int, RowChoice]) -> WordedRow:
    """A result in words; what was chosen for it beside it."""
    document = row.document
    station = document.get("station")
    changes = document.get("changes")
    why = str(document.get("why", ""))
    return WordedRow(
        line=row.line,
        topic=row.topic,
        code=str(document.get("code", "")) if row.topic not in {Topic.ERROR, Topic.REMARK} else "",
        name=str(document.get("name", "")),
        changes=worded(field_changes(changes)) if changes and row.topic == Topic.CHANGED else [],
        facts=_facts(station) if station and row.topic == Topic.NEW else [],
        candidates=[_candidate(each, station) for each in document.get("candidates", ())],
        column=str(document.get("column", "")),
        value=str(document.get("value", "")),
        sentence=str(WHY_NAMES.get(why, why)) if why else str(document.get(language(), "")),
        choice=_chosen(row, choices),
    )


def _chosen(row: JobResult, choices: Mapping[int, RowChoice]) -> str:
    chosen = choices.get(row.line or 0)
    if chosen is None:
        return "skip" if row.topic == Topic.DUPLICATE else "take"
    return f"merge:{chosen.code}" if chosen.choice == "merge" else chosen.choice


def _facts(station: Mapping[str, Any]) -> list[tuple[str, str]]:
    words = wording()
    told = [(name, words.value(name, station[name])) for name in _SIDE_BY_SIDE[1:]]
    return [(field_name(name, words.language), value) for name, value in told if value]


def _candidate(document: Mapping[str, Any], row: Mapping[str, Any] | None) -> Candidate:
    words, known = wording(), document.get("station")
    pairs = (
        [
            (field_name(name, words.language), _short(name, row[name]), _short(name, known[name]))
            for name in _SIDE_BY_SIDE
        ]
        if known and row
        else []
    )
    return Candidate(
        code=str(document.get("code", "")),
        name=str(document.get("name", "")),
        reason=str(document["reason"][language()]),
        pairs=[pair for pair in pairs if pair[1] or pair[2]],
        changes=worded(field_changes(document["changes"])) if document.get("changes") else [],
        other_line=document.get("line"),
    )


def _short(name: str, value: Any) -> str:
    """A value to be looked at beside another: of a position only where it is."""
    if name == "position" and value:
        return f"{value['lon']:.5f}, {value['lat']:.5f}"
    return wording().value(name, value)


def column_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """What a column can hold, in groups: code and name."""
    fields = [(field.value, str(name)) for field, name in _FIELD_NAMES.items()]
    services = [(f"{SERVICE_PREFIX}{service.value}", service.label(current_language())) for service in Service]
    return [(str(lazy_gettext("Fields")), fields), (str(lazy_gettext("One service a column")), services)]


def held_name(code: str) -> str:
    """The name of what a column can hold."""
    return next((name for _group, choices in column_choices() for each, name in choices if each == code), code)


def crs_sentence(summary: Mapping[str, Any]) -> str:
    """The system a plan was made in, and why."""
    crs = summary["crs"]
    return f"{CRS_NAMES[Crs(crs['used'])]} ({REASON_NAMES.get(crs['reason'], '')})"
