"""Scenarios in their table: named sets of interventions, saved with a version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from mapapp.store.errors import StoreError
from mapapp.store.planning_rows import LARGEST_NUMBER
from mapapp.store.planning_tables import scenarios
from mapapp.store.sorting import by_characters

_LAST_COUNT: Final = 20
"""Among so many of somebody's scenarios the one is looked for that the same form made."""


class UnknownScenario(StoreError, LookupError):
    """There is no such scenario."""

    def __init__(self, scenario_id: int) -> None:
        super().__init__(f"There is no scenario {scenario_id}.")
        self.scenario_id = scenario_id


class StaleScenario(StoreError, RuntimeError):
    """Somebody else changed the scenario since that version, or took it into the register."""

    def __init__(self, scenario_id: int) -> None:
        super().__init__(f"Scenario {scenario_id} was changed meanwhile.")
        self.scenario_id = scenario_id


class ScenarioSort(StrEnum):
    """What a list of scenarios can be sorted by."""

    UPDATED_AT = "updated_at"
    NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioDraft:
    """What a scenario holds; ``details`` is anything else its maker wants kept (a plan's limits, costs, bound)."""

    name: str
    note: str = ""
    run_id: int | None = None
    question: Mapping[str, Any]
    interventions: tuple[Mapping[str, Any], ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario as it is kept. ``taken_at`` is when it went into the register, by ``taken_by``."""

    id: int
    name: str
    note: str
    run_id: int | None
    question: Mapping[str, Any]
    interventions: tuple[Mapping[str, Any], ...]
    details: Mapping[str, Any]
    created_by: str
    account_id: int | None
    created_at: datetime
    updated_at: datetime
    version: int
    taken_at: datetime | None
    taken_by: str | None


class ScenarioReader:
    """Read access to the scenarios in one state of the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, scenario_id: int) -> Scenario:
        """The scenario of that number; raises UnknownScenario."""
        query = select(scenarios).where(scenarios.c.id == scenario_id)
        row = self._connection.execute(query).mappings().one_or_none() if scenario_id <= LARGEST_NUMBER else None
        if row is None:
            raise UnknownScenario(scenario_id)
        return _scenario(row)

    def several(self, scenario_ids: Sequence[int]) -> dict[int, Scenario]:
        """Those scenarios by number; numbers nobody has are left out."""
        numbers = [number for number in scenario_ids if number <= LARGEST_NUMBER]
        rows = self._connection.execute(select(scenarios).where(scenarios.c.id.in_(numbers))).mappings()
        return {row["id"]: _scenario(row) for row in rows}

    def page(
        self,
        *,
        sort: ScenarioSort = ScenarioSort.UPDATED_AT,
        descending: bool = True,
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[tuple[Scenario, ...], int]:
        """A page of the scenarios, and how many there are."""
        column = scenarios.c[sort.value]
        ordered = by_characters(column, self._connection.dialect.name) if sort is ScenarioSort.NAME else column
        number = scenarios.c.id
        order = (ordered.desc(), number.desc()) if descending else (ordered.asc(), number.asc())
        rows = self._connection.execute(select(scenarios).order_by(*order).offset(offset).limit(limit)).mappings()
        count = self._connection.execute(select(func.count()).select_from(scenarios)).scalar_one()
        return tuple(_scenario(row) for row in rows), int(count)

    def of_form(self, account_id: int, form_key: str) -> Scenario | None:
        """The scenario that somebody kept by this form before, among their last ones."""
        last = self.of_account(account_id, limit=_LAST_COUNT)
        return next((each for each in last if each.details.get("form_key") == form_key), None)

    def of_account(self, account_id: int, *, limit: int) -> tuple[Scenario, ...]:
        """The last scenarios somebody kept, the newest first."""
        query = select(scenarios).where(scenarios.c.account_id == account_id)
        rows = self._connection.execute(query.order_by(scenarios.c.id.desc()).limit(limit)).mappings()
        return tuple(_scenario(row) for row in rows)

    def uses_layer(self, name: str) -> bool:
        """Whether a scenario's question names that demand layer."""
        documents = self._connection.execute(select(scenarios.c.question)).scalars()
        return any(name in document.get("layers", ()) for document in documents)


class ScenarioWriter(ScenarioReader):
    """Read and write access to the scenarios. They are no part of the data revision."""

    def add(self, draft: ScenarioDraft, *, created_by: str, account_id: int | None, at: datetime) -> Scenario:
        """Keep a new scenario as version 1."""
        row = {
            **_columns(draft),
            "created_by": created_by,
            "account_id": account_id,
            "created_at": at,
            "updated_at": at,
            "version": 1,
        }
        query = insert(scenarios).values(row).returning(scenarios.c.id)
        return self.get(int(self._connection.execute(query).scalar_one()))

    def change(self, scenario_id: int, draft: ScenarioDraft, *, expected_version: int, at: datetime) -> Scenario:
        """Write a scenario over its version; raises UnknownScenario or StaleScenario."""
        row = {**_columns(draft), "updated_at": at, "version": expected_version + 1}
        self._update(scenario_id, expected_version, row)
        return self.get(scenario_id)

    def take(self, scenario_id: int, *, expected_version: int, by: str, at: datetime) -> Scenario:
        """Mark that it went into the register, once; raises UnknownScenario, or StaleScenario the second time."""
        self._update(scenario_id, expected_version, {"taken_at": at, "taken_by": by, "version": expected_version + 1})
        return self.get(scenario_id)

    def remove(self, scenario_id: int) -> None:
        """Delete a scenario."""
        self._connection.execute(delete(scenarios).where(scenarios.c.id == scenario_id))

    def _update(self, scenario_id: int, expected_version: int, row: Mapping[str, Any]) -> None:
        number, version = scenarios.c.id, scenarios.c.version
        query = update(scenarios).where(number == scenario_id, version == expected_version).values(row)
        if self._connection.execute(query).rowcount != 1:
            self.get(scenario_id)
            raise StaleScenario(scenario_id)


def _columns(draft: ScenarioDraft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "note": draft.note,
        "run_id": draft.run_id,
        "question": dict(draft.question),
        "interventions": [dict(each) for each in draft.interventions],
        "details": dict(draft.details),
    }


def _scenario(row: RowMapping) -> Scenario:
    return Scenario(
        id=row["id"],
        name=row["name"],
        note=row["note"],
        run_id=row["run_id"],
        question=row["question"],
        interventions=tuple(row["interventions"]),
        details=row["details"],
        created_by=row["created_by"],
        account_id=row["account_id"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
        taken_at=row["taken_at"],
        taken_by=row["taken_by"],
    )
