"""The addresses of one station's form: shown, checked, looked at once more, saved, and taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from geodata.stations.document import station_document
from geodata.stations.field_problems import FieldProblem, InvalidFields
from geodata.stations.station import Station
from mapapp.services.editing.history import UnknownRevision, station_at
from mapapp.services.editing.preview import preview
from mapapp.services.editing.save import CannotUndo, create_station, save_station, undo
from mapapp.services.editing.warnings import warnings_for
from mapapp.services.photos import InvalidPhoto, keep_photo
from mapapp.services.rights import Forbidden, Right, editable_fields
from mapapp.staff.blueprint import staff
from mapapp.staff.earlier_photo import PHOTO_GONE, photo_is_held, photo_left_out
from mapapp.staff.lists import whole_number
from mapapp.staff.report_site import form_of_site, link_site
from mapapp.staff.speech import gettext
from mapapp.staff.station_conflict import merge_answer
from mapapp.staff.station_form import StationForm, blank_station, fresh_form, read_form
from mapapp.staff.station_pages import (
    MAX_REASON_CHARS,
    Editing,
    Saved,
    asked_report,
    editing_of,
    form_page,
    known_station,
    preview_page,
    typed_reason,
)
from mapapp.staff.station_words import (
    busy_sentence,
    forbidden_sentence,
    photo_gone_sentence,
    sample_sentence,
    undo_sentence,
    warning_sentence,
)
from mapapp.store import MixedSampleAndReal, StaleVersion, StoreBusy
from mapapp.web import services
from mapapp.web.language import current_language
from mapapp.web.signed_in import signed_in

EDIT: Final = "edit"
SAVE: Final = "save"
MERGE: Final = "merge"


@staff.get("/stations/new")
def new_station() -> Response:
    """The form of a station that is not there yet."""
    editing = _new_editing()
    return form_page(editing, form_of_site(editing.base) or fresh_form(editing.base, services().place))


@staff.post("/stations/new", endpoint="create_station")
def send_new_station() -> Response:
    """Check what was typed, show it once more, or add the station."""
    editing = _new_editing()
    form = _posted_form(editing)
    if form.station is None or request.form.get("step") == EDIT:
        return form_page(editing, form, status=400 if form.problems else 200)
    return _save(editing, form, form.station) if request.form.get("step") == SAVE else _preview(editing, form)


@staff.get("/stations/<code>", endpoint="station")
def show_station(code: str) -> Response:
    """The form of one station, as far as the one who asks may change it."""
    station = known_station(code)
    return form_page(editing_of(station), fresh_form(station, services().place), saved=_just_saved(station))


@staff.post("/stations/<code>", endpoint="save_station")
def send_station(code: str) -> Response:
    """Check what was typed, show what it changes, merge it with what others saved meanwhile, or save it."""
    current = known_station(code)
    editing = editing_of(current, _base_of(current))
    if not editing.editable:
        raise Forbidden(signed_in().actor, Right.EDIT_STATIONS, code="not_yours")
    return _answer(editing, current, _posted_form(editing))


@staff.post("/stations/<code>/undo", endpoint="undo_revision")
def take_back(code: str) -> Response:
    """Take back one's own latest change."""
    number = request.form.get("number", "")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        abort(400)
    parts = services()
    try:
        station = undo(
            parts.store, parts.place, signed_in().actor, code, int(number), parts.now(), is_photo_kept=photo_is_held
        )
    except CannotUndo as error:
        station = known_station(code)
        form = fresh_form(station, parts.place)
        return form_page(editing_of(station), form, status=409, message=undo_sentence(error.code))
    photo = photo_left_out(station, int(number) - 1)
    return redirect(url_for("staff.station", code=code, undone=station.version, photo=photo), 303)


def _answer(editing: Editing, current: Station, form: StationForm) -> Response:
    """The answer to a form of a station that is there, by what is wrong with it and which step was asked for."""
    step = request.form.get("step", "")
    if form.station is None or step == EDIT:
        return form_page(editing, form, status=400 if form.problems else 200)
    if editing.base.version != current.version:
        return merge_answer(editing, current, form)
    if not preview(current, form.station):
        return form_page(editing, form, message=gettext("Nothing has been changed yet."))
    return _save(editing, form, form.station) if step == SAVE else _preview(editing, form)


