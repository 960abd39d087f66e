"""The typed parameters of the interface: one table that reads requests and writes the OpenAPI document.

A ``Parameter`` knows its name, its words, its schema and its one reader. A route names the
parameters it takes; everything else in a query is refused, with the parameter named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, cast

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from geodata.places import Place
from mapapp.web.problems import RequestProblem

T = TypeVar("T")
MAX_SHOWN_CHARS: Final = 60


class Unreadable(ValueError):
    """A parameter's text that its reader refuses; the message is a sentence for the reader's language."""

    def __init__(self, sentence: str, *, code: str = "invalid", parameter: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.parameter = parameter


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parameter(Generic[T]):
    """One query parameter. ``read`` turns its text, in a place, into a value or raises ``Unreadable``."""

    name: str
    description: str
    read: Callable[[str, Place], T]
    schema: Callable[[Place], Mapping[str, Any]]
    default: T | None = None
    required: bool = False
    is_list: bool = False
    example: str | float | None = None


class Values:
    """What a request said, by parameter; typed by the parameter itself."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def __getitem__(self, parameter: Parameter[T]) -> T:
        """The value of a parameter that was given, is required, or has a default."""
        value = self._values[parameter.name]
        assert value is not None, parameter.name  # noqa: S101 - ``optional`` is the way to ask for one without default
        return cast("T", value)

    def optional(self, parameter: Parameter[T]) -> T | None:
        """The value of a parameter, or None where it was not given."""
        return cast("T | None", self._values[parameter.name])


def read_parameters(parameters: Iterable[Parameter[Any]], query: MultiDict[str, str], place: Place) -> Values:
    """Every parameter's value.

    Raises
    ------
    RequestProblem
        400, naming the first parameter that is unknown, repeated, empty, missing or unreadable.
    """
    known = {parameter.name: parameter for parameter in parameters}
    _refuse_unknown(query, known)
    return Values({parameter.name: _value(parameter, query, place) for parameter in known.values()})


def _refuse_unknown(query: MultiDict[str, str], known: Mapping[str, object]) -> None:
    for name in query:
        if name in known:
            continue
        shown = name[:MAX_SHOWN_CHARS]
        if known:
            sentence = gettext(
                "There is no parameter “%(name)s” here. The parameters are: %(known)s.",
                name=shown,
                known=", ".join(known),
            )
        else:
            sentence = gettext("There is no parameter “%(name)s” here. This address takes none.", name=shown)
        raise _problem(shown, Unreadable(sentence, code="unknown"))


def _value(parameter: Parameter[T], query: MultiDict[str, str], place: Place) -> T | None:
    name = parameter.name
    if name not in query:
        if parameter.required:
            raise _problem(name, Unreadable(gettext("“%(name)s” is missing.", name=name), code="missing"))
        return parameter.default
    texts = query.getlist(name)
    if len(texts) > 1:
        raise _problem(name, Unreadable(gettext("“%(name)s” is given more than once.", name=name), code="repeated"))
    if not texts[0].strip():
        raise _problem(
            name,
            Unreadable(gettext("“%(name)s” is empty. Leave it out or give it a value.", name=name), code="empty"),
        )
    try:
        return parameter.read(texts[0], place)
    except Unreadable as refusal:
        raise _problem(name, refusal) from None


def _problem(name: str, refusal: Unreadable) -> RequestProblem:
    return RequestProblem(400, refusal.sentence, parameter=refusal.parameter or name, code=refusal.code)
