"""Who may do what: by role, district by district, station by station, field by field.

Services ask here, inside their transactions; pages ask too, but only so as not to offer what would be
refused. A keeper has stations, an editor districts; an API token has scopes, and the districts it was
given. Planners read everything and change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

from geodata.errors import GeodataError
from geodata.stations.station import Station
from geodata.stations.vocabulary import LifeCycle
from mapapp.store.accounts import Account, ApiToken, Role, Scope


class Right(StrEnum):
    """Something one may be allowed to do, somewhere."""

    READ_REGISTER = "read_register"
    EDIT_STATIONS = "edit_stations"
    CREATE_STATIONS = "create_stations"
    READ_REPORTS = "read_reports"
    ANSWER_REPORTS = "answer_reports"
    IMPORT_STATIONS = "import_stations"
    RUN_ANALYSES = "run_analyses"
    EDIT_HOLIDAYS = "edit_holidays"
    MANAGE_ACCOUNTS = "manage_accounts"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts. ``name`` is what revisions carry; only API tokens have ``scopes``.

    For a token without districts, every district is its own; an editor without districts has none.
    """

    name: str
    role: Role
    districts: frozenset[str] = frozenset()
    stations: frozenset[str] = frozenset()
    account_id: int | None = None
    scopes: frozenset[Scope] | None = None

    @classmethod
    def of_account(cls, account: Account) -> Actor:
        """Somebody who is signed in."""
        return cls(account.name, account.role, account.districts, account.stations, account.id)

    @classmethod
    def of_token(cls, token: ApiToken) -> Actor:
        """A machine: an editor within its scopes. No account can have a name like this one."""
        return cls(f"{token.name} (token {token.id})", Role.EDITOR, token.districts, scopes=token.scopes)


COMMAND_LINE: Final = Actor("command line", Role.ADMIN)
"""Whoever has a shell on the machine could write to the database anyway."""

_RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    Role.KEEPER: frozenset({Right.READ_REGISTER, Right.EDIT_STATIONS}),
    Role.EDITOR: frozenset(
        {
            Right.READ_REGISTER,
            Right.EDIT_STATIONS,
            Right.CREATE_STATIONS,
            Right.READ_REPORTS,
            Right.ANSWER_REPORTS,
            Right.IMPORT_STATIONS,
        }
    ),
    Role.PLANNER: frozenset({Right.READ_REGISTER, Right.READ_REPORTS, Right.RUN_ANALYSES}),
    Role.ADMIN: frozenset(Right),
}

_SCOPES: Final[Mapping[Right, frozenset[Scope]]] = {
    Right.READ_REGISTER: frozenset({Scope.STATIONS_READ, Scope.STATIONS_WRITE}),
    Right.EDIT_STATIONS: frozenset({Scope.STATIONS_WRITE}),
    Right.CREATE_STATIONS: frozenset({Scope.STATIONS_WRITE}),
    Right.READ_REPORTS: frozenset({Scope.REPORTS_READ}),
}
"""The scopes that give a token a right; it has no others."""

_ALL_FIELDS: Final = frozenset(field.name for field in fields(Station)) - {"code", "version"}
_EDITORS_FIELDS: Final = _ALL_FIELDS - {"is_sample"}
_KEEPERS_FIELDS: Final = frozenset(
    {"hours", "services", "life_cycle", "alert", "entry_methods", "entry_note", "last_verified", "photo"}
)
_KEEPERS_LIFE_CYCLES: Final = frozenset({LifeCycle.ACTIVE, LifeCycle.TEMPORARILY_CLOSED, LifeCycle.RENOVATING})
"""A keeper may close and open a station, not found or delist one."""


class Forbidden(GeodataError, PermissionError):
    """Something the actor may not do.

    Attributes
    ----------
    right : Right
        What was missing, if only here.
    fields : frozenset[str]
        The fields of a station that may not be changed (so); empty when it is not about fields.
    code : str
        ``right``: not this actor at all. ``not_yours``: not this station. ``fields``: not these fields.
        ``district``: not into that district. ``life_cycle``: not that move.
    """

    def __init__(
        self, actor: Actor, right: Right, *, fields: frozenset[str] = frozenset(), code: str = "right"
    ) -> None:
        about = f" ({code}: {', '.join(sorted(fields))})" if fields else f" ({code})"
        super().__init__(f"{actor.role.en.capitalize()}s may not do this: {right.value}{about}.")
        self.right = right
        self.fields = fields
        self.code = code


