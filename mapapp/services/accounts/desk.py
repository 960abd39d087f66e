"""Use case: who is who. Accounts, their sessions, links, second factors and API tokens, in one place to ask."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime

from argon2 import PasswordHasher

from mapapp.services.accounts import links, people, sessions, signing_in, tokens
from mapapp.services.accounts.drafts import AccountDraft, fold_name
from mapapp.services.accounts.leaked import LeakedPasswords
from mapapp.services.accounts.parts import AccountParts
from mapapp.services.accounts.passwords import Passwords
from mapapp.services.accounts.people import AccountChange
from mapapp.services.accounts.refusals import (
    InvalidAccount,
    LastAdmin,
    LinkUnusable,
    SignInRefused,
    StaleAccount,
    UnknownAccount,
    UnknownToken,
    WeakPassword,
)
from mapapp.services.accounts.resealing import Resealed, reseal_totp
from mapapp.services.accounts.sessions import SignedIn
from mapapp.services.accounts.signing_in import Visitor
from mapapp.services.accounts.tidying import TidiedAccounts, tidy
from mapapp.services.rights import Actor
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.store.accounts import Account, AccountEvent, ApiToken, Role, Scope, Session

__all__ = [
    "AccountDesk",
    "AccountDraft",
    "InvalidAccount",
    "LastAdmin",
    "LinkUnusable",
    "SignInRefused",
    "SignedIn",
    "StaleAccount",
    "UnknownAccount",
    "UnknownToken",
    "WeakPassword",
]


class AccountDesk:
    """Lets people and machines in, and keeps their accounts, each step in one transaction.

    Methods that take an ``actor`` raise `mapapp.services.rights.Forbidden` unless it may manage
    accounts. Every method that writes raises `mapapp.store.StoreBusy` when others write for too long.

    Parameters
    ----------
    secret
        What names and addresses are hashed with where tries are counted, and second factors are sealed under.
    district_codes
        The place's districts; None takes any.
    hasher
        Argon2's parameters; tests give cheap ones.
    random_bytes
        Answers so many bytes of chance; tokens and codes come from it.
    leaked
        Passwords that may not be chosen, if the operator named a list.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        secret: str,
        *,
        district_codes: frozenset[str] | None = None,
        hasher: PasswordHasher | None = None,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        leaked: LeakedPasswords | None = None,
    ) -> None:
        self._parts = AccountParts(store, settings, secret, Passwords(hasher), district_codes, random_bytes, leaked)

    # Signing in

    def sign_in(
        self, name: str, password: str, code: str | None, address: str, now: datetime, *, user_agent: str = ""
    ) -> SignedIn:
        """Begin a new session. ``code`` is six digits of the second factor or a recovery code, where there is one.

        Raises
        ------
        SignInRefused
            With the reason.
        """
        return signing_in.sign_in(self._parts, name, password, code, Visitor(address, user_agent), now)

    def sign_in_with_new_totp(
        self,
        name: str,
        password: str,
        totp_secret: str,
        code: str,
        address: str,
        now: datetime,
        *,
        user_agent: str = "",
    ) -> tuple[SignedIn, tuple[str, ...]]:
        """Begin a new session of somebody who had to set up a second factor first; and its recovery codes.

        ``totp_secret`` is `begin_totp`'s, ``code`` the digits their app shows for it.

        Raises
        ------
        SignInRefused
            With the reason; ``code_needed`` when the account has a second factor already.
        InvalidAccount
            ``totp_code``: these are not the secret's digits now.
        """
        visitor = Visitor(address, user_agent)
        return signing_in.sign_in_with_new_totp(self._parts, name, password, totp_secret, code, visitor, now)

    def session_of(self, token: str, now: datetime) -> SignedIn | None:
        """Who has that token; None when the session ended, ran out or its account is disabled."""
        return sessions.session_of(self._parts, token, now)

    def sign_out(self, token: str) -> None:
        """End the session with that token, if there is one."""
        sessions.sign_out(self._parts, token)

    def sign_out_everywhere(self, actor: Actor, account_id: int, now: datetime, except_token: str | None = None) -> int:
        """End the sessions of one's own account, or an administrator anybody's, but for the one with that token.

        Returns how many they were.

        Raises
        ------
        UnknownAccount
            No account has that id.
        """
        return sessions.sign_out_everywhere(self._parts, actor, account_id, now, except_token)

    def sessions_of(self, account_id: int, now: datetime) -> tuple[Session, ...]:
        """The account's running sessions, the last used first."""
        return sessions.sessions_of(self._parts, account_id, now)

    def confirm(self, token: str, password: str, now: datetime) -> bool:
        """Whether that is the password of whoever is signed in; it then counts for ten minutes.

        Raises
        ------
        SignInRefused
            ``wait``: too many wrong ones.
        """
        return signing_in.confirm(self._parts, token, password, now)

    # Links and passwords

    def invite(self, actor: Actor, draft: AccountDraft, now: datetime) -> tuple[Account, str]:
        """Make an account, and the token of the link (good once, within 72 hours) that sets its password.

        Raises
        ------
        InvalidAccount
            Naming every field at fault.
        """
        return links.invite(self._parts, actor, draft, now)

    def new_link(self, actor: Actor, account_id: int, now: datetime) -> str:
        """The token of another such link; earlier ones end, and the password holds until it is used.

        Raises
        ------
        UnknownAccount
            No account has that id.
        InvalidAccount
            It is disabled (``name``: ``disabled``).
        """
        return links.new_link(self._parts, actor, account_id, now)

    def link(self, link_token: str, now: datetime) -> Account | None:
        """Whose link that is, if it can be used."""
        return links.account_of_link(self._parts, link_token, now)

    def accept(self, link_token: str, password: str, now: datetime) -> Account:
        """Use the link up: the account gets the password, and its sessions, links and waits end.

        Raises
        ------
        LinkUnusable
            It was used, ended, or never was.
        WeakPassword
            With what stands against the password; the link stays good.
        SignInRefused
            ``wait``: too many others are choosing theirs; the link stays good.
        """
        return links.accept(self._parts, link_token, password, now)

    def change_password(
        self, account_id: int, old: str, new: str, now: datetime, *, keep_token: str | None = None
    ) -> None:
        """Change the password; the account's sessions but the one with ``keep_token``, and its links, end.

        Raises
        ------
        SignInRefused
            ``wrong``: the old one is not right (any more). ``wait``: too many wrong ones.
        WeakPassword
            With what stands against the new one.
        """
        links.change_password(self._parts, account_id, old, new, now, keep_token)

    # Second factors

    def begin_totp(self, account_id: int) -> tuple[str, str]:
        """A new secret and its otpauth URI for a QR code. Nothing is kept until `confirm_totp`."""
        return people.begin_totp(self._parts, account_id)

    def confirm_totp(self, account_id: int, totp_secret: str, code: str, now: datetime) -> tuple[str, ...]:
        """Give the account that second factor, in the place of one before; its ten recovery codes, shown once.

        Raises
        ------
        InvalidAccount
            ``totp_code``: these are not the secret's digits now.
        """
        return people.confirm_totp(self._parts, account_id, totp_secret, code, now)

    def is_totp_readable(self, account_id: int) -> bool:
        """Whether one-time codes of the account can still be checked.

        False once the service has another secret than when they were set up; recovery codes are good all the same.
        """
        return people.is_totp_readable(self._parts, account_id)

    def reseal_totp(self, key: str) -> Resealed:
        """Seal every second factor anew that the secret of before opens; doing it twice is doing it once."""
        return reseal_totp(self._parts, key)

    def remove_totp(self, actor: Actor, account_id: int, now: datetime) -> None:
        """Take the second factor and its recovery codes away: one's own, or an administrator anybody's."""
        people.remove_totp(self._parts, actor, account_id, now)

    # Accounts

    def accounts(self, actor: Actor) -> tuple[Account, ...]:
        """Every account, by name."""
        return people.all_accounts(self._parts, actor)

    def account(self, account_id: int) -> Account | None:
        """The account with that id."""
        with self._parts.store.reading() as reader:
            return reader.accounts.find(account_id)

    def account_named(self, name: str) -> Account | None:
        """The account with that sign-in name, however it is written."""
        with self._parts.store.reading() as reader:
            return reader.accounts.named(fold_name(name))

    def change(
        self,
        actor: Actor,
        account_id: int,
        now: datetime,
        *,
        display_name: str | None = None,
        role: Role | None = None,
        districts: Iterable[str] | None = None,
        stations: Iterable[str] | None = None,
        is_disabled: bool | None = None,
        expected: Account | None = None,
    ) -> Account:
        """Change what is given of an account, if it is still as ``expected``.

        It holds from its owner's next request on. Only editors keep districts and only keepers stations.
        Disabling ends sessions and links at once. Whoever may manage accounts no more loses the tokens they made:
        these end for good.

        Raises
        ------
        UnknownAccount
            No account has that id.
        InvalidAccount
            Naming every field at fault.
        LastAdmin
            Nobody would be left who can manage accounts.
        StaleAccount
            Somebody changed it since it was as expected.
        """
        wanted = AccountChange(
            display_name=display_name, role=role, districts=districts, stations=stations, is_disabled=is_disabled
        )
        return people.change(self._parts, actor, account_id, wanted, now, expected)

    def events(self, actor: Actor, limit: int = 200) -> tuple[AccountEvent, ...]:
        """What was changed of accounts and tokens, newest first."""
        return people.latest_events(self._parts, actor, limit)[0]

    def events_page(self, actor: Actor, offset: int, limit: int) -> tuple[tuple[AccountEvent, ...], int]:
        """Some of what was changed of accounts and tokens, newest first, and how much there is in all."""
        return people.latest_events(self._parts, actor, limit, offset)

    # API tokens

    def create_token(
        self,
        actor: Actor,
        name: str,
        scopes: Iterable[Scope],
        districts: Iterable[str],
        days: int | None,
        now: datetime,
    ) -> tuple[ApiToken, str]:
        """A token and its secret, which is shown once. Without districts it is good for all; without days for 365.

        Raises
        ------
        InvalidAccount
            Naming every field at fault.
        """
        return tokens.create_token(self._parts, actor, name, scopes, districts, days, now)

    def tokens(self, actor: Actor) -> tuple[ApiToken, ...]:
        """Every token there ever was, oldest first."""
        return tokens.all_tokens(self._parts, actor)

    def revoke_token(self, actor: Actor, token_id: int, now: datetime) -> ApiToken:
        """Let the token be of no use from now on.

        Raises
        ------
        UnknownToken
            No token has that id.
        """
        return tokens.revoke_token(self._parts, actor, token_id, now)

    def actor_of_token(self, secret: str, now: datetime) -> Actor | None:
        """Whoever has that secret may act so; None when it is no token's, or the token expired or was revoked."""
        return tokens.actor_of_token(self._parts, secret, now)

    def tidy(self, now: datetime) -> TidiedAccounts:
        """Forget what has run out; see `mapapp.services.accounts.tidying`."""
        return tidy(self._parts, now)
