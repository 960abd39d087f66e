"""API tokens: rows in, values out. A revoked token stays, so that its number is never used twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, insert, select, update

from mapapp.store.accounts import ApiToken, Scope
from mapapp.store.schema import api_tokens


class TokenReader:
    """Read access to the tokens in one state of the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> tuple[ApiToken, ...]:
        """Every token there ever was, oldest first."""
        rows = self._connection.execute(select(api_tokens).order_by(api_tokens.c.id)).mappings()
        return tuple(token_of_row(row) for row in rows)

    def find(self, token_id: int) -> ApiToken | None:
        """The token with that number."""
        return self._one(select(api_tokens).where(api_tokens.c.id == token_id))

    def with_hash(self, secret_hash: str) -> ApiToken | None:
        """The token whose secret has that hash, usable or not."""
        return self._one(select(api_tokens).where(api_tokens.c.secret_hash == secret_hash))

    def made_by(self, name: str) -> tuple[ApiToken, ...]:
        """The tokens that the actor of that name made, oldest first."""
        query = select(api_tokens).where(api_tokens.c.created_by == name).order_by(api_tokens.c.id)
        return tuple(token_of_row(row) for row in self._connection.execute(query).mappings())

    def _one(self, query: Select[Any]) -> ApiToken | None:
        row = self._connection.execute(query).mappings().one_or_none()
        return token_of_row(row) if row is not None else None


class TokenWriter(TokenReader):
    """Read and write access to the tokens. They are no part of the data revision."""

    def add(
        self,
        *,
        secret_hash: str,
        name: str,
        scopes: frozenset[Scope],
        districts: frozenset[str],
        created_by: str,
        created_at: datetime,
        expires_at: datetime,
    ) -> ApiToken:
        """Add a token."""
        row = {
            "secret_hash": secret_hash,
            "name": name,
            "scopes": sorted(scope.value for scope in scopes),
            "districts": sorted(districts),
            "created_by": created_by,
            "created_at": created_at,
            "expires_at": expires_at,
        }
        self._connection.execute(insert(api_tokens), [row])
        added = self.with_hash(secret_hash)
        assert added is not None  # noqa: S101 - written by the line above
        return added

    def touch(self, token_id: int, at: datetime) -> None:
        """Remember that the token was used."""
        self._update(token_id, last_used_at=at)

    def revoke(self, token_id: int, at: datetime) -> None:
        """Let the token be of no use from now on."""
        self._update(token_id, revoked_at=at)

    def _update(self, token_id: int, **columns: Any) -> None:
        self._connection.execute(update(api_tokens).where(api_tokens.c.id == token_id).values(columns))


def token_of_row(row: RowMapping) -> ApiToken:
    """The token of its row."""
    return ApiToken(
        id=row["id"],
        name=row["name"],
        scopes=frozenset(Scope(scope) for scope in row["scopes"]),
        districts=frozenset(row["districts"]),
        created_by=row["created_by"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        last_used_at=row["last_used_at"],
        revoked_at=row["revoked_at"],
    )
