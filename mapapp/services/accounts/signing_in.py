"""Use case: signing in, and typing the password again.

A try is counted in one transaction, the password is compared outside of any, and what a good one leads to
is written in another: nobody's argon2 keeps others from writing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from mapapp.services.accounts.drafts import fold_name
from mapapp.services.accounts.parts import PATIENCE_S, AccountParts, token_hash
from mapapp.services.accounts.refusals import SignInRefused
from mapapp.services.accounts.sessions import SignedIn, begin_session, lacks_totp, running_session
from mapapp.services.accounts.throttle import refuse_too_many
from mapapp.services.accounts.totp import (
    accepted_step,
    first_step,
    new_recovery_codes,
    opened_totp,
    recovery_hash,
    sealed_totp,
)
from mapapp.services.reports.sender import network_of
from mapapp.store import Origin, Writer
from mapapp.store.account_rows import Credentials
from mapapp.store.accounts import Account


@dataclass(frozen=True, slots=True)
class Try:
    """A try that was counted. ``account`` is None where nobody has that name or the account is disabled."""

    number: int
    account: Account | None
    credentials: Credentials


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request comes from, and by which browser."""

    address: str
    user_agent: str = ""


def sign_in(
    parts: AccountParts, name: str, password: str, code: str | None, visitor: Visitor, now: datetime
) -> SignedIn:
    """Begin a session for whoever that is; see `AccountDesk.sign_in`."""
    tried, account = _proved(parts, name, password, visitor, now)
    if lacks_totp(account, parts.settings):
        _forget(parts, tried, now)
        raise SignInRefused("set_up_totp", account=account)
    if account.has_totp and not (code or "").strip():
        _forget(parts, tried, now)
        raise SignInRefused("code_needed")
    rehashed = _rehashed(parts, tried.credentials, password)
    with parts.store.writing(Origin.FORM, at=now, patience_s=PATIENCE_S) as writer:
        credentials = _require_unchanged(parts, writer, tried, account)
        if account.has_totp:
            _use_code(parts, writer, account.id, credentials, code or "", now)
        return _let_in(parts, writer, tried, account, rehashed, visitor, now)


def sign_in_with_new_totp(
    parts: AccountParts, name: str, password: str, totp_secret: str, code: str, visitor: Visitor, now: datetime
) -> tuple[SignedIn, tuple[str, ...]]:
    """Set up the second factor that is missing and begin a session; see `AccountDesk.sign_in_with_new_totp`."""
    tried, account = _proved(parts, name, password, visitor, now)
    if account.has_totp:  # whoever knows the password alone must not replace the second factor
        _forget(parts, tried, now)
        raise SignInRefused("code_needed")
    step = first_step(totp_secret, code, now)
    rehashed = _rehashed(parts, tried.credentials, password)
    with parts.store.writing(Origin.FORM, at=now, patience_s=PATIENCE_S) as writer:
        _require_unchanged(parts, writer, tried, account)
        codes = keep_totp(parts, writer, account, totp_secret, step, now)
        return _let_in(parts, writer, tried, replace(account, has_totp=True), rehashed, visitor, now), codes


def keep_totp(
    parts: AccountParts, writer: Writer, account: Account, totp_secret: str, step: int, now: datetime
) -> tuple[str, ...]:
    """Give the account the second factor whose code of ``step`` was just used; its recovery codes."""
    codes = new_recovery_codes(parts.random_bytes)
    hashes = [hashed for hashed in map(recovery_hash, codes) if hashed is not None]
    writer.accounts.set_totp(account.id, sealed_totp(parts.secret, account.id, totp_secret), step, hashes)
    writer.accounts.note(now, account.name, "totp_set_up", account.name, {})
    return codes


def confirm(parts: AccountParts, token: str, password: str, now: datetime) -> bool:
    """Whether the password is that of the session's account; it then counts for ten minutes."""
    found = running_session(parts, token, now)
    if found is None:
        return False
    session, account = found
    if not proves_again(parts, account, password, f"session {session.id}", now):
        return False
    with parts.store.writing(Origin.FORM, at=now, patience_s=PATIENCE_S) as writer:
        writer.sessions.confirm(token_hash(token), now)
    return True


def proves_again(parts: AccountParts, account: Account, password: str, place: str, now: datetime) -> bool:
    """Whether the password is that of the account somebody is signed in to; tries are counted as at the door.

    Raises
    ------
    SignInRefused
        ``wait``.
    """
    tried = _count(parts, account.name, place, now, is_signed_in=True)
    if not parts.passwords.matches(tried.credentials.password_hash, password):
        return False
    with parts.store.writing(Origin.FORM, at=now, patience_s=PATIENCE_S) as writer:
        writer.sessions.mark_succeeded(tried.number)
    return True


