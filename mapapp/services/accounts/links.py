"""Use case: one-time links, by which somebody chooses the first password, or another for a forgotten one."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from mapapp.services.accounts.drafts import AccountDraft, fitting, fold_name, name_problem
from mapapp.services.accounts.leaked import LeakedListUnusable
from mapapp.services.accounts.parts import PATIENCE_S, AccountParts, require_manager, token_hash
from mapapp.services.accounts.passwords import judge_password
from mapapp.services.accounts.refusals import (
    InvalidAccount,
    LinkUnusable,
    SignInRefused,
    UnknownAccount,
    WeakPassword,
)
from mapapp.services.accounts.signing_in import proves_again
from mapapp.services.rights import Actor, Right, require
from mapapp.store import Origin, Writer
from mapapp.store.accounts import Account

_log = logging.getLogger(__name__)
LINK_GOOD_FOR: Final = timedelta(hours=72)
SET_UP_PATH: Final = "/staff/set-up/"
"""Where a link leads; its token is the path's last segment."""


def invite(parts: AccountParts, actor: Actor, draft: AccountDraft, now: datetime) -> tuple[Account, str]:
    """Make an account and its link; see `AccountDesk.invite`."""
    require(actor, Right.MANAGE_ACCOUNTS)
    name = fold_name(draft.name)
    shown = draft.display_name.strip() or draft.name.strip()
    with parts.store.writing(Origin.FORM, at=now, patience_s=PATIENCE_S) as writer:
        require_manager(writer, actor)
        problem = name_problem(name)
        if problem is None and writer.accounts.named(name) is not None:
            problem = "taken"
        wanted = Account(
            id=0,
            name=name,
            display_name=shown,
            role=draft.role,
            districts=draft.districts,
            stations=draft.stations,
            created_at=now,
        )
        wanted = fitting(wanted, parts, writer, found={} if problem is None else {"name": problem})
        added = writer.accounts.add(name=name, display_name=shown, role=draft.role, created_at=now)
        added = replace(added, districts=wanted.districts, stations=wanted.stations)
        writer.accounts.change(added)
        detail = {
            "role": added.role.value,
            "districts": sorted(added.districts),
            "stations": sorted(added.stations),
        }
        writer.accounts.note(now, actor.name, "account_added", name, detail)
        return added, _add_link(parts, writer, added, now)


def new_link(parts: AccountParts, actor: Actor, account_id: int, now: datetime) -> str:
    """A link in the place of the account's earlier ones; see `AccountDesk.new_link`."""
    require(actor, Right.MANAGE_ACCOUNTS)
    with parts.store.writing(Origin.FORM, at=now, patience_s=PATIENCE_S) as writer:
        require_manager(writer, actor)
        account = writer.accounts.find(account_id)
        if account is None:
            raise UnknownAccount(account_id)
        if account.is_disabled:
            raise InvalidAccount({"name": "disabled"})
        writer.accounts.note(now, actor.name, "link_made", account.name, {})
        return _add_link(parts, writer, account, now)


def account_of_link(parts: AccountParts, link_token: str, now: datetime) -> Account | None:
    """Whose link that is, if it can be used."""
    with parts.store.reading() as reader:
        return reader.accounts.of_link(token_hash(link_token), now)


def accept(parts: AccountParts, link_token: str, password: str, now: datetime) -> Account:
    """Use the link up for a password; see `AccountDesk.accept`."""
    account = account_of_link(parts, link_token, now)
    if account is None:
        raise LinkUnusable
    password_hash = _hash_if_good(parts, password, account)
    with parts.store.writing(Origin.FORM, at=now, patience_s=PATIENCE_S) as writer:
        account = writer.accounts.of_link(token_hash(link_token), now)
        if account is None:
            raise LinkUnusable
        writer.accounts.set_password(account.id, password_hash)
        writer.accounts.end_links(account.id)
        writer.sessions.end_all(account.id)
        writer.sessions.forget_failures(parts.account_key(account.name))
        writer.accounts.note(now, account.name, "link_used", account.name, {})
        return replace(account, has_password=True)


def change_password(
    parts: AccountParts, account_id: int, old: str, new: str, now: datetime, keep_token: str | None
) -> None:
    """Put another password in the place of the old one; see `AccountDesk.change_password`."""
    with parts.store.reading() as reader:
        account, proved_by = reader.accounts.find(account_id), reader.accounts.credentials(account_id)
    if account is None:
        raise UnknownAccount(account_id)
    if account.is_disabled or not proves_again(parts, account, old, f"account {account_id}", now):
        raise SignInRefused("wrong")
    password_hash = _hash_if_good(parts, new, account)
    with parts.store.writing(Origin.FORM, at=now, patience_s=PATIENCE_S) as writer:
        if writer.accounts.credentials(account_id).password_hash != proved_by.password_hash:
            raise SignInRefused("wrong")  # another one was chosen while this one was compared
        writer.accounts.set_password(account_id, password_hash)
        writer.accounts.end_links(account_id)
        writer.sessions.end_all(account_id, except_hash=token_hash(keep_token) if keep_token is not None else None)
        writer.accounts.note(now, account.name, "password_changed", account.name, {})


def _hash_if_good(parts: AccountParts, password: str, account: Account) -> str:
    problems = judge_password(password, account) or _leak_problems(parts, password)
    if problems:
        raise WeakPassword(problems)
    return parts.passwords.hash(password)


def _leak_problems(parts: AccountParts, password: str) -> tuple[str, ...]:
    """``leaked`` for a password of the operator's list; ``unchecked`` where the list has become unusable."""
    try:
        is_leaked = parts.leaked is not None and parts.leaked.holds(password)
    except LeakedListUnusable as error:
        _log.error("Passwords cannot be chosen: MAPAPP_LEAKED_PASSWORDS_FILE: %s", error)
        return ("unchecked",)
    return ("leaked",) if is_leaked else ()


def _add_link(parts: AccountParts, writer: Writer, account: Account, now: datetime) -> str:
    link_token = parts.new_token()
    writer.accounts.add_link(account.id, token_hash(link_token), now + LINK_GOOD_FOR)
    return link_token
