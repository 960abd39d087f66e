"""Security headers on every answer, and the nonce that lets our own inline parts run."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final
from wsgiref.headers import Headers as WsgiHeaders

from flask import Flask, g, request
from werkzeug.wrappers import Response

from mapapp.web.audience import is_api, is_for_machines

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

FIXED_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
READING_METHODS: Final = ("GET", "HEAD", "OPTIONS")
OPEN_TO_OTHER_SITES: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": ", ".join(READING_METHODS),
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Expose-Headers": "ETag, Retry-After, Data-As-Of",
}
"""Any page of any site may read the public interface: it has no cookies to steal."""
_HSTS: Final = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
"""The names below this one too: the service wants a name of its own (docs/security.md)."""
_MACHINE_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def install_headers(app: Flask, tile_hosts: Iterable[str]) -> None:
    """Add the headers to every answer; images may also come from the chosen basemap's hosts."""
    image_sources = " ".join(("'self'", "data:", *tile_hosts))

    @app.context_processor
    def offer_nonce() -> dict[str, object]:
        return {"csp_nonce": csp_nonce}

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in FIXED_HEADERS.items():
            response.headers.setdefault(name, value)
        if response.mimetype == "text/html":
            response.headers.setdefault("Cache-Control", "no-cache")  # its nonce and its state are of this moment
        if is_api(request.path) and request.method in READING_METHODS:
            response.headers.update(OPEN_TO_OTHER_SITES)
        machine = is_for_machines(request.path)
        policy = _MACHINE_POLICY if machine else _page_policy(image_sources)
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if machine else "same-origin")
        return response


def install_https_memory(app: Flask) -> None:
    """Over https, have browsers never ask over http again; on files too, so around everything that answers."""
    application = app.wsgi_app

    def remembering(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("wsgi.url_scheme") != "https":
            return application(environ, start_response)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            headers.append(_HSTS)
            return start_response(status, headers, exc_info)

        return application(environ, start)

    app.wsgi_app = remembering  # type: ignore[method-assign]  # Flask's documented way to wrap


def csp_nonce() -> str:
    """The nonce of the current answer: the same within one request, never the same in two."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def add_static_headers(headers: WsgiHeaders, _path: str, _url: str) -> None:
    """The headers of a file served before Flask sees the request."""
    for name, value in FIXED_HEADERS.items():
        headers[name] = value
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Content-Security-Policy"] = _MACHINE_POLICY  # opened by itself, a picture of ours runs nothing


def _page_policy(image_sources: str) -> str:
    nonce = f"'nonce-{csp_nonce()}'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {nonce}",
            f"style-src 'self' {nonce}",
            f"img-src {image_sources}",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "object-src 'none'",
        )
    )