def _preview(editing: Editing, form: StationForm, reason_problem: str = "") -> Response:
    """What would be saved; the question why goes with it."""
    assert form.station is not None  # noqa: S101 - asked by the callers
    warnings = [warning_sentence(each) for each in warnings_for(form.station, services().snapshot)]
    is_new = editing.current is None  # it gets its code when it is saved
    changes = [each for each in preview(editing.current, form.station) if not (is_new and each.field == "code")]
    status = 400 if reason_problem else 200
    return preview_page(editing, form, changes, warnings=warnings, reason_problem=reason_problem, status=status)


def _save(editing: Editing, form: StationForm, station: Station) -> Response:
    """Save, or say why not with everything still there."""
    reason = typed_reason()
    if not 0 < len(reason) <= MAX_REASON_CHARS:
        return _preview(editing, form, _reason_sentence(reason))
    try:
        saved = _saved(editing, station, reason)
    except StaleVersion as error:
        return merge_answer(replace(editing, current=error.current), error.current, form)
    except (InvalidFields, Forbidden, MixedSampleAndReal, StoreBusy) as error:
        return _refused(editing, form, error)
    return redirect(url_for("staff.station", code=saved.code, saved=saved.version, report=asked_report()), 303)


def _refused(
    editing: Editing, form: StationForm, error: InvalidFields | Forbidden | MixedSampleAndReal | StoreBusy
) -> Response:
    """The form with everything that was typed, and why it was not saved."""
    if isinstance(error, InvalidFields):
        return form_page(editing, replace(form, station=None, problems=error.problems), status=400)
    if isinstance(error, Forbidden):
        if error.code == "district":
            problem = FieldProblem("district_code", "not_your_district", str(error))
            return form_page(editing, replace(form, station=None, problems=(problem,)), status=403)
        return form_page(editing, form, status=403, message=forbidden_sentence(error, current_language()))
    if isinstance(error, StoreBusy):
        return form_page(editing, form, status=503, message=busy_sentence())
    return form_page(editing, form, status=409, message=sample_sentence())


def _reason_sentence(reason: str) -> str:
    if reason:
        return gettext("This is too long.")
    return gettext("Say in a few words why: who looks at the history will want to know.")


def _saved(editing: Editing, station: Station, reason: str) -> Station:
    parts, actor = services(), signed_in().actor
    if editing.current is None:
        document = {name: value for name, value in station_document(station).items() if name not in {"code", "version"}}
        created = create_station(parts.store, parts.place, actor, document, reason, parts.now())
        link_site(created)
        return created
    version = editing.current.version
    return save_station(parts.store, parts.place, actor, editing.current.code, station, version, reason, parts.now())


def _posted_form(editing: Editing) -> StationForm:
    """The form that was posted, its photo kept already."""
    parts = services()
    posted = request.form.to_dict()
    photo_problem = _take_photo(posted, editing) if "photo" in editing.editable else None
    form = read_form(posted, editing.base, parts.place, editing.editable)
    if photo_problem is None:
        return form
    return replace(form, station=None, problems=(*form.problems, photo_problem))


def _take_photo(posted: dict[str, str], editing: Editing) -> FieldProblem | None:
    """Have ``posted["photo"]`` name the photo that is meant, a newly sent one before the one carried along."""
    parts = services()
    present = editing.base.photo or ""
    carried = posted.get("photo", present)
    is_known = carried in {"", present} or photo_is_held(carried)
    is_removed = bool(posted.get("photo_remove"))
    posted["photo"] = "" if is_removed else carried if is_known else present
    sent = request.files.get("photo_file")
    if sent is None or not sent.filename:
        return None if is_known or is_removed else FieldProblem("photo", "photo_gone", "This photo is not kept.")
    try:
        posted["photo"] = keep_photo(parts.settings, sent.read())
    except InvalidPhoto as error:
        return FieldProblem("photo", f"photo_{error.code}", str(error))
    return None


def _new_editing() -> Editing:
    place = services().place
    base = replace(blank_station(place), is_sample=services().snapshot.is_sample)
    actor = signed_in().actor
    return Editing(None, base, editable_fields(actor, base) - {"is_sample"})


def _base_of(current: Station) -> Station:
    """What the form was made from, by the version it carries."""
    version = whole_number(request.form.get("version", "")) or 0
    if version == current.version:
        return current
    try:
        return station_at(services().store, current.code, version)
    except UnknownRevision:
        abort(400)


def _just_saved(station: Station) -> Saved | None:
    """What the address says was done a moment ago, if it is still the latest."""
    for name, was_undone in (("saved", False), ("undone", True)):
        if request.args.get(name, "") == str(station.version):
            note = photo_gone_sentence() if request.args.get("photo", "") == PHOTO_GONE else ""
            return Saved(station.version, not was_undone and station.version > 1, was_undone, note)
    return None
