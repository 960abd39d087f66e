"""Forwarded headers are believed only from the number of proxies the operator names.

``X-Forwarded-Host`` and ``-Prefix`` are never believed: no link of ours needs them.
"""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def install_proxies(app: Flask, trusted_count: int) -> None:
    """Take the visitor's address and scheme from the last ``trusted_count`` forwarders, if any."""
    if trusted_count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way to wrap
            app.wsgi_app, x_for=trusted_count, x_proto=trusted_count, x_host=0, x_port=0, x_prefix=0
        )
