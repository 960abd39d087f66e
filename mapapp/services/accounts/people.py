"""Use case: administrators look after accounts, and everybody after their own second factor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from mapapp.services.accounts.drafts import fitting
from mapapp.services.accounts.parts import PATIENCE_S, AccountParts, require_manager
from mapapp.services.accounts.refusals import LastAdmin, StaleAccount, UnknownAccount
from mapapp.services.accounts.signing_in import keep_totp
from mapapp.services.accounts.tokens import end_tokens_of
from mapapp.services.accounts.totp import first_step, new_totp_secret, opened_totp, otpauth_uri
from mapapp.services.rights import Actor, Right, may, require
from mapapp.store import Origin, Writer
from mapapp.store.accounts import Account, AccountEvent, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """What to change of an account; None leaves it as it is."""

    display_name: str | None = None
    role: Role | None = None
    districts: Iterable[str] | None = None
    stations: Iterable[str] | None = None
    is_disabled: bool | None = None

    def applied_to(self, account: Account) -> Account:
        """The account as it would be."""
        wanted: dict[str, Any] = {
            field.name: value for field in fields(self) if (value := getattr(self, field.name)) is not None
        }
        for name in {"districts", "stations"} & wanted.keys():
            wanted[name] = frozenset(wanted[name])
        if "display_name" in wanted:
            wanted["display_name"] = wanted["display_name"].strip()
        return replace(account, **wanted)

    @classmethod
    def as_in(cls, account: Account) -> AccountChange:
        """Everything one can change of an account, as it is."""
        return cls(**{field.name: getattr(account, field.name) for field in fields(cls)})


def all_accounts(parts: AccountParts, actor: Actor) -> tuple[Account, ...]:
    """Every account, by name."""
    require(actor, Right.MANAGE_ACCOUNTS)
    with parts.store.reading() as reader:
        return reader.accounts.all()


def change(
    parts: AccountParts,
    actor: Actor,
    account_id: int,
    wanted: AccountChange,
    now: datetime,
    expected: Account | None,
) -> Account:
    """Change an account; see `AccountDesk.change`."""
    require(actor, Right.MANAGE_ACCOUNTS)
    with parts.store.writing(Origin.FORM, at=now, patience_s=PATIENCE_S) as writer:
        require_manager(writer, actor)
        before = _known(writer, account_id)
        if expected is not None and AccountChange.as_in(before) != AccountChange.as_in(expected):
            raise StaleAccount(before)
        after = fitting(wanted.applied_to(before), parts, writer, before)
        if after == before:
            return before
        _keep_an_admin(writer, before, after)
        writer.accounts.change(after)
        if after.is_disabled:
            writer.sessions.end_all(account_id)
            writer.accounts.end_links(account_id)
        if after.is_disabled or not may(Actor.of_account(after), Right.MANAGE_ACCOUNTS):
            end_tokens_of(writer, actor, after, now)
        writer.accounts.note(now, actor.name, "account_changed", after.name, _differences(before, after))
        return after


def latest_events(
    parts: AccountParts, actor: Actor, limit: int, offset: int = 0
) -> tuple[tuple[AccountEvent, ...], int]:
    """What was changed of accounts and tokens, newest first, and how much that is in all."""
    require(actor, Right.MANAGE_ACCOUNTS)
    with parts.store.reading() as reader:
        return reader.accounts.events(limit, offset), reader.accounts.event_count()


def begin_totp(parts: AccountParts, account_id: int) -> tuple[str, str]:
    """A secret for an authenticator app and its URI; nothing is kept until a code of it comes back."""
    with parts.store.reading() as reader:
        account = reader.accounts.find(account_id)
    if account is None:
        raise UnknownAccount(account_id)
    totp_secret = new_totp_secret(parts.random_bytes)
    return totp_secret, otpauth_uri(totp_secret, account.name)


def confirm_totp(parts: AccountParts, account_id: int, totp_secret: str, code: str, now: datetime) -> tuple[str, ...]:
    """Give the account that second factor; see `AccountDesk.confirm_totp`."""
    step = first_step(totp_secret, code, now)
    with parts.store.writing(Origin.FORM, at=now, patience_s=PATIENCE_S) as writer:
        return keep_totp(parts, writer, _known(writer, account_id), totp_secret, step, now)


def is_totp_readable(parts: AccountParts, account_id: int) -> bool:
    """Whether the account's second factor can still be compared with; True where it has none."""
    with parts.store.reading() as reader:
        stored = reader.accounts.credentials(account_id).totp_secret
    return stored is None or opened_totp(parts.secret, account_id, stored) is not None


def remove_totp(parts: AccountParts, actor: Actor, account_id: int, now: datetime) -> None:
    """Take the second factor away: one's own, or by an administrator for who lost theirs."""
    is_own = actor.account_id == account_id
    if not is_own:
        require(actor, Right.MANAGE_ACCOUNTS)
    with parts.store.writing(Origin.FORM, at=now, patience_s=PATIENCE_S) as writer:
        if not is_own:
            require_manager(writer, actor)
        account = _known(writer, account_id)
        if account.has_totp:
            writer.accounts.remove_totp(account_id)
            writer.accounts.note(now, actor.name, "totp_removed", account.name, {})


def _known(writer: Writer, account_id: int) -> Account:
    account = writer.accounts.find(account_id)
    if account is None:
        raise UnknownAccount(account_id)
    return account


def _keep_an_admin(writer: Writer, before: Account, after: Account) -> None:
    """Raise LastAdmin if nobody would be left who can manage accounts as well as this one could."""
    if not _is_admin(before) or _is_admin(after):
        return
    others = (account for account in writer.accounts.all() if account.id != before.id and _is_admin(account))
    if not any(other.has_password or not before.has_password for other in others):
        raise LastAdmin


def _is_admin(account: Account) -> bool:
    return account.role is Role.ADMIN and not account.is_disabled


def _differences(before: Account, after: Account) -> dict[str, Any]:
    """The fields that changed, with their old and new values, as JSON."""
    pairs = ((field.name, getattr(before, field.name), getattr(after, field.name)) for field in fields(Account))
    return {name: [_plain(old), _plain(new)] for name, old, new in pairs if old != new}


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value
