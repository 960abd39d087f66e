"""Who changed what, when and why: one revision for each accepted write of a station."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import RowMapping

from geodata.stations.station import Station

_FIELD_ORDER: Final = {field.name: number for number, field in enumerate(fields(Station))}


class Origin(StrEnum):
    """The door a write came in by."""

    FORM = "form"
    IMPORT = "import"
    API = "api"
    COMMAND = "command"
    SAMPLE = "sample"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One accepted write of one station; ``number`` is the version it made.

    ``changes`` maps a field to its (old, new) values in the form of ``geodata.stations.document``, in
    the order of a station's fields; the old value of a station's first revision is None. ``batch`` joins
    the revisions of one import.
    """

    code: str
    number: int
    at: datetime
    actor: str
    origin: Origin
    reason: str
    changes: Mapping[str, tuple[Any, Any]]
    batch: str | None = None


def row_of_revision(revision: Revision) -> dict[str, Any]:
    """The columns of the revision's row."""
    return {
        "code": revision.code,
        "number": revision.number,
        "at": revision.at,
        "actor": revision.actor,
        "origin": revision.origin.value,
        "reason": revision.reason,
        "changes": {field: list(pair) for field, pair in revision.changes.items()},
        "batch": revision.batch,
    }


def revision_of_row(row: RowMapping) -> Revision:
    """The revision of a row of ``station_revisions``."""
    return Revision(
        code=row["code"],
        number=row["number"],
        at=row["at"],
        actor=row["actor"],
        origin=Origin(row["origin"]),
        reason=row["reason"],
        changes={field: (old, new) for field, (old, new) in sorted(row["changes"].items(), key=_field_rank)},
        batch=row["batch"],
    )


def _field_rank(change: tuple[str, Any]) -> int:
    """Where the field stands in a station; one that stations no longer have stands last."""
    return _FIELD_ORDER.get(change[0], len(_FIELD_ORDER))


class DataAction(StrEnum):
    """What can happen to the data beyond a single station."""

    SAMPLE_LOADED = "sample_loaded"
    SAMPLE_REMOVED = "sample_removed"
    HOLIDAYS_CHANGED = "holidays_changed"
    DEMAND_SAVED = "demand_saved"
    DEMAND_CHANGED = "demand_changed"
    DEMAND_REMOVED = "demand_removed"
    DEMAND_CHOSEN = "demand_chosen"
    DOOR_WARNING_CHANGED = "door_warning_changed"
    IMPORT_UNDONE = "import_undone"
    STATION_VERIFIED = "station_verified"
    SENDER_ERASED = "sender_erased"
    DATA_RESTORED = "data_restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataEvent:
    """One change of the data that is no station's own history."""

    at: datetime
    actor: str
    origin: Origin
    action: DataAction
    detail: Mapping[str, Any]
    data_revision: int


def event_of_row(row: RowMapping) -> DataEvent:
    """The event of a row of ``data_events``."""
    return DataEvent(
        at=row["at"],
        actor=row["actor"],
        origin=Origin(row["origin"]),
        action=DataAction(row["action"]),
        detail=row["detail"],
        data_revision=row["data_revision"],
    )
