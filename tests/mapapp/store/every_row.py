"""Rows for every table there is, with what databases write differently, or lose, in them.

Whoever adds a table adds rows here: the tests that use them ask for every table by name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final

from sqlalchemy import Connection, column, func, insert, inspect, select, table, text

from geodata.stations.station import Alert, Position, Verification
from geodata.stations.vocabulary import VerifiedHow
from mapapp.store.schema import metadata
from mapapp.store.station_rows import row_of_station
from tests.mapapp.store.station_writing import real

NASTY: Final = "驿站 “A” \\ 'b' ; -- 🏠\r\n\t\u200f\u200b%s {x} $1 \\N \\."
"""Words that quoting, escaping and line formats stumble over."""
EARLY: Final = datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC)
LATE: Final = datetime(2026, 11, 18, 10, 0, 0, 1, timezone(timedelta(hours=8)))
DOCUMENT: Final[Mapping[str, Any]] = {
    "b": [1, 1.0, 1e16, -0.0, 1e-7, 0.1, 2**60, True, None, NASTY],
    "a": {"": {"嵌": []}, "large": 1.7e308},
}
BLOB: Final = bytes(range(256)) * 3
PHOTO: Final = b"no real photo, but kept under its hash"
PHOTO_HASH: Final = hashlib.sha256(PHOTO).hexdigest()
CODE: Final = "TC-0001"

_STATION: Final = real(
    CODE,
    address="东街 1 号 “A” \\ 🏠",
    other_names=("旧名",),
    position=Position.wgs84(106.123456789012345, 38.1),
    alert=Alert("停水", LATE),
    last_verified=Verification(date(2026, 2, 28), next(iter(VerifiedHow))),
    photo=PHOTO_HASH,
    area_m2=0.1 + 0.2,
)
_JOB: Final = {"kind": "import", "parameters": DOCUMENT, "attempts": 1, "max_attempts": 3, "not_before": LATE} | {
    "phase": "", "done_count": 0, "cancel_asked": False, "created_by": "li", "created_at": EARLY,
}  # fmt: skip
_RUN: Final = {"question": DOCUMENT, "question_key": "k", "interventions": [], "layers": {}} | {
    "network_checksum": "", "code_version": "1", "created_by": "wang", "created_at": LATE,
}  # fmt: skip
_REPORT: Final = {"services": [], "text": NASTY, "contact": "", "public_reply": "", "received_at": LATE} | {
    "state": "open", "happened_at": EARLY, "kind": "locked",
}  # fmt: skip

ROWS: Final[Mapping[str, Sequence[Mapping[str, Any]]]] = {
    "data_revision": [{"id": 1, "number": 2**40}],
    "stations": [row_of_station(_STATION), row_of_station(real("TC-0002"))],
    "station_revisions": [
        {"id": 7, "code": CODE, "number": 1, "at": LATE, "actor": NASTY, "origin": "form", "reason": ""}
        | {"changes": {"name": [None, NASTY]}, "batch": "b"}
    ],
    "data_events": [
        {"id": 3, "at": EARLY, "actor": "li", "origin": "command", "action": "demand_saved"}
        | {"detail": DOCUMENT, "data_revision": 2**40}
    ],
    "code_counters": [{"prefix": "TC", "last_number": 41}],
    "special_days": [
        {"date": date(2026, 10, 1), "kind": "holiday", "name_zh": "国庆节", "name_en": "National Day", "source": NASTY}
    ],
    "holiday_years": [{"year": 2026}],
    "demand_layers": [
        {"name": "层", "origin_note": NASTY, "is_sample": False, "is_modelled": True}
        | {"profiles": {"RIDER": [0.1] * 168}}
    ],
    "demand_points": [
        {"layer": "层", "row": 0, "h3_cell": "8940e6c6c6fffff", "lon": 1 / 3, "lat": -0.1, "workers": {"RIDER": 1e-7}}
    ],
    "demand_sources": [
        {"layer": "层", "title": "t", "source": NASTY, "source_date": date(1, 1, 1), "method": DOCUMENT}
        | {"file_name": "", "checksum": "c", "made_by": "li", "made_at": LATE, "version": 1, "point_count": 1}
        | {"totals": {}, "movement": {}}
    ],
    "demand_choices": [{"worker_group": "RIDER", "layer": "层"}],
    "reports": [
        _REPORT
        | {"id": 5, "tracking": "AAAA-1111", "key": "k5", "station_code": CODE, "photo": PHOTO_HASH}
        | {"lon": 106.1, "lat": 38.1, "made_at": EARLY, "closed_at": None, "device_key": "d", "outside_hours": False},
        _REPORT | {"id": 6, "tracking": "AAAA-2222", "key": "k6", "station_code": CODE},
    ],
    "report_changes": [
        {"id": 2, "report_id": 5, "at": LATE, "from_state": None, "to_state": "open", "actor": "", "reply": NASTY}
        | {"reason": "", "action": "merged", "detail": NASTY}
    ],
    "report_cases": [
        {"report_id": 5, "district_code": "410101", "assignee_id": 1, "merged_into": 6, "outcome": None}
        | {"solved_by": None, "new_station": "TC-0002"},
        {"report_id": 6},
    ],
    "door_clearings": [{"id": 1, "station_code": CODE, "at": LATE, "actor": "li", "reason": NASTY}],
    "accounts": [
        {"id": 1, "name": "wang", "display_name": NASTY, "role": "admin", "districts": [], "stations": [CODE]}
        | {"is_disabled": False, "password_hash": "h", "totp_secret": "s", "totp_last_step": 2**33}
        | {"created_at": EARLY, "last_sign_in_at": LATE}
    ],
    "recovery_codes": [{"code_hash": "r", "account_id": 1}],
    "staff_sessions": [
        {"token_hash": "t", "id": "s", "account_id": 1, "created_at": LATE, "last_seen_at": LATE, "expires_at": LATE}
        | {"confirmed_at": None, "agent_label": NASTY}
    ],
    "account_links": [{"token_hash": "l", "account_id": 1, "expires_at": LATE}],
    "sign_in_tries": [{"id": 9, "at": LATE, "account_key": "a", "address_key": "b", "has_succeeded": True}],
    "api_tokens": [
        {"id": 4, "secret_hash": "x", "name": "n", "scopes": ["stations:read"], "districts": [], "created_by": "wang"}
        | {"created_at": LATE, "expires_at": LATE, "last_used_at": None, "revoked_at": None}
    ],
    "account_events": [
        {"id": 8, "at": EARLY, "actor": "wang", "action": "created", "subject": "li", "detail": DOCUMENT}
    ],
    "jobs": [
        _JOB | {"id": 12, "state": "queued"},
        _JOB | {"id": 13, "state": "running", "worker": "w", "lease_until": LATE, "total_count": 3},
        _JOB | {"id": 14, "state": "done", "finished_at": LATE, "result": DOCUMENT, "used_by": 2**40},
    ],
    "job_results": [{"job_id": 14, "number": 0, "topic": "row", "line": None, "document": DOCUMENT}],
    "uploads": [
        {"token": "0" * 32, "file_name": NASTY, "file_kind": "csv", "size_bytes": 1, "sha256": "c", "sent_by": "li"}
        | {"account_id": 2**40, "sent_at": LATE}
    ],
    "confirmations": [
        {"id": 21, "station_code": CODE, "field_group": "hours", "at": LATE, "actor": "li", "how": "visit"}
    ],
    "verification_tasks": [
        {"station_code": CODE, "account_id": 1, "assigned_by": "wang", "assigned_at": LATE}
    ],
    "sheet_shapes": [{"shape": "s", "columns": DOCUMENT, "crs": "bd09", "used_by": "li", "used_at": LATE}],
    "import_choices": [{"job_id": 12, "line": 2, "choice": "merge", "code": CODE}],
    "unmet_months": [
        {"month": "2026-11", "key": "k", "closed_at": None}, {"month": "2026-10", "key": None, "closed_at": LATE},
    ],
    "unmet_signals": [
        {"month": "2026-11", "device_key": "d", "lon_c": 10_612, "lat_c": -1, "day": date(2026, 11, 2)}
        | {"hour_of_week": 167, "asked": NASTY}
    ],
    "unmet_squares": [
        {"month": "2026-10", "lon_c": 1, "lat_c": 2, "devices_at_least": 5, "days_count": 3, "signals_count": 5}
        | {"parts": DOCUMENT}
    ],
    "unmet_addresses": [{"address_key": "a", "hour_at": LATE, "signals_count": 2}],
    "planning_runs": [
        _RUN | {"id": 31, "title": NASTY, "headline": DOCUMENT, "result": BLOB, "is_whole": True}
        | {"seconds": 0.1 + 0.2, "finished_at": LATE, "data_revision": 2**40},
        _RUN | {"id": 32, "title": "", "is_whole": False},
    ],
    "scenarios": [
        {"id": 41, "name": NASTY, "note": "", "run_id": 31, "question": DOCUMENT, "interventions": [DOCUMENT]}
        | {"details": {}, "created_by": "wang", "created_at": EARLY, "updated_at": LATE, "version": 2}
        | {"taken_at": LATE, "taken_by": "wang"}
    ],
}  # fmt: skip


def write_every_row(connection: Connection) -> dict[str, list[str]]:
    """Write the rows of all tables that are there, as far as they have the columns; those, by table."""
    present = set(inspect(connection).get_table_names())
    written: dict[str, list[str]] = {}
    for known in metadata.sorted_tables:
        if known.name not in present:
            continue
        there = column_names(connection, known.name)
        if known.name == "data_revision":
            connection.execute(text("DELETE FROM data_revision"))
        for row in ROWS[known.name]:
            columns = [each for each in known.columns if each.name in there and each.name in row]
            into = table(known.name, *(column(each.name, each.type) for each in columns))
            connection.execute(insert(into), [{each.name: row[each.name] for each in columns}])
        written[known.name] = sorted(there & set(known.columns.keys()))
    _let_counters_follow(connection, written)
    return written


def column_names(connection: Connection, name: str) -> set[str]:
    """The columns a table has now."""
    if connection.dialect.name == "sqlite":
        return {row.name for row in connection.execute(text(f"PRAGMA table_info({name})"))}
    query = text("SELECT column_name FROM information_schema.columns WHERE table_name = :name")
    return set(connection.execute(query, {"name": name}).scalars())


def _let_counters_follow(connection: Connection, names: Mapping[str, object]) -> None:
    """Let PostgreSQL count on after the numbers that were written, as if it had given them out."""
    if connection.dialect.name != "postgresql":
        return
    for name in names:
        known = metadata.tables[name]
        if known.autoincrement_column is not None and known.autoincrement_column.autoincrement is True:
            last = connection.execute(select(func.max(known.c.id))).scalar_one()
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {last})"))
