"""Kept runs in words: a line of the list, the facts of one, how far its computing is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import LazyString, lazy_gettext

from geodata.errors import InvalidValue
from geodata.siting.interventions import Intervention, OpenSite, ProvideService, code_of, kind_of
from mapapp.planner.ask_words import share_words, short_words
from mapapp.planner.demand_words import moment
from mapapp.planner.speech import gettext, ngettext
from mapapp.services.planning.runs import Run, RunState
from mapapp.store import RunSort
from mapapp.web import services
from mapapp.web.language import current_language

STATE_NAMES: Final[Mapping[RunState, LazyString]] = {
    RunState.QUEUED: lazy_gettext("waiting"),
    RunState.RUNNING: lazy_gettext("at work"),
    RunState.DONE: lazy_gettext("done"),
    RunState.FAILED: lazy_gettext("failed"),
    RunState.CANCELLED: lazy_gettext("cancelled"),
}
STATE_TONES: Final[Mapping[RunState, str]] = {RunState.FAILED: "bad", RunState.RUNNING: "attention"}
SORT_NAMES: Final[Mapping[RunSort, LazyString]] = {
    RunSort.CREATED_AT: lazy_gettext("Asked"),
    RunSort.TITLE: lazy_gettext("Name and question"),
    RunSort.MADE_BY: lazy_gettext("Asked by"),
}
PHASE_NAMES: Final[Mapping[str, LazyString]] = {
    "": lazy_gettext("Waiting for its turn …"),
    "reading": lazy_gettext("Reading the data"),
    "ways": lazy_gettext("Working out the ways"),
    "analysing": lazy_gettext("Working out the answer"),
}
UNDER_WAY: Final = frozenset({RunState.QUEUED, RunState.RUNNING})


def run_name(run: Run) -> str:
    """Its title, or its number."""
    return run.card.title or gettext("Run %(number)s", number=run.card.id)


def asked_words(run: Run) -> str:
    """The question in one line; a question this version cannot read says so."""
    try:
        return short_words(run.question, current_language(), services().place.timezone)
    except InvalidValue:
        return gettext("a question of another version")


def changes_words(run: Run) -> str:
    """How many changes of the register it supposes; empty for none."""
    count = len(run.card.interventions)
    if not count:
        return ""
    return ngettext("with %(count)s change supposed", "with %(count)s changes supposed", count, count=count)


def supposed_words(run: Run) -> list[str]:
    """The changes it supposes, a line each."""
    return [_change(each) for each in run.interventions]


def _change(intervention: Intervention) -> str:
    what = kind_of(intervention).label(current_language())
    where = (
        f"{intervention.label(current_language())} ({intervention.code})"
        if isinstance(intervention, OpenSite)
        else code_of(intervention)
    )
    service = intervention.service.label(current_language()) if isinstance(intervention, ProvideService) else ""
    return gettext(" · ").join(part for part in (what, where, service) if part)


def run_row(run: Run) -> dict[str, Any]:
    """A line of the list."""
    headline: Mapping[str, Any] = run.card.headline or {}
    is_done = run.state is RunState.DONE
    return {
        "id": run.card.id,
        "name": run_name(run),
        "asked": asked_words(run),
        "changes": changes_words(run),
        "made": moment(run.card.created_at),
        "made_by": run.card.created_by,
        "is_done": is_done,
        "is_current": run.is_current,
        "state": "" if is_done else str(STATE_NAMES[run.state]),
        "tone": STATE_TONES.get(run.state, ""),
        "share": share_words(headline.get("share_low"), headline.get("share_high")),
        "warning": mark_words(headline),
    }


def mark_words(marks: Mapping[str, Any]) -> str:
    """Sample or modelled, as a short mark."""
    return gettext("sample") if marks.get("is_sample") else gettext("modelled") if marks.get("is_modelled") else ""


def run_facts(run: Run) -> list[tuple[str, str]]:
    """What a run carries so that one can defend it: who, when, with which data and code."""
    card = run.card
    layers = gettext("; ").join(f"{name} {checksum[:12]}" for name, checksum in card.layers.items())
    facts = [
        (gettext("Asked by"), card.created_by),
        (gettext("Asked"), moment(card.created_at)),
        (gettext("Finished"), moment(card.finished_at)),
        (gettext("Took"), "" if card.seconds is None else gettext("%(seconds)s s", seconds=f"{card.seconds:.2f}")),
        (gettext("Data revision"), "" if card.data_revision is None else str(card.data_revision)),
        (gettext("Demand layers, checksums"), layers),
        (gettext("Streets, checksum"), card.network_checksum[:12]),
        (gettext("Code version"), card.code_version),
        (gettext("Question, checksum"), card.question_key[:12]),
    ]
    return [(term, value) for term, value in facts if value]


def progress_document(run: Run) -> dict[str, Any]:
    """How far a run is, for the page that waits for it."""
    job = run.job
    done = job.progress.done_count if job else 0
    total = job.progress.total_count if job else 0
    phase = job.progress.phase if job else ""
    return {
        "ended": run.state not in UNDER_WAY,
        "phase": str(PHASE_NAMES.get(phase, phase)),
        "done": done,
        "total": total,
        "percent": round(100 * done / total) if total else None,
        "cancelling": bool(job and job.cancel_asked),
    }
