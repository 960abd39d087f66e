"""The one table from what went wrong to what is answered, as a page or as a problem (RFC 9457).

Blueprints raise ``RequestProblem`` (or let werkzeug raise); nothing else decides a status. The
``instance`` of a problem is the path without its query, because positions travel there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import Flask, render_template, request
from flask_babel import LazyString, lazy_gettext
from flask_limiter import RateLimitExceeded
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from mapapp.services.snapshot import SnapshotNotReady
from mapapp.store import StoreBusy
from mapapp.web.audience import is_for_machines
from mapapp.web.failure_log import log_failure
from mapapp.web.language import current_language

PROBLEM_TYPE: Final = "application/problem+json"


class RequestProblem(Exception):
    """A request that cannot be answered, with a sentence for whoever asked.

    Attributes
    ----------
    status : int
        The HTTP status.
    detail : str
        What is wrong and what to do, in the reader's language.
    parameter : str
        The parameter at fault, or empty.
    code : str
        A short stable word for the reason, for programs.
    """

    def __init__(self, status: int, detail: str, *, parameter: str = "", code: str = "") -> None:
        super().__init__(f"{status} {code} {parameter}".strip())
        self.status = status
        self.detail = detail
        self.parameter = parameter
        self.code = code


@dataclass(frozen=True, slots=True)
class Words:
    """What a status is called, and what a person can do about it."""

    title: LazyString
    detail: LazyString


WORDS: Final[Mapping[int, Words]] = {
    400: Words(
        lazy_gettext("This request cannot be understood"),
        lazy_gettext("Something in it is missing or has the wrong form. Check what you entered and try again."),
    ),
    403: Words(
        lazy_gettext("This is not accepted from there"),
        lazy_gettext("Open the page of this service and start again from there."),
    ),
    404: Words(
        lazy_gettext("There is nothing here"),
        lazy_gettext("The address may be mistyped, or the station may have been removed."),
    ),
    405: Words(
        lazy_gettext("This address does not work that way"),
        lazy_gettext("It exists, but not for this kind of request. Start again from the map."),
    ),
    413: Words(
        lazy_gettext("That was too much at once"),
        lazy_gettext("The request is larger than this service reads. Send less."),
    ),
    429: Words(
        lazy_gettext("Too many requests"),
        lazy_gettext("Please wait a minute and try again."),
    ),
    500: Words(
        lazy_gettext("Something broke on our side"),
        lazy_gettext("It has been written down. Please try again in a moment."),
    ),
    503: Words(
        lazy_gettext("Not ready yet"),
        lazy_gettext("The service is starting or cannot reach its data. Please try again in a moment."),
    ),
}

_BUSY: Final = lazy_gettext("Others are saving at the moment. Please try again in a few seconds.")


def install_problems(app: Flask) -> None:
    """Answer every error: problems to machines, pages that help to people."""
    app.register_error_handler(RequestProblem, _on_request_problem)
    app.register_error_handler(SnapshotNotReady, _on_not_ready)
    app.register_error_handler(StoreBusy, _on_busy)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(InternalServerError, _on_failure)


def _on_request_problem(problem: RequestProblem) -> Response:
    return _answer(problem.status, problem.detail, {"parameter": problem.parameter, "code": problem.code})


def _on_not_ready(_error: SnapshotNotReady) -> Response:
    return _answer(503, str(WORDS[503].detail), {})


def _on_busy(error: StoreBusy) -> Response:
    response = _answer(503, str(_BUSY), {"code": "busy"})
    response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _on_http_error(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    response = _answer(error.code, str(words_of(error.code).detail), {})
    for name, value in error.get_headers(request.environ):
        if name.lower() != "content-type":
            response.headers[name] = value
    if isinstance(error, RateLimitExceeded):
        response.headers["Retry-After"] = str(error.limit.limit.get_expiry())
    return response


def _on_failure(_error: InternalServerError) -> Response:
    return _answer(500, str(WORDS[500].detail), {})


def words_of(status: int) -> Words:
    """The words of a status; those of 400 or 500 where it has none of its own."""
    return WORDS.get(status) or WORDS[500 if status >= 500 else 400]


def _answer(status: int, detail: str, extra: Mapping[str, str]) -> Response:
    title = str(words_of(status).title)
    if is_for_machines(request.path):
        response = problem_response(status, title, detail, extra)
    else:
        response = Response(_page(status, title, detail), status=status, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def problem_response(status: int, title: str, detail: str, extra: Mapping[str, str]) -> Response:
    """A problem document; empty members are left out."""
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": request.path}
    document |= {name: value for name, value in extra.items() if value}
    return Response(json.dumps(document, ensure_ascii=False), status=status, content_type=PROBLEM_TYPE)


def _page(status: int, title: str, detail: str) -> str:
    """The error page; a bare one where even the page around it fails."""
    words = {"status": status, "title": title, "detail": detail, "language": current_language()}
    try:
        return render_template("errors/error.html", **words)
    except Exception as error:  # whatever broke the page, the visitor still gets an answer
        log_failure(error)
        return render_template("errors/bare.html", **words)
