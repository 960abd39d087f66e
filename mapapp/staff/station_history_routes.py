"""The addresses of one station's history: every revision in words, and going back to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geodata.stations.field_problems import InvalidFields
from geodata.stations.station import Station
from geodata.stations.vocabulary import LifeCycle
from mapapp.services.editing.earlier_photo import without_lost_photo
from mapapp.services.editing.history import RevisionView, UnknownRevision, history, restore, restored, station_at
from mapapp.services.editing.life_cycle import NEXT_LIFE_CYCLES
from mapapp.services.editing.preview import preview
from mapapp.services.rights import Forbidden, editable_fields
from mapapp.staff.blueprint import staff
from mapapp.staff.earlier_photo import photo_is_held, photo_left_out
from mapapp.staff.lists import whole_number
from mapapp.staff.speech import gettext
from mapapp.staff.station_pages import MAX_REASON_CHARS, known_station, typed_reason, worded, wording
from mapapp.staff.station_values import WordedChange
from mapapp.staff.station_words import ORIGIN_NAMES, photo_gone_sentence
from mapapp.store import StaleVersion, StoreBusy
from mapapp.web import services
from mapapp.web.language import current_language
from mapapp.web.signed_in import signed_in

FIELD: Final = "field"
PHOTO: Final = "photo"


@dataclass(frozen=True, slots=True)
class WordedRevision:
    """One revision as the page tells it; the first one tells what the station began with."""

    number: int
    when: str
    who: str
    origin: str
    reason: str
    changes: list[WordedChange]
    is_first: bool
    is_latest: bool


@dataclass(frozen=True, slots=True)
class WordedMove:
    """One step of a station's life: into which status, since when, by whom and why."""

    status: str
    when: str
    who: str
    reason: str


@staff.get("/stations/<code>/history")
def station_history(code: str) -> str:
    """Every revision, newest first, and the station's life."""
    station = known_station(code)
    revisions = history(services().store, code)
    editable = editable_fields(signed_in().actor, station)
    return render_template(
        "staff/station_history.html",
        station=station,
        revisions=[_worded_revision(each, station) for each in revisions],
        moves=_moves(revisions),
        status=station.life_cycle.label(current_language()),
        next_statuses=[(each.value, each.label(current_language())) for each in NEXT_LIFE_CYCLES[station.life_cycle]]
        if "life_cycle" in editable
        else [],
        editable=editable,
    )


@staff.get("/stations/<code>/history/<int:number>/restore", endpoint="restore_preview")
def show_restore(code: str, number: int) -> Response:
    """What going back to a revision would change: the whole station, or the fields named in the address."""
    return _preview(known_station(code), number)


@staff.post("/stations/<code>/history/<int:number>/restore", endpoint="restore_revision")
def go_back(code: str, number: int) -> Response:
    """Go back to a revision, as it was shown."""
    station = known_station(code)
    reason = typed_reason()
    if not reason or len(reason) > MAX_REASON_CHARS:
        return _preview(station, number, problem=gettext("Say in a few words why."))
    parts, version, fields = services(), _posted_version(), _fields()
    try:
        saved = restore(
            parts.store,
            parts.place,
            signed_in().actor,
            code,
            number,
            fields,
            version,
            reason,
            parts.now(),
            is_photo_kept=photo_is_held,
        )
    except UnknownRevision:
        abort(404)
    except StaleVersion:
        return _preview(station, number, message=gettext("Somebody has saved since. Look at the changes once more."))
    except (Forbidden, InvalidFields):
        message = gettext("You may not go back to all of this. Restore single fields that you may change.")
        return _preview(station, number, message=message)
    except StoreBusy:
        message = gettext("Somebody else is saving at the moment. Nothing is lost: try again in a few seconds.")
        return _preview(station, number, message=message)
    photo = photo_left_out(saved, number) if fields is None or PHOTO in fields else None
    return redirect(url_for("staff.station", code=code, saved=saved.version, photo=photo), 303)


def _preview(station: Station, number: int, *, problem: str = "", message: str = "") -> Response:
    fields = _fields()
    try:
        past = station_at(services().store, station.code, number)
    except UnknownRevision:
        abort(404)
    wanted = restored(services().place, station, past, fields)
    possible = without_lost_photo(wanted, station, photo_is_held)
    changes = preview(station, possible)
    page = render_template(
        "staff/station_restore.html",
        station=station,
        number=number,
        fields=fields or [],
        changes=worded(changes),
        reason=typed_reason() or gettext("Back to version %(number)s", number=number),
        reason_problem=problem,
        message=message,
        photo_sentence=photo_gone_sentence() if possible != wanted else "",
    )
    return make_response(page, 409 if message else 400 if problem else 200)


def _fields() -> list[str] | None:
    """The fields to restore; None for all of them."""
    return request.values.getlist(FIELD) or None


def _posted_version() -> int:
    return whole_number(request.form.get("version", "")) or 0


def _worded_revision(revision: RevisionView, station: Station) -> WordedRevision:
    return WordedRevision(
        number=revision.number,
        when=wording().moment(revision.at),
        who=revision.actor,
        origin=str(ORIGIN_NAMES[revision.origin]),
        reason=revision.reason,
        changes=worded(revision.changes),
        is_first=revision.number == 1,
        is_latest=revision.number == station.version,
    )


def _moves(revisions: tuple[RevisionView, ...]) -> list[WordedMove]:
    """The steps of a station's life, newest first."""
    steps = []
    for revision in revisions:
        moves = [change for change in revision.changes if change.field == "life_cycle"]
        new = moves[0].new if moves else LifeCycle.ACTIVE if revision.number == 1 else None
        if new is not None:
            status = LifeCycle(new).label(current_language())
            steps.append(WordedMove(status, wording().moment(revision.at), revision.actor, revision.reason))
    return steps
