"""Use case: second factors are sealed anew after the service was given another secret key."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mapapp.services.accounts.parts import PATIENCE_S, AccountParts
from mapapp.services.accounts.totp import is_totp_secret, opened_totp, sealed_totp
from mapapp.store import Origin


class OldKeyUnusable(ValueError):
    """The file with the secret key of before cannot be read, or is empty; the message says which."""


@dataclass(frozen=True, slots=True)
class Resealed:
    """What was done. ``unopened`` are names of accounts whose second factor neither key opens."""

    resealed_count: int
    untouched_count: int
    unopened: tuple[str, ...]


def key_before(file: Path) -> str:
    """The secret key of before, from its file.

    Raises
    ------
    OldKeyUnusable
        It holds none.
    """
    try:
        key = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise OldKeyUnusable(f"{file}: {error}") from error
    if not key:
        raise OldKeyUnusable(f"{file}: empty")
    return key


def reseal_totp(parts: AccountParts, key: str) -> Resealed:
    """Seal every second factor that the key of before opens under the present one, all in one transaction.

    One that the present key opens already stays as it is, so doing it twice is doing it once.
    """
    resealed_count, untouched_count, unopened = 0, 0, []
    with parts.store.writing(Origin.COMMAND, patience_s=PATIENCE_S) as writer:
        for account in writer.accounts.all():
            stored = writer.accounts.credentials(account.id).totp_secret
            if stored is None:
                continue
            totp_secret = opened_totp(parts.secret, account.id, stored)
            if totp_secret is not None and not is_totp_secret(stored):
                untouched_count += 1
                continue
            totp_secret = totp_secret or opened_totp(key, account.id, stored)
            if totp_secret is None:
                unopened.append(account.name)
                continue
            sealed = sealed_totp(parts.secret, account.id, totp_secret)
            writer.accounts.rewrite_totp(account.id, sealed)
            resealed_count += 1
    return Resealed(resealed_count, untouched_count, tuple(unopened))
