"""Least mean travel: the p-median problem.

Greedy, then exchanges of one site for another (every candidate of a block against every site at once), shaken and
repeated. The bound comes from prices (Lagrangian relaxation of "each point is served once"): Σ λ_i + the p lowest
of Σ_i min(0, w_i d_ij - λ_i). In exact mode candidates the prices shut out are dropped, and HiGHS solves the radius
form: z_ik is 1 if no site lies within the k-th distance of point i (Cornuéjols, Nemhauser and Wolsey 1980).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from geodata.siting.distances import DistanceProblem, nearest_two
from geodata.siting.effort import Effort
from geodata.siting.mixed_integer import Goal, Model, Outcome, minimise
from geodata.siting.p_center import servable
from geodata.siting.solution import Floats, Mask, Rows, Solution, Status, found, is_whole, nothing_found, tightened

_MEMORY = 0.7
"""How much of the last directions a step of the prices keeps."""

_BLOCK_CELLS = 2_000_000
_MOST_CELLS = 3_000_000
"""Cells of the radius form handed to HiGHS; beyond it, the bound is the prices' alone."""


def least_total_cost(problem: DistanceProblem, effort: Effort, *, exact: bool = True) -> Solution:
    """At most p candidates with the least Σ w_i · (cost to the nearest); the objective is that sum, not the mean."""
    effort = effort.begun()
    if problem.choices.are_contradictory:
        return nothing_found(Status.INFEASIBLE, maximising=False, method="conditions", seconds=effort.seconds)
    run = _Run(problem, effort)
    if not len(run.weights):
        sites = np.unique(problem.choices.required)
        return found(sites, 0.0, 0.0, maximising=False, whole=True, method="conditions", seconds=effort.seconds)
    if problem.limit_count == 0:
        return nothing_found(Status.INFEASIBLE, maximising=False, method="conditions", seconds=effort.seconds)
    run.search(exact=exact)
    if not np.isfinite(run.value):
        start, impossible = servable(problem, problem.weights > 0, effort)
        if start is None:
            status = Status.INFEASIBLE if impossible else Status.UNKNOWN
            return nothing_found(status, maximising=False, method="highs", seconds=effort.seconds)
        run.take(np.searchsorted(problem.allowed, start))
        run.swap(effort.part(0.3, steps_count=200))
    run.price(effort.part(0.5 if exact else 1.0, at_most_s=40.0), 1200 if exact else 150)
    if exact and not run.is_met and not effort.is_over:
        run.close()
    sites = np.sort(problem.allowed[run.chosen])
    value = float(problem.weights[problem.weights > 0] @ problem.nearest(sites)[problem.weights > 0])
    return found(sites, value, run.bound, maximising=False, whole=run.whole, method=run.method, seconds=effort.seconds)


