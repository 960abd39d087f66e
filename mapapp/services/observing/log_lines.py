"""Lines of the log, as text for people or as JSON for programs, each with the request or job it belongs to.

Nothing here adds to what the callers of `logging` say: a line of JSON has their message, and of the fields they pass
in ``extra`` those of `FIELDS`. A traceback is written with every number that could be a coordinate struck out.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

FIELDS: Final = ("method", "path", "status", "took_ms", "bytes", "job", "kind", "attempt", "statement")
"""What a line of JSON may have besides what every line has."""

_slow: Final = logging.getLogger("mapapp.slow")
_REQUEST: Final[ContextVar[str]] = ContextVar("stationmap_request", default="")
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_COORDINATE_LIKE: Final = re.compile(r"(?<![\w.])\d{1,3}\.\d{2,}")


def new_id() -> str:
    """The name of a request: 64 random bits, of which nothing can be told."""
    return secrets.token_hex(8)


def taken_id(given: str) -> str | None:
    """The name a proxy gave a request if it is one that can be written anywhere, else None."""
    return given if _ID.fullmatch(given) else None


def set_request(request_id: str) -> None:
    """From now on this thread's lines belong to that request; to none if empty."""
    _REQUEST.set(request_id)


def current_request() -> str:
    """The request this thread's lines belong to, or nothing."""
    return _REQUEST.get()


@contextmanager
def lines_of(name: str) -> Iterator[None]:
    """Within the block this thread's lines belong to ``name``, such as ``job-12``."""
    before = _REQUEST.set(name)
    try:
        yield
    finally:
        _REQUEST.reset(before)


def log_handler(log_format: str) -> logging.Handler:
    """A handler that writes to standard error, one line or one document an event."""
    handler = logging.StreamHandler()
    handler.setFormatter(log_formatter(log_format))
    return handler


def log_formatter(log_format: str) -> logging.Formatter:
    """How lines look: ``text`` or ``json``."""
    return JsonLines() if log_format == "json" else TextLines()


def log_slow_statement(statement: str, took_s: float) -> None:
    """Write down a statement that took long; its values are struck out already."""
    took_ms = round(took_s * 1000, 1)
    _slow.warning("%.1fms %s", took_ms, statement, extra={"took_ms": took_ms, "statement": statement})


def without_coordinates(text: str) -> str:
    """The text with every decimal number that could be a longitude or latitude struck out."""
    return _COORDINATE_LIKE.sub("[number]", text)


class TextLines(logging.Formatter):
    """A line for people: when, how grave, who says it, what, and of which request."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name logging gives it
        """The line without a traceback."""
        line = super().formatMessage(record)
        request = current_request()
        return f"{line} [{request}]" if request else line

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name logging gives it
        """The traceback, without coordinates."""
        return without_coordinates(super().formatException(ei))


class JsonLines(logging.Formatter):
    """One JSON object a line; the keys are those of docs/operations.md."""

    def format(self, record: logging.LogRecord) -> str:
        """The object: never a line break in it, so that no text forges a second line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": os.getpid(),
        }
        request = current_request()
        if request:
            line["request"] = request
        line |= {name: record.__dict__[name] for name in FIELDS if name in record.__dict__}
        if record.exc_info:
            line["traceback"] = without_coordinates(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=True, default=str, separators=(",", ":"))
