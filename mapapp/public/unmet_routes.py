"""The address of the quiet signal: a search had no good answer, and whoever searched wants planners to know.

The body is strict: a square of the grid in whole hundredths of a degree, the hour of the week, the filters, and not
one field more. A browser without our cookie gets one and is told to send once more: a signal is kept only from a
browser that keeps its cookie, or one person would count as many. Nothing of the body is logged or repeated.
"""

from __future__ import annotations

import json
import secrets
from typing import Any, Final, NoReturn

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from geodata.errors import InvalidValue
from geodata.stations.vocabulary import Service, StationKind
from geodata.unmet.signal import ALWAYS_OPEN, OPEN_LATE, GridSquare, UnmetSignal, kind_asked, service_asked
from mapapp.public.blueprint import public
from mapapp.public.phrases import phrase
from mapapp.services.unmet.taking import Device, SignalRefused, TooManySignals, take_signal
from mapapp.store import MonthClosed, StoreBusy
from mapapp.web import services
from mapapp.web.bodies import NEVER_STORE
from mapapp.web.device import device_of_request, keep_device
from mapapp.web.problems import RequestProblem, problem_response, words_of
from mapapp.web.same_origin import require_same_origin

MAX_SIGNAL_BYTES: Final = 2048
_DEVICE_BYTES: Final = 16
_FIELDS: Final = frozenset({"cell", "hour", "filters"})
_FILTERS: Final = frozenset({"kinds", "services", OPEN_LATE, ALWAYS_OPEN})
_CELL_NUMBERS: Final = 2


@public.post("/unmet")
def send_unmet() -> Response:
    """Take a signal in. ``state`` of the answer: ``taken``, ``known`` (said before), ``again`` (with the cookie)."""
    parts = services()
    try:
        require_same_origin(parts.settings.public_url)
        signal = _signal(_document())
    except RequestProblem as error:
        return _refused(error.status, error.detail, error.code)
    except RequestEntityTooLarge:
        return _refused(413, phrase("unmet_unreadable"), "too_large")
    except InvalidValue:
        return _refused(400, phrase("unmet_unreadable"), "unreadable")
    name = device_of_request(parts.secret)
    if name is None:
        answer = _answered("again", 202)
        keep_device(answer, secrets.token_hex(_DEVICE_BYTES), parts.secret)
        return answer
    return _taken(signal, Device(name, request.remote_addr or ""))


def _taken(signal: UnmetSignal, device: Device) -> Response:
    parts = services()
    try:
        is_new = take_signal(parts.store, parts.place, parts.secret, signal, device, parts.now())
    except SignalRefused as error:
        return _refused(422, phrase(f"unmet_{error.code}"), error.code)
    except TooManySignals as error:
        return _refused(429, phrase("unmet_too_many"), "too_many", retry_after_s=error.retry_after_s)
    except MonthClosed:
        return _refused(503, phrase("unmet_not_now"), "closed")
    except StoreBusy as error:
        return _refused(503, phrase("unmet_not_now"), "busy", retry_after_s=error.retry_after_s)
    return _answered("taken", 201) if is_new else _answered("known", 200)


def _document() -> Any:
    """The body as JSON without repeated names, NaN or infinities."""
    request.max_content_length = MAX_SIGNAL_BYTES
    if request.mimetype != "application/json" or request.args:
        raise InvalidValue("Not a signal.", field="body")
    try:
        return json.loads(request.get_data(cache=False), object_pairs_hook=_once_each, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise InvalidValue("Not JSON.", field="body") from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A name stands there twice.")
    return found


def _no_number(_text: str) -> NoReturn:
    raise ValueError("Not a number.")


def _signal(document: Any) -> UnmetSignal:
    """The signal of a body that has each field, and no other.

    Raises
    ------
    InvalidValue
        It has not.
    """
    if not isinstance(document, dict) or set(document) != _FIELDS:
        raise InvalidValue("Not the fields of a signal.", field="body")
    cell, hour = document["cell"], document["hour"]
    if not isinstance(cell, list) or len(cell) != _CELL_NUMBERS or not all(type(each) is int for each in [*cell, hour]):
        raise InvalidValue("A cell is two whole numbers, an hour is one.", field="cell")
    return UnmetSignal(GridSquare(*cell), hour, _asked(document["filters"]))


def _asked(filters: Any) -> frozenset[str]:
    if not isinstance(filters, dict) or set(filters) != _FILTERS:
        raise InvalidValue("Not the filters of a search.", field="filters")
    flags = {name for name in (OPEN_LATE, ALWAYS_OPEN) if filters[name] is True}
    if not all(isinstance(filters[name], bool) for name in (OPEN_LATE, ALWAYS_OPEN)):
        raise InvalidValue("A flag is true or false.", field="filters")
    kinds = [kind_asked(StationKind(code)) for code in _codes(filters["kinds"], StationKind)]
    wanted = [service_asked(Service(code)) for code in _codes(filters["services"], Service)]
    return frozenset({*kinds, *wanted, *flags})


def _codes(values: Any, vocabulary: type[StationKind] | type[Service]) -> list[str]:
    """A list of codes of a vocabulary, once each."""
    known = {each.value for each in vocabulary}
    if not isinstance(values, list) or not all(isinstance(each, str) and each in known for each in values):
        raise InvalidValue("Not codes of filters.", field="filters")
    if len(set(values)) != len(values):
        raise InvalidValue("A filter stands there twice.", field="filters")
    return values


def _answered(state: str, status: int) -> Response:
    answer = Response(json.dumps({"state": state}), status=status, content_type="application/json")
    answer.headers["Cache-Control"] = NEVER_STORE
    return answer


def _refused(status: int, detail: str, code: str, *, retry_after_s: int = 0) -> Response:
    answer = problem_response(status, str(words_of(status).title), detail, {"code": code})
    answer.headers["Cache-Control"] = NEVER_STORE
    if retry_after_s:
        answer.headers["Retry-After"] = str(retry_after_s)
    return answer
