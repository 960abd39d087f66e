"""What of a request is accepted at all: sizes, and addresses taken as they are written."""

from __future__ import annotations

from typing import Final

from flask import Flask, request
from werkzeug.exceptions import LengthRequired
from werkzeug.routing import IntegerConverter, Map

MAX_FORM_PARTS: Final = 200
MAX_NUMBER: Final = 2**31 - 1


class StorableInteger(IntegerConverter):
    """A number in an address that every database can hold; with a larger one the address is not found."""

    regex = r"\d{1,10}"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=MAX_NUMBER)


def install_request_limits(app: Flask, max_body_bytes: int) -> None:
    """Bound bodies, and never redirect to a "better" spelling: such redirects repeat the Host header."""
    app.config["MAX_CONTENT_LENGTH"] = max_body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = max_body_bytes
    app.config["MAX_FORM_PARTS"] = MAX_FORM_PARTS
    app.url_map.converters["int"] = StorableInteger
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    app.before_request(_refuse_body_without_length)


def _refuse_body_without_length() -> None:
    """Refuse a body that comes in chunks: werkzeug would cut it at the limit and go on as if it were whole."""
    if request.content_length is None and "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        raise LengthRequired
