"""What a change would change, field by field, as pages and histories show it.

Values are in the form of ``geodata.stations.document``; the services are told one by one
(``services.water``), a service that is not offered being None. Words are the caller's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from geodata.stations.document import Json, changed_fields, station_document
from geodata.stations.station import Station

SERVICES: Final = "services"
_PREFIX: Final = f"{SERVICES}."


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after; ``old`` is None where the station was new."""

    field: str
    old: Json
    new: Json


def preview(old: Station | None, new: Station) -> tuple[FieldChange, ...]:
    """What saving ``new`` over ``old`` (None: a new station) changes, in the order of a station's fields."""
    return field_changes(changed_fields(old, new))


def field_changes(changes: Mapping[str, tuple[Any, Any]]) -> tuple[FieldChange, ...]:
    """The changes of a revision (field → (old, new)), the services one by one.

    Services that only stand in another order are one change of ``services``.
    """
    return tuple(change for field, (old, new) in changes.items() for change in _told(field, old, new))


def by_service(offers: Iterable[Json] | None) -> dict[str, Json]:
    """A document's service offers by the service's code, in their order."""
    return {offer["service"]: offer for offer in offers or ()}


def with_fields_of(station: Station, other: Station, fields: Collection[str]) -> dict[str, Json]:
    """The document of ``station`` with those fields, or single services, as ``other`` has them."""
    document, source = station_document(station), station_document(other)
    whole = {field for field in fields if not field.startswith(_PREFIX)}
    services = {field.removeprefix(_PREFIX) for field in fields} - whole
    document |= {field: source[field] for field in whole}
    if services and SERVICES not in whole:
        document[SERVICES] = _with_services(document[SERVICES], source[SERVICES], services)
    return document


def _told(field: str, old: Json, new: Json) -> Iterator[FieldChange]:
    before, after = (by_service(old), by_service(new)) if field == SERVICES else ({}, {})
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if not changed:
        yield FieldChange(field, old, new)
    for name in changed:
        yield FieldChange(f"{SERVICES}.{name}", before.get(name), after.get(name))


def _with_services(offers: Json, source: Json, names: Collection[str]) -> Json:
    """The offers with those services as in ``source``: in their places, new ones at the end, or gone."""
    given = by_service(source)
    kept = {name: given.get(name) if name in names else offer for name, offer in by_service(offers).items()}
    kept |= {name: offer for name, offer in given.items() if name in names and name not in kept}
    return [offer for offer in kept.values() if offer is not None]
