"""Siting problems in files: JSON for small ones, .npz for large ones; every fault said in a sentence.

The format is described in docs/siting-method.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geodata.errors import InvalidValue, UnreadableFile
from geodata.siting.choices import NO_GROUP, Choices
from geodata.siting.covers import Covers
from geodata.siting.distances import DistanceProblem
from geodata.siting.effort import Effort
from geodata.siting.kernel import CoverProblem
from geodata.siting.max_cover import cover_most
from geodata.siting.p_center import least_worst_cost
from geodata.siting.p_median import least_total_cost
from geodata.siting.problem_archive import npz_fields
from geodata.siting.set_cover import cover_all, cover_share
from geodata.siting.solution import Floats, Rows, Solution

KNOWN_FIELDS: Final = frozenset(
    {"problem", "p", "demand", "covers", "cost", "indptr", "indices", "candidates", "required", "forbidden",
     "costs", "budget", "groups", "target"}
)  # fmt: skip
_MOST_CANDIDATES: Final = 5_000_000


class ProblemKind(StrEnum):
    """What is asked."""

    MCLP = "mclp"
    LSCP = "lscp"
    P_MEDIAN = "p_median"
    P_CENTER = "p_center"


@dataclass(frozen=True, slots=True, eq=False)
class SitingProblem:
    """A problem as read: what is asked, and of which points and candidates."""

    kind: ProblemKind
    cover: CoverProblem | None
    distance: DistanceProblem | None
    target_share: float = 1.0

    def solved(self, effort: Effort, *, exact: bool) -> Solution:
        """Its solution; where p sites are asked for, sites that add nothing fill the number up."""
        if self.distance is not None:
            solve = least_total_cost if self.kind is ProblemKind.P_MEDIAN else least_worst_cost
            return solve(self.distance, effort, exact=exact)
        if self.cover is None:
            raise InvalidValue("covers are needed.", field="covers")
        if self.kind is ProblemKind.MCLP:
            return _filled_up(cover_most(self.cover, effort, exact=exact), self.cover.choices)
        if self.target_share < 1.0:
            return cover_share(self.cover, self.target_share, effort, exact=exact)
        return cover_all(self.cover.covers, self.cover.choices, effort, exact=exact)


def read_problem(path: Path) -> SitingProblem:
    """The problem in a file.

    Raises
    ------
    UnreadableFile
        If there is no such file, or it is neither JSON nor .npz.
    InvalidValue
        If a field is missing, of the wrong kind, or contradicts another; ``field`` names it.
    """
    try:
        raw = path.read_bytes()[:4]
        fields = npz_fields(path, KNOWN_FIELDS) if raw.startswith(b"PK") else _json_fields(path)
    except OSError as failure:
        raise UnreadableFile(f"{path}: {failure.strerror or failure}") from failure
    return problem_of(fields)


def problem_of(fields: Mapping[str, object]) -> SitingProblem:
    """The problem in these fields."""
    unknown = sorted(set(fields) - KNOWN_FIELDS)
    if unknown:
        raise InvalidValue(
            f"Unknown field: {', '.join(unknown)}. Known: {', '.join(sorted(KNOWN_FIELDS))}.", field=unknown[0]
        )
    try:
        kind = ProblemKind(str(fields.get("problem")))
    except ValueError:
        raise InvalidValue(f"problem must be one of {', '.join(ProblemKind)}.", field="problem") from None
    if kind in {ProblemKind.P_MEDIAN, ProblemKind.P_CENTER}:
        return _distance_problem(kind, fields)
    return _cover_problem(kind, fields)


def _filled_up(answer: Solution, choices: Choices) -> Solution:
    """The same answer with as many sites as were asked for, where only their number is bounded."""
    if answer.objective is None or not choices.is_plain or choices.limit_count is None:
        return answer
    sites = np.array(answer.sites, dtype=np.int64)
    others = np.setdiff1d(np.arange(choices.candidate_count), np.concatenate((sites, choices.forbidden)))
    more = others[: max(0, choices.limit_count - len(sites))]
    return replace(answer, sites=tuple(int(site) for site in np.union1d(sites, more)))


def _distance_problem(kind: ProblemKind, fields: Mapping[str, object]) -> SitingProblem:
    costs = _matrix(fields)
    weights = np.ones(len(costs))
    if kind is ProblemKind.P_MEDIAN and fields.get("demand") is not None:
        weights = _numbers(fields, "demand")
    choices = _choices(fields, costs.shape[1], _whole(fields, "p"))
    return SitingProblem(kind, None, DistanceProblem(weights, costs, choices))


def _cover_problem(kind: ProblemKind, fields: Mapping[str, object]) -> SitingProblem:
    covers = _covers(fields)
    weights = np.ones(covers.point_count) if fields.get("demand") is None else _numbers(fields, "demand")
    if kind is ProblemKind.MCLP and fields.get("p") is None and fields.get("budget") is None:
        raise InvalidValue("p is needed (or a budget with costs).", field="p")
    limit_count = None if fields.get("p") is None or kind is ProblemKind.LSCP else _whole(fields, "p")
    target = fields.get("target")
    share = 1.0 if target is None else float(_numbers({"target": [target]}, "target")[0])
    if not 0 <= share <= 1:
        raise InvalidValue("target must lie in 0–1.", field="target")
    choices = _choices(fields, covers.candidate_count, limit_count)
    return SitingProblem(kind, CoverProblem(weights, covers, choices), None, share)


def _choices(fields: Mapping[str, object], candidate_count: int, limit_count: int | None) -> Choices:
    costs = np.ones(candidate_count) if fields.get("costs") is None else _numbers(fields, "costs")
    groups = (
        np.full(candidate_count, NO_GROUP, dtype=np.int64) if fields.get("groups") is None else _rows(fields, "groups")
    )
    budget = fields.get("budget")
    return Choices(
        costs, groups, np.unique(_rows(fields, "required")), np.unique(_rows(fields, "forbidden")), limit_count,
        None if budget is None else float(_numbers({"budget": [budget]}, "budget")[0]),
    )  # fmt: skip


def _covers(fields: Mapping[str, object]) -> Covers:
    if fields.get("indptr") is not None:
        indptr, indices = _rows(fields, "indptr"), _rows(fields, "indices")
        if len(indptr) == 0 or indptr[0] != 0 or indptr[-1] != len(indices) or bool(np.any(np.diff(indptr) < 0)):
            raise InvalidValue(
                "indptr must begin with 0, not fall, and end with the number of indices.", field="indptr"
            )
        count = _candidate_count(fields, indices)
        points = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
        return Covers.of_pairs(len(indptr) - 1, count, points, indices)
    lists = fields.get("covers")
    if not isinstance(lists, Sequence) or isinstance(lists, str):
        raise InvalidValue("covers must be a list with one list of candidates a demand point.", field="covers")
    rows = [_rows({"covers": each}, "covers") for each in lists]
    flat = np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)
    points = np.repeat(np.arange(len(rows)), np.array([len(each) for each in rows], dtype=np.int64))
    return Covers.of_pairs(len(rows), _candidate_count(fields, flat), points, flat)


def _candidate_count(fields: Mapping[str, object], indices: Rows) -> int:
    """As said in ``candidates``, or by ``costs``; otherwise one more than the largest number anywhere."""
    if len(indices) and int(indices.min()) < 0:
        raise InvalidValue("A candidate's number must be at least 0.", field="covers")
    named = [indices, _rows(fields, "required"), _rows(fields, "forbidden")]
    largest = max((int(each.max()) for each in named if len(each)), default=-1)
    count = largest + 1
    for field in ("costs", "groups"):
        if fields.get(field) is not None:
            count = len(_numbers(fields, field))
    if fields.get("candidates") is not None:
        count = _whole(fields, "candidates")
    if len(indices) and int(indices.max()) >= count:
        raise InvalidValue(f"A candidate's number must lie in 0–{count - 1}.", field="covers")
    if count > _MOST_CANDIDATES:
        raise InvalidValue(f"At most {_MOST_CANDIDATES} candidates can be taken.", field="covers")
    return count


def _matrix(fields: Mapping[str, object]) -> Floats:
    given = fields.get("cost")
    if given is None:
        raise InvalidValue("cost is needed: one row a demand point, one column a candidate.", field="cost")
    if isinstance(given, list):
        if any(not isinstance(row, list) for row in given) or len({len(row) for row in given}) > 1:
            raise InvalidValue("cost must have rows of one length.", field="cost")
        given = [[np.inf if cell is None else cell for cell in row] for row in given]
    matrix = _array(given, "cost")
    if matrix.size == 0:
        matrix = matrix.reshape(len(matrix), -1)
    if matrix.ndim != 2:
        raise InvalidValue("cost must have one row a demand point and one column a candidate.", field="cost")
    return np.ascontiguousarray(matrix, dtype=np.float64)


def _numbers(fields: Mapping[str, object], field: str) -> Floats:
    values = _array(fields.get(field), field).astype(np.float64)
    if values.ndim != 1 or not bool(np.all(np.isfinite(values))):
        raise InvalidValue(f"{field} must be finite numbers.", field=field)
    return values


def _rows(fields: Mapping[str, object], field: str) -> Rows:
    given = fields.get(field)
    values = _array([] if given is None else given, field)
    if values.size == 0:
        return np.empty(0, dtype=np.int64)
    whole = np.issubdtype(values.dtype, np.integer) or bool(np.all(np.isfinite(values) & (values == np.rint(values))))
    if values.ndim != 1 or not whole or float(np.abs(values).max()) >= 2**53:
        raise InvalidValue(f"{field} must be whole numbers.", field=field)
    return values.astype(np.int64)


def _whole(fields: Mapping[str, object], field: str) -> int:
    given = fields.get(field)
    if given is None:
        raise InvalidValue(f"{field} is needed.", field=field)
    values = _rows({field: np.atleast_1d(np.asarray(given)).tolist()}, field)
    if len(values) != 1 or values[0] < 0:
        raise InvalidValue(f"{field} must be one whole number of at least 0.", field=field)
    return int(values[0])


def _array(given: object, field: str) -> NDArray[np.generic]:
    try:
        values = np.asarray(given)
    except (ValueError, OverflowError) as failure:
        raise InvalidValue(f"{field} must be numbers in even rows.", field=field) from failure
    if values.dtype.kind not in "iuf" and values.size:
        raise InvalidValue(f"{field} must be numbers.", field=field)
    return values


def _json_fields(path: Path) -> dict[str, object]:
    try:
        fields = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as failure:
        raise UnreadableFile(f"{path.name} is neither JSON nor .npz: {failure}") from failure
    if not isinstance(fields, dict):
        raise InvalidValue("The file must hold one JSON object.", field="problem")
    return fields
