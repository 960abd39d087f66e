"""Statements that take long are told of, without their values; on both databases."""

from __future__ import annotations

import pytest

from mapapp.store import Store
from mapapp.store.slow_statements import without_values


def test_every_slow_statement_is_told_without_its_values(store: Store) -> None:
    told: list[str] = []
    store.watch_statements(0, lambda statement, _took_s: told.append(statement))

    with store.reading() as reader:
        reader.stations_of(["A-SECRET"])

    assert any("FROM stations" in statement for statement in told)
    assert "SECRET" not in str(told)


def test_a_quick_statement_is_not(store: Store) -> None:
    told: list[str] = []
    store.watch_statements(3600, lambda statement, _took_s: told.append(statement))

    store.data_revision()

    assert told == []


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("SELECT 1\n  FROM t", "SELECT 1 FROM t"),
        ("SELECT * FROM t WHERE name = 'O''Brien' AND x = 106.2309", "SELECT * FROM t WHERE name = '?' AND x = ?"),
        ("SET LOCAL lock_timeout = 4000", "SET LOCAL lock_timeout = 4000"),
    ],
)
def test_what_a_library_wrote_into_a_statement_is_struck_out(statement: str, shown: str) -> None:
    assert without_values(statement) == shown


def test_a_long_statement_is_cut() -> None:
    assert len(without_values("SELECT " + "x, " * 10_000)) == 1000
