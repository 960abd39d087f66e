"""Two editors of one station: what the other saved meanwhile is shown, and nothing is overwritten unseen.

What only one of the two changed is merged and said. What both changed is chosen field by field; then the
usual page shows what would be saved, against the station as it stands now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from geodata.stations.document import station_document
from geodata.stations.station import Station
from mapapp.services.editing.history import RevisionView, history
from mapapp.services.editing.merge import FieldConflict, Merged, merge
from mapapp.services.editing.placing import is_district_of_position
from mapapp.services.editing.preview import preview
from mapapp.services.editing.warnings import warnings_for
from mapapp.staff.speech import gettext
from mapapp.staff.station_form import StationForm, fresh_form
from mapapp.staff.station_form_view import hidden_inputs
from mapapp.staff.station_pages import Editing, form_page, page_data, preview_page, typed_reason, wording
from mapapp.staff.station_typed import FIELD_INPUTS, inputs_of
from mapapp.staff.station_values import WordedChange
from mapapp.staff.station_words import field_name, warning_sentence
from mapapp.web import services
from mapapp.web.language import current_language

MINE: Final = "mine"
THEIRS: Final = "theirs"
_CHOICE: Final = "choose."


@dataclass(frozen=True, slots=True)
class OtherChange:
    """What another editor changed meanwhile: who and when, and the change in words."""

    change: WordedChange
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class WordedConflict:
    """A field both changed, its three values in words, and which was chosen."""

    field: str
    name: str
    base: str
    mine: str
    theirs: str
    who: str
    when: str
    chosen: str


def merge_answer(editing: Editing, current: Station, form: StationForm) -> Response:
    """The answer to a form that was made from an older version than the station has now."""
    assert form.station is not None  # noqa: S101 - asked by the caller
    follows_position = partial(is_district_of_position, services().place)
    merged = merge(editing.base, form.station, current, follows_position)
    revisions = [each for each in history(services().store, current.code) if each.number > editing.base.version]
    choices = {conflict.field: request.form.get(_CHOICE + conflict.field, "") for conflict in merged.both_changed}
    if any(choice not in {MINE, THEIRS} for choice in choices.values()):
        return _conflict_page(editing, form, merged, revisions, choices)
    kept = {field for field, choice in choices.items() if choice == MINE}
    station = merged.taking_mine(kept)
    rebased = Editing(current, current, editing.editable)
    changes = preview(current, station)
    typed = _typed_again(form, form.station, station, current)
    meanwhile = _others_changes(editing.base, current, revisions, kept)
    if not changes:
        message = gettext("With what was saved meanwhile nothing of yours is left to save.")
        return form_page(rebased, fresh_form(current, services().place), message=message)
    warnings = [warning_sentence(each) for each in warnings_for(station, services().snapshot)]
    return preview_page(rebased, typed, changes, warnings=warnings, meanwhile=meanwhile, status=409)


def _typed_again(form: StationForm, mine: Station, merged: Station, current: Station) -> StationForm:
    """The merged station as a form over ``current``: with my own words where a field is mine, to the letter."""
    texts = dict(fresh_form(merged, services().place).texts)
    ours, now, result = station_document(mine), station_document(current), station_document(merged)
    for field in FIELD_INPUTS:
        if field != "services" and result[field] == ours[field] and result[field] != now[field]:
            texts = {name: text for name, text in texts.items() if name not in inputs_of(field, texts)}
            texts |= inputs_of(field, form.texts)
    return StationForm(texts, merged)


def _conflict_page(
    editing: Editing, form: StationForm, merged: Merged, revisions: list[RevisionView], choices: dict[str, str]
) -> Response:
    """What both changed, to be chosen; everything typed is carried along."""
    fields = {conflict.field for conflict in merged.both_changed}
    page = render_template(
        "staff/station_conflict.html",
        station=editing.current,
        action=editing.action,
        hidden=[*hidden_inputs(form, editing.editable), ("version", str(editing.base.version))],
        conflicts=[_worded_conflict(each, revisions, choices) for each in merged.both_changed],
        meanwhile=_others_changes(editing.base, editing.current or editing.base, revisions, fields),
        is_asked_again=request.form.get("step") == "merge",
        reason=typed_reason(),
        page_data=page_data(editing, None),
    )
    return make_response(page, 409)


def _worded_conflict(
    conflict: FieldConflict, revisions: Iterable[RevisionView], choices: dict[str, str]
) -> WordedConflict:
    words = wording()
    base, mine, theirs = (
        words.value(conflict.field, value) for value in (conflict.base, conflict.mine, conflict.theirs)
    )
    who, when = _author(conflict.field, revisions)
    name = field_name(conflict.field, current_language())
    return WordedConflict(conflict.field, name, base, mine, theirs, who, when, choices[conflict.field])


def _others_changes(
    base: Station, current: Station, revisions: list[RevisionView], without: Collection[str]
) -> list[OtherChange]:
    """What the station has become since ``base``, each change with its last author, but for some fields."""
    words = wording()
    changes = [each for each in preview(base, current) if each.field not in without]
    return [OtherChange(words.change(each), *_author(each.field, revisions)) for each in changes]


def _author(field: str, revisions: Iterable[RevisionView]) -> tuple[str, str]:
    """Who changed the field last, and when; the revisions are newest first."""
    group = field.partition(".")[0]
    for revision in revisions:
        if any(change.field in {field, group} for change in revision.changes):
            return revision.actor, wording().moment(revision.at)
    return "", ""
