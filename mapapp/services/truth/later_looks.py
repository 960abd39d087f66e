"""Whether somebody has looked at facts since they were written: then they are not just taken back.

A confirmation is no change: the facts from before would be read as verified on a day on which somebody found others.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from geodata.stations.freshness import FieldGroup, groups_of
from mapapp.services.truth.public_date import BY_PEOPLE
from mapapp.store import Reader, Revision

LaterLooks = Mapping[tuple[str, FieldGroup], datetime]
"""When each group of each station was last looked at, of those looked at after some moment."""


def looks_after(reader: Reader, moment: datetime, code: str | None = None) -> LaterLooks:
    """The looks, by people, at the stations or at one after ``moment``; one statement."""
    return reader.confirmations.latest_by(BY_PEOPLE, moment, code)


def is_confirmed_since(revision: Revision, looks: LaterLooks) -> bool:
    """Whether facts that the revision changed, or any of a station it made, were looked at after it."""
    groups = tuple(FieldGroup) if revision.number == 1 else groups_of(revision.changes)
    found = (looks.get((revision.code, group)) for group in groups)
    return any(at is not None and at > revision.at for at in found)
