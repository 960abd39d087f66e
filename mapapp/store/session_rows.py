"""Sessions of staff, and the tries to sign in that are counted: rows in, values out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, insert, or_, select, update

from mapapp.store.account_rows import account_of_row
from mapapp.store.accounts import Account, Session
from mapapp.store.schema import accounts, sign_in_tries, staff_sessions


class SessionReader:
    """Read access to sessions and tries in one state of the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, token_hash: str) -> tuple[Session, Account] | None:
        """The session with that token and whose it is, running or not: one statement."""
        query = (
            select(staff_sessions, accounts)
            .join_from(staff_sessions, accounts)
            .where(staff_sessions.c.token_hash == token_hash)
        )
        row = self._connection.execute(query).mappings().one_or_none()
        return (session_of_row(row), account_of_row(row)) if row is not None else None

    def of_account(self, account_id: int) -> tuple[Session, ...]:
        """The account's sessions, the last used first, running or not."""
        column = staff_sessions.c
        query = select(staff_sessions).where(column.account_id == account_id)
        rows = self._connection.execute(query.order_by(column.last_seen_at.desc(), column.id)).mappings()
        return tuple(session_of_row(row) for row in rows)

    def tries(
        self, since: datetime, *, account_key: str | None = None, address_key: str | None = None
    ) -> tuple[tuple[datetime, bool], ...]:
        """When somebody tried after ``since``, and whether that succeeded; in the order in which it was written down.

        Counted are the tries with that account and that address, as far as they are given.
        """
        column = sign_in_tries.c
        query = select(column.at, column.has_succeeded).where(column.at > since).order_by(column.id)
        if account_key is not None:
            query = query.where(column.account_key == account_key)
        if address_key is not None:
            query = query.where(column.address_key == address_key)
        return tuple((row.at, row.has_succeeded) for row in self._connection.execute(query))


class SessionWriter(SessionReader):
    """Read and write access to sessions and tries. They are no part of the data revision."""

    def add(self, session: Session, token_hash: str) -> None:
        """Keep a new session."""
        row = {
            "token_hash": token_hash,
            "id": session.id,
            "account_id": session.account_id,
            "created_at": session.created_at,
            "last_seen_at": session.last_seen_at,
            "expires_at": session.expires_at,
            "confirmed_at": session.confirmed_at,
            "agent_label": session.agent_label,
        }
        self._connection.execute(insert(staff_sessions), [row])

    def touch(self, token_hash: str, at: datetime) -> None:
        """Remember that the session was used."""
        self._update(token_hash, last_seen_at=at)

    def confirm(self, token_hash: str, at: datetime) -> None:
        """Remember that the password was typed again."""
        self._update(token_hash, confirmed_at=at)

    def end(self, token_hash: str) -> bool:
        """End the session; whether there was one."""
        return self._end(staff_sessions.c.token_hash == token_hash) == 1

    def end_all(self, account_id: int, *, except_hash: str | None = None) -> int:
        """End the account's sessions, but for the one with that token; how many they were."""
        others = staff_sessions.c.account_id == account_id
        return self._end(others if except_hash is None else others & (staff_sessions.c.token_hash != except_hash))

    def end_expired(self, now: datetime, *, idle_since: datetime) -> int:
        """End the sessions past their time and those unused since; how many they were."""
        return self._end(or_(staff_sessions.c.expires_at <= now, staff_sessions.c.last_seen_at <= idle_since))

    def add_try(self, at: datetime, account_key: str, address_key: str) -> int:
        """Count a try, as failed for now; its number."""
        row = {"at": at, "account_key": account_key, "address_key": address_key, "has_succeeded": False}
        number = self._connection.execute(insert(sign_in_tries).values(row).returning(sign_in_tries.c.id))
        return int(number.scalar_one())

    def mark_succeeded(self, try_number: int) -> None:
        """Let the try have been a good one."""
        column = sign_in_tries.c
        self._connection.execute(update(sign_in_tries).where(column.id == try_number).values(has_succeeded=True))

    def forget_try(self, try_number: int) -> None:
        """Count the try no more."""
        self._connection.execute(delete(sign_in_tries).where(sign_in_tries.c.id == try_number))

    def forget_failures(self, account_key: str) -> None:
        """Let no failure count against that name any more."""
        column = sign_in_tries.c
        failed = (column.account_key == account_key) & column.has_succeeded.is_(False)
        self._connection.execute(delete(sign_in_tries).where(failed))

    def forget_tries(self, *, failed_before: datetime, succeeded_before: datetime) -> int:
        """Forget the tries that count no more; how many they were."""
        column = sign_in_tries.c
        old = or_(
            column.has_succeeded.is_(False) & (column.at <= failed_before),
            column.has_succeeded.is_(True) & (column.at <= succeeded_before),
        )
        return self._connection.execute(delete(sign_in_tries).where(old)).rowcount

    def _update(self, token_hash: str, **columns: Any) -> None:
        self._connection.execute(
            update(staff_sessions).where(staff_sessions.c.token_hash == token_hash).values(columns)
        )

    def _end(self, which: ColumnElement[bool]) -> int:
        return self._connection.execute(delete(staff_sessions).where(which)).rowcount


def session_of_row(row: RowMapping) -> Session:
    """The session of its row; other tables' columns beside it do not matter."""
    column = staff_sessions.c
    return Session(
        id=row[column.id],
        account_id=row[column.account_id],
        created_at=row[column.created_at],
        last_seen_at=row[column.last_seen_at],
        expires_at=row[column.expires_at],
        confirmed_at=row[column.confirmed_at],
        agent_label=row[column.agent_label],
    )
