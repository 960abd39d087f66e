"""What a saved station must keep to beyond its own invariants: the place's districts, the calendar, its life.

Only what changes is judged, so that an old oddity elsewhere in a station stops nobody from mending
something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from geodata.errors import InvalidValue
from geodata.places import Place
from geodata.stations.field_problems import FieldProblem, InvalidFields
from geodata.stations.station import MAX_TEXT_CHARS, Station, check_text
from mapapp.services.editing.life_cycle import is_move

MAX_REASON_CHARS: Final = MAX_TEXT_CHARS


def checked_reason(reason: str) -> str:
    """The reason as it is written down; raises InvalidFields at ``reason`` when it cannot be."""
    text = " ".join(reason.split())
    try:
        check_text("reason", text, MAX_REASON_CHARS)
    except InvalidValue as refusal:
        raise InvalidFields.one("reason", refusal.code, str(refusal)) from None
    return text


def refuse_unfit(
    old: Station | None, new: Station, place: Place, reason: str, now: datetime, *, any_move: bool = False
) -> None:
    """Refuse what a new or changed station may not be.

    Raises
    ------
    InvalidFields
        Every field at fault: ``district_code`` unknown_unit, ``position`` zero_position, ``alert.expires_at``
        over, ``last_verified.on`` and ``services.….confirmed_on`` in_future, ``life_cycle`` no_such_move,
        ``reason`` missing (a move of the life cycle needs one), too_long or control_characters.
    """
    checked_reason(reason)
    today = now.astimezone(place.timezone).date()
    problems = [
        *_place_problems(old, new, place),
        *_service_problems(old, new, today),
        *([] if any_move or old is None else _move_problems(old, new, reason)),
        *_time_problems(old, new, now, today),
    ]
    if problems:
        raise InvalidFields(problems)


def _place_problems(old: Station | None, new: Station, place: Place) -> Iterator[FieldProblem]:
    code = new.district_code
    if code is not None and (old is None or code != old.district_code) and not any(u.code == code for u in place.units):
        known = ", ".join(unit.code for unit in place.units)
        yield FieldProblem("district_code", "unknown_unit", f"{place.name_en} has these districts: {known}.")
    moved = new.position is not None and (old is None or new.position != old.position)
    if moved and new.position is not None and new.position.point.lon == new.position.point.lat == 0:
        yield FieldProblem("position", "zero_position", "0, 0 is where nobody looked, not where the station is.")


def _service_problems(old: Station | None, new: Station, today: date) -> Iterator[FieldProblem]:
    known = frozenset(old.services) if old else frozenset()
    for offer in new.services:
        if offer not in known and offer.confirmed_on is not None and offer.confirmed_on > today:
            yield FieldProblem(
                f"services.{offer.service.value}.confirmed_on", "in_future", "Nobody can have confirmed it after today."
            )


def _move_problems(old: Station, new: Station, reason: str) -> Iterator[FieldProblem]:
    if not is_move(old.life_cycle, new.life_cycle):
        message = f"A station that is {old.life_cycle.en} cannot become {new.life_cycle.en}."
        yield FieldProblem("life_cycle", "no_such_move", message)
    elif new.life_cycle is not old.life_cycle and not reason.strip():
        yield FieldProblem("reason", "missing", "Say why the station's life cycle changes.")


def _time_problems(old: Station | None, new: Station, now: datetime, today: date) -> Iterator[FieldProblem]:
    if new.alert is not None and (old is None or new.alert != old.alert) and new.alert.expires_at <= now:
        yield FieldProblem("alert.expires_at", "over", "The notice would end before anybody sees it.")
    verified = new.last_verified
    if verified is not None and (old is None or verified != old.last_verified) and verified.on > today:
        yield FieldProblem("last_verified.on", "in_future", "Nobody can have confirmed it after today.")
