"""What the public reads as "last verified": the station's own date, or a later look by somebody of staff.

A look is a confirmation on site or by telephone, of whichever group of facts; that an unplaced station was
found to have no place is none. What a change or an import confirms says nothing about anybody having looked. The day
and the way are all the public learns: neither who it was nor which facts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Final

from geodata.stations.freshness import ConfirmedHow, FieldGroup
from geodata.stations.station import Station, Verification
from geodata.stations.vocabulary import VerifiedHow
from mapapp.services.rights import Actor
from mapapp.store import DataAction, Reader, Writer

BY_PEOPLE: Final = frozenset({ConfirmedHow.ON_SITE, ConfirmedHow.PHONE})
"""The ways in which somebody on a staff page can come to know."""

Look = tuple[datetime, ConfirmedHow]


def published_looks(looks: Iterable[Look], timezone: tzinfo) -> tuple[Verification, ...]:
    """What the public could read of each look, newest first; days are those of ``timezone``.

    At one instant, on site counts before by telephone.
    """
    ordered = sorted((at, how is ConfirmedHow.ON_SITE, how) for at, how in looks if how in BY_PEOPLE)
    newest_first = [(at.astimezone(timezone).date(), how) for at, _is_on_site, how in reversed(ordered)]
    return tuple(Verification(day, VerifiedHow(how.value)) for day, how in newest_first)


def last_looks(reader: Reader, timezone: tzinfo, codes: Collection[str] | None = None) -> Mapping[str, Verification]:
    """The last look at each station, or at some, there was any at; one statement for all."""
    by_code: dict[str, list[Look]] = {}
    for code, at, how in reader.confirmations.newest_by(BY_PEOPLE, codes):
        by_code.setdefault(code, []).append((at, how))
    return {code: published_looks(looks, timezone)[0] for code, looks in by_code.items()}


def last_verified(station: Station, look: Verification | None) -> Verification | None:
    """The later of the station's own date and the last look; on the same day its own."""
    own = station.last_verified
    if own is None or look is None:
        return own or look
    return look if look.on > own.on else own


def looks_of(reader: Reader, station: Station, timezone: tzinfo) -> tuple[Verification, ...]:
    """What the public could read of the looks at one station, newest first."""
    confirmed = reader.confirmations.of_station(station.code)
    is_placed = station.position is not None
    looks = [(each.at, each.how) for each in confirmed if is_placed or each.group is not FieldGroup.POSITION]
    return published_looks(looks, timezone)


def public_date(reader: Reader, station: Station, now: datetime) -> Verification | None:
    """What the public reads of one station; days are those of ``now``, which is in the place's time zone."""
    return last_verified(station, next(iter(looks_of(reader, station, now.tzinfo or UTC)), None))


def note_public_date(
    writer: Writer, station: Station, before: Verification | None, actor: Actor, now: datetime
) -> None:
    """Let the data revision grow if the public reads another day, or another way, than ``before``."""
    after = public_date(writer, station, now)
    if after != before and station.life_cycle.is_public:
        detail = {"station": station.code, "on": after.on.isoformat() if after else None}
        writer.note_event(DataAction.STATION_VERIFIED, detail, actor=actor.name)
