"""Planning runs in their table. A run's result is one compressed document; lists never read it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, or_, select, update

from mapapp.store.column_types import refuse_unstorable
from mapapp.store.errors import StoreError, UnstorableText
from mapapp.store.planning_tables import planning_runs
from mapapp.store.sorting import by_characters

MAX_TITLE_CHARS: Final = 120
LARGEST_NUMBER: Final = 2**63 - 1
"""What either database can be asked for."""
_LEVEL: Final = 6
_MOST_ASKED: Final = 100
_SHOWN: Final = tuple(column for column in planning_runs.c if column.name != "result")


class UnknownRun(StoreError, LookupError):
    """There is no such run."""

    def __init__(self, run_id: int) -> None:
        super().__init__(f"There is no planning run {run_id}.")
        self.run_id = run_id


class RunSort(StrEnum):
    """What a list of runs can be sorted by."""

    CREATED_AT = "created_at"
    TITLE = "title"
    MADE_BY = "created_by"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDraft:
    """A run that is asked for. ``job_id`` is of the job that computes it, if one does."""

    title: str
    question: Mapping[str, Any]
    question_key: str
    interventions: tuple[Mapping[str, Any], ...] = ()
    code_version: str
    created_by: str
    account_id: int | None
    job_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFindings:
    """What came of a run.

    ``layers`` maps each demand layer that counted to its checksum; ``is_whole``: nothing is missing from ``result``.
    """

    data_revision: int
    layers: Mapping[str, str]
    network_checksum: str
    code_version: str
    headline: Mapping[str, Any]
    result: Mapping[str, Any]
    seconds: float
    is_whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCard:
    """A run without its result. ``data_revision``, ``headline`` and ``seconds`` are None until there is something."""

    id: int
    title: str
    question: Mapping[str, Any]
    question_key: str
    interventions: tuple[Mapping[str, Any], ...]
    job_id: int | None
    data_revision: int | None
    layers: Mapping[str, str]
    network_checksum: str
    code_version: str
    headline: Mapping[str, Any] | None
    is_whole: bool
    seconds: float | None
    created_by: str
    account_id: int | None
    created_at: datetime
    finished_at: datetime | None = field(default=None)


class PlanningReader:
    """Read access to the runs in one state of the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, run_id: int) -> RunCard | None:
        """The run of that number, or None; any number may be asked."""
        if run_id > LARGEST_NUMBER:
            return None
        row = self._connection.execute(select(*_SHOWN).where(planning_runs.c.id == run_id)).mappings().one_or_none()
        return _card(row) if row is not None else None

    def get(self, run_id: int) -> RunCard:
        """The run of that number; raises UnknownRun."""
        card = self.find(run_id)
        if card is None:
            raise UnknownRun(run_id)
        return card

    def newest_of(self, account_id: int) -> RunCard | None:
        """The run an account asked for last, or None."""
        query = select(*_SHOWN).where(planning_runs.c.account_id == account_id)
        row = self._connection.execute(query.order_by(planning_runs.c.id.desc()).limit(1)).mappings().one_or_none()
        return _card(row) if row is not None else None

    def known(self, question_key: str, data_revision: int, code_version: str) -> tuple[RunCard, ...]:
        """The finished runs of a question that the same data and code would answer again, newest first; at most 5."""
        query = select(*_SHOWN).where(
            planning_runs.c.question_key == question_key,
            planning_runs.c.data_revision == data_revision,
            planning_runs.c.code_version == code_version,
            planning_runs.c.is_whole,
        )
        rows = self._connection.execute(query.order_by(planning_runs.c.id.desc()).limit(5)).mappings()
        return tuple(_card(row) for row in rows)

    def asked(self, question_key: str, data_revision: int) -> tuple[RunCard, ...]:
        """The runs of just this question that rest on this data revision, or on none yet; the newest first."""
        revision = planning_runs.c.data_revision
        query = select(*_SHOWN).where(
            planning_runs.c.question_key == question_key, or_(revision == data_revision, revision.is_(None))
        )
        rows = self._connection.execute(query.order_by(planning_runs.c.id.desc()).limit(_MOST_ASKED)).mappings()
        return tuple(_card(row) for row in rows)

    def result(self, run_id: int) -> dict[str, Any] | None:
        """What came of a run so far, with the ``seconds`` it took; None while there is nothing. Raises UnknownRun."""
        query = select(planning_runs.c.result, planning_runs.c.seconds).where(planning_runs.c.id == run_id)
        row = self._connection.execute(query).one_or_none() if run_id <= LARGEST_NUMBER else None
        if row is None:
            raise UnknownRun(run_id)
        return None if row[0] is None else unpacked_document(row[0]) | {"seconds": row[1]}

    def page(
        self,
        *,
        sort: RunSort = RunSort.CREATED_AT,
        descending: bool = True,
        offset: int = 0,
        limit: int = 50,
        account_id: int | None = None,
        words: str = "",
    ) -> tuple[tuple[RunCard, ...], int]:
        """A page of the runs, and how many there are.

        Of one account if one is named, with ``words`` in the title or the maker's name; any text may be asked.
        """
        try:
            refuse_unstorable(words)
            return self._page(sort, descending, offset, limit, account_id, words)
        except UnstorableText:
            return (), 0

    def _page(
        self, sort: RunSort, descending: bool, offset: int, limit: int, account_id: int | None, words: str
    ) -> tuple[tuple[RunCard, ...], int]:
        column = planning_runs.c[sort.value]
        ordered = column if sort is RunSort.CREATED_AT else by_characters(column, self._connection.dialect.name)
        number = planning_runs.c.id
        query = _narrowed(select(*_SHOWN), account_id, words)
        query = query.order_by(*((ordered.desc(), number.desc()) if descending else (ordered.asc(), number.asc())))
        rows = self._connection.execute(query.offset(offset).limit(limit)).mappings()
        counting = _narrowed(select(func.count()).select_from(planning_runs), account_id, words)
        return tuple(_card(row) for row in rows), int(self._connection.execute(counting).scalar_one())

    def uses_layer(self, name: str) -> bool:
        """Whether a run asked for that demand layer by name, or was counted by it."""
        query = select(planning_runs.c.layers, planning_runs.c.question)
        return any(
            name in row["layers"] or name in row["question"].get("layers", ())
            for row in self._connection.execute(query).mappings()
        )


