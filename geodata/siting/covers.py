"""Covers: which candidates can serve which demand points, as compressed rows in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from geodata.errors import InvalidValue
from geodata.siting.solution import Mask, Rows

_HASH_SEED = 7


@dataclass(frozen=True, slots=True, eq=False)
class Covers:
    """For each of n points the candidates that cover it, ascending, each once.

    ``indices[indptr[i]:indptr[i + 1]]`` are those of point i; ``candidate_count`` is m.
    """

    candidate_count: int
    indptr: Rows
    indices: Rows

    def __post_init__(self) -> None:
        if len(self.indptr) == 0 or self.indptr[0] != 0 or self.indptr[-1] != len(self.indices):
            raise InvalidValue("indptr must begin with 0 and end with the number of indices.")
        if bool(np.any(np.diff(self.indptr) < 0)):
            raise InvalidValue("indptr must not fall.")
        if len(self.indices) and (self.indices.min() < 0 or self.indices.max() >= self.candidate_count):
            raise InvalidValue(f"A candidate's number must lie in 0–{self.candidate_count - 1}.")

    @classmethod
    def of_pairs(cls, point_count: int, candidate_count: int, points: Rows, candidates: Rows) -> Covers:
        """Covers of pairs in any order; a pair given twice counts once."""
        keys = points * np.int64(candidate_count) + candidates
        keys.sort()  # np.unique would hash, which is several times slower for keys so many and so different
        fresh = np.ones(len(keys), dtype=np.bool_)
        fresh[1:] = keys[1:] != keys[:-1]
        points, candidates = np.divmod(keys[fresh], max(candidate_count, 1))
        return cls(candidate_count, _pointers(np.bincount(points, minlength=point_count)), candidates)

    @classmethod
    def of_lists(cls, candidate_count: int, lists: Sequence[Sequence[int]]) -> Covers:
        """Covers of one list of candidates a point."""
        lengths = np.array([len(each) for each in lists], dtype=np.int64)
        flat = np.array([one for each in lists for one in each], dtype=np.int64)
        if len(flat) and (flat.min() < 0 or flat.max() >= candidate_count):
            raise InvalidValue(f"A candidate's number must lie in 0–{candidate_count - 1}.")
        return cls.of_pairs(len(lists), candidate_count, np.repeat(np.arange(len(lists)), lengths), flat)

    @property
    def point_count(self) -> int:
        """How many points."""
        return len(self.indptr) - 1

    @property
    def lengths(self) -> Rows:
        """How many candidates cover each point, (n,)."""
        return np.diff(self.indptr)

    def turned(self) -> Covers:
        """The other direction: for each candidate the points it covers."""
        shape = (self.point_count, self.candidate_count)
        matrix = sparse.csr_matrix((np.ones(len(self.indices), np.int8), self.indices, self.indptr), shape)
        turned = matrix.tocsc()
        return Covers(self.point_count, turned.indptr.astype(np.int64), turned.indices.astype(np.int64))

    def of(self, row: int) -> Rows:
        """The list of one row."""
        return self.indices[self.indptr[row] : self.indptr[row + 1]]

    def of_all(self, rows: Rows) -> Rows:
        """The lists of some rows, one behind the other."""
        return self.indices[self.places_of(rows)]

    def places_of(self, rows: Rows) -> Rows:
        """Where the lists of some rows stand in ``indices``."""
        starts, lengths = self.indptr[rows], self.indptr[rows + 1] - self.indptr[rows]
        ends = np.cumsum(lengths)
        return np.asarray(np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - lengths), lengths))

    def covered_by(self, candidates: Rows) -> Mask:
        """Which points at least one of these candidates covers, (n,)."""
        chosen = np.zeros(self.candidate_count + 1, dtype=np.int64)
        chosen[candidates] = 1
        sums = np.concatenate(([0], np.cumsum(chosen[self.indices])))
        return np.asarray(sums[self.indptr[1:]] > sums[self.indptr[:-1]])

    def kept(self, points: Mask, candidates: Mask) -> Covers:
        """Only these points and candidates, both numbered anew."""
        numbers = np.cumsum(candidates) - 1
        entries = np.repeat(points, self.lengths) & candidates[self.indices]
        point_ids = np.repeat(np.arange(self.point_count), self.lengths)[entries]
        lengths = np.bincount(point_ids, minlength=self.point_count)[points]
        return Covers(int(candidates.sum()), _pointers(lengths), numbers[self.indices[entries]])

    def equal_rows(self, labels: Rows) -> Rows:
        """For each point the first point with exactly the same candidates and the same label (n,), (n,)."""
        words = np.random.default_rng(_HASH_SEED).integers(0, 2**63, (2, self.candidate_count + 1), dtype=np.uint64)
        totals = [np.concatenate((np.zeros(1, np.uint64), np.cumsum(word[self.indices]))) for word in words]
        sums = [each[self.indptr[1:]] - each[self.indptr[:-1]] for each in totals]
        marks = np.stack([self.lengths.astype(np.uint64), labels.astype(np.uint64), *sums])
        order = np.lexsort(marks)
        fresh = np.ones(self.point_count, dtype=np.bool_)
        fresh[1:] = (marks[:, order[1:]] != marks[:, order[:-1]]).any(axis=0)
        firsts = np.empty(self.point_count, dtype=np.int64)
        firsts[order] = order[np.flatnonzero(fresh)][np.cumsum(fresh) - 1]
        differing = self.indices != self.of_all(firsts)
        unequal = np.unique(np.repeat(np.arange(self.point_count), self.lengths)[differing])
        firsts[unequal] = unequal
        return firsts


def _pointers(lengths: Rows) -> Rows:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)))
