"""Accounts, their second factors, their one-time links and what was changed of them: rows in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, select, update

from mapapp.store.accounts import Account, AccountEvent, Role
from mapapp.store.errors import UnstorableText
from mapapp.store.schema import account_events, account_links, accounts, recovery_codes


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What proves who somebody is. Has no words of its own, so that no log can hold it."""

    password_hash: str | None = None
    totp_secret: str | None = None
    """As `mapapp.services.accounts.totp.sealed_totp` wrote it."""
    totp_last_step: int = -1
    """The newest time step whose code was accepted; codes of it and before are not accepted again."""


class AccountReader:
    """Read access to the accounts in one state of the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> tuple[Account, ...]:
        """Every account, by name."""
        rows = self._connection.execute(select(accounts).order_by(accounts.c.name)).mappings()
        return tuple(account_of_row(row) for row in rows)

    def find(self, account_id: int) -> Account | None:
        """The account with that id."""
        return self._one(select(accounts).where(accounts.c.id == account_id))

    def named(self, name: str) -> Account | None:
        """The account with that name, in its folded form; any text may be asked."""
        return self._one(select(accounts).where(accounts.c.name == name))

    def credentials(self, account_id: int) -> Credentials:
        """What the account is proved by; nothing where there is no such account."""
        row = self._connection.execute(select(accounts).where(accounts.c.id == account_id)).mappings().one_or_none()
        if row is None:
            return Credentials()
        step = row["totp_last_step"]
        return Credentials(row["password_hash"], row["totp_secret"], step if step is not None else -1)

    def has_recovery_code(self, account_id: int, code_hash: str) -> bool:
        """Whether that code is one of the account's, and was not used."""
        column = recovery_codes.c
        query = select(column.code_hash).where(column.account_id == account_id, column.code_hash == code_hash)
        return self._connection.execute(query).first() is not None

    def recovery_code_count(self, account_id: int) -> int:
        """How many codes the account has left."""
        query = select(func.count()).where(recovery_codes.c.account_id == account_id)
        return int(self._connection.execute(query).scalar_one())

    def of_link(self, link_hash: str, now: datetime) -> Account | None:
        """Whose link that is, if it can be used now."""
        column = account_links.c
        usable = (column.token_hash == link_hash) & (column.expires_at > now) & accounts.c.is_disabled.is_(False)
        return self._one(select(accounts).join_from(accounts, account_links).where(usable))

    def events(self, limit: int, offset: int = 0) -> tuple[AccountEvent, ...]:
        """What was changed, newest first."""
        query = select(account_events).order_by(account_events.c.id.desc()).limit(limit).offset(offset)
        return tuple(_event_of_row(row) for row in self._connection.execute(query).mappings())

    def event_count(self) -> int:
        """How many changes there are."""
        return int(self._connection.execute(select(func.count()).select_from(account_events)).scalar_one())

    def _one(self, query: Select[Any]) -> Account | None:
        try:
            row = self._connection.execute(query).mappings().one_or_none()
        except UnstorableText:
            return None
        return account_of_row(row) if row is not None else None


