"""A random name for a browser that has sent a report, kept in a signed cookie.

It tells two devices apart and nothing else: it is made when the first report arrives, is never read by
a script, and leads to no person. The signature keeps anybody from making up many of them; a cookie that
does not bear it is as good as none.

``SameSite=Strict``: only our own pages ever need to send it. Over https its name begins with
``__Host-``, which browsers accept only as a secure cookie of this very host.
"""

from __future__ import annotations

import re
from typing import Final

from flask import request
from itsdangerous import BadSignature, Signer
from werkzeug.wrappers import Response

COOKIE: Final = "device"
SECURE_COOKIE: Final = "__Host-device"
_SALT: Final = "mapapp.device"
_AGE_S: Final = 365 * 24 * 3600
_DEVICE: Final = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
_MAX_COOKIE_CHARS: Final = 200


def device_of_request(secret: str) -> str | None:
    """The device that sends the current request; None where it has no name yet or a forged one."""
    signed = request.cookies.get(_cookie_name(), "")
    if len(signed) > _MAX_COOKIE_CHARS:
        return None
    try:
        device = _signer(secret).unsign(signed).decode()
    except (BadSignature, UnicodeDecodeError):
        return None
    return device if _DEVICE.fullmatch(device) else None


def keep_device(response: Response, device: str, secret: str) -> None:
    """Have the browser keep its name for a year from now."""
    response.set_cookie(
        _cookie_name(),
        _signer(secret).sign(device).decode(),
        max_age=_AGE_S,
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )


def _cookie_name() -> str:
    return SECURE_COOKIE if request.is_secure else COOKIE


def _signer(secret: str) -> Signer:
    return Signer(secret, salt=_SALT)
