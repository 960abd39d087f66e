"""People who sign in, and short ways to let them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import pyotp
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from mapapp.services.accounts.desk import AccountDesk, AccountDraft, SignedIn, SignInRefused
from mapapp.services.rights import COMMAND_LINE
from mapapp.store.accounts import Account, Role
from tests.conftest import FROZEN_AT

CHEAP_HASHER: Final = PasswordHasher.from_parameters(CHEAPEST)
"""Argon2 in microseconds, for tests alone."""
PASSWORD: Final = "沙湖 quince-lantern 47"  # noqa: S105 - opens nothing but the tests' accounts
OTHER_PASSWORD: Final = "brisk otter pours 92 teas"  # noqa: S105 - the same
WRONG: Final = "not the password at all"
HOME: Final = "10.0.0.1"
ELSEWHERE: Final = "203.0.113.7"
FIREFOX: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def at(minute: float) -> datetime:
    """So many minutes after the tests' clock began."""
    return FROZEN_AT + timedelta(minutes=minute)


def draft(
    name: str, role: Role = Role.ADMIN, *, districts: Iterable[str] = (), stations: Iterable[str] = ()
) -> AccountDraft:
    """An account to be."""
    return AccountDraft(name=name, role=role, districts=frozenset(districts), stations=frozenset(stations))


@dataclass(slots=True)
class Person:
    """Somebody with an account and a password."""

    desk: AccountDesk
    account: Account
    password: str = PASSWORD

    def sign_in(
        self, password: str | None = None, code: str | None = None, *, address: str = HOME, minute: float = 0
    ) -> SignedIn:
        """Sign in, by default rightly and from home."""
        given = self.password if password is None else password
        return self.desk.sign_in(self.account.name, given, code, address, at(minute), user_agent=FIREFOX)

    def gets_in(
        self, password: str | None = None, code: str | None = None, *, address: str = HOME, minute: float = 0
    ) -> bool:
        """Whether they are let in."""
        try:
            self.sign_in(password, code, address=address, minute=minute)
        except SignInRefused:
            return False
        return True

    def set_up_totp(self, *, minute: float = 0) -> tuple[pyotp.TOTP, tuple[str, ...]]:
        """Set up a second factor; the app and the recovery codes."""
        totp_secret, _ = self.desk.begin_totp(self.account.id)
        app = pyotp.TOTP(totp_secret)
        return app, self.desk.confirm_totp(self.account.id, totp_secret, app.at(at(minute)), at(minute))


def person(desk: AccountDesk, name: str = "li.na", role: Role = Role.ADMIN, **fields: Iterable[str]) -> Person:
    """Somebody who was invited and has chosen a password."""
    _, link = desk.invite(COMMAND_LINE, draft(name, role, **fields), at(0))
    return Person(desk, desk.accept(link, PASSWORD, at(0)))
