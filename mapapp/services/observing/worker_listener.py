"""Where a worker's metrics are read: a small server of its own, for nobody but Prometheus."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET6
from threading import Thread
from typing import Any, Final

from prometheus_client import CollectorRegistry

from mapapp.services.observing.exposition import CONTENT_TYPE, may_read_metrics, metrics_text

PATH: Final = "/metrics"
_TIMEOUT_S: Final = 10


class WorkerListener:
    """Answers ``GET /metrics`` on one address, to this machine or to who has the token, until it is closed.

    Raises
    ------
    OSError
        Nothing can listen there.
    """

    def __init__(self, address: tuple[str, int], registry: CollectorRegistry, token: str) -> None:
        self._server = _server_class(address[0])(address, _handler_class(registry, token))
        self._thread = Thread(target=self._server.serve_forever, name="worker-metrics", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _server_class(host: str) -> type[ThreadingHTTPServer]:
    class Server(ThreadingHTTPServer):
        daemon_threads = True
        address_family = AF_INET6 if ":" in host else ThreadingHTTPServer.address_family

    return Server


def _handler_class(registry: CollectorRegistry, token: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _TIMEOUT_S  # a client that says nothing holds no thread for long

        def do_GET(self) -> None:
            authorization = self.headers.get("Authorization", "")
            is_theirs = may_read_metrics(str(self.client_address[0]), self.headers.keys(), authorization, token)
            if self.path.partition("?")[0] != PATH or not is_theirs:
                self.send_error(404)
                return
            body = metrics_text(registry)
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def version_string(self) -> str:
            return "stationmap"

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name the library gives it
            """Nothing: a line each fifteen seconds helps nobody."""

    return Handler
