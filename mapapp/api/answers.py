"""The bodies of the interface's answers, as bytes of JSON."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from geodata.stations.arrival import Arrival, state_now
from geodata.stations.station import Station, Verification
from mapapp.api.table import DEFAULT_LIMIT, MAX_LIMIT
from mapapp.services.editing.history import RevisionView
from mapapp.services.find_nearest import FoundStation, NearestStations
from mapapp.services.list_stations import ListQuestion, SearchedTexts, list_stations
from mapapp.services.publish import (
    Json,
    collection_bytes,
    feature_bytes,
    instant_text,
    json_bytes,
    notice,
    station_feature,
    verification_document,
)
from mapapp.services.snapshot import StationSnapshot
from mapapp.settings import Settings

KEPT_PAGES: Final = 8


@dataclass(frozen=True, slots=True)
class ForStaff:
    """What a station was read with for staff: the data revision, and when somebody last looked at it."""

    revision: int
    last_verified: Verification | None


def cache_key(question: ListQuestion, snapshot: StationSnapshot, path: str, now: datetime) -> str | None:
    """The name under which a snapshot keeps this page compressed, or None for one not kept.

    Kept are the first pages of the whole list, which every mirror walks. Filtered pages are too many
    kinds: whoever tried them all would push out what everybody reads. A kept page depends on the time
    through the alerts and locked-door warnings that have ended.
    """
    whole = ListQuestion(limit=question.limit, offset=question.offset)
    is_step = question.offset % question.limit == 0 and question.offset < question.limit * KEPT_PAGES
    if question != whole or question.limit not in {DEFAULT_LIMIT, MAX_LIMIT} or not is_step:
        return None
    alerts_over = bisect_right(snapshot.alert_ends, now)
    warnings_over = sum(warning.until <= now for warning in snapshot.door_warnings.values())
    return f"{path} {question.limit} {question.offset} {alerts_over} {warnings_over}"


def station_page(
    snapshot: StationSnapshot, question: ListQuestion, path: str, now: datetime, texts: SearchedTexts | None = None
) -> bytes:
    """A page of stations as a GeoJSON feature collection with links to its neighbours."""
    page = list_stations(snapshot, question, now, texts)
    return collection_bytes(
        {
            "type": "FeatureCollection",
            "numberMatched": page.matched_count,
            "numberReturned": len(page.stations),
            **notice(snapshot),
            "links": _links(question, page.matched_count, path),
        },
        (feature_bytes(station, snapshot, now) for station in page.stations),
    )


def one_station(
    snapshot: StationSnapshot, station: Station, now: datetime, settings: Settings, for_staff: ForStaff | None = None
) -> bytes:
    """One station with its state at this instant; ``for_staff`` where it was just read from the database.

    Who may see all of it gets its internal contact too.
    """
    schedule = snapshot.book.of(station.hours)
    state = state_now(station.life_cycle, schedule, now, closing_soon_min=settings.closing_soon_min)
    feature = station_feature(station, snapshot, now)
    feature["properties"] |= {"state_now": state.state.value, **_changes(state, snapshot)}
    data = notice(snapshot)
    if for_staff is not None:
        feature["properties"]["internal_contact"] = station.internal_contact
        feature["properties"]["last_verified"] = verification_document(for_staff.last_verified)
        data["revision"] = for_staff.revision
    holidays_known = snapshot.holidays.covers(now.astimezone(snapshot.place.timezone).date())
    return json_bytes(feature | data | {"holiday_table": _known_or_missing(holidays_known)})


def station_etag(station: Station, body: bytes) -> str:
    """The answer's tag: the station's version, which ``If-Match`` goes by, and the body's fingerprint."""
    return f"v{station.version}.{hashlib.sha256(body).hexdigest()[:24]}"


def revision_page(code: str, history: Sequence[RevisionView], limit: int, offset: int, zone: ZoneInfo) -> bytes:
    """A page of the station's history, newest first."""
    page = history[offset : offset + limit]
    document = {
        "code": code,
        "numberMatched": len(history),
        "numberReturned": len(page),
        "revisions": [_revision(view, zone) for view in page],
    }
    return json_bytes(document)


def _revision(view: RevisionView, zone: ZoneInfo) -> Json:
    return {
        "number": view.number,
        "at": view.at.astimezone(zone).isoformat(timespec="seconds"),
        "actor": view.actor,
        "origin": view.origin.value,
        "reason": view.reason,
        "batch": view.batch,
        "changes": [{"field": change.field, "old": change.old, "new": change.new} for change in view.changes],
    }


def nearest_stations(answer: NearestStations) -> bytes:
    """The answer to a question for the nearest stations, with the rules it was computed by."""
    question, snapshot = answer.question, answer.snapshot
    return collection_bytes(
        {
            "type": "FeatureCollection",
            "numberReturned": len(answer.stations),
            "unknown_count": answer.unknown_count,
            "holiday_table": _known_or_missing(answer.holidays_known),
            **notice(snapshot),
            "at": instant_text(question.at, snapshot),
            "mode": question.mode.value,
            "open": question.filters.open.value,
            "open_late": question.filters.open_late,
            "always_open": question.filters.always_open,
            "order": question.order.value,
            "min_stay_min": answer.rules.min_stay_min,
            "closing_soon_min": answer.rules.closing_soon_min,
            "detour_factor": answer.travel.detour_factor,
            "speed_kmh": answer.travel.speed_kmh(question.mode),
        },
        (_found_feature(found, answer) for found in answer.stations),
    )


def _found_feature(one: FoundStation, answer: NearestStations) -> bytes:
    snapshot, found = answer.snapshot, one.found
    of_this_question = {
        "distance_m": round(found.distance_m, 1),
        "travel_time_s": round(found.travel_time_s),
        "arrive_at": instant_text(found.arrive_at, snapshot),
        "state_on_arrival": found.arrival.state.value,
        **_changes(found.arrival, snapshot),
    }
    return feature_bytes(one.station, snapshot, answer.question.at, of_this_question)


def _changes(arrival: Arrival, snapshot: StationSnapshot) -> Json:
    return {
        "closes_at": instant_text(arrival.closes_at, snapshot),
        "opens_at": instant_text(arrival.opens_at, snapshot),
    }


def _known_or_missing(known: bool) -> str:
    return "known" if known else "missing"


def _links(question: ListQuestion, matched_count: int, path: str) -> list[Json]:
    """Addresses on this host of this page and its neighbours."""
    offsets = {"self": question.offset}
    if question.offset + question.limit < matched_count:
        offsets["next"] = question.offset + question.limit
    if question.offset > 0:
        offsets["prev"] = max(question.offset - question.limit, 0)
    query = _query_of(question)
    return [
        {
            "rel": relation,
            "type": "application/geo+json",
            "href": f"{path}?{urlencode(query | {'offset': str(offset)}, safe=',')}",
        }
        for relation, offset in offsets.items()
    ]


def _query_of(question: ListQuestion) -> dict[str, str]:
    """The question as its shortest query, always in the same order."""
    box = question.box
    query = {
        "kind": ",".join(sorted(question.kinds)),
        "services": ",".join(sorted(question.services)),
        "entry": ",".join(sorted(question.entry_methods)),
        "district": ",".join(sorted(question.district_codes)),
        "always_open": "true" if question.always_open else "",
        "q": question.text,
        "bbox": f"{box.west},{box.south},{box.east},{box.north}" if box else "",
    }
    given = {name: value for name, value in query.items() if value}
    return given | {"limit": str(question.limit), "offset": str(question.offset)}