class _Run:
    """The weighted costs by site, and the best choice and bound so far. Sites are numbered among the allowed ones."""

    def __init__(self, problem: DistanceProblem, effort: Effort) -> None:
        self.problem, self.effort = problem, effort
        counted = problem.weights > 0
        self.weights = problem.weights[counted]
        weighted = problem.costs if bool(np.all(counted)) else problem.costs[counted]
        if len(problem.allowed) < problem.choices.candidate_count:
            weighted = weighted[:, problem.allowed]
        self.by_site = np.ascontiguousarray(weighted.T)
        if not bool(np.all(self.weights == 1.0)):
            self.by_site = self.by_site * self.weights
        finite = self.by_site if bool(np.isfinite(self.by_site).all()) else self.by_site[np.isfinite(self.by_site)]
        self.whole = is_whole(finite.max(initial=0.0) * np.ones(finite.shape[0])) and bool(
            np.all(finite == np.rint(finite))
        )
        self.unserved = float(finite.max(initial=0.0)) * len(self.weights) + 1.0
        self.by_site = (
            np.where(np.isfinite(self.by_site), self.by_site, self.unserved)
            if finite is not self.by_site
            else self.by_site
        )
        self.limit = problem.limit_count
        self.required = np.searchsorted(problem.allowed, np.unique(problem.choices.required))
        self.chosen: Rows = np.empty(0, dtype=np.int64)
        self.value, self.bound, self.method = np.inf, 0.0, "greedy"
        self.random = np.random.default_rng(effort.seed)

    @property
    def is_met(self) -> bool:
        return self.value <= self.bound + (0.5 if self.whole else 1e-9 * max(1.0, abs(self.bound)))

    def take(self, chosen: Rows, method: str = "greedy+swap") -> None:
        value = float(self.by_site[chosen].min(axis=0).sum())
        if value < self.value and (value < self.unserved or not len(self.chosen)):
            self.chosen, self.method = chosen, method
            self.value = value if value < self.unserved else np.inf
            self.effort.say(method, self.value, self.bound)

    def search(self, *, exact: bool) -> None:
        self.take(self.greedy(), "greedy")
        if exact:
            self.swap(self.effort.part(0.1, at_most_s=6.0, steps_count=2000))
        else:
            self.swap(self.effort.part(0.85))

    def greedy(self) -> Rows:
        """Lazily: what a site adds only shrinks, so only those that may still be best are valued anew."""
        chosen = [int(site) for site in self.required]
        nearest = self.by_site[self.required].min(axis=0) if chosen else None
        if nearest is None:
            first = int(np.argmin(self.by_site.sum(axis=1)))
            chosen, nearest = [first], self.by_site[first].copy()
        gains = np.concatenate([np.maximum(nearest - self.by_site[block], 0.0).sum(axis=1) for block in self._blocks()])
        while len(chosen) < self.limit:
            gains[chosen] = -1.0
            best, best_gain = -1, -1.0
            fresh = np.zeros(len(gains), dtype=np.bool_)
            while True:
                site = int(np.argmax(gains))
                if fresh[site] or gains[site] < 0:
                    best, best_gain = site, float(gains[site])
                    break
                gains[site] = float(np.maximum(nearest - self.by_site[site], 0.0).sum())
                fresh[site] = True
            if best_gain < 0:
                break
            chosen.append(best)
            nearest = np.minimum(nearest, self.by_site[best])
        return np.array(chosen, dtype=np.int64)

    def swap(self, effort: Effort) -> None:
        """Exchange until nothing helps, shake, and again; ``steps_count`` bounds the blocks looked at."""
        if not len(self.chosen) or len(self.required) >= len(self.chosen):
            return
        chosen, step = self.chosen.copy(), 0
        patience = 8 if effort.steps_count is not None else -1
        while not effort.is_over and patience != 0 and (effort.steps_count is None or step < effort.steps_count):
            before = self.value
            chosen, steps = self._local_optimum(chosen, effort)
            step += steps
            self.take(chosen)
            patience = patience if self.value < before else patience - 1
            if len(self._blocks()) == 0 or self.limit >= len(self.by_site):
                return
            chosen = self._shaken(self.chosen)

    def _local_optimum(self, chosen: Rows, effort: Effort) -> tuple[Rows, int]:
        """No exchange of one site helps any more (or the time is over); the sites, and how many blocks it took."""
        chosen = chosen.copy()
        blocks = self._blocks()
        order = self.random.permutation(len(blocks))
        stands = nearest_two(self.by_site, chosen)
        quiet, at, steps = 0, 0, 0
        slack = 1e-9 * max(1.0, float(stands.first.sum()))
        while quiet < len(blocks) and not effort.is_over:
            block = blocks[int(order[at % len(blocks)])]
            change = self._changes(block, chosen, stands.slot, stands.first, stands.second)
            site, slot = divmod(int(np.argmax(change)), change.shape[1])
            at, steps = at + 1, steps + 1
            if change[site, slot] <= slack:
                quiet += 1
                continue
            chosen[slot] = block.start + site
            stands = nearest_two(self.by_site, chosen)
            quiet, at = 0, at - 1
        return chosen, steps

    def _changes(self, block: slice, chosen: Rows, slot: Rows, first: Floats, second: Floats) -> Floats:
        """What is saved by each site of a block in each slot, (b, p): -inf where it may not be."""
        costs = self.by_site[block]
        ceiling = np.minimum(second, self.unserved) if len(chosen) > 1 else np.full_like(first, self.unserved)
        gains = np.maximum(first - costs, 0.0).sum(axis=1)
        order = np.argsort(slot, kind="stable")
        starts = np.searchsorted(slot[order], np.arange(len(chosen)))
        losses = np.bincount(slot, ceiling - first, minlength=len(chosen))
        kept = np.maximum(ceiling - np.maximum(costs, first), 0.0)[:, order]
        held = np.add.reduceat(np.concatenate((kept, np.zeros((len(kept), 1))), axis=1), starts, axis=1)
        held[:, np.bincount(slot, minlength=len(chosen)) == 0] = 0.0
        change = gains[:, None] - losses + held
        change[:, np.isin(chosen, self.required)] = -np.inf
        inside = chosen[(chosen >= block.start) & (chosen < block.stop)] - block.start
        change[inside] = -np.inf
        return np.asarray(change)

    def _shaken(self, chosen: Rows) -> Rows:
        """Some sites, those of one neighbourhood, exchanged at random."""
        chosen = chosen.copy()
        slots = np.flatnonzero(~np.isin(chosen, self.required))
        count = min(len(slots), max(1, int(self.random.integers(1, 2 + len(slots) // 8))))
        outside = np.setdiff1d(np.arange(len(self.by_site)), chosen)
        count = min(count, len(outside))
        chosen[self.random.choice(slots, count, replace=False)] = self.random.choice(outside, count, replace=False)
        return chosen

    def _blocks(self) -> list[slice]:
        size = max(16, _BLOCK_CELLS // 8 // max(1, len(self.weights)))
        return [slice(start, min(start + size, len(self.by_site))) for start in range(0, len(self.by_site), size)]

    def price(self, effort: Effort, steps_count: int) -> None:
        """Subgradient steps from the second nearest costs; keeps the reduced costs of the best."""
        second = nearest_two(self.by_site, self.chosen).second
        prices = np.where(second < self.unserved, second, self.by_site[self.chosen].min(axis=0) + 1.0)
        self.reduced, share, since = np.zeros(len(self.by_site)), 1.0, 0
        best, best_prices, memory = -np.inf, prices, np.zeros(len(prices))
        for _step in range(steps_count):
            reduced, served = self._reduced(prices)
            bound = float(prices.sum()) + self._lowest(reduced)
            since = 0 if bound > best + 1e-5 * abs(bound) else since + 1
            if bound > best:
                best, best_prices, self.reduced = bound, prices, reduced
            self._raise_bound(best - 1e-10 * max(1.0, abs(best)))
            if since >= 10:
                share, since, prices = share / 2, 0, best_prices
            if self.is_met or share < 1e-4 or effort.is_over:
                break
            memory = 1.0 - served + _MEMORY * memory
            slope = np.where((memory < 0) & (prices <= 0), 0.0, memory)
            length = float(slope @ slope)
            if length == 0:
                break
            prices = np.maximum(prices + share * max(self.value - bound, 1e-9) / length * slope, 0.0)
        self.price_bound = best
        self.effort.say("prices", self.value, self.bound)

    def _reduced(self, prices: Floats) -> tuple[Floats, Floats]:
        """Each site's Σ min(0, cost - price), (m,), and how often each point is served by the p best, (n,)."""
        parts = [np.minimum(self.by_site[block] - prices, 0.0).sum(axis=1) for block in self._blocks()]
        reduced = np.concatenate(parts)
        return reduced, (self.by_site[self._picked(reduced)] < prices).sum(axis=0).astype(np.float64)

    def _picked(self, reduced: Floats) -> Rows:
        others = np.setdiff1d(np.arange(len(reduced)), self.required)
        count = min(self.limit - len(self.required), len(others))
        return np.concatenate((self.required, others[np.argsort(reduced[others], kind="stable")[:count]]))

    def _lowest(self, reduced: Floats) -> float:
        return float(reduced[self._picked(reduced)].sum())

    def _raise_bound(self, bound: float) -> None:
        self.bound = max(self.bound, tightened(bound, whole=self.whole, maximising=False))

    def _useful(self) -> Mask:
        """Sites some better choice may hold: the prices do not shut them out."""
        picked = self._picked(self.reduced)
        worst = float(self.reduced[picked[len(self.required) :]].max(initial=-np.inf))
        target = self.value - (1 - 1e-6 if self.whole else 0.0) + 1e-9 * max(1.0, abs(self.value))
        useful = self.price_bound - max(worst, -1e300) + self.reduced <= target
        useful[picked] = True
        useful[self.chosen] = True
        return useful

    def close(self) -> None:
        """HiGHS on the sites that are left; its bound holds for choices better than the best known."""
        useful = np.flatnonzero(self._useful())
        by_point = self.by_site[useful].T
        # A point is at most this far in any better choice: all the others cost at least their least.
        least = by_point.min(axis=1)
        cap = np.minimum(self.value - float(least.sum()) + least, self.unserved)
        if by_point.size > _MOST_CELLS:
            return
        model, starts = _radius_form(by_point, cap, self.limit, np.searchsorted(useful, self.required), self.unserved)
        start = starts(np.searchsorted(useful, self.chosen))
        answer = minimise(model, self.effort, Goal(1.0 if self.whole else 0.0), start=start)
        self.method += "+highs"
        if answer.values is not None:
            chosen = useful[answer.values[: len(useful)] > 0.5]
            if 0 < len(chosen) <= self.limit:
                self.take(chosen, self.method)
        if answer.outcome is not Outcome.INFEASIBLE:
            self._raise_bound(min(self.value, answer.bound + float(least.sum())))


def _radius_form(
    by_point: Floats, cap: Floats, limit: int, required: Rows, unserved: float
) -> tuple[Model, Callable[[Rows], Floats]]:
    """The model over m sites, and a function from chosen sites to its columns; costs are those above each least."""
    n, m = by_point.shape
    order = np.argsort(by_point, axis=1, kind="stable")
    ordered = np.take_along_axis(by_point, order, axis=1)
    fresh = np.ones((n, m), dtype=np.bool_)
    fresh[:, 1:] = ordered[:, 1:] > ordered[:, :-1]
    rank = np.cumsum(fresh, axis=1) - 1
    # z_ik for k = 0 .. last; the step above the last distance within the cap is not needed: within it somebody must be.
    within = ordered <= np.maximum(cap, ordered[:, 0])[:, None] * (1 + 1e-9)
    within &= ordered < unserved
    last = np.where(
        within.any(axis=1), np.take_along_axis(rank, within.sum(axis=1, keepdims=True) - 1, axis=1)[:, 0], -1
    )
    offsets = np.concatenate(([0], np.cumsum(np.maximum(last, 0))))
    row_of = offsets[:-1, None] + np.arange(n)[:, None] + rank
    kept = within
    # rows: for each point, ranks 0..last: Σ_{rank = k} x + z_k - z_{k-1} >= 0 (k=0: >= 1); z_last is absent
    row_count = int(offsets[-1] + n)
    rows = [row_of[kept]]
    cols = [order[kept]]
    vals = [np.ones(int(kept.sum()))]
    z_total = int(offsets[-1])
    z_ids = np.arange(z_total)
    z_point = np.repeat(np.arange(n), np.maximum(last, 0))
    z_rank = z_ids - offsets[z_point]
    base_row = offsets[z_point] + z_point
    rows += [base_row + z_rank, base_row + z_rank + 1]
    cols += [m + z_ids, m + z_ids]
    vals += [np.ones(z_total), -np.ones(z_total)]
    lower = np.zeros(row_count)
    lower[offsets[:-1] + np.arange(n)] = 1.0
    rows += [np.full(m, row_count)]
    cols += [np.arange(m)]
    vals += [np.ones(m)]
    row, col, val = np.concatenate(rows), np.concatenate(cols), np.concatenate(vals)
    by_row = np.argsort(row, kind="stable")
    indptr = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=row_count + 1))))
    distinct = np.zeros((n, m))
    np.put_along_axis(distinct, rank, ordered, axis=1)
    steps = distinct[z_point, z_rank + 1] - distinct[z_point, z_rank]
    low = np.zeros(m + z_total)
    low[required] = 1.0
    model = Model(
        np.concatenate((np.zeros(m), steps)), low, np.ones(m + z_total), np.arange(m + z_total) < m,
        np.append(lower, -np.inf), np.append(np.full(row_count, np.inf), float(limit)),
        indptr, col[by_row], val[by_row],
    )  # fmt: skip

    def start(chosen: Rows) -> Floats:
        x = np.zeros(m)
        x[chosen] = 1.0
        nearest = by_point[:, chosen].min(axis=1)
        return np.concatenate((x, (distinct[z_point, z_rank] < nearest[z_point]).astype(np.float64)))

    return model, start
