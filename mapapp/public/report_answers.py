"""The answers to a report that was sent: as JSON to our script, as a page to a plain form."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final

from flask import request, url_for
from flask_babel import gettext
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from mapapp.public.phrases import phrase
from mapapp.public.report_form import Problems, ReportForm
from mapapp.public.report_view import problem_sentences
from mapapp.services.reports.desk import Submission
from mapapp.web.bodies import NEVER_STORE
from mapapp.web.device import keep_device
from mapapp.web.problems import PROBLEM_TYPE, RequestProblem, words_of

JSON: Final = "application/json"
FormPage = Callable[[ReportForm, str], str]
"""Makes the form's page again, with a sentence about the whole."""


def is_answered_as_json() -> bool:
    """Whether the sender would rather have JSON than a page."""
    accepted = request.accept_mimetypes
    return bool(accepted[JSON] > accepted["text/html"])


def accepted(submission: Submission, secret: str) -> Response:
    """The way to the report's page, and the browser's name, which it may not have had before."""
    url = url_for("public.report_status", tracking=submission.report.tracking)
    if is_answered_as_json():
        body = json.dumps({"tracking": submission.report.tracking, "url": url})
        answer = Response(body, status=201 if submission.is_new else 200, content_type=JSON)
        answer.headers["Location"] = url
    else:
        answer = redirect(f"{url}?sent={'new' if submission.is_new else 'again'}", 303)
    answer.headers["Cache-Control"] = NEVER_STORE
    keep_device(answer, submission.device, secret)
    return answer


def refused(
    status: int, form: ReportForm, page: FormPage, *, detail: str = "", code: str = "", retry_after_s: int = 0
) -> Response:
    """What is wrong with it: as a problem for each field, or as the form with everything typed still in it."""
    detail = detail or phrase("report_problem_form")
    if is_answered_as_json():
        answer = problem(status, detail, code=code, problems=form.problems)
    else:
        answer = Response(page(form, detail), status=status, content_type="text/html; charset=utf-8")
        answer.headers["Cache-Control"] = NEVER_STORE
    if retry_after_s:
        answer.headers["Retry-After"] = str(retry_after_s)
    return answer


def problem(status: int, detail: str, *, code: str = "", problems: Problems | None = None) -> Response:
    """A problem document with a word and a sentence for each field; to a plain form, the page of that error.

    Raises
    ------
    RequestProblem
        Where a page is wanted.
    """
    if not is_answered_as_json():
        if status == 413:
            kept = gettext("Go back in the browser: what you wrote should still be there.")
            detail = f"{detail} {kept}"
        raise RequestProblem(status, detail, code=code)
    document: dict[str, object] = {
        "type": "about:blank",
        "title": str(words_of(status).title),
        "status": status,
        "detail": detail,
        "instance": request.path,
    }
    if code:
        document["code"] = code
    if problems:
        document["problems"] = _described(problems)
    answer = Response(json.dumps(document, ensure_ascii=False), status=status, content_type=PROBLEM_TYPE)
    answer.headers["Cache-Control"] = NEVER_STORE
    return answer


def _described(problems: Problems) -> Mapping[str, Mapping[str, str]]:
    return {field: {"code": problems[field], "text": text} for field, text in problem_sentences(problems).items()}
