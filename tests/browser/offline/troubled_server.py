"""The service behind bad weather: a real server of our application whose answers a test can spoil.

The application runs in this process, so that a test can also put another release in its place.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.browser.whole_answers import whole

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered instead of what the application would."""

    status: str
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


LOGIN_PAGE: Final = (
    "<!doctype html><title>Free Wi-Fi</title><link rel=icon href=data:,><h1>Log in to the hotel's network</h1>"
)
NOT_FOUND: Final = Answer("404 Not Found", "text/plain", b"gone")
UNAVAILABLE: Final = Answer(
    "503 Service Unavailable", "text/html", b"<title>503</title><link rel=icon href=data:,><h1>nginx</h1>"
)
FOREIGN: Final = Answer("200 OK", "text/html; charset=utf-8", LOGIN_PAGE.encode())
EVERYTHING: Final = r".*"
PAGES: Final = r"/(?!static/|map/|data/|sw\.js).*"
DATA: Final = r"/data/stations\.json"
WORKER: Final = "/sw.js"


@dataclass
class TroubledServer:
    """What stands between a browser and the application. Paths are regular expressions, matched as a whole."""

    application: Flask
    url: str = ""
    asked: list[str] = field(default_factory=list)
    _spoiled: list[tuple[re.Pattern[str], Callable[[], Answer | None]]] = field(default_factory=list)
    _built: dict[str, Answer] = field(default_factory=dict)
    _one_release: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, path: str, answer: Answer) -> None:
        """From now on, answer this instead of what the application would."""
        self._spoiled.insert(0, (re.compile(path), lambda: answer))

    @contextmanager
    def held(self, path: str) -> Iterator[None]:
        """Answer nothing to such requests while the block runs; those that came meanwhile are passed on at its end."""
        end = threading.Event()

        def wait() -> None:
            end.wait()

        held = (re.compile(path), wait)
        self._spoiled.insert(0, held)
        try:
            yield
        finally:
            if held in self._spoiled:
                self._spoiled.remove(held)
            end.set()

    def recover(self) -> None:
        """Answer as the present release does."""
        self._spoiled.clear()

    def release(self, name: str, assets: Mapping[str, bytes] | None = None) -> None:
        """Put another release of the program in this one's place, some of its assets built anew.

        The earlier files of those are gone at once, as on a server that keeps none. The browser may ask for
        the worker by itself at any moment: it gets the whole release or nothing of it.
        """
        with self._one_release:
            for asset, content in (assets or {}).items():
                self._replace(asset, content)
            self.application.extensions["stationmap.release"] = name

    def _replace(self, name: str, content: bytes) -> None:
        names: dict[str, str] = self.application.extensions["stationmap.assets"]
        stem, _, ending = name.rpartition(".")
        earlier, later = names[name], f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}.{ending}"
        self.application.extensions["stationmap.assets"] = {**names, name: later}
        self._built[f"/static/built/{earlier}"] = NOT_FOUND
        self._built[f"/static/built/{later}"] = Answer("200 OK", "text/javascript", content)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path = environ["PATH_INFO"]
        self.asked.append(f"{environ['REQUEST_METHOD']} {path}")
        spoil = next((spoil for pattern, spoil in self._spoiled if pattern.fullmatch(path)), None)
        spoiled = (spoil() if spoil else None) or self._built.get(path)
        if spoiled is None:
            with self._one_release if path == WORKER else nullcontext():
                return whole(self.application(environ, start_response))
        length = ("Content-Length", str(len(spoiled.body)))
        start_response(spoiled.status, [("Content-Type", spoiled.content_type), length, *spoiled.headers])
        return [spoiled.body]


@contextmanager
def serving(server: TroubledServer) -> Iterator[TroubledServer]:
    """Have it listen on a free port of this machine while the block runs."""

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
            """Nothing: the test knows what was asked."""

    http = make_server("127.0.0.1", 0, server, threaded=True, request_handler=Quiet)
    http.daemon_threads = True  # type: ignore[attr-defined]  # the threaded server of werkzeug has it
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{http.server_port}"
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
