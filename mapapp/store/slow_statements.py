"""Statements that took long: each is told once it is done, without any value of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Connection, Engine, event

OnSlow = Callable[[str, float], None]
"""Called with the statement without its values, and the seconds it took."""

_MAX_CHARS: Final = 1000
_QUOTED: Final = re.compile(r"'(?:[^']|'')*'")
_NUMBER: Final = re.compile(r"(?<![\w.])\d+\.\d+")
_SPACES: Final = re.compile(r"\s+")
_BEGUN: Final = "stationmap_begun_s"


def watch_statements(
    engine: Engine, slower_than_s: float, on_slow: OnSlow, clock_s: Callable[[], float] = time.perf_counter
) -> None:
    """Tell of every statement that takes longer, from the next one on; waiting for another writer counts."""

    def begin(connection: Connection, *_: Any) -> None:
        connection.info[_BEGUN] = clock_s()

    def end(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        begun_s = connection.info.pop(_BEGUN, None)
        if begun_s is not None and (took_s := clock_s() - begun_s) >= slower_than_s:
            on_slow(without_values(statement), took_s)

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)


def without_values(statement: str) -> str:
    """The statement on one line, shortened, with everything quoted and every decimal number struck out.

    Values travel beside our statements and never stand in them; this is for the ones a library writes.
    """
    bare = _NUMBER.sub("?", _QUOTED.sub("'?'", statement))
    return _SPACES.sub(" ", bare).strip()[:_MAX_CHARS]
