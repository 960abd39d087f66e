"""Accounts, sessions and API tokens as values. Secrets are in none of them, hashed or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from geodata.stations.vocabulary import LabelledCode
from mapapp.store.clock_slack import CLOCK_SLACK

CONFIRMED_FOR: Final = timedelta(minutes=10)
"""How long typing the password again counts."""


class Role(LabelledCode):
    """What somebody is to the register; `mapapp.services.rights` says what that allows."""

    KEEPER = "keeper", "站点管理员", "station keeper"
    EDITOR = "editor", "区县编辑", "district editor"
    PLANNER = "planner", "规划员", "planner"
    ADMIN = "admin", "系统管理员", "administrator"


class Scope(LabelledCode):
    """What an API token may be used for. Writing includes reading."""

    STATIONS_READ = "stations:read", "读取站点", "read stations"
    STATIONS_WRITE = "stations:write", "修改站点", "change stations"
    REPORTS_READ = "reports:read", "读取反馈", "read reports"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may sign in. ``name`` is the unique sign-in name, as `mapapp.services.accounts.names` folds it.

    ``districts`` belong to editors and ``stations`` (codes) to keepers; others have neither. Without a
    password (``has_password``) the account was invited and has not been set up yet.
    """

    id: int
    name: str
    display_name: str
    role: Role
    districts: frozenset[str] = frozenset()
    stations: frozenset[str] = frozenset()
    is_disabled: bool = False
    has_password: bool = False
    has_totp: bool = False
    created_at: datetime
    last_sign_in_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser in which somebody is signed in.

    ``id`` is public and random, never used twice; it is not the secret token in the cookie. ``expires_at``
    is the absolute end; a session that is not used ends earlier. ``agent_label`` names browser and system
    in two words.
    """

    id: str
    account_id: int
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None = None
    agent_label: str = ""
    is_current: bool = False
    """Filled in by whoever shows a list of sessions."""

    def is_confirmed(self, now: datetime) -> bool:
        """Whether the password was typed within the last ten minutes."""
        return self.confirmed_at is not None and -CLOCK_SLACK <= now - self.confirmed_at < CONFIRMED_FOR


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A machine's way in. Without districts it is good for all of them; ``created_by`` is the name of an actor."""

    id: int
    name: str
    scopes: frozenset[Scope]
    districts: frozenset[str] = frozenset()
    created_by: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_usable(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEvent:
    """One change of who may do what: an account's or a token's. ``subject`` is the name of either."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, object]
