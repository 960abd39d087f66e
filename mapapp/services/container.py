"""What every request needs, made once a process: settings, store, place, snapshot, clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher

from geodata.errors import InvalidValue, UnknownPlace
from geodata.places import Place, load_place
from mapapp.services.accounts.desk import AccountDesk
from mapapp.services.accounts.leaked import LeakedListUnusable, LeakedPasswords
from mapapp.services.compact_cells import NationDesk
from mapapp.services.compact_file import compact_payload
from mapapp.services.coverage import CoverageDesk
from mapapp.services.observing.database_looks import DatabaseLooks
from mapapp.services.planning.plan_making import PlanDesk
from mapapp.services.planning.runs import RunDesk
from mapapp.services.reports.desk import ReportDesk
from mapapp.services.secret import SecretUnusable, secret_key
from mapapp.services.snapshot import OtherPlace, StationSnapshot
from mapapp.services.snapshot_keeper import SnapshotKeeper
from mapapp.services.truth.register import TruthDesk
from mapapp.services.unmet.months import RunningMonths, close_ended_months
from mapapp.settings import Settings
from mapapp.store import PoolLimits, ReadingLimits, Store, StoreUnusable

READING_LIMITS: Final = ReadingLimits(lock_s=5.0, statement_s=60.0)
"""How long a request, or the next snapshot, waits for what it reads: far longer than it takes."""
Clock = Callable[[], datetime]


class StartupError(RuntimeError):
    """Why the application cannot start; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Services:
    """The parts a blueprint may use. ``clock`` answers aware instants."""

    settings: Settings
    store: Store
    place: Place
    keeper: SnapshotKeeper
    coverage: CoverageDesk
    clock: Clock
    reports: ReportDesk
    accounts: AccountDesk
    truth: TruthDesk
    planning: RunDesk
    plans: PlanDesk
    unmet: RunningMonths
    nation: NationDesk
    secret: str
    """What cookies are signed with."""
    looks: DatabaseLooks

    @property
    def snapshot(self) -> StationSnapshot:
        """The newest complete snapshot; take it once a request, so that one answer comes from one."""
        return self.keeper.current

    def now(self) -> datetime:
        """The present instant in the place's time zone."""
        return self.clock().astimezone(self.place.timezone)


def utc_now() -> datetime:
    """The clock of a running server."""
    return datetime.now(UTC)


def build_services(
    settings: Settings, clock: Clock | None, *, start_refresher: bool, hasher: PasswordHasher | None = None
) -> Services:
    """Open the store, read the first snapshot and, if asked, start following new data revisions.

    ``hasher`` has Argon2's parameters; the library's default without one.

    Raises
    ------
    StartupError
        The place is unknown, the database is not migrated or holds another place's stations, there is
        no secret key, or the list of leaked passwords is none.
    """
    clock = clock or utc_now
    place = _known_place(settings)
    secret = _secret(settings)
    leaked = _leaked_passwords(settings)
    store = _migrated_store(settings, clock)
    reports = ReportDesk(store, settings, secret, district_of=place.district_of, timezone=place.timezone)
    nation = NationDesk(settings)
    district_codes = frozenset(unit.code for unit in place.units)
    accounts = AccountDesk(store, settings, secret, district_codes=district_codes, hasher=hasher, leaked=leaked)

    def tidy() -> None:
        reports.tidy(clock())
        accounts.tidy(clock())
        close_ended_months(store, place.timezone, clock())

    warm = _warming(settings, place, clock, nation)
    keeper = SnapshotKeeper(store, place, clock, settings.snapshot_poll_s, warm, tidy)
    try:
        keeper.refresh()
    except OtherPlace as error:
        store.close()
        raise StartupError(str(error)) from error
    if start_refresher:
        keeper.start()
    coverage = CoverageDesk(store)
    truth = TruthDesk(store, settings, coverage)
    planning, plans, unmet = RunDesk(store, place, settings, clock), PlanDesk(store, settings), RunningMonths()
    return Services(
        settings,
        store,
        place,
        keeper,
        coverage,
        clock,
        reports,
        accounts,
        truth,
        planning,
        plans,
        unmet,
        nation,
        secret,
        DatabaseLooks(store),
    )


def _warming(settings: Settings, place: Place, clock: Clock, nation: NationDesk) -> Callable[[StationSnapshot], None]:
    """Makes the file every visitor's browser asks for before anybody has to wait for it."""

    def warm(snapshot: StationSnapshot) -> None:
        today = clock().astimezone(place.timezone).date()
        if nation.serves(snapshot):
            nation.index_file(snapshot, today)
        else:
            nation.forget()
            compact_payload(snapshot, settings, today)

    return warm


def _known_place(settings: Settings) -> Place:
    try:
        return load_place(settings.place)
    except (UnknownPlace, InvalidValue) as error:
        raise StartupError(f"MAPAPP_PLACE={settings.place}: {error}") from error


def _secret(settings: Settings) -> str:
    try:
        return secret_key(settings)
    except SecretUnusable as error:
        raise StartupError(str(error)) from error


def _leaked_passwords(settings: Settings) -> LeakedPasswords | None:
    if not settings.leaked_passwords_file:
        return None
    try:
        return LeakedPasswords(Path(settings.leaked_passwords_file))
    except LeakedListUnusable as error:
        raise StartupError(f"MAPAPP_LEAKED_PASSWORDS_FILE: {error}") from error


def _migrated_store(settings: Settings, clock: Clock) -> Store:
    try:
        store = Store(
            settings.database_url,
            clock=clock,
            pool=_pool_limits(settings),
            replica_url=settings.database_replica_url,
            reading_limits=READING_LIMITS,
        )
    except StoreUnusable as error:
        raise StartupError(str(error)) from error
    try:
        store.require_migrated()
    except StoreUnusable as error:
        store.close()
        raise StartupError(str(error)) from error
    return store


def _pool_limits(settings: Settings) -> PoolLimits:
    return PoolLimits(
        size=settings.database_pool_size,
        overflow=settings.database_pool_overflow,
        timeout_s=settings.database_pool_timeout_s,
        recycle_s=settings.database_pool_recycle_s,
    )
