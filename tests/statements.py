"""Counting what the database is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident

from sqlalchemy import event
from sqlalchemy.engine import Engine


@contextmanager
def statements_asked() -> Iterator[list[str]]:
    """Every statement of this thread within the block; other applications of the process ask in their own threads."""
    asked: list[str] = []
    asking = get_ident()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if get_ident() == asking:
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)
