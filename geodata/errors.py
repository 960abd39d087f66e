"""Everything the core can refuse, in one small tree.

::

    GeodataError
    ├── InvalidValue (ValueError)        a value that breaks an invariant; ``field`` names it
    │   ├── InvalidCoordinate            outside the globe, NaN, swapped axes
    │   ├── InvalidOpeningHours          a rule the hours library cannot read
    │   ├── InvalidStation               a station whose fields contradict each other
    │   ├── InvalidFields                what is wrong at every field of a document (stations/field_problems.py)
    │   └── InvalidReport                a report that cannot be taken; ``problems`` names every field
    ├── UnknownPlace (LookupError)       no such folder of boundaries
    └── UnreadableFile (ValueError)      an import file that cannot be opened as what it says it is

The database's own refusals are a branch of their own, drawn in ``mapapp/store/errors.py``.

Messages are English sentences for engineers and machine clients. Where a message reaches a
person on a page, the caller translates by class and ``code``; see ``mapapp.web.problems``.
"""

from __future__ import annotations

from collections.abc import Mapping


class GeodataError(Exception):
    """The root: catching it catches whatever the core refuses on purpose."""


class InvalidValue(GeodataError, ValueError):
    """A value that breaks an invariant.

    Attributes
    ----------
    field : str
        The field or parameter at fault, as its users write it.
    code : str
        A short stable word for the reason, for translation.
    """

    def __init__(self, message: str, *, field: str = "", code: str = "invalid") -> None:
        super().__init__(message)
        self.field = field
        self.code = code


class InvalidCoordinate(InvalidValue):
    """A longitude or latitude that is no place on Earth."""


class InvalidOpeningHours(InvalidValue):
    """Opening hours that cannot be read as a rule."""


class InvalidStation(InvalidValue):
    """A station whose fields break an invariant."""


class InvalidReport(InvalidValue):
    """A report that cannot be taken.

    Attributes
    ----------
    problems : Mapping[str, str]
        Each field at fault with a short stable word for the reason.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        words = ", ".join(f"{field}: {code}" for field, code in problems.items())
        first = next(iter(problems.items()), ("", "invalid"))
        super().__init__(f"The report cannot be taken ({words}).", field=first[0], code=first[1])
        self.problems = dict(problems)


class UnknownPlace(GeodataError, LookupError):
    """No place folder of that name."""


class UnreadableFile(GeodataError, ValueError):
    """A file that cannot be opened as the format it claims.

    Attributes
    ----------
    zh, en : str
        The reason as a sentence for the person who chose the file; ``zh`` falls back to ``en``.
    """

    def __init__(self, en: str, zh: str = "") -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh or en
