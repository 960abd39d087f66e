"""Every request from its first byte to its last: its name, how long it took, and how many there are.

The name goes back as ``X-Request-ID`` and into every line of the log that the request causes. It is made here; one
that comes with the request is taken only where proxies are trusted, and only if it is plain.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, request

from mapapp.services.observing.instruments import WebInstruments
from mapapp.services.observing.log_lines import new_id, set_request, taken_id

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ID_HEADER: Final = "X-Request-ID"
_ID_VARIABLE: Final = "HTTP_X_REQUEST_ID"
_ENDPOINT: Final = "stationmap.endpoint"
_STATIC_ROOT: Final = "/static/"
STATIC: Final = "static"
UNKNOWN: Final = "unknown"
"""The endpoint of an address that is none of ours."""


class RequestWatch:
    """WSGI middleware around everything else.

    Parameters
    ----------
    believes_ids
        Whether a name that comes with a request is taken: there is a proxy in front that makes or checks them.
    """

    def __init__(
        self,
        application: WSGIApplication,
        instruments: WebInstruments,
        *,
        believes_ids: bool,
        clock_s: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._application = application
        self._instruments = instruments
        self._believes_ids = believes_ids
        self._clock_s = clock_s

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer the request under its name, and count it when its last byte has been handed over."""
        given = taken_id(str(environ.get(_ID_VARIABLE, ""))) if self._believes_ids else None
        request_id = given or new_id()
        set_request(request_id)
        watched = _Watched(environ, self._instruments, self._clock_s)

        def sign(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            watched.status = status[:3]
            signed = [*headers, (ID_HEADER, request_id)]
            return start_response(status, signed, exc_info) if exc_info else start_response(status, signed)

        try:
            watched.body = self._application(environ, sign)
        except BaseException:
            watched.end()
            raise
        return watched


class _Watched:
    """One request that is being answered, and the body of its answer."""

    def __init__(self, environ: WSGIEnvironment, instruments: WebInstruments, clock_s: Callable[[], float]) -> None:
        self.status = "500"
        self.body: Iterable[bytes] = ()
        self._environ = environ
        self._instruments = instruments
        self._clock_s = clock_s
        self._begun_s = clock_s()
        self._has_ended = False
        instruments.in_progress.inc()

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.body)

    def close(self) -> None:
        try:
            close = getattr(self.body, "close", None)
            if close is not None:
                close()
        finally:
            self.end()

    def end(self) -> None:
        """Count it, once."""
        if self._has_ended:
            return
        self._has_ended = True
        environ = self._environ
        endpoint = environ.get(_ENDPOINT) or _endpoint_of_path(str(environ.get("PATH_INFO", "")))
        method = str(environ.get("REQUEST_METHOD", ""))
        self._instruments.in_progress.dec()
        self._instruments.count_answer(endpoint, method, self.status, self._clock_s() - self._begun_s)
        set_request("")


def _endpoint_of_path(path: str) -> str:
    """What a request is counted under that never reached the application's addresses."""
    return STATIC if path.startswith(_STATIC_ROOT) else UNKNOWN


def install_request_watch(app: Flask, instruments: WebInstruments, *, believes_ids: bool) -> None:
    """Wrap everything installed so far; to be called last."""
    app.url_value_preprocessor(_note_endpoint)  # before anything may refuse the request
    app.wsgi_app = RequestWatch(  # type: ignore[method-assign]  # Flask's documented way to wrap
        app.wsgi_app, instruments, believes_ids=believes_ids
    )


def _note_endpoint(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    if endpoint is not None:
        request.environ[_ENDPOINT] = endpoint
