"""Stations and their revisions, the data revision, holidays, demand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    create_stations()
    add_geometry()
    create_station_revisions()
    create_data_revision()
    create_holidays()
    create_demand()


def create_stations() -> None:
    op.create_table(
        "stations",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("other_names", JSON, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("district_code", sa.String(length=32), nullable=True),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("accuracy", sa.String(length=32), nullable=True),
        sa.Column("given_crs", sa.String(length=16), nullable=True),
        sa.Column("given_lon", sa.Double(), nullable=True),
        sa.Column("given_lat", sa.Double(), nullable=True),
        sa.Column("entry_methods", JSON, nullable=False),
        sa.Column("entry_note", sa.Text(), nullable=False),
        sa.Column("services", JSON, nullable=False),
        sa.Column("hours_rule", sa.Text(), nullable=True),
        sa.Column("hours_text", sa.Text(), nullable=False),
        sa.Column("build_mode", sa.String(length=32), nullable=True),
        sa.Column("host_type", sa.String(length=32), nullable=True),
        sa.Column("capacity_count", sa.Integer(), nullable=True),
        sa.Column("area_m2", sa.Double(), nullable=True),
        sa.Column("public_phone", sa.Text(), nullable=False),
        sa.Column("internal_contact", sa.Text(), nullable=False),
        sa.Column("life_cycle", sa.String(length=32), nullable=False),
        sa.Column("alert_text", sa.Text(), nullable=True),
        sa.Column("alert_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("awards", JSON, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("verified_how", sa.String(length=32), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_stations_has_name")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_stations_version_counts_from_1")),
        sa.CheckConstraint(
            "(lon IS NULL AND lat IS NULL AND accuracy IS NULL AND given_crs IS NULL"
            " AND given_lon IS NULL AND given_lat IS NULL)"
            " OR (lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90 AND accuracy IS NOT NULL"
            " AND given_crs IS NOT NULL AND given_lon IS NOT NULL AND given_lat IS NOT NULL"
            " AND lon IS NOT NULL AND lat IS NOT NULL)",
            name=op.f("ck_stations_position_whole"),
        ),
        sa.CheckConstraint("(alert_text IS NULL) = (alert_expires_at IS NULL)", name=op.f("ck_stations_alert_whole")),
        sa.CheckConstraint(
            "(verified_on IS NULL) = (verified_how IS NULL)", name=op.f("ck_stations_verification_whole")
        ),
        sa.CheckConstraint("capacity_count >= 0", name=op.f("ck_stations_capacity")),
        sa.CheckConstraint("area_m2 >= 0", name=op.f("ck_stations_area")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_stations")),
    )
    op.create_index(op.f("ix_stations_is_sample"), "stations", ["is_sample"])


def add_geometry() -> None:
    """Where spatial queries look, in PostgreSQL only: a point that always follows lon and lat."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute(
        "ALTER TABLE stations ADD COLUMN geom geometry(Point, 4326)"
        " GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(lon, lat), 4326)) STORED"
    )
    op.create_index(op.f("ix_stations_geom"), "stations", ["geom"], postgresql_using="gist")


def create_station_revisions() -> None:
    op.create_table(
        "station_revisions",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("batch", sa.String(length=64), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_station_revisions_number_counts_from_1")),
        sa.ForeignKeyConstraint(
            ["code"], ["stations.code"], name=op.f("fk_station_revisions_code_stations"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_revisions")),
        sa.UniqueConstraint("code", "number", name=op.f("uq_station_revisions_code_number")),
    )
    op.create_index(op.f("ix_station_revisions_batch"), "station_revisions", ["batch"])


def create_data_revision() -> None:
    single_row = op.create_table(
        "data_revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_data_revision_single_row")),
        sa.CheckConstraint("number >= 0", name=op.f("ck_data_revision_number_counts_from_0")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_revision")),
    )
    op.bulk_insert(single_row, [{"id": 1, "number": 0}])
    op.create_table(
        "data_events",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("data_revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_events")),
    )
    op.create_index(op.f("ix_data_events_action"), "data_events", ["action"])
    op.create_table(
        "code_counters",
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_number >= 1", name=op.f("ck_code_counters_last_number_counts_from_1")),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_code_counters")),
    )


def create_holidays() -> None:
    op.create_table(
        "special_days",
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('holiday', 'workday')", name=op.f("ck_special_days_kind")),
        sa.PrimaryKeyConstraint("date", name=op.f("pk_special_days")),
    )
    op.create_table(
        "holiday_years",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_holiday_years")),
    )


def create_demand() -> None:
    op.create_table(
        "demand_layers",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("origin_note", sa.Text(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("is_modelled", sa.Boolean(), nullable=False),
        sa.Column("profiles", JSON, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_demand_layers")),
    )
    op.create_table(
        "demand_points",
        sa.Column("layer", sa.String(length=120), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("h3_cell", sa.String(length=16), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("workers", JSON, nullable=False),
        sa.CheckConstraint(
            "lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90", name=op.f("ck_demand_points_position")
        ),
        sa.ForeignKeyConstraint(
            ["layer"], ["demand_layers.name"], name=op.f("fk_demand_points_layer_demand_layers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("layer", "row", name=op.f("pk_demand_points")),
        sa.UniqueConstraint("layer", "h3_cell", name=op.f("uq_demand_points_layer_h3_cell")),
    )


def downgrade() -> None:
    op.drop_table("demand_points")
    op.drop_table("demand_layers")
    op.drop_table("holiday_years")
    op.drop_table("special_days")
    op.drop_table("code_counters")
    op.drop_table("data_events")
    op.drop_table("data_revision")
    op.drop_table("station_revisions")
    op.drop_table("stations")
