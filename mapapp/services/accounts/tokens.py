"""Use case: API tokens are made, shown once, used and revoked."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from mapapp.services.accounts.parts import BRIEF_PATIENCE_S, PATIENCE_S, AccountParts, require_manager, token_hash
from mapapp.services.accounts.refusals import InvalidAccount, UnknownToken
from mapapp.services.rights import Actor, Right, require
from mapapp.store import Origin, StoreBusy, Writer
from mapapp.store.accounts import Account, ApiToken, Scope

PREFIX: Final = "smt_"
"""So that people, and programs that look for secrets in the open, know one when they see it."""
DEFAULT_DAYS: Final = 365
MAX_DAYS: Final = 3650
MAX_NAME_CHARS: Final = 60
_READ_CHARS: Final = 1000
TOUCHED_EVERY: Final = timedelta(minutes=1)


def create_token(
    parts: AccountParts,
    actor: Actor,
    name: str,
    scopes: Iterable[Scope],
    districts: Iterable[str],
    days: int | None,
    now: datetime,
) -> tuple[ApiToken, str]:
    """A token and its secret; see `AccountDesk.create_token`."""
    require(actor, Right.MANAGE_ACCOUNTS)
    name = unicodedata.normalize("NFKC", name[:_READ_CHARS]).strip()
    wanted, only = frozenset(scopes), frozenset(districts)
    days = DEFAULT_DAYS if days is None else days
    _check(parts, name, wanted, only, days)
    secret = PREFIX + parts.new_token()
    with parts.store.writing(Origin.FORM, at=now, patience_s=PATIENCE_S) as writer:
        require_manager(writer, actor)
        token = writer.tokens.add(
            secret_hash=token_hash(secret),
            name=name,
            scopes=wanted,
            districts=only,
            created_by=actor.name,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        detail = {"id": token.id, "scopes": sorted(wanted), "districts": sorted(only), "days": days}
        writer.accounts.note(now, actor.name, "token_made", name, detail)
    return token, secret


def all_tokens(parts: AccountParts, actor: Actor) -> tuple[ApiToken, ...]:
    """Every token there ever was, oldest first."""
    require(actor, Right.MANAGE_ACCOUNTS)
    with parts.store.reading() as reader:
        return reader.tokens.all()


def revoke_token(parts: AccountParts, actor: Actor, token_id: int, now: datetime) -> ApiToken:
    """Let the token be of no use; see `AccountDesk.revoke_token`."""
    require(actor, Right.MANAGE_ACCOUNTS)
    with parts.store.writing(Origin.FORM, at=now, patience_s=PATIENCE_S) as writer:
        require_manager(writer, actor)
        token = writer.tokens.find(token_id)
        if token is None:
            raise UnknownToken(token_id)
        if token.revoked_at is not None:
            return token
        writer.tokens.revoke(token_id, now)
        writer.accounts.note(now, actor.name, "token_revoked", token.name, {"id": token_id})
        return writer.tokens.find(token_id) or token


def end_tokens_of(writer: Writer, actor: Actor, maker: Account, now: datetime) -> None:
    """End the tokens that account made, for good: nobody answers for them any more."""
    for token in writer.tokens.made_by(maker.name):
        if token.is_usable(now):
            writer.tokens.revoke(token.id, now)
            detail = {"id": token.id, "made_by": maker.name}
            writer.accounts.note(now, actor.name, "token_revoked", token.name, detail)


def actor_of_token(parts: AccountParts, secret: str, now: datetime) -> Actor | None:
    """Who has that secret, if the token can be used. Costs one read, and once a minute a write."""
    with parts.store.reading() as reader:
        token = reader.tokens.with_hash(token_hash(secret))
    if token is None or not token.is_usable(now):
        return None
    if token.last_used_at is None or now - token.last_used_at >= TOUCHED_EVERY:
        with (
            suppress(StoreBusy),
            parts.store.writing(Origin.API, at=now, patience_s=BRIEF_PATIENCE_S) as writer,
        ):
            writer.tokens.touch(token.id, now)
    return Actor.of_token(token)


def _check(parts: AccountParts, name: str, scopes: frozenset[Scope], districts: frozenset[str], days: int) -> None:
    problems: dict[str, str] = {}
    if not name:
        problems["name"] = "too_short"
    elif len(name) > MAX_NAME_CHARS:
        problems["name"] = "too_long"
    elif any(unicodedata.category(character) in {"Cc", "Cs"} for character in name):
        problems["name"] = "form"
    if not scopes:
        problems["scopes"] = "missing"
    if parts.has_unknown_district(districts):
        problems["districts"] = "unknown"
    if not 1 <= days <= MAX_DAYS:
        problems["days"] = "out_of_range"
    if problems:
        raise InvalidAccount(problems)
