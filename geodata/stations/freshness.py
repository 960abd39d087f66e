"""How old what we know about a station is, fact by fact.

A station's fields fall into groups that are confirmed together: one look at the door confirms how it opens,
one telephone call the hours. Confirming says that the facts are still so; it changes none of them. What was
confirmed longer ago than the group's limit is stale, and what was never confirmed is stale from the start.
What is not known (no hours, no position) cannot be confirmed, only found out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from geodata.errors import InvalidValue
from geodata.stations.station import Station
from geodata.stations.vocabulary import LabelledCode, VerifiedHow


class FieldGroup(LabelledCode):
    """Facts that are confirmed together. Order is display order: what goes wrong most comes first."""

    HOURS = "hours", "开放时间", "opening hours"
    DOOR = "door", "进入方式", "how to get in"
    SERVICES = "services", "服务设施", "services"
    POSITION = "position", "位置", "position"

    @property
    def fields(self) -> frozenset[str]:
        """The names of the station's fields that belong to the group."""
        return _FIELDS[self]


_FIELDS: Final[Mapping[FieldGroup, frozenset[str]]] = {
    FieldGroup.HOURS: frozenset({"hours"}),
    FieldGroup.DOOR: frozenset({"entry_methods", "entry_note"}),
    FieldGroup.SERVICES: frozenset({"services"}),
    FieldGroup.POSITION: frozenset({"position", "address"}),
}


class ConfirmedHow(LabelledCode):
    """How somebody came to know that facts are so; a `VerifiedHow`, or by writing them anew."""

    ON_SITE = "on_site", "现场核实", "on site"
    PHONE = "phone", "电话核实", "by phone"
    PUBLIC = "public", "公众反馈", "by the public"
    IMPORT = "import", "表格导入", "by an import"
    EDIT = "edit", "修改时", "with an edit"

    @classmethod
    def of(cls, how: VerifiedHow) -> ConfirmedHow:
        """The same, as a station's own field says it."""
        return cls(how.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshnessLimits:
    """For how many days a confirmation of each group holds; the last of them still counts."""

    hours_days: int = 90
    door_days: int = 180
    services_days: int = 180
    position_days: int = 365

    def __post_init__(self) -> None:
        if any(self.days(group) < 1 for group in FieldGroup):
            raise InvalidValue("A confirmation holds for a day at least.", field="limits", code="out_of_range")

    def days(self, group: FieldGroup) -> int:
        """The limit of one group."""
        return {
            FieldGroup.HOURS: self.hours_days,
            FieldGroup.DOOR: self.door_days,
            FieldGroup.SERVICES: self.services_days,
            FieldGroup.POSITION: self.position_days,
        }[group]

    def is_stale(self, group: FieldGroup, confirmed_on: date | None, today: date) -> bool:
        """Whether the group has to be looked at again; a day in the future counts as today."""
        return confirmed_on is None or (today - confirmed_on).days > self.days(group)


def groups_of(changed_fields: Iterable[str]) -> tuple[FieldGroup, ...]:
    """The groups that a change of these fields touches, in display order."""
    changed = frozenset(changed_fields)
    return tuple(group for group in FieldGroup if not group.fields.isdisjoint(changed))


def is_known(station: Station, group: FieldGroup) -> bool:
    """Whether there is anything to be confirmed. A door is always there to be tried."""
    match group:
        case FieldGroup.HOURS:
            return station.hours.known
        case FieldGroup.SERVICES:
            return bool(station.services)
        case FieldGroup.POSITION:
            return station.position is not None
        case FieldGroup.DOOR:
            return True


def known_groups(station: Station) -> tuple[FieldGroup, ...]:
    """The groups that can be confirmed, in display order."""
    return tuple(group for group in FieldGroup if is_known(station, group))
