"""What every use case of accounts works with."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from mapapp.services.accounts.leaked import LeakedPasswords
from mapapp.services.accounts.passwords import Passwords
from mapapp.services.rights import Actor, Forbidden, Right, may, require
from mapapp.services.secret import keyed_hash
from mapapp.settings import Settings
from mapapp.store import Store, Writer

PATIENCE_S: Final = 4.0
"""How long somebody at a page waits for others who write."""
BRIEF_PATIENCE_S: Final = 0.5
"""How long a request waits to note that a session or a token is in use; it does without, then."""
_TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class AccountParts:
    """Store, settings, secret and chance. ``district_codes`` are the place's; None where nobody asks."""

    store: Store
    settings: Settings
    secret: str = field(repr=False)
    passwords: Passwords
    district_codes: frozenset[str] | None
    random_bytes: Callable[[int], bytes]
    leaked: LeakedPasswords | None
    """None: the operator named no list."""

    def new_token(self) -> str:
        """32 random bytes, as they may stand in a cookie, a path or a header."""
        return base64.urlsafe_b64encode(self.random_bytes(_TOKEN_BYTES)).rstrip(b"=").decode()

    def account_key(self, folded_name: str) -> str:
        """What tries to sign in by that name are counted under, whether there is such an account or not."""
        return keyed_hash(self.secret, "sign-in name", folded_name)

    def place_key(self, place: str) -> str:
        """What tries from there are counted under: a network address, or a session."""
        return keyed_hash(self.secret, "sign-in from", place)

    def has_unknown_district(self, codes: Iterable[str]) -> bool:
        """Whether one of the codes is no district of the place."""
        return self.district_codes is not None and not self.district_codes.issuperset(codes)


def require_manager(writer: Writer, actor: Actor) -> None:
    """Raise Forbidden unless the actor may manage accounts as things stand within this transaction.

    A request carries the rights its sender had when it began; an administrator who was switched off a moment
    ago must not leave a new account or token behind.
    """
    require(actor, Right.MANAGE_ACCOUNTS)
    if actor.account_id is None:
        return
    account = writer.accounts.find(actor.account_id)
    if account is None or account.is_disabled or not may(Actor.of_account(account), Right.MANAGE_ACCOUNTS):
        raise Forbidden(actor, Right.MANAGE_ACCOUNTS)


def token_hash(token: str) -> str:
    """What is stored of a token: enough to know it again, and of no use to whoever reads it.

    Plain SHA-256 will do, because a token is 256 bits of chance and nobody can try them.
    """
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