class PlanningWriter(PlanningReader):
    """Read and write access to the runs. They are no part of the data revision."""

    def add(self, draft: RunDraft, now: datetime) -> RunCard:
        """Keep a run of which nothing is known yet."""
        row = {
            "title": draft.title,
            "question": dict(draft.question),
            "question_key": draft.question_key,
            "interventions": [dict(each) for each in draft.interventions],
            "job_id": draft.job_id,
            "layers": {},
            "network_checksum": "",
            "code_version": draft.code_version,
            "is_whole": False,
            "created_by": draft.created_by,
            "account_id": draft.account_id,
            "created_at": now,
        }
        query = insert(planning_runs).values(row).returning(planning_runs.c.id)
        return self.get(int(self._connection.execute(query).scalar_one()))

    def save(self, run_id: int, findings: RunFindings, now: datetime) -> None:
        """Keep what came of a run, over what was kept of it before; a whole result is never written over."""
        row = {
            "data_revision": findings.data_revision,
            "layers": dict(findings.layers),
            "network_checksum": findings.network_checksum,
            "code_version": findings.code_version,
            "headline": dict(findings.headline),
            "result": packed_document(findings.result),
            "is_whole": findings.is_whole,
            "seconds": findings.seconds,
            "finished_at": now if findings.is_whole else None,
        }
        self._connection.execute(
            update(planning_runs).where(planning_runs.c.id == run_id, planning_runs.c.is_whole.is_(False)).values(row)
        )

    def await_job(self, run_id: int, job_id: int) -> None:
        """Let a job compute what is still missing."""
        self._connection.execute(update(planning_runs).where(planning_runs.c.id == run_id).values(job_id=job_id))

    def rename(self, run_id: int, title: str) -> None:
        """Give a run another title."""
        self._connection.execute(update(planning_runs).where(planning_runs.c.id == run_id).values(title=title))

    def remove(self, run_id: int) -> None:
        """Delete a run; scenarios that came of it stay."""
        self._connection.execute(delete(planning_runs).where(planning_runs.c.id == run_id))


def packed_document(document: Mapping[str, Any]) -> bytes:
    """A document as compressed JSON; equal documents give equal bytes."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return zlib.compress(text.encode(), _LEVEL)


def unpacked_document(packed: bytes) -> dict[str, Any]:
    """What ``packed_document`` was given."""
    document: dict[str, Any] = json.loads(zlib.decompress(bytes(packed)))
    return document


def layers_of_questions(documents: Collection[Mapping[str, Any]]) -> frozenset[str]:
    """The demand layers that some questions name."""
    return frozenset(name for document in documents for name in document.get("layers", ()))


def _narrowed(query: Select[Any], account_id: int | None, words: str) -> Select[Any]:
    if account_id is not None:
        query = query.where(planning_runs.c.account_id == account_id)
    if words:
        title = func.lower(planning_runs.c.title)
        maker = func.lower(planning_runs.c.created_by)
        wanted = words.lower()
        query = query.where(or_(title.contains(wanted, autoescape=True), maker.contains(wanted, autoescape=True)))
    return query


def _card(row: RowMapping) -> RunCard:
    return RunCard(
        id=row["id"],
        title=row["title"],
        question=row["question"],
        question_key=row["question_key"],
        interventions=tuple(row["interventions"]),
        job_id=row["job_id"],
        data_revision=row["data_revision"],
        layers=row["layers"],
        network_checksum=row["network_checksum"],
        code_version=row["code_version"],
        headline=row["headline"],
        is_whole=row["is_whole"],
        seconds=row["seconds"],
        created_by=row["created_by"],
        account_id=row["account_id"],
        created_at=row["created_at"],
        finished_at=row["finished_at"],
    )
