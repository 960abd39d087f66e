"""Solutions whose values are raised one after another: when all of it is proven, and which of two is the better."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from geodata.siting.solution import MEETS_SHARE, Level, Solution, Status


def with_levels(answer: Solution, levels: Sequence[Level], in_all: Level) -> Solution:
    """The answer with its levels, from the one raised first, and what decides between choices equal in them."""
    is_proven = all(level.proven for level in (*levels, in_all))
    return replace(
        answer,
        status=Status.OPTIMAL if is_proven else Status.FEASIBLE,
        bound=levels[0].bound,
        levels=tuple(levels),
        in_all=in_all,
    )


def proven_count(levels: Iterable[Level]) -> int:
    """How many levels are proven, from the one raised first up to one that is not."""
    count = 0
    for level in levels:
        if not level.proven:
            break
        count += 1
    return count


def better_by_levels(one: Solution, other: Solution) -> Solution:
    """The better of two solutions of one problem that have the same levels, with the nearer of their bounds.

    The first level that differs decides, then what is reached in all, then how many levels are proven; of equal ones
    the second stays. A level's bound holds for whatever reaches the levels before it, so the other's bounds hold up to
    the first level in which it differs.
    """
    place = _first_apart(one, other)
    best, less = (one, other) if _is_better(one, other, place) else (other, one)
    if best.in_all is None or less.in_all is None:
        return best
    shared = len(best.levels) if place is None else place + 1
    levels = [_nearer(level, known) for level, known in zip(best.levels[:shared], less.levels[:shared], strict=True)]
    in_all = _nearer(best.in_all, less.in_all) if place is None else best.in_all
    return with_levels(best, (*levels, *best.levels[shared:]), in_all)


def _first_apart(one: Solution, other: Solution) -> int | None:
    pairs = zip(one.levels, other.levels, strict=True)
    return next((place for place, (a, b) in enumerate(pairs) if abs(a.value - b.value) > MEETS_SHARE), None)


def _is_better(one: Solution, other: Solution, place: int | None) -> bool:
    if place is not None:
        return one.levels[place].value > other.levels[place].value
    totals = [0.0 if each.in_all is None else each.in_all.value for each in (one, other)]
    if abs(totals[0] - totals[1]) > MEETS_SHARE:
        return totals[0] > totals[1]
    return proven_count(one.levels) > proven_count(other.levels)


def _nearer(level: Level, known: Level) -> Level:
    return Level(level.value, max(level.value, min(level.bound, known.bound)))
