"""Bodies as they travel: compressed as the client asked, with a strong ETag, or 304.

A ``Payload`` was compressed once when its snapshot was built; other bodies are compressed as they
leave. Each encoding is a representation of its own and has its own ETag. What is sent to us is never compressed.
"""

from __future__ import annotations

import gzip
import hashlib
from typing import Final

import brotli
from flask import Flask, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from mapapp.services.payload import Payload
from mapapp.web.headers import READING_METHODS
from mapapp.web.problems import PROBLEM_TYPE, RequestProblem

REVALIDATE: Final = "public, no-cache"
"""Keep it, but ask each time whether it is still true: a change shows within a second."""
NEVER_STORE: Final = "no-store"
_WORTH_COMPRESSING_BYTES: Final = 1024
_COMPRESSIBLE: Final = ("text/", "application/json", "application/geo+json", PROBLEM_TYPE, "image/svg+xml")
_BROTLI_QUALITY: Final = 3
"""For bodies made for one request: on our pages and answers a third to two thirds of the time of quality 4, for a
twentieth more bytes."""
_GZIP_LEVEL: Final = 6
_CONDITIONS: Final = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE")
_PREFERRED: Final = ("br", "gzip", "identity")
_UNCOMPRESSED: Final = frozenset({"", "identity"})


def install_bodies(app: Flask) -> None:
    """Refuse bodies that are packed. Finish every answer: compress it where that pays, or say 304 to who has it."""
    app.before_request(_refuse_compressed)
    app.after_request(_finish)


def payload_response(payload: Payload, *, cache_control: str = REVALIDATE) -> Response:
    """A prepared payload in the encoding the client likes best."""
    encoding = accepted_encoding()
    bodies = {"br": payload.br, "gzip": payload.gzip, "identity": payload.identity}
    headers = {
        "Content-Type": payload.content_type,
        "ETag": _etag_of(payload.etag.strip('"'), encoding),
        "Cache-Control": cache_control,
        "Vary": "Accept-Encoding",
    }
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    return Response(bodies[encoding], headers=headers)


def body_response(
    body: bytes,
    content_type: str,
    *,
    status: int = 200,
    cache_control: str = REVALIDATE,
    with_etag: bool = True,
    etag: str = "",
) -> Response:
    """A body made for this request; ``_finish`` compresses it. ``etag`` is its tag where it is not the fingerprint."""
    response = Response(body, status=status, content_type=content_type)
    response.headers["Cache-Control"] = cache_control
    if with_etag:
        response.set_etag(etag or hashlib.sha256(body).hexdigest()[:32])
    return response


def accepted_encoding() -> str:
    """The best encoding by the client's q-values; brotli before gzip before none where they tie."""
    accepted = request.accept_encodings
    if not accepted:
        return "identity"
    weights = {encoding: accepted[encoding] for encoding in ("br", "gzip")}
    weights["identity"] = _identity_weight()
    best = max(_PREFERRED, key=lambda encoding: weights[encoding])
    return best if weights[best] > 0 else "identity"


def _identity_weight() -> float:
    """No encoding is acceptable unless refused by name or by ``*``; unnamed, it comes last."""
    named = {value.lower(): quality for value, quality in request.accept_encodings}
    return float(named.get("identity", named.get("*", 0.0001)))


def _refuse_compressed() -> None:
    """Nothing that is sent here is worth packing, and what unpacks to a thousand times as much is never unpacked."""
    if request.method not in READING_METHODS and not _is_uncompressed():
        raise RequestProblem(
            415, gettext("Send the content as it is, not compressed (Content-Encoding)."), code="content_encoding"
        )


def _is_uncompressed() -> bool:
    named = request.headers.get("Content-Encoding", "").split(",")
    return all(encoding.strip().lower() in _UNCOMPRESSED for encoding in named)


def _finish(response: Response) -> Response:
    if response.status_code == 415 and not _is_uncompressed():
        response.headers["Accept-Encoding"] = "identity"
    if (response.mimetype or "").startswith(_COMPRESSIBLE) and "Content-Encoding" not in response.headers:
        _compress(response)
    is_reading = response.status_code == 200 and request.method in {"GET", "HEAD"}
    if is_reading and "ETag" in response.headers and _is_conditional():
        response.make_conditional(request)
        response.headers.pop("Date", None)  # the server writes its own
    return response


def _is_conditional() -> bool:
    """Whether the client says what it has: only then is there anything to compare."""
    return any(name in request.environ for name in _CONDITIONS)


def _compress(response: Response) -> None:
    if response.is_streamed or response.direct_passthrough:
        return
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    encoding = accepted_encoding()
    if encoding == "identity" or len(body) < _WORTH_COMPRESSING_BYTES:
        return
    compressed = _brotli(body) if encoding == "br" else gzip.compress(body, _GZIP_LEVEL, mtime=0)
    response.set_data(compressed)
    _mark(response, encoding)
    tag, weak = response.get_etag()
    if tag is not None and not weak:
        response.headers["ETag"] = _etag_of(tag, encoding)


def _brotli(body: bytes) -> bytes:
    compressed: bytes = brotli.compress(body, quality=_BROTLI_QUALITY)
    return compressed


def _mark(response: Response, encoding: str) -> None:
    response.vary.add("Accept-Encoding")
    if encoding != "identity":
        response.headers["Content-Encoding"] = encoding


def _etag_of(tag: str, encoding: str) -> str:
    return f'"{tag}"' if encoding == "identity" else f'"{tag}-{encoding}"'
