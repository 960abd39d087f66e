"""What of a request is accepted at all: sizes, and addresses taken as they are written."""

from __future__ import annotations

from typing import Final

from flask import Flask, request
from werkzeug.exceptions import LengthRequired

MAX_FORM_PARTS: Final = 200


def install_request_limits(app: Flask, max_body_bytes: int) -> None:
    """Bound bodies, and never redirect to a "better" spelling: such redirects repeat the Host header."""
    app.config["MAX_CONTENT_LENGTH"] = max_body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = max_body_bytes
    app.config["MAX_FORM_PARTS"] = MAX_FORM_PARTS
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    app.before_request(_refuse_body_without_length)


def _refuse_body_without_length() -> None:
    """Refuse a body that comes in chunks: werkzeug would cut it at the limit and go on as if it were whole."""
    if request.content_length is None and "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        raise LengthRequired
