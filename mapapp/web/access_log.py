"""One line a request: method, path, status, milliseconds, bytes.

Without the query string, because positions travel there in the API; without a report's tracking code,
because it opens the report, and without the secret of a one-time link, because it opens an account;
without address, user agent or body, because the service has no use for them. It wraps the whole WSGI
application, so that static files and failures are in it too.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

access_logger: Final = logging.getLogger("mapapp.access")
MAX_PATH_CHARS: Final = 200
_SECRET_FOLLOWS: Final = ("/reports/", "/staff/reports/", "/staff/set-up/")
"""What stands before a word that opens something."""


class AccessLog:
    """WSGI middleware that writes the line when the last byte of an answer has been handed over."""

    def __init__(self, application: WSGIApplication, clock_s: Callable[[], float] = time.perf_counter) -> None:
        self._application = application
        self._clock_s = clock_s

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer the request and keep count."""
        line = _Line(environ, self._clock_s)

        def keep_status(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            line.status = status[:3]
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        try:
            body = self._application(environ, keep_status)
        except BaseException:
            line.write()
            raise
        return _Counted(body, line)


class _Line:
    """What is known of one request so far."""

    def __init__(self, environ: WSGIEnvironment, clock_s: Callable[[], float]) -> None:
        self.method = str(environ.get("REQUEST_METHOD", "-"))[:20]
        self.path = printable_path(str(environ.get("PATH_INFO", "")))
        self.status = "500"
        self.bytes_count = 0
        self._clock_s = clock_s
        self._started_s = clock_s()
        self._is_written = False

    def write(self) -> None:
        if self._is_written:
            return
        self._is_written = True
        took_ms = (self._clock_s() - self._started_s) * 1000
        fields = {"method": self.method, "path": self.path, "status": int(self.status), "took_ms": round(took_ms, 1)}
        access_logger.info(
            "%s %s %s %.1fms %dB",
            self.method,
            self.path,
            self.status,
            took_ms,
            self.bytes_count,
            extra=fields | {"bytes": self.bytes_count},
        )


class _Counted:
    """A body that counts its bytes and writes the line when it is closed."""

    def __init__(self, body: Iterable[bytes], line: _Line) -> None:
        self._body = body
        self._line = line

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._body:
            self._line.bytes_count += len(chunk)
            yield chunk
        self._line.write()

    def close(self) -> None:
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._line.write()


def printable_path(path_info: str) -> str:
    """The path as one short printable word: no line break or escape can forge a second line."""
    for folder in _SECRET_FOLLOWS:
        if path_info.startswith(folder) and path_info != folder:
            return f"{folder}-"
    return quote(path_info.encode("latin-1", "replace"), safe="/-._~:@!$&'()*+,;=")[:MAX_PATH_CHARS] or "/"


def install_access_log(app: Flask) -> None:
    """Wrap everything installed so far."""
    app.wsgi_app = AccessLog(app.wsgi_app)  # type: ignore[method-assign]  # Flask's documented way to wrap