class AccountWriter(AccountReader):
    """Read and write access to the accounts. They are no part of the data revision."""

    def add(self, *, name: str, display_name: str, role: Role, created_at: datetime) -> Account:
        """Add an account that nobody can sign in to yet; districts and stations come by `change`."""
        row = {
            "name": name,
            "display_name": display_name,
            "role": role.value,
            "districts": [],
            "stations": [],
            "is_disabled": False,
            "created_at": created_at,
        }
        self._connection.execute(insert(accounts), [row])
        added = self.named(name)
        assert added is not None  # noqa: S101 - written by the line above
        return added

    def change(self, account: Account) -> None:
        """Write the account's display name, role, districts, stations and whether it is disabled."""
        self._update(
            account.id,
            display_name=account.display_name,
            role=account.role.value,
            districts=sorted(account.districts),
            stations=sorted(account.stations),
            is_disabled=account.is_disabled,
        )

    def set_password(self, account_id: int, password_hash: str) -> None:
        """Give the account a password."""
        self._update(account_id, password_hash=password_hash)

    def note_sign_in(self, account_id: int, at: datetime) -> None:
        """Remember when the account was last used."""
        self._update(account_id, last_sign_in_at=at)

    def set_totp(self, account_id: int, totp_secret: str, step: int, code_hashes: Iterable[str]) -> None:
        """Give the account a second factor, whose codes up to ``step`` are used, and new recovery codes."""
        self._update(account_id, totp_secret=totp_secret, totp_last_step=step)
        self._drop_recovery_codes(account_id)
        rows = [{"account_id": account_id, "code_hash": code_hash} for code_hash in code_hashes]
        self._connection.execute(insert(recovery_codes), rows)

    def rewrite_totp(self, account_id: int, totp_secret: str) -> None:
        """Write the second factor that the account has in another form; what was used of it stays used."""
        self._update(account_id, totp_secret=totp_secret)

    def remove_totp(self, account_id: int) -> None:
        """Take the second factor and its recovery codes away."""
        self._update(account_id, totp_secret=None, totp_last_step=None)
        self._drop_recovery_codes(account_id)

    def use_totp_step(self, account_id: int, step: int) -> bool:
        """Mark the time step as used; False when it, or one after it, was used already."""
        fresh = (accounts.c.id == account_id) & (accounts.c.totp_last_step < step)
        return self._connection.execute(update(accounts).where(fresh).values(totp_last_step=step)).rowcount == 1

    def use_recovery_code(self, account_id: int, code_hash: str) -> bool:
        """Use the code up; False when the account has no such code (any more)."""
        column = recovery_codes.c
        used = (column.account_id == account_id) & (column.code_hash == code_hash)
        return self._connection.execute(delete(recovery_codes).where(used)).rowcount == 1

    def add_link(self, account_id: int, link_hash: str, expires_at: datetime) -> None:
        """Keep a one-time link in the place of the ones before it."""
        self.end_links(account_id)
        row = {"token_hash": link_hash, "account_id": account_id, "expires_at": expires_at}
        self._connection.execute(insert(account_links), [row])

    def end_links(self, account_id: int) -> None:
        """Let none of the account's links be usable any more."""
        self._connection.execute(delete(account_links).where(account_links.c.account_id == account_id))

    def end_expired_links(self, now: datetime) -> int:
        """Forget the links that nobody used in time; how many they were."""
        return self._connection.execute(delete(account_links).where(account_links.c.expires_at <= now)).rowcount

    def note(self, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, Any]) -> None:
        """Write down what somebody changed of an account or a token."""
        row = {"at": at, "actor": actor, "action": action, "subject": subject, "detail": dict(detail)}
        self._connection.execute(insert(account_events), [row])

    def _update(self, account_id: int, **columns: Any) -> None:
        self._connection.execute(update(accounts).where(accounts.c.id == account_id).values(columns))

    def _drop_recovery_codes(self, account_id: int) -> None:
        self._connection.execute(delete(recovery_codes).where(recovery_codes.c.account_id == account_id))


def account_of_row(row: RowMapping) -> Account:
    """The account of its row; other tables' columns beside it do not matter."""
    column = accounts.c
    return Account(
        id=row[column.id],
        name=row[column.name],
        display_name=row[column.display_name],
        role=Role(row[column.role]),
        districts=frozenset(row[column.districts]),
        stations=frozenset(row[column.stations]),
        is_disabled=row[column.is_disabled],
        has_password=row[column.password_hash] is not None,
        has_totp=row[column.totp_secret] is not None,
        created_at=row[column.created_at],
        last_sign_in_at=row[column.last_sign_in_at],
    )


def _event_of_row(row: RowMapping) -> AccountEvent:
    return AccountEvent(
        at=row["at"], actor=row["actor"], action=row["action"], subject=row["subject"], detail=row["detail"]
    )
