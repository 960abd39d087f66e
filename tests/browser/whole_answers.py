"""Answers for the test servers that run in this process.

Werkzeug's server does not close the body of an answer whose visitor went away meanwhile, which leaves its file open.
"""

from __future__ import annotations

from collections.abc import Iterable


def whole(body: Iterable[bytes]) -> list[bytes]:
    """The body, read and closed."""
    try:
        return [b"".join(body)]
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()
