"""What is answered while the database is away or full: reading goes on, writing loses nothing.

Public answers come from the snapshot. Once that was not found to be current for `STALE_AFTER_S`, pages say up to when
it is known to be, and every public answer has it as a header. Whatever needs the database itself is answered 503 with
``Retry-After``; a form that was sent is handed back with everything that stood in it, to be sent again.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from flask import Flask, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from mapapp.store import FilesUnkept, StoreAway, StoreFull
from mapapp.store.trouble import FULL_DISK
from mapapp.web import services
from mapapp.web.audience import is_staff_path
from mapapp.web.csrf import FIELD
from mapapp.web.doorkeeper import Carried, carried_here
from mapapp.web.headers import READING_METHODS
from mapapp.web.language import current_language
from mapapp.web.problems import RequestProblem, answer_problem, wants_a_problem
from mapapp.web.same_origin import require_same_origin

STALE_AFTER_S: Final = 15.0
AS_OF: Final = "Data-As-Of"
_log = logging.getLogger(__name__)
_SECRETS: Final = frozenset({"password", "old_password", "new_password", "repeated_password", "one_time_code"})


def install_away(app: Flask) -> None:
    """Answer what a database that is away cannot, and say how old the rest is."""
    app.register_error_handler(StoreAway, _on_away)
    app.register_error_handler(OSError, _on_disk_trouble)
    app.template_global("data_as_of")(data_as_of)
    app.after_request(_say_since_when)


def data_as_of() -> datetime | None:
    """Up to when the answers are known to be current, in the place's time zone; None while they are."""
    parts = services()
    since = parts.keeper.stands_since(STALE_AFTER_S)
    return since.astimezone(parts.place.timezone) if since is not None else None


def _say_since_when(response: Response) -> Response:
    since = data_as_of()
    if since is not None and not is_staff_path(request.path):
        response.headers[AS_OF] = since.isoformat(timespec="seconds")
    return response


def _on_away(error: StoreAway) -> Response:
    code, title, detail = _words(error)
    carried = None if wants_a_problem() else _carried()
    if carried is None:
        response = answer_problem(503, detail, {"code": code}, title)
    else:
        words = {"status": 503, "title": title, "detail": detail, "language": current_language()}
        page = render_template("errors/away.html", carried=carried, token_field=FIELD, **words)
        response = Response(page, status=503, content_type="text/html; charset=utf-8")
        response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _on_disk_trouble(error: OSError) -> Response:
    """What a full disk keeps from being taken in, wherever that was; every other fault of that class is our own."""
    if error.errno not in FULL_DISK:
        raise error
    _log.error("the disk is full: %s", error.strerror)
    code, title, detail = _words(FilesUnkept(is_full=True))
    response = answer_problem(503, detail, {"code": code}, title)
    response.headers["Retry-After"] = "60"
    return response


def _words(error: StoreAway) -> tuple[str, str, str]:
    """The word for programs, the title and the sentence."""
    if isinstance(error, StoreFull) or (isinstance(error, FilesUnkept) and error.is_full):
        detail = gettext("There is no room left for it. Nothing was saved; whoever runs the service has to make room.")
        return "full", gettext("Nothing can be saved at the moment"), detail
    if isinstance(error, FilesUnkept):
        detail = gettext(
            "The file cannot be kept. Nothing was saved; whoever runs the service has to look at its disk."
        )
        return "unkept", gettext("Nothing can be saved at the moment"), detail
    detail = gettext("Nothing was saved. Stations can still be looked up. Please try again in a moment.")
    return "away", gettext("The database does not answer"), detail


def _carried() -> Carried | None:
    """The form that came with the request, to be sent once more; None where there is none that could be."""
    if request.method in READING_METHODS or _SECRETS & set(request.form):
        return None
    try:
        require_same_origin(services().settings.public_url)  # or another site would have somebody send what it wrote
    except RequestProblem:
        return None
    carried = carried_here()
    query = request.query_string.decode("ascii", "replace")
    return Carried(request.path + (f"?{query}" if query else ""), carried.fields, carried.had_files)
