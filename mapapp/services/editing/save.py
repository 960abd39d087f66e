"""Saving one station: checked against rights and rules, written with its revision, or refused whole.

The rights are checked inside the writing transaction against the row as it is then, so that a station
that changed hands a moment ago is not saved by who had it before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from geodata.errors import GeodataError
from geodata.places import Place
from geodata.stations.document import Json, station_document, station_from_document
from geodata.stations.reading import read_station
from geodata.stations.station import Station
from mapapp.services.editing.earlier_photo import PhotoKept, every_photo, without_lost_photo
from mapapp.services.editing.rules import checked_reason, refuse_unfit
from mapapp.services.editing.warnings import SaveWarning, warnings_for
from mapapp.services.rights import Actor, Forbidden, Right, require, require_change
from mapapp.services.truth.later_looks import is_confirmed_since, looks_after
from mapapp.store import Revision, StaleVersion, Store, UnknownStation, Writer
from mapapp.store.accounts import Role

__all__ = [
    "FORM",
    "CannotUndo",
    "SaveWarning",
    "create_station",
    "save_station",
    "undo",
    "warnings_for",
    "write_station",
]

FORM: Final = "form"
_UNNAMED: Final = "NEW"
"""The code of a new station until it has its own."""
SECOND_CLICK: Final = timedelta(minutes=1)
"""The same new station sent again by the same person within this time is the first one."""
_MOST_COMPARED: Final = 20
"""How many of the latest new stations are looked at for that; more than people add, fewer than an import."""


class CannotUndo(GeodataError, RuntimeError):
    """A revision that cannot be undone.

    ``code`` is changed_since, confirmed_since, not_yours, creation, unknown_revision, or photo_gone where nothing but a
    photo was changed and the one before is kept no more.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def create_station(
    store: Store,
    place: Place,
    actor: Actor,
    document: Mapping[str, Json],
    reason: str,
    now: datetime,
    origin: str = FORM,
) -> Station:
    """Add the station the document describes, and return it as saved.

    Without a ``code`` (or with None) it gets the place's next one; only administrators give codes. Where
    the document has no ``district_code``, it is the one the station lies in. In a database of sample
    stations whoever may create a station may create a sample one, and nobody a real one. A form sent twice,
    by a second click, makes one station.

    Raises
    ------
    Forbidden, InvalidFields, CodeTaken, MixedSampleAndReal, StoreBusy
        Nothing was saved.
    """
    require(actor, Right.CREATE_STATIONS)
    given_code = document.get("code")
    if given_code is not None and actor.role is not Role.ADMIN:
        raise Forbidden(actor, Right.CREATE_STATIONS, fields=frozenset({"code"}), code="fields")
    rest = {name: value for name, value in document.items() if name != "code"}
    station = replace(read_station(rest, code=str(given_code or _UNNAMED)), version=1)
    if "district_code" not in document and station.position is not None:
        station = replace(station, district_code=place.district_of(station.position.point))
    refuse_unfit(None, station, place, reason, now)
    with store.writing(origin, at=now) as writer:
        is_of_sample = station.is_sample and writer.has_sample_stations()
        require_change(actor, None, replace(station, is_sample=False) if is_of_sample else station)
        sent_before = _sent_before(writer, actor, station, now) if given_code is None and origin == FORM else None
        if sent_before is not None:
            return sent_before
        if given_code is None:
            station = replace(station, code=writer.next_code(place.code_prefix))
        return writer.add_station(station, actor=actor.name, reason=checked_reason(reason))


def save_station(
    store: Store,
    place: Place,
    actor: Actor,
    code: str,
    station: Station,
    expected_version: int,
    reason: str,
    now: datetime,
    origin: str = FORM,
) -> Station:
    """Save ``station`` over the one with that code, and return it with its new version.

    Saving what is there already changes nothing.

    Raises
    ------
    Forbidden, InvalidFields, UnknownStation, StaleVersion, MixedSampleAndReal, StoreBusy
        Nothing was saved; StaleVersion carries the station as it is.
    """
    with store.writing(origin, at=now) as writer:
        current = _current(writer, code)
        return write_station(
            writer, place, actor, current, station, expected_version=expected_version, reason=reason, now=now
        )


def write_station(
    writer: Writer,
    place: Place,
    actor: Actor,
    current: Station,
    wanted: Station,
    *,
    expected_version: int,
    reason: str,
    now: datetime,
    any_move: bool = False,
) -> Station:
    """Save ``wanted`` over ``current`` within a transaction that read ``current``; see `save_station`.

    With ``any_move`` the life cycle may go anywhere, without a reason: for taking back what was done.
    """
    require_change(actor, current, current)  # whose station it is comes before what became of it
    if expected_version != current.version:
        raise StaleVersion(current, expected_version)
    require_change(actor, current, replace(wanted, version=current.version))
    refuse_unfit(current, wanted, place, reason, now, any_move=any_move)
    return writer.update_station(
        wanted, expected_version=expected_version, actor=actor.name, reason=checked_reason(reason)
    )


def undo(
    store: Store,
    place: Place,
    actor: Actor,
    code: str,
    number: int,
    now: datetime,
    origin: str = FORM,
    *,
    is_photo_kept: PhotoKept = every_photo,
) -> Station:
    """Take back one's own latest revision: every field it changed is as it was before, but for a lost photo.

    Raises
    ------
    CannotUndo
        Somebody saved since, or looked and found it so, or it was another's, or it made the station, or nothing of it
        can come back.
    Forbidden, UnknownStation
        As in `save_station`.
    """
    with store.writing(origin, at=now) as writer:
        current = _current(writer, code)
        revision = _undoable(writer, code, number, actor)
        before = {field: old for field, (old, _) in revision.changes.items()}
        wanted = station_from_document(station_document(current) | before)
        possible = without_lost_photo(wanted, current, is_photo_kept)
        if possible != wanted and replace(possible, version=current.version) == current:
            raise CannotUndo("photo_gone", "The photo that was there before is kept no more.")
        return write_station(
            writer,
            place,
            actor,
            current,
            possible,
            expected_version=number,
            reason=f"撤销第 {number} 次修订 / undo of revision {number}",
            now=now,
            any_move=True,
        )


def _sent_before(writer: Writer, actor: Actor, station: Station, now: datetime) -> Station | None:
    """The station that the same person made a moment ago from the very same form."""
    codes = writer.codes_added_after(now - SECOND_CLICK)[-_MOST_COMPARED:]
    for code, known in writer.stations_of(codes).items():
        if replace(known, code=station.code) == station and writer.revisions(code)[0].actor == actor.name:
            return known
    return None


def _current(writer: Writer, code: str) -> Station:
    current = writer.station(code)
    if current is None:
        raise UnknownStation(code)
    return current


def _undoable(writer: Writer, code: str, number: int, actor: Actor) -> Revision:
    """The revision of that number, if it is the latest, the actor's own, not the first, and confirmed by nobody."""
    latest = writer.revisions(code)[-1]
    if not 1 <= number <= latest.number:
        raise CannotUndo("unknown_revision", f"There is no revision {number}.")
    if latest.number != number:
        raise CannotUndo("changed_since", f"{latest.actor} saved since; look at their change first.")
    if latest.actor != actor.name:
        raise CannotUndo("not_yours", f"Revision {number} is {latest.actor}'s.")
    if number == 1:
        raise CannotUndo("creation", "The revision made the station; delist it instead.")
    if is_confirmed_since(latest, looks_after(writer, latest.at, code)):
        raise CannotUndo("confirmed_since", "Somebody looked since and found it so.")
    return latest
