"""Dividing a whole into whole parts, and drawing by weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Choice = TypeVar("Choice")


def apportion(total_count: int, weights: ArrayLike) -> NDArray[np.int64]:
    """``total_count`` in whole parts as near to the weights as can be; the parts sum to it exactly.

    Largest remainders (Hamilton); equal remainders go to the earlier part.
    """
    weight = np.asarray(weights, dtype=float)
    exact = total_count * weight / weight.sum()
    parts: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    missing = total_count - int(parts.sum())
    parts[np.argsort(-(exact - parts), kind="stable")[:missing]] += 1
    return parts


def draw(rng: np.random.Generator, choices: Sequence[tuple[Choice, float]]) -> Choice:
    """One of the choices, each as likely as its weight says."""
    weights = np.array([weight for _choice, weight in choices], dtype=float)
    return choices[int(rng.choice(len(choices), p=weights / weights.sum()))][0]
