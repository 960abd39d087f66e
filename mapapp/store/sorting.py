"""How lists are sorted in the database, alike in both."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, collate


def by_characters(column: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """Text by its characters' numbers, whatever the database's own language is."""
    return collate(column, "C" if dialect == "postgresql" else "BINARY")


def missing_outside(column: ColumnElement[Any], descending: bool) -> ColumnElement[Any]:
    """In that direction; what is missing comes first, and last where ``descending``."""
    return column.desc().nulls_last() if descending else column.asc().nulls_first()
