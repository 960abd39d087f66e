"""Use case: what is held of somebody who reported is handed to them, or forgotten, because they ask for it.

Whoever has the tracking code sent the report; nobody else can be told apart. So staff go by the code, and
by the right to answer reports of its district: those are the ones who see a contact at all.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from geodata.reports.report import Report
from mapapp.services.photos import photo_file, remove_unnamed
from mapapp.services.reports.cases import answerable_report, note_step, require_seen
from mapapp.services.reports.door import note_change, standing_warning
from mapapp.services.rights import Actor
from mapapp.settings import Settings
from mapapp.store import DataAction, Origin, Store

ERASED: Final = "erased"
"""The action of such a step; its detail says what was forgotten, in these words."""
CONTACT: Final = "contact"
PHOTO: Final = "photo"
SENDER: Final = "sender"
WORDS: Final = "words"


@dataclass(frozen=True, slots=True)
class Erasure:
    """That somebody's data were forgotten: of which report, when, by whom, and which."""

    tracking: str
    at: datetime
    actor: str
    what: tuple[str, ...]


def personal_file(store: Store, settings: Settings, tracking: str, actor: Actor) -> bytes:
    """A ZIP file of everything that is held of the sender: ``report.json``, and ``photo.jpg`` if there is one.

    Raises
    ------
    UnknownReport
        No report has that code.
    Forbidden
        The actor does not answer reports of its district.
    """
    with store.reading() as reader:
        report = answerable_report(reader, actor, tracking).report
        has_sender_keys = reader.reports.has_sender_keys(report.tracking)
    photo = photo_file(settings, report.photo_hash) if report.photo_hash else None
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        document = _document(report, has_sender_keys=has_sender_keys)
        archive.writestr("report.json", json.dumps(document, ensure_ascii=False, indent=1))
        if photo is not None:
            archive.writestr("photo.jpg", photo.read_bytes())
    return content.getvalue()


def erase_person(
    store: Store,
    settings: Settings,
    tracking: str,
    actor: Actor,
    now: datetime,
    *,
    words: bool = False,
    expected_version: int | None = None,
    origin: Origin = Origin.FORM,
) -> Erasure:
    """Forget contact, photo and sender of a report, with ``words`` also what they wrote; the rest of it stays.

    Again is no step. The photo's file goes with it, unless a station or another report has the same picture.

    Raises
    ------
    UnknownReport
        No report has that code.
    Forbidden
        The actor does not answer reports of its district.
    StaleReport
        Somebody did something with it since ``expected_version``.
    """
    with store.writing(origin, at=now) as writer:
        report = answerable_report(writer, actor, tracking).report
        what = _held(report, has_sender_keys=writer.reports.has_sender_keys(report.tracking), words=words)
        if not what:
            return Erasure(report.tracking, now, actor.name, ())
        require_seen(report, expected_version)
        station_code = report.station_code
        before = standing_warning(writer.reports, station_code, now) if station_code else None
        writer.reports.forget_person(report.tracking, words=words)
        note_step(writer, report, ERASED, " ".join(what), actor, now)
        event = {"report": report.tracking, "what": list(what)}
        writer.note_event(DataAction.SENDER_ERASED, event, actor=actor.name)
        if station_code:
            note_change(writer, station_code, before, now, actor=actor.name)
    if report.photo_hash:
        file = photo_file(settings, report.photo_hash)
        if file is not None:
            remove_unnamed(store, [file])
    return Erasure(report.tracking, now, actor.name, what)


def erasures(store: Store) -> tuple[Erasure, ...]:
    """All that was forgotten on request, latest first: what to repeat after an older backup was restored."""
    with store.reading() as reader:
        events = [event for event in reader.events() if event.action is DataAction.SENDER_ERASED]
    return tuple(
        Erasure(str(event.detail["report"]), event.at, event.actor, tuple(event.detail["what"]))
        for event in reversed(events)
    )


def _held(report: Report, *, has_sender_keys: bool, words: bool) -> tuple[str, ...]:
    """What there is to forget."""
    has_words = bool(report.text) or any(step.reason for step in report.history)
    held = {CONTACT: bool(report.contact), PHOTO: report.photo_hash is not None, SENDER: has_sender_keys}
    held[WORDS] = words and has_words
    return tuple(name for name, is_there in held.items() if is_there)


def _document(report: Report, *, has_sender_keys: bool) -> dict[str, Any]:
    """The report as its sender may have it: what they sent, and what they were told. No colleague is named."""
    return {
        "tracking": report.tracking,
        "kind": report.kind.value,
        "station": report.station_code,
        "services": [service.value for service in report.services],
        "text": report.text,
        "contact": report.contact,
        "photo": "photo.jpg" if report.photo_hash else None,
        "place": {"longitude": report.place.lon, "latitude": report.place.lat} if report.place else None,
        "made_at": report.made_at.isoformat() if report.made_at else None,
        "received_at": report.received_at.isoformat(),
        "state": report.state.value,
        "reply": report.public_reply,
        "steps": [
            {"at": step.at.isoformat(), "state": step.to_state.value, "reply": step.reply}
            for step in report.history
            if not step.action
        ],
        "sender_hashes_kept": has_sender_keys,
    }
