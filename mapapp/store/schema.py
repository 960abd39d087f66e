"""The tables. Nothing outside ``mapapp.store`` imports this module: rows never leave the store.

Positions are plain longitude and latitude columns, so any database will do. In PostgreSQL the table of
stations has one column more, ``geom``, which the database itself makes from the two (see the initial
migration); it is not named here, so nothing reads or writes it by accident. The migrations create
the same tables; a test compares the two. The vocabularies are closed by the core, not by CHECKs
here: a new service must not need a migration.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
)

from mapapp.store.column_types import JSON_COLUMN, ROW_NUMBER, Instant, Words

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


stations: Final = Table(
    "stations",
    metadata,
    Column("code", Words(32), primary_key=True),
    Column("kind", Words(32), nullable=False),
    Column("name", Words, nullable=False),
    Column("name_en", Words, nullable=False),
    Column("other_names", JSON_COLUMN, nullable=False),
    Column("address", Words, nullable=False),
    Column("district_code", Words(32)),
    Column("town", Words, nullable=False),
    Column("lon", Double),
    Column("lat", Double),
    Column("accuracy", Words(32)),
    Column("given_crs", Words(16)),
    Column("given_lon", Double),
    Column("given_lat", Double),
    Column("entry_methods", JSON_COLUMN, nullable=False),
    Column("entry_note", Words, nullable=False),
    Column("services", JSON_COLUMN, nullable=False),
    Column("hours_rule", Words),
    Column("hours_text", Words, nullable=False),
    Column("build_mode", Words(32)),
    Column("host_type", Words(32)),
    Column("capacity_count", Integer),
    Column("area_m2", Double),
    Column("public_phone", Words, nullable=False),
    Column("internal_contact", Words, nullable=False),
    Column("life_cycle", Words(32), nullable=False),
    Column("alert_text", Words),
    Column("alert_expires_at", Instant),
    Column("awards", JSON_COLUMN, nullable=False),
    Column("source", Words, nullable=False),
    Column("verified_on", Date),
    Column("verified_how", Words(32)),
    Column("is_sample", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("photo", Words(64)),
    CheckConstraint("length(name) > 0", name="has_name"),
    CheckConstraint("version >= 1", name="version_counts_from_1"),
    CheckConstraint(
        "(lon IS NULL AND lat IS NULL AND accuracy IS NULL AND given_crs IS NULL"
        " AND given_lon IS NULL AND given_lat IS NULL)"
        " OR (lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90 AND accuracy IS NOT NULL"
        " AND given_crs IS NOT NULL AND given_lon IS NOT NULL AND given_lat IS NOT NULL"
        " AND lon IS NOT NULL AND lat IS NOT NULL)",
        name="position_whole",
    ),
    CheckConstraint("(alert_text IS NULL) = (alert_expires_at IS NULL)", name="alert_whole"),
    CheckConstraint("(verified_on IS NULL) = (verified_how IS NULL)", name="verification_whole"),
    CheckConstraint("capacity_count >= 0", name="capacity"),
    CheckConstraint("area_m2 >= 0", name="area"),
    Index(None, "is_sample"),
)

station_revisions: Final = Table(
    "station_revisions",
    metadata,
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("code", Words(32), ForeignKey("stations.code", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", Words, nullable=False),
    Column("origin", Words(32), nullable=False),
    Column("reason", Words, nullable=False),
    Column("changes", JSON_COLUMN, nullable=False),
    Column("batch", Words(64)),
    UniqueConstraint("code", "number"),
    CheckConstraint("number >= 1", name="number_counts_from_1"),
    Index(None, "batch"),
    Index("ix_station_revisions_at", "at", "number"),
)

data_events: Final = Table(
    "data_events",
    metadata,
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("actor", Words, nullable=False),
    Column("origin", Words(32), nullable=False),
    Column("action", Words(32), nullable=False),
    Column("detail", JSON_COLUMN, nullable=False),
    Column("data_revision", BigInteger, nullable=False),
    Index(None, "action"),
)

data_revision: Final = Table(
    "data_revision",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="single_row"),
    CheckConstraint("number >= 0", name="number_counts_from_0"),
)

code_counters: Final = Table(
    "code_counters",
    metadata,
    Column("prefix", Words(16), primary_key=True),
    Column("last_number", Integer, nullable=False),
    CheckConstraint("last_number >= 1", name="last_number_counts_from_1"),
)

special_days: Final = Table(
    "special_days",
    metadata,
    Column("date", Date, primary_key=True),
    Column("kind", Words(16), nullable=False),
    Column("name_zh", Words, nullable=False),
    Column("name_en", Words, nullable=False),
    Column("source", Words, nullable=False),
    CheckConstraint("kind IN ('holiday', 'workday')", name="kind"),
)

holiday_years: Final = Table(
    "holiday_years",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
)

demand_layers: Final = Table(
    "demand_layers",
    metadata,
    Column("name", Words(120), primary_key=True),
    Column("origin_note", Words, nullable=False),
    Column("is_sample", Boolean, nullable=False),
    Column("is_modelled", Boolean, nullable=False),
    Column("profiles", JSON_COLUMN, nullable=False),
)

demand_points: Final = Table(
    "demand_points",
    metadata,
    Column("layer", Words(120), ForeignKey("demand_layers.name", ondelete="CASCADE"), primary_key=True),
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("h3_cell", Words(16), nullable=False),
    Column("lon", Double, nullable=False),
    Column("lat", Double, nullable=False),
    Column("workers", JSON_COLUMN, nullable=False),
    UniqueConstraint("layer", "h3_cell"),
    CheckConstraint("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90", name="position"),
)

reports: Final = Table(
    "reports",
    metadata,
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("tracking", Words(16), nullable=False, unique=True),
    Column("key", Words(36), nullable=False, unique=True),
    Column("kind", Words(32), nullable=False),
    Column("station_code", Words(32), ForeignKey("stations.code", ondelete="CASCADE")),
    Column("services", JSON_COLUMN, nullable=False),
    Column("text", Words, nullable=False),
    Column("contact", Words, nullable=False),
    Column("photo", Words(64)),
    Column("lon", Double),
    Column("lat", Double),
    Column("state", Words(16), nullable=False),
    Column("public_reply", Words, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("made_at", Instant),
    Column("happened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("device_key", Words(64)),
    Column("address_key", Words(64)),
    Column("agent_key", Words(64)),
    Column("outside_hours", Boolean),
    CheckConstraint(
        "(lon IS NULL AND lat IS NULL) OR (lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90)", name="place_whole"
    ),
    CheckConstraint("station_code IS NOT NULL OR lon IS NOT NULL", name="has_subject"),
    Index(None, "station_code", "kind", "happened_at"),
    Index(None, "kind", "happened_at"),
    Index(None, "device_key", "received_at"),
    Index(None, "address_key", "received_at"),
    Index(None, "state", "received_at"),
)

report_changes: Final = Table(
    "report_changes",
    metadata,
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("report_id", ROW_NUMBER, ForeignKey("reports.id", ondelete="CASCADE"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("from_state", Words(16)),
    Column("to_state", Words(16), nullable=False),
    Column("actor", Words, nullable=False),
    Column("reply", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("action", Words(16)),
    Column("detail", Words),
    Index(None, "report_id"),
)

door_clearings: Final = Table(
    "door_clearings",
    metadata,
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("station_code", Words(32), ForeignKey("stations.code", ondelete="CASCADE"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Index(None, "station_code", "at"),
)

accounts: Final = Table(
    "accounts",
    metadata,
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("name", Words(60), nullable=False, unique=True),
    Column("display_name", Words(120), nullable=False),
    Column("role", Words(16), nullable=False),
    Column("districts", JSON_COLUMN, nullable=False),
    Column("stations", JSON_COLUMN, nullable=False),
    Column("is_disabled", Boolean, nullable=False),
    Column("password_hash", Words(255)),
    Column("totp_secret", Words(64)),
    Column("totp_last_step", BigInteger),
    Column("created_at", Instant, nullable=False),
    Column("last_sign_in_at", Instant),
    CheckConstraint("(totp_secret IS NULL) = (totp_last_step IS NULL)", name="totp_whole"),
)

recovery_codes: Final = Table(
    "recovery_codes",
    metadata,
    Column("code_hash", Words(64), primary_key=True),
    Column("account_id", ROW_NUMBER, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Index(None, "account_id"),
)

staff_sessions: Final = Table(
    "staff_sessions",
    metadata,
    Column("token_hash", Words(64), primary_key=True),
    Column("id", Words(32), nullable=False, unique=True),
    Column("account_id", ROW_NUMBER, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("confirmed_at", Instant),
    Column("agent_label", Words(80), nullable=False),
    Index(None, "account_id"),
    Index(None, "expires_at"),
)

account_links: Final = Table(
    "account_links",
    metadata,
    Column("token_hash", Words(64), primary_key=True),
    Column("account_id", ROW_NUMBER, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index(None, "account_id"),
)

sign_in_tries: Final = Table(
    "sign_in_tries",
    metadata,
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("account_key", Words(64), nullable=False),
    Column("address_key", Words(64), nullable=False),
    Column("has_succeeded", Boolean, nullable=False),
    Index(None, "account_key", "at"),
    Index(None, "address_key", "at"),
    Index(None, "at"),
)

api_tokens: Final = Table(
    "api_tokens",
    metadata,
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("secret_hash", Words(64), nullable=False, unique=True),
    Column("name", Words(60), nullable=False),
    Column("scopes", JSON_COLUMN, nullable=False),
    Column("districts", JSON_COLUMN, nullable=False),
    Column("created_by", Words, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    Column("revoked_at", Instant),
)

account_events: Final = Table(
    "account_events",
    metadata,
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("actor", Words, nullable=False),
    Column("action", Words(32), nullable=False),
    Column("subject", Words, nullable=False),
    Column("detail", JSON_COLUMN, nullable=False),
)
