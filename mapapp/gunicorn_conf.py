"""How gunicorn runs the application: threads, no log of its own, and no trust in anybody's headers.

``scripts/serve.py`` passes address and process count on the command line; everything that is a
matter of safety is here. ``MAPAPP_TRUSTED_PROXIES`` is the only way forwarded headers are believed.
"""

import importlib
import logging
from typing import Any


class Discretion(logging.Filter):
    """Takes out of gunicorn's own log what it would repeat of a request: query string and address."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass, without what it quotes."""
        if str(record.msg).startswith("Invalid request"):
            record.msg, record.args = "A request that is no proper HTTP was refused.", ()
        elif str(record.msg).startswith("Error handling request") and isinstance(record.args, tuple):
            record.args = tuple(str(word).partition("?")[0] for word in record.args)
        return True


def on_starting(server: Any) -> None:
    """Begin to be discreet, and load the code once: the processes that answer inherit both.

    Only modules are loaded here. The application itself is made in each process, with a database
    connection and a snapshot thread of its own.
    """
    server.log.error_log.addFilter(Discretion())
    for part in ("mapapp.public", "mapapp.planner", "mapapp.api", "mapapp.services.container"):
        importlib.import_module(part)


wsgi_app = "mapapp:create_app()"
worker_class = "gthread"
threads = 8
preload_app = False  # each process builds its own snapshot and follows the data in its own thread
accesslog = None  # mapapp.web.access_log writes one line without query, address or user agent
errorlog = "-"
control_socket_disable = True
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
keepalive = 15
graceful_timeout = 10
