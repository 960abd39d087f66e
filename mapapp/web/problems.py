"""The one table from what went wrong to what is answered, as a page or as a problem (RFC 9457).

Blueprints raise ``RequestProblem`` (or let werkzeug raise); nothing else decides a status. The
``instance`` of a problem is the path without its query, because positions travel there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, render_template, request
from flask.globals import request_ctx
from flask_babel import LazyString, lazy_gettext
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from mapapp.services.jobs.desk import TooManyJobs
from mapapp.services.rights import Forbidden
from mapapp.services.snapshot import SnapshotNotReady
from mapapp.store import StoreBusy, UnknownStation, UnstorableText
from mapapp.web.audience import is_api, is_for_machines, is_staff_path
from mapapp.web.failure_log import log_failure
from mapapp.web.language import current_language

PROBLEM_TYPE: Final = "application/problem+json"


OWN_FRAME: Final = frozenset({403, 404, 405, 410})
"""What people who are signed in are told in the frame of their own pages; nothing is wrong with the service."""


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
    401: Words(
        lazy_gettext("Sign in first"),
        lazy_gettext("This is for staff. Sign in and try again."),
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
    409: Words(
        lazy_gettext("Somebody was faster"),
        lazy_gettext("What you see has changed meanwhile. Look at it again and repeat what you wanted."),
    ),
    412: Words(
        lazy_gettext("Changed meanwhile"),
        lazy_gettext("Somebody saved since you read this. Read it again and repeat your change."),
    ),
    413: Words(
        lazy_gettext("That was too much at once"),
        lazy_gettext("The request is larger than this service reads. Send less."),
    ),
    415: Words(
        lazy_gettext("This kind of content is not read here"),
        lazy_gettext("Send it in one of the forms this address takes."),
    ),
    422: Words(
        lazy_gettext("Some of it cannot be taken"),
        lazy_gettext("Nothing was saved. Mend what is named and send it again."),
    ),
    428: Words(
        lazy_gettext("Say which version you read"),
        lazy_gettext("A change has to name the version it was made from, so that nothing is overwritten unseen."),
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

COME_BACK_AFTER_S: Final = {429: 60, 503: 5}
"""When to try again, where whoever refused does not know better."""
NO_RIGHT: Final = Words(
    lazy_gettext("Your account may not do this"),
    lazy_gettext("Ask an administrator if you need it for your work."),
)
_ABOUT_RIGHTS: Final = frozenset({"forbidden", "scope_needed"})
_BUSY: Final = lazy_gettext("Others are saving at the moment. Please try again in a few seconds.")

_TOO_MANY_JOBS: Final = lazy_gettext("Too much of yours is under way")
_WAIT_FOR_A_JOB: Final = lazy_gettext(
    "%(most)s jobs of yours wait or are being done; more are not taken on. Wait until one is done, or cancel one. "
    "Nothing was lost: ask once more then."
)


def install_problems(app: Flask) -> None:
    """Answer every error: problems to machines, pages that help to people."""
    app.register_error_handler(RequestProblem, _on_request_problem)
    app.register_error_handler(SnapshotNotReady, _on_not_ready)
    app.register_error_handler(StoreBusy, _on_busy)
    app.register_error_handler(TooManyJobs, _on_too_many_jobs)
    app.register_error_handler(UnknownStation, _on_unknown_station)
    app.register_error_handler(UnstorableText, _on_unstorable_text)
    app.register_error_handler(Forbidden, _on_forbidden)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(InternalServerError, _on_failure)


def _on_request_problem(problem: RequestProblem) -> Response:
    title = str(NO_RIGHT.title) if problem.code in _ABOUT_RIGHTS else ""
    response = answer_problem(
        problem.status, problem.detail, {"parameter": problem.parameter, "code": problem.code}, title
    )
    if problem.status == 401 and is_api(request.path):
        error = ', error="invalid_token"' if "Authorization" in request.headers else ""
        response.headers["WWW-Authenticate"] = f'Bearer realm="stationmap"{error}'
    return response


def _on_forbidden(error: Forbidden) -> Response:
    return answer_problem(403, str(NO_RIGHT.detail), {"code": error.code}, str(NO_RIGHT.title))


def _on_not_ready(_error: SnapshotNotReady) -> Response:
    return answer_problem(503, str(WORDS[503].detail), {})


def _on_busy(error: StoreBusy) -> Response:
    response = answer_problem(503, str(_BUSY), {"code": "busy"})
    response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _on_too_many_jobs(error: TooManyJobs) -> Response:
    return answer_problem(429, too_many_jobs_words(error), {"code": "too_many_jobs"}, str(_TOO_MANY_JOBS))


def too_many_jobs_words(error: TooManyJobs) -> str:
    """The sentence for somebody of whom too many jobs are under way."""
    return str(_WAIT_FOR_A_JOB % {"most": error.most})


def _on_unknown_station(_error: UnknownStation) -> Response:
    return answer_problem(404, str(WORDS[404].detail), {"code": "unknown_station"})


def _on_unstorable_text(_error: UnstorableText) -> Response:
    return answer_problem(400, str(WORDS[400].detail), {"code": "not_text"})


def _on_http_error(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    response = answer_problem(error.code, str(words_of(error.code).detail), {})
    for name, value in error.get_headers(request.environ):
        if name.lower() != "content-type":
            response.headers[name] = value
    return response


def _on_failure(_error: InternalServerError) -> Response:
    return answer_problem(500, str(WORDS[500].detail), {})


def words_of(status: int) -> Words:
    """The words of a status; those of 400 or 500 where it has none of its own."""
    return WORDS.get(status) or WORDS[500 if status >= 500 else 400]


def wants_a_problem() -> bool:
    """Whether the current request is a program's, or a script's of a staff page, which reads no pages."""
    if is_for_machines(request.path):
        return True
    is_script = request.is_json or request.accept_mimetypes.best == "application/json"
    return is_staff_path(request.path) and is_script


def answer_problem(status: int, detail: str, extra: Mapping[str, str], title: str = "") -> Response:
    """The answer to what went wrong: a problem for programs, a page for people."""
    title = title or str(words_of(status).title)
    if wants_a_problem():
        response = problem_response(status, title, detail, extra)
    else:
        response = Response(_page(status, title, detail), status=status, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    if status in COME_BACK_AFTER_S:
        response.headers["Retry-After"] = str(COME_BACK_AFTER_S[status])
    return response


def problem_response(status: int, title: str, detail: str, extra: Mapping[str, Any]) -> Response:
    """A problem document; empty members are left out."""
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": request.path}
    document |= {name: value for name, value in extra.items() if value}
    return Response(json.dumps(document, ensure_ascii=False), status=status, content_type=PROBLEM_TYPE)


def _page(status: int, title: str, detail: str) -> str:
    """The error page; a bare one where even the page around it fails."""
    words = {"status": status, "title": title, "detail": detail, "language": current_language()}
    words["is_staff_page"] = status in OWN_FRAME and is_staff_path(request.path)
    if request_ctx.url_adapter is None:  # of a Host that is no name: no link can be written
        return render_template("errors/bare.html", **words)
    try:
        return render_template("errors/error.html", **words)
    except Exception as error:  # whatever broke the page, the visitor still gets an answer
        log_failure(error)
        return render_template("errors/bare.html", **words)
