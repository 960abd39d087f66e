"""What the store refuses on purpose.

::

    GeodataError
    └── StoreError
        ├── StoreUnusable (RuntimeError)       no database there, or of another version than this program
        ├── StoreBusy (RuntimeError)           others are writing, and it takes too long
        │   └── StoreAway                      the database does not answer
        │       ├── StoreFull                  it has no room left
        │       └── FilesUnkept                files beside it cannot be written
        ├── UnknownStation (LookupError)       no station with that code
        ├── CodeTaken (ValueError)             another station has that code already
        ├── StaleVersion (RuntimeError)        somebody else saved first; ``current`` is what they saved
        ├── MixedSampleAndReal (RuntimeError)  sample and real stations may never stand together
        └── UnstorableText (ValueError)        text that not every database can hold
"""

from __future__ import annotations

from sqlalchemy.exc import DontWrapMixin

from geodata.errors import GeodataError
from geodata.stations.station import Station


class StoreError(GeodataError):
    """The root of what the store refuses."""


class StoreUnusable(StoreError, RuntimeError):
    """A database that is missing, not migrated, or newer than this program.

    Attributes
    ----------
    zh, en : str
        What is wrong and what to do, for the person at the machine.
    """

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh


class StoreBusy(StoreError, RuntimeError):
    """Others have been writing for so long that this write was not begun; nothing was changed.

    Attributes
    ----------
    retry_after_s : int
        When to try again.
    """

    def __init__(self, retry_after_s: int = 5) -> None:
        super().__init__("Somebody else is writing to the database and has not finished. Try again in a moment.")
        self.retry_after_s = retry_after_s


class StoreAway(StoreBusy):
    """The database does not answer, or cannot do its work; nothing was changed, and it may go well later."""

    def __init__(self, retry_after_s: int = 10) -> None:
        super().__init__(retry_after_s)
        self.args = ("The database does not answer at the moment.",)


class StoreFull(StoreAway):
    """The database has no room left for what was to be written; nothing was changed."""

    def __init__(self, retry_after_s: int = 60) -> None:
        super().__init__(retry_after_s)
        self.args = ("The database has no room left.",)


class FilesUnkept(StoreAway):
    """A photo or list that belongs beside the database cannot be written; nothing was changed.

    Attributes
    ----------
    is_full : bool
        Whether there is no room for it; else the disk fails, or nobody may write to it.
    """

    def __init__(self, *, is_full: bool, retry_after_s: int = 60) -> None:
        super().__init__(retry_after_s)
        self.args = ("There is no room for the file." if is_full else "The file cannot be written.",)
        self.is_full = is_full


class UnknownStation(StoreError, LookupError):
    """No station with that code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"There is no station with the code {code}.")
        self.code = code


class CodeTaken(StoreError, ValueError):
    """Another station has that code already."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The code {code} belongs to another station already.")
        self.code = code


class StaleVersion(StoreError, RuntimeError):
    """The station was changed since it was read; ``current`` is its value now."""

    def __init__(self, current: Station, expected_version: int) -> None:
        super().__init__(
            f"Station {current.code} is at version {current.version}, not {expected_version}: "
            "somebody else changed it. Look at their change and save again."
        )
        self.current = current
        self.expected_version = expected_version


class MixedSampleAndReal(StoreError, RuntimeError):
    """A write that would put sample stations beside real ones."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"Station {code} cannot be saved: sample stations and real ones may not stand in one database. "
            "Importing real stations removes the sample first."
        )
        self.code = code


class UnstorableText(StoreError, ValueError, DontWrapMixin):
    """Text that not every database can hold: NUL, half a character, or too much of it.

    SQLAlchemy lets it through as it is, with none of the statement's words around it.
    """
