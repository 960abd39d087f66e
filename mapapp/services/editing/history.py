"""The history of one station: what each revision changed, the station as it was, and going back to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Final

from geodata.errors import GeodataError
from geodata.places import Place
from geodata.stations.document import Json, station_document, station_from_document
from geodata.stations.station import Station
from geodata.stations.vocabulary import StationKind
from mapapp.services.editing.earlier_photo import PhotoKept, every_photo, without_lost_photo
from mapapp.services.editing.placing import is_district_of_position
from mapapp.services.editing.preview import SERVICES, FieldChange, field_changes, with_fields_of
from mapapp.services.editing.save import FORM, write_station
from mapapp.services.rights import Actor
from mapapp.store import Origin, Reader, Revision, Store, UnknownStation

_NEVER_RESTORED: Final = frozenset({"code", "is_sample", "version"})
"""What belongs to the record, not to the facts in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionView:
    """One revision as people read it; ``number`` is the version it made."""

    number: int
    at: datetime
    actor: str
    origin: Origin
    reason: str
    batch: str | None
    changes: tuple[FieldChange, ...]


class UnknownRevision(GeodataError, LookupError):
    """The station has no revision of that number."""

    def __init__(self, code: str, number: int) -> None:
        super().__init__(f"Station {code} has no revision {number}.")


def history(store: Store, code: str) -> tuple[RevisionView, ...]:
    """The station's revisions, newest first; raises UnknownStation."""
    with store.reading() as reader:
        revisions = _revisions(reader, code)
    return tuple(_view(revision) for revision in reversed(revisions))


def station_at(store: Store, code: str, number: int) -> Station:
    """The station as revision ``number`` left it, exactly; raises UnknownStation or UnknownRevision."""
    with store.reading() as reader:
        return _rebuilt(_revisions(reader, code), code, number)


def restored(place: Place, current: Station, past: Station, fields: Collection[str] | None) -> Station:
    """``current`` with those fields (or ``services.water``) as in ``past``; None takes all.

    Code, sample mark and version stay. Unknown fields are left out. A position brings its district along, unless
    neither then nor now the district is where the position lies.
    """
    wanted = list(_RESTORABLE) if fields is None else [field for field in fields if _is_restorable(field)]
    if "position" in wanted and any(is_district_of_position(place, each) for each in (past, current)):
        wanted.append("district_code")
    return station_from_document(with_fields_of(current, past, wanted))


def restore(
    store: Store,
    place: Place,
    actor: Actor,
    code: str,
    number: int,
    fields: Collection[str] | None,
    expected_version: int,
    reason: str,
    now: datetime,
    origin: str = FORM,
    *,
    is_photo_kept: PhotoKept = every_photo,
) -> Station:
    """Save the station with those fields as revision ``number`` left them; None restores all.

    Going back may make any move of the life cycle: it undoes moves that were made. A photo that is kept no more
    does not come back; the one the station has stays.

    Raises what `save_station` raises, and UnknownRevision.
    """
    with store.writing(origin, at=now) as writer:
        past = _rebuilt(_revisions(writer, code), code, number)
        current = writer.station(code)
        if current is None:
            raise UnknownStation(code)
        wanted = without_lost_photo(restored(place, current, past, fields), current, is_photo_kept)
        return write_station(
            writer,
            place,
            actor,
            current,
            wanted,
            expected_version=expected_version,
            reason=reason,
            now=now,
            any_move=True,
        )


def _revisions(reader: Reader, code: str) -> Sequence[Revision]:
    revisions = reader.revisions(code)
    if not revisions:
        raise UnknownStation(code)
    return revisions


def _view(revision: Revision) -> RevisionView:
    return RevisionView(
        number=revision.number,
        at=revision.at,
        actor=revision.actor,
        origin=revision.origin,
        reason=revision.reason,
        batch=revision.batch,
        changes=field_changes(revision.changes),
    )


def _rebuilt(revisions: Sequence[Revision], code: str, number: int) -> Station:
    """The station after the first ``number`` revisions, each laid over the one before."""
    if number not in {revision.number for revision in revisions}:
        raise UnknownRevision(code, number)
    document: dict[str, Json] = station_document(Station(code=code, kind=StationKind.REST_STATION, name="-"))
    for revision in revisions:
        if revision.number <= number:
            document |= {field: new for field, (_, new) in revision.changes.items()}
    return replace(station_from_document(document), version=number)


_RESTORABLE: Final = tuple(field.name for field in fields(Station) if field.name not in _NEVER_RESTORED)


def _is_restorable(field: str) -> bool:
    return field in _RESTORABLE or field.startswith(f"{SERVICES}.")
