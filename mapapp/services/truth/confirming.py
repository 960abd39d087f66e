"""Use case: somebody who looked says that facts are still so.

A confirmation is no change: the station's version, its history and what the public reads as its last change
stay as they are. What the public reads as last verified moves with it: then, and only then, the data revision
grows, so that every process shows the new day. Whoever may change something about a station may confirm all of
it, a keeper also the position, which a keeper cannot move.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from geodata.errors import InvalidValue
from geodata.stations.freshness import ConfirmedHow, FieldGroup, is_known
from geodata.stations.station import Station
from mapapp.services.rights import Actor, Forbidden, Right, editable_fields
from mapapp.services.truth.public_date import BY_PEOPLE, note_public_date, public_date
from mapapp.store import Origin, StaleVersion, Store, UnknownStation, Writer

SENT_TWICE: Final = timedelta(minutes=1)
"""Within so long the same said again by the same person is one confirmation."""
OWN_MISTAKE: Final = timedelta(minutes=15)
"""For so long one can take back what one confirmed oneself."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was written down, and whether somebody's task ended with it."""

    station: Station
    groups: tuple[FieldGroup, ...]
    has_ended_task: bool


def may_confirm(actor: Actor, station: Station) -> bool:
    """Whether the actor may say that facts of the station are so."""
    return bool(editable_fields(actor, station))


def confirm_groups(
    store: Store,
    actor: Actor,
    code: str,
    groups: Collection[FieldGroup],
    how: ConfirmedHow,
    seen_version: int,
    now: datetime,
) -> Confirmed:
    """Write down that the groups were found to be as ``seen_version`` of the station says.

    What is not known (no hours, no position, no services) is passed over. Whoever was to look at the station
    has done so once nothing is left to be confirmed. ``now`` is in the place's time zone: its day is what the
    public reads.

    Raises
    ------
    UnknownStation, StoreBusy
    Forbidden
        The station is not the actor's.
    StaleVersion
        Somebody saved since the facts were shown; they have to be looked at again.
    InvalidValue
        None of the groups is known, or nobody on a staff page can know in that way.
    """
    if how not in BY_PEOPLE:
        raise InvalidValue(f"Nobody confirms {how.value} on a staff page.", field="how", code="unknown_value")
    with store.writing(Origin.FORM, at=now) as writer:
        station = _theirs(writer, actor, code)
        if station.version != seen_version:
            raise StaleVersion(station, seen_version)
        wanted = [group for group in FieldGroup if group in groups and is_known(station, group)]
        if not wanted:
            raise InvalidValue("There is nothing here to be confirmed.", field="group", code="nothing_known")
        before = public_date(writer, station, now)
        said = _said_just_now(writer, code, actor, how, now)
        new = [group for group in wanted if group not in said]
        writer.confirmations.add(code, new, at=now, actor=actor.name, how=how)
        note_public_date(writer, station, before, actor, now)
        return Confirmed(station, tuple(wanted), _end_task(writer, station, actor, now))


def take_back(store: Store, actor: Actor, code: str, now: datetime) -> tuple[FieldGroup, ...]:
    """Forget what the actor confirmed at the station within the last minutes; which groups it was.

    A task that ended with it is open again.

    Raises
    ------
    UnknownStation, Forbidden, StoreBusy
    """
    with store.writing(Origin.FORM, at=now) as writer:
        station = _theirs(writer, actor, code)
        before = public_date(writer, station, now)
        groups = writer.confirmations.take_back(code, actor=actor.name, since=now - OWN_MISTAKE)
        if groups:
            writer.confirmations.reopen_task(code, by=actor.name, since=now - OWN_MISTAKE)
        note_public_date(writer, station, before, actor, now)
        return groups


def _theirs(writer: Writer, actor: Actor, code: str) -> Station:
    station = writer.station(code)
    if station is None:
        raise UnknownStation(code)
    if not may_confirm(actor, station):
        raise Forbidden(actor, Right.EDIT_STATIONS, code="not_yours")
    return station


def _said_just_now(writer: Writer, code: str, actor: Actor, how: ConfirmedHow, now: datetime) -> frozenset[FieldGroup]:
    """What the actor has said in the same way within the last minute: a form that was sent twice."""
    return frozenset(
        each.group
        for each in writer.confirmations.of_station(code)
        if (each.actor, each.how) == (actor.name, how) and now - SENT_TWICE <= each.at <= now
    )


def _end_task(writer: Writer, station: Station, actor: Actor, now: datetime) -> bool:
    """End the station's task once every known group was confirmed since it was given."""
    task = writer.confirmations.task(station.code)
    if task is None:
        return False
    since = {each.group for each in writer.confirmations.of_station(station.code) if each.at >= task.assigned_at}
    is_done = all(group in since for group in FieldGroup if is_known(station, group)) and now >= task.assigned_at
    if is_done:
        writer.confirmations.end_task(station.code, by=actor.name, at=now)
    return is_done
