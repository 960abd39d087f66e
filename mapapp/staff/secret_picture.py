"""A QR code of something secret: drawn for one answer and kept nowhere."""

from __future__ import annotations

from mapapp.services.qr_picture import QrPicture, qr_picture


def secret_qr(text: str) -> QrPicture:
    """The code of a secret, past the memory that codes of addresses are kept in."""
    drawn: QrPicture = qr_picture.__wrapped__(text)
    return drawn
