"""Reports: what the public tells staff, as it is handed in and as it is kept."""

from __future__ import annotations

import re
import unicodedata
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from geodata.coordinates import LonLat
from geodata.errors import InvalidReport
from geodata.reports.vocabulary import ReportKind, ReportState
from geodata.stations.vocabulary import Service

MAX_TEXT_CHARS: Final = 500
MAX_CONTACT_CHARS: Final = 100
MAX_SERVICES: Final = 20
_YEARS: Final = range(2000, 2200)
"""A clock may be wrong by years; beyond these an instant can have no counterpart in another time zone."""
_NOT_TEXT: Final = frozenset({"Cc", "Cs"})
_LINE_ENDS: Final = re.compile(r"\r\n?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDraft:
    """A report as its sender made it.

    Texts are trimmed, and the key is brought into a UUID's usual form. What the sender wrote is left out
    of the value's own words, so that no log can hold it.

    Attributes
    ----------
    station_code
        The station it is about; None for a suggested site.
    services
        What is broken or has run out, for these two kinds only.
    photo
        The file as it was sent; it is checked when it is taken in.
    place
        Where a site is suggested, or where the station really is.
    key
        A UUID made by the sender: the same report sent again has the same key.
    made_at
        When it was made, where that was before it was sent.

    Raises
    ------
    InvalidReport
        With every field at fault and why: ``missing``, ``too_long``, ``control_characters``, ``too_many``,
        ``repeated``, ``not_for_this_kind``, ``not_a_uuid``, ``naive_time``, ``out_of_range``.
    """

    kind: ReportKind
    station_code: str | None
    services: tuple[Service, ...] = ()
    text: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)
    photo: bytes | None = field(default=None, repr=False)
    place: LonLat | None = None
    key: str
    made_at: datetime | None = None

    def __post_init__(self) -> None:
        for name in ("text", "contact"):
            object.__setattr__(self, name, _LINE_ENDS.sub("\n", getattr(self, name)).strip())
        if self.place is not None:
            object.__setattr__(self, "place", self.place.rounded())
        problems: dict[str, str] = {}
        self._check_subject(problems)
        self._check_services(problems)
        _check_text(problems, "text", self.text, MAX_TEXT_CHARS)
        _check_text(problems, "contact", self.contact, MAX_CONTACT_CHARS)
        if self.kind is ReportKind.OTHER and not self.text and self.photo is None:
            problems.setdefault("text", "missing")
        self._check_delivery(problems)
        if problems:
            raise InvalidReport(problems)

    def _check_subject(self, problems: dict[str, str]) -> None:
        if self.kind.is_about_station and not self.station_code:
            problems["station"] = "missing"
        if not self.kind.is_about_station and self.station_code:
            problems["station"] = "not_for_this_kind"
        if self.kind is ReportKind.SUGGEST_SITE and self.place is None:
            problems["place"] = "missing"
        if self.place is not None and not self.kind.names_place:
            problems["place"] = "not_for_this_kind"

    def _check_delivery(self, problems: dict[str, str]) -> None:
        if self.made_at is not None and self.made_at.tzinfo is None:
            problems["made_at"] = "naive_time"
        elif self.made_at is not None and self.made_at.year not in _YEARS:
            problems["made_at"] = "out_of_range"
        try:
            object.__setattr__(self, "key", str(uuid.UUID(self.key)))
        except ValueError:
            problems["key"] = "not_a_uuid" if self.key else "missing"

    def _check_services(self, problems: dict[str, str]) -> None:
        if self.services and not self.kind.names_services:
            problems["services"] = "not_for_this_kind"
        elif len(self.services) != len(set(self.services)):
            problems["services"] = "repeated"
        elif len(self.services) > MAX_SERVICES:
            problems["services"] = "too_many"
        elif self.kind.names_services and not self.services and not self.text:
            problems["services"] = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """One step of a report; the first has no ``from_state``.

    ``reply`` is what everybody with the tracking code reads from then on; an empty one leaves what they
    read before. ``actor``, ``reason`` and ``detail`` are for staff. A step with an ``action`` is staff's
    own affair (who has it, what it repeats) and no news for its sender; ``detail`` says of whom or what.
    """

    at: datetime
    from_state: ReportState | None
    to_state: ReportState
    actor: str = ""
    reply: str = ""
    reason: str = ""
    action: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report as it is kept. ``history`` is oldest first and never empty.

    ``contact`` and ``photo_hash`` are for staff only. ``was_outside_hours``: a door found locked while by the
    station's hours nobody had to be let in (``geodata.reports.door_hours``).
    """

    tracking: str
    kind: ReportKind
    station_code: str | None
    services: tuple[Service, ...] = ()
    text: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)
    photo_hash: str | None = None
    place: LonLat | None = None
    state: ReportState
    public_reply: str = ""
    received_at: datetime
    made_at: datetime | None = None
    was_outside_hours: bool = False
    history: tuple[StateChange, ...] = ()

    @property
    def version(self) -> int:
        """How many steps it has taken: what two people who answer at once compare."""
        return len(self.history)

    @property
    def closed_at(self) -> datetime | None:
        """Since when nobody works on it any more; None while somebody does."""
        if not self.state.is_closed:
            return None
        steps = (step.at for step in reversed(self.history) if step.from_state is not step.to_state)
        return next(steps, self.received_at)

    @property
    def has_contact(self) -> bool:
        """Whether its sender can be asked back."""
        return bool(self.contact)


def text_problem(text: str, limit: int) -> str:
    """``too_long`` (more than ``limit`` characters), ``control_characters``, or nothing where the text is fine."""
    if len(text) > limit:
        return "too_long"
    is_broken = any(unicodedata.category(character) in _NOT_TEXT and character not in "\n\t" for character in text)
    return "control_characters" if is_broken else ""


def _check_text(problems: dict[str, str], field: str, text: str, limit: int) -> None:
    if problem := text_problem(text, limit):
        problems[field] = problem