def may(actor: Actor, right: Right) -> bool:
    """Whether the actor has the right anywhere at all."""
    if right not in _RIGHTS[actor.role]:
        return False
    return actor.scopes is None or not actor.scopes.isdisjoint(_SCOPES.get(right, frozenset()))


def require(actor: Actor, right: Right) -> None:
    """Raise Forbidden unless the actor has the right somewhere."""
    if not may(actor, right):
        raise Forbidden(actor, right)


def may_read(actor: Actor, station: Station) -> bool:
    """Whether the actor may see all there is about the station, also what is not public.

    People who read the register read all of it; a token reads the districts it was given.
    """
    return may_read_in(actor, station.district_code)


def may_read_in(actor: Actor, district_code: str | None) -> bool:
    """The same by the station's district."""
    return may(actor, Right.READ_REGISTER) and (actor.scopes is None or _has_district(actor, district_code))


def editable_fields(actor: Actor, station: Station) -> frozenset[str]:
    """The names of the station's fields that the actor may change; empty if it is not theirs."""
    if not may(actor, Right.EDIT_STATIONS):
        return frozenset()
    if actor.role is Role.ADMIN:
        return _ALL_FIELDS
    if actor.role is Role.EDITOR:
        return _EDITORS_FIELDS if _has_district(actor, station.district_code) else frozenset()
    if station.code not in actor.stations:
        return frozenset()
    return _KEEPERS_FIELDS if station.life_cycle in _KEEPERS_LIFE_CYCLES else _KEEPERS_FIELDS - {"life_cycle"}


def require_change(actor: Actor, old: Station | None, new: Station) -> None:
    """Raise unless the actor may make ``new`` out of ``old``, or create it where ``old`` is None.

    Raises
    ------
    Forbidden
        Naming every field that stands in the way, where it is about fields.
    """
    if old is None:
        _require_creation(actor, new)
        return
    require(actor, Right.EDIT_STATIONS)
    allowed = editable_fields(actor, old)
    if not allowed:
        raise Forbidden(actor, Right.EDIT_STATIONS, code="not_yours")
    refused = _changed(old, new) - allowed
    if refused:
        raise Forbidden(actor, Right.EDIT_STATIONS, fields=refused, code="fields")
    if actor.role is Role.KEEPER and new.life_cycle not in {old.life_cycle, *_KEEPERS_LIFE_CYCLES}:
        raise Forbidden(actor, Right.EDIT_STATIONS, fields=frozenset({"life_cycle"}), code="life_cycle")
    if not _may_place(actor, new):
        raise Forbidden(actor, Right.EDIT_STATIONS, fields=frozenset({"district_code"}), code="district")


def report_districts(actor: Actor) -> frozenset[str] | None:
    """The districts whose reports the actor may read, those from nowhere besides; None for all of them."""
    is_anywhere = actor.scopes is not None and not actor.districts
    return actor.districts if actor.role is Role.EDITOR and not is_anywhere else None


def may_read_report(actor: Actor, district_code: str | None) -> bool:
    """Whether the actor may read reports from that district: an editor those of the own ones."""
    within = report_districts(actor)
    is_within = within is None or district_code is None or district_code in within
    return may(actor, Right.READ_REPORTS) and is_within


def may_answer(actor: Actor, district_code: str | None) -> bool:
    """Whether the actor may answer reports from that district; one from nowhere is any editor's."""
    return may(actor, Right.ANSWER_REPORTS) and (actor.role is Role.ADMIN or _has_district(actor, district_code))


def _require_creation(actor: Actor, new: Station) -> None:
    require(actor, Right.CREATE_STATIONS)
    if actor.role is Role.ADMIN:
        return
    if new.is_sample:
        raise Forbidden(actor, Right.CREATE_STATIONS, fields=frozenset({"is_sample"}), code="fields")
    if not _may_place(actor, new):
        raise Forbidden(actor, Right.CREATE_STATIONS, fields=frozenset({"district_code"}), code="district")


def _may_place(actor: Actor, station: Station) -> bool:
    """Whether the station may stand in its district by this actor's doing. A keeper cannot move it anyway."""
    return actor.role is not Role.EDITOR or _has_district(actor, station.district_code)


def _has_district(actor: Actor, district_code: str | None) -> bool:
    """Whether an editor has the district. A station without one is every editor's."""
    is_anywhere = actor.scopes is not None and not actor.districts
    return is_anywhere or district_code is None or district_code in actor.districts


def _changed(old: Station, new: Station) -> frozenset[str]:
    names = (field.name for field in fields(Station) if field.name != "version")
    return frozenset(name for name in names if getattr(old, name) != getattr(new, name))
