"""A posted report: what was typed, as a draft or as problems at its fields.

Whoever typed something wrong gets everything back as it was typed, except the photo: a browser does not
let a page fill in a file.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from werkzeug.datastructures import FileStorage, MultiDict

from geodata.coordinates import BBox, Crs, LonLat
from geodata.errors import InvalidCoordinate, InvalidReport
from geodata.reports.report import ReportDraft
from geodata.reports.vocabulary import ReportKind
from geodata.stations.vocabulary import Service
from mapapp.services.find_nearest import origin_in

HONEYPOT: Final = "website"
"""A field no person sees; programs that fill in every field fill it in."""
FAR_AWAY_DEG: Final = 0.5
"""How far outside the city's box a place may lie before it is taken for a mistake."""
_MAX_TYPED_CHARS: Final = {"text": 5000, "contact": 500}
_MAX_SHORT_CHARS: Final = 64
_TYPED: Final = ("kind", "station", "text", "contact", "lon", "lat", "crs", "key", "made_at")
_NUMBER: Final = re.compile(r"-?\d{1,3}(\.\d{1,20})?", re.ASCII)

Problems = Mapping[str, str]
"""A short stable word for each field at fault."""


@dataclass(frozen=True, slots=True)
class ReportForm:
    """What was typed and ticked; ``draft`` where nothing is wrong with it, else ``problems``."""

    typed: Mapping[str, str]
    services: tuple[Service, ...] = ()
    had_photo: bool = False
    problems: Problems = field(default_factory=dict)
    draft: ReportDraft | None = None

    @property
    def kind(self) -> ReportKind | None:
        """What is reported, where that is known."""
        return known_kind(self.typed["kind"])


def known_kind(text: str) -> ReportKind | None:
    """The kind of that code, or None."""
    try:
        return ReportKind(text)
    except ValueError:
        return None


def empty_report(kind: ReportKind | None, station_code: str, key: str) -> ReportForm:
    """The form as it is first shown; ``kind`` may have been chosen on the page before."""
    typed = dict.fromkeys(_TYPED, "")
    return ReportForm(typed | {"kind": kind or "", "station": station_code, "crs": Crs.WGS84.value, "key": key})


def with_key(form: ReportForm, key: str) -> ReportForm:
    """The same form under another key, where another report has taken its own."""
    return replace(form, typed={**form.typed, "key": key})


def new_key() -> str:
    """A key for one form: however often it is sent, it is one report."""
    return str(uuid.uuid4())


def read_report(
    sent: MultiDict[str, str], photo: FileStorage | None, city: BBox, make_key: Callable[[], str] = new_key
) -> ReportForm:
    """The posted form. A form without a key, which only a program would send, gets one of its own."""
    typed = {name: _plain(name, sent.get(name, "")) for name in _TYPED}
    typed["crs"] = typed["crs"] or Crs.WGS84.value
    typed["key"] = typed["key"] or make_key()
    kind = known_kind(typed["kind"])
    problems: dict[str, str] = {} if kind else {"kind": "missing"}
    services = _services(sent, kind, problems)
    place = _place(typed, kind, city, problems)
    content = photo.read() if photo is not None and photo.filename else b""
    draft = None
    if kind is not None:
        try:
            draft = ReportDraft(
                kind=kind,
                station_code=typed["station"] or None if kind.is_about_station else None,
                services=services,
                text=typed["text"],
                contact=typed["contact"],
                photo=content or None,
                place=place,
                key=typed["key"],
                made_at=_instant(typed["made_at"]),
            )
        except InvalidReport as error:
            problems = {**error.problems, **problems}
    return ReportForm(typed, services, bool(content), problems, None if problems else draft)


def _services(sent: MultiDict[str, str], kind: ReportKind | None, problems: dict[str, str]) -> tuple[Service, ...]:
    """What was ticked, once each and in display order; nothing where the kind does not ask for it."""
    if kind is not None and not kind.names_services:
        return ()
    ticked = set(sent.getlist("services"))
    if ticked - set(Service):
        problems["services"] = "unknown"
    return tuple(service for service in Service if service in ticked)


def _place(typed: Mapping[str, str], kind: ReportKind | None, city: BBox, problems: dict[str, str]) -> LonLat | None:
    """Where it is, where the kind asks for that and something was typed."""
    if kind is None or not kind.names_place or not (typed["lon"] or typed["lat"]):
        return None
    if not (_NUMBER.fullmatch(typed["lon"]) and _NUMBER.fullmatch(typed["lat"])):
        problems["place"] = "unreadable"
        return None
    try:
        place = origin_in(float(typed["lon"]), float(typed["lat"]), Crs(typed["crs"]))
    except (InvalidCoordinate, ValueError):
        problems["place"] = "unreadable"
        return None
    if not _is_near(place, city):
        problems["place"] = "far_away"
    return place


def _is_near(place: LonLat, city: BBox) -> bool:
    return (
        city.west - FAR_AWAY_DEG <= place.lon <= city.east + FAR_AWAY_DEG
        and city.south - FAR_AWAY_DEG <= place.lat <= city.north + FAR_AWAY_DEG
    )


def _instant(text: str) -> datetime | None:
    """When it was made. Nobody types this: what cannot be read, or has no time zone, is as if it were not there."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None


def _plain(name: str, text: str) -> str:
    """What was typed, within reason; codes and numbers also with full-width characters as plain ones."""
    if name in _MAX_TYPED_CHARS:
        return text[: _MAX_TYPED_CHARS[name]]
    return unicodedata.normalize("NFKC", text[:_MAX_SHORT_CHARS]).strip()[:_MAX_SHORT_CHARS]
