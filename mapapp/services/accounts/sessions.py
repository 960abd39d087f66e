"""Use case: sessions begin, are known again by their token, and end."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from mapapp.services.accounts.agents import agent_label
from mapapp.services.accounts.parts import BRIEF_PATIENCE_S, PATIENCE_S, AccountParts, require_manager, token_hash
from mapapp.services.accounts.refusals import UnknownAccount
from mapapp.services.rights import Actor, Right, require
from mapapp.settings import Settings
from mapapp.store import Origin, StoreBusy, Writer
from mapapp.store.accounts import Account, Session

TOUCHED_EVERY: Final = timedelta(minutes=1)
"""How exactly the store knows when a session was last used."""
MOST_SET_BACK: Final = timedelta(days=1)
"""A clock that is set back by no more signs nobody out; sessions then last as much longer."""
_ID_CHARS: Final = 22


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whoever a request comes from. ``token`` belongs into the browser's cookie and nowhere else."""

    token: str = field(repr=False)
    session: Session
    account: Account
    actor: Actor


def begin_session(parts: AccountParts, writer: Writer, account: Account, user_agent: str, now: datetime) -> SignedIn:
    """A session of a new token. Having just typed the password counts as having confirmed it."""
    token = parts.new_token()
    session = Session(
        id=parts.new_token()[:_ID_CHARS],
        account_id=account.id,
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(days=parts.settings.session_days),
        confirmed_at=now,
        agent_label=agent_label(user_agent),
    )
    writer.sessions.add(session, token_hash(token))
    return SignedIn(token, session, account, Actor.of_account(account))


def session_of(parts: AccountParts, token: str, now: datetime) -> SignedIn | None:
    """Who has that token, if the session runs. Costs one read, and once a minute a write that may be left out."""
    found = running_session(parts, token, now)
    if found is None:
        return None
    session, account = found
    if abs(now - session.last_seen_at) >= TOUCHED_EVERY:  # also where the clock was set back
        with (
            suppress(StoreBusy),
            parts.store.writing(Origin.FORM, at=now, patience_s=BRIEF_PATIENCE_S) as writer,
        ):
            writer.sessions.touch(token_hash(token), now)
        session = replace(session, last_seen_at=now)
    return SignedIn(token, session, account, Actor.of_account(account))


def running_session(parts: AccountParts, token: str, now: datetime) -> tuple[Session, Account] | None:
    """The session with that token and whose it is.

    None when it ended or ran out, when the account is disabled, and when it is of a role that by now
    needs a second factor and the account has none: the next sign-in asks for it.
    """
    with parts.store.reading() as reader:
        found = reader.sessions.find(token_hash(token))
    if found is None:
        return None
    session, account = found
    if account.is_disabled or lacks_totp(account, parts.settings) or not is_running(session, parts.settings, now):
        return None
    return found


def lacks_totp(account: Account, settings: Settings) -> bool:
    """Whether the account needs a second factor and has none."""
    return account.role.value in settings.roles_with_totp and not account.has_totp


def is_running(session: Session, settings: Settings, now: datetime) -> bool:
    """Whether the session is neither past its end nor too long unused.

    One that would last longer than any that begins now is of a clock that was far ahead: it ends.
    """
    latest_end = now + timedelta(days=settings.session_days) + MOST_SET_BACK
    is_used = now - session.last_seen_at < timedelta(hours=settings.session_idle_h)
    return now < session.expires_at <= latest_end and is_used


def sessions_of(parts: AccountParts, account_id: int, now: datetime) -> tuple[Session, ...]:
    """The account's running sessions, the last used first."""
    with parts.store.reading() as reader:
        found = reader.sessions.of_account(account_id)
    return tuple(session for session in found if is_running(session, parts.settings, now))


def sign_out(parts: AccountParts, token: str) -> None:
    """End the session with that token, if there is one."""
    with parts.store.writing(Origin.FORM, patience_s=PATIENCE_S) as writer:
        writer.sessions.end(token_hash(token))


def sign_out_everywhere(
    parts: AccountParts, actor: Actor, account_id: int, now: datetime, except_token: str | None
) -> int:
    """End the account's sessions, but for one; see `AccountDesk.sign_out_everywhere`."""
    kept = token_hash(except_token) if except_token is not None else None
    is_own = actor.account_id == account_id
    if not is_own:
        require(actor, Right.MANAGE_ACCOUNTS)
    with parts.store.writing(Origin.FORM, at=now, patience_s=PATIENCE_S) as writer:
        if not is_own:
            require_manager(writer, actor)
        account = writer.accounts.find(account_id)
        if account is None:
            raise UnknownAccount(account_id)
        ended_count = writer.sessions.end_all(account_id, except_hash=kept)
        if ended_count:
            writer.accounts.note(now, actor.name, "signed_out", account.name, {"sessions": ended_count})
        return ended_count
