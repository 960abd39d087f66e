"""Second factors: six digits that change every half minute (RFC 6238), and codes for when the phone is lost."""

from __future__ import annotations

import base64
import binascii
import hmac
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Final

import pyotp

from mapapp.services.accounts.parts import token_hash
from mapapp.services.accounts.refusals import InvalidAccount
from mapapp.services.encryption import Box, NotOpened, derived_key

STEP_S: Final = 30
RECOVERY_CODE_COUNT: Final = 10
ISSUER: Final = "Station map"
"""What authenticator apps show above the codes."""
_SECRET_BYTES: Final = 20
_RECOVERY_BYTES: Final = 15
_RECOVERY_CHARS: Final = 24
_SHORTER_RECOVERY_CHARS: Final = 16
"""Codes that were printed when they had 80 bits stay good."""
_DIGITS: Final = 6
_READ_CHARS: Final = 200


def new_totp_secret(random_bytes: Callable[[int], bytes]) -> str:
    """160 bits of chance, in the letters that authenticator apps read."""
    return base64.b32encode(random_bytes(_SECRET_BYTES)).decode()


def is_totp_secret(text: str) -> bool:
    """Whether that could be one of ours."""
    try:
        return len(base64.b32decode(text)) == _SECRET_BYTES
    except (binascii.Error, ValueError):
        return False


def sealed_totp(secret: str, account_id: int, totp_secret: str) -> str:
    """What is stored of a second factor: encrypted under the service's secret, and of use to that account alone.

    It has 64 characters, as many as its column holds.
    """
    return _box(secret).seal_as_text(base64.b32decode(totp_secret), _bound_to(account_id))


def opened_totp(secret: str, account_id: int, stored: str) -> str | None:
    """The second factor of what is stored; None where the service's secret is another than when it was sealed.

    What was stored before second factors were sealed is one already.
    """
    if is_totp_secret(stored):
        return stored
    try:
        return base64.b32encode(_box(secret).open_text(stored, _bound_to(account_id))).decode()
    except NotOpened:
        return None


def otpauth_uri(totp_secret: str, name: str) -> str:
    """What the QR code says that an authenticator app reads."""
    return pyotp.TOTP(totp_secret, interval=STEP_S).provisioning_uri(name=name, issuer_name=ISSUER)


def accepted_step(totp_secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code that is: the present one, or one before or after it, as clocks go; else None."""
    digits = _plain(code)
    if len(digits) != _DIGITS or not digits.isdecimal():
        return None
    totp, present = pyotp.TOTP(totp_secret, interval=STEP_S), int(now.timestamp()) // STEP_S
    for step in (present, present - 1, present + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode()):
            return step
    return None


def first_step(totp_secret: str, code: str, now: datetime) -> int:
    """The time step of the code that proves an app has got the secret.

    Raises
    ------
    InvalidAccount
        ``totp_code``: these are not its digits now, or it is no secret of ours.
    """
    step = accepted_step(totp_secret, code, now) if is_totp_secret(totp_secret) else None
    if step is None:
        raise InvalidAccount({"totp_code": "wrong"})
    return step


def new_recovery_codes(random_bytes: Callable[[int], bytes]) -> tuple[str, ...]:
    """Ten codes of 120 bits, in six groups of four: enough to be stored as a plain hash."""
    letters = (base64.b32encode(random_bytes(_RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODE_COUNT))
    return tuple("-".join(code[at : at + 4] for at in range(0, _RECOVERY_CHARS, 4)) for code in letters)


def recovery_hash(code: str) -> str | None:
    """What is stored of a recovery code, however it is typed; None for what is none."""
    plain = _plain(code).lower()
    return token_hash(plain) if len(plain) in {_RECOVERY_CHARS, _SHORTER_RECOVERY_CHARS} else None


def _box(secret: str) -> Box:
    return Box(derived_key(secret, "second factors, version 1"))


def _bound_to(account_id: int) -> str:
    return f"second factor of account {account_id}"


def _plain(code: str) -> str:
    """The code without what people type between its parts."""
    return "".join(character for character in unicodedata.normalize("NFKC", code[:_READ_CHARS]) if character.isalnum())
