"""The secret that cookies are signed with and senders are hashed with."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

from mapapp.settings import Settings

FILE_NAME: Final = "secret_key"
_SECRET_BYTES: Final = 32


class SecretUnusable(RuntimeError):
    """There is no secret and none could be made; the message says what to do."""


def secret_key(settings: Settings) -> str:
    """The secret of this installation: the setting's, or one made once and kept in the data directory.

    Safe to call from several processes at once: all get the same.

    Raises
    ------
    SecretUnusable
        The file cannot be read or made, or holds nothing.
    """
    if settings.secret_key:
        return settings.secret_key
    file = Path(settings.data_dir) / FILE_NAME
    try:
        if not file.exists():
            _make(file)
        secret = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretUnusable(
            f"The secret key {file} cannot be read or made ({error}). "
            "Set MAPAPP_SECRET_KEY, or let MAPAPP_DATA_DIR name a folder the service may write to."
        ) from error
    if not secret:
        raise SecretUnusable(f"The secret key {file} is empty. Delete the file: the next start makes another.")
    return secret


def keyed_hash(secret: str, purpose: str, value: str) -> str:
    """64 hex digits that are equal for equal values, and from which nobody without the secret learns the value.

    ``purpose`` keeps the hashes of different things apart.
    """
    return hmac.new(secret.encode(), f"{purpose}:{value}".encode(errors="replace"), hashlib.sha256).hexdigest()


def _make(file: Path) -> None:
    """Write a new secret beside the file and link it there: whoever is first wins, and nobody reads half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{FILE_NAME}.{os.getpid()}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_urlsafe(_SECRET_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            return
    finally:
        draft.unlink()