def _proved(parts: AccountParts, name: str, password: str, visitor: Visitor, now: datetime) -> tuple[Try, Account]:
    """The counted try and the account, once the password was right. Who is nobody costs as much as who is."""
    tried = _count(parts, fold_name(name), network_of(visitor.address), now)
    is_right = parts.passwords.matches(tried.credentials.password_hash, password)
    if tried.account is None or not is_right:
        raise SignInRefused("wrong")
    return tried, tried.account


def _count(parts: AccountParts, folded: str, place: str, now: datetime, *, is_signed_in: bool = False) -> Try:
    """Count a try, as failed for now, unless it comes too soon; reading first, so that a flood writes nothing."""
    account_key, place_key = parts.account_key(folded), parts.place_key(place)
    with parts.store.reading() as reader:
        refuse_too_many(reader.sessions, account_key, place_key, now, is_signed_in=is_signed_in)
    with parts.store.writing(Origin.FORM, at=now, patience_s=PATIENCE_S) as writer:
        refuse_too_many(writer.sessions, account_key, place_key, now, is_signed_in=is_signed_in)
        number = writer.sessions.add_try(now, account_key, place_key)
        account = writer.accounts.named(folded)
        credentials = writer.accounts.credentials(account.id if account else 0)
    return Try(number, None if account is None or account.is_disabled else account, credentials)


def _forget(parts: AccountParts, tried: Try, now: datetime) -> None:
    """Let a try that was right so far not count against anybody."""
    with parts.store.writing(Origin.FORM, at=now, patience_s=PATIENCE_S) as writer:
        writer.sessions.forget_try(tried.number)


def _rehashed(parts: AccountParts, credentials: Credentials, password: str) -> str | None:
    """The password's hash with today's parameters, where it has others."""
    old = credentials.password_hash
    return parts.passwords.hash(password) if old is not None and parts.passwords.needs_rehash(old) else None


def _require_unchanged(parts: AccountParts, writer: Writer, tried: Try, account: Account) -> Credentials:
    """What the account is proved by, as it is now.

    Raises
    ------
    SignInRefused
        ``wrong``: it was disabled, or got another password or factor, while this one was compared.
    """
    found, now_there = writer.accounts.find(account.id), writer.accounts.credentials(account.id)
    before = tried.credentials
    if found is None or found.is_disabled or now_there.password_hash != before.password_hash:
        raise SignInRefused("wrong")
    if now_there.totp_secret != before.totp_secret:
        # Another try at this moment may have sealed the same factor.
        factors = [opened_totp(parts.secret, account.id, each.totp_secret or "") for each in (before, now_there)]
        if None in factors or factors[0] != factors[1]:
            raise SignInRefused("wrong")
    return now_there


def _use_code(
    parts: AccountParts, writer: Writer, account_id: int, credentials: Credentials, code: str, now: datetime
) -> None:
    """Use up the digits of the second factor, or a recovery code.

    Raises
    ------
    SignInRefused
        ``code_wrong``: it is neither, or used. ``code_unreadable``: only a recovery code would be good.
    """
    stored = credentials.totp_secret or ""
    totp_secret, recovery = opened_totp(parts.secret, account_id, stored), recovery_hash(code)
    step = accepted_step(totp_secret, code, now) if totp_secret is not None else None
    if step is not None:
        is_good = writer.accounts.use_totp_step(account_id, step)
    else:
        is_good = recovery is not None and writer.accounts.use_recovery_code(account_id, recovery)
    if not is_good:
        raise SignInRefused("code_wrong" if totp_secret is not None else "code_unreadable")
    if totp_secret is not None and totp_secret == stored:  # from before second factors were sealed
        writer.accounts.rewrite_totp(account_id, sealed_totp(parts.secret, account_id, totp_secret))


def _let_in(
    parts: AccountParts,
    writer: Writer,
    tried: Try,
    account: Account,
    rehashed: str | None,
    visitor: Visitor,
    now: datetime,
) -> SignedIn:
    writer.sessions.mark_succeeded(tried.number)
    if rehashed is not None:
        writer.accounts.set_password(account.id, rehashed)
    writer.accounts.note_sign_in(account.id, now)
    return begin_session(parts, writer, replace(account, last_sign_in_at=now), visitor.user_agent, now)
